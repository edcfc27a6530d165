"""Ask for a decision on an order, or on many; what is approved is carried out by the engine of all requests."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from domain.access import Actor
from domain.approvals.requesting import Requested
from domain.ids import RequestId
from domain.orders.asking import OrderAsk, suggested
from domain.orders.deciding import decide_request_decision
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.order_taking import TakenOrder, take_order
from tenants.instance.actions.requests import keep_requested
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.order_requests import decided_before, order_situation
from tenants.instance.transaction import Transaction


def request_decision(work: Work, order_id: UUID, request_id: UUID, ask: OrderAsk, actor: Actor) -> Requested | Refusal:
    """Ask for one decision. `request_id` comes with the form: the same form twice is one request. Raises NotFound."""
    return _request(work, order_id, request_id, ask, actor, is_bulk=False)


def request_decisions(
    work: Work, orders: Sequence[UUID], key: UUID, ask: OrderAsk, actor: Actor
) -> tuple[Requested | Refusal, ...]:
    """The same for many orders, each in a transaction of its own and decided by itself, in their order.

    What the ask leaves out (exception, amount) is what each order itself suggests. `key` comes with the form.
    """
    return tuple(_request(work, order, uuid5(key, str(order)), ask, actor, is_bulk=True) for order in orders)


@action
def _request(
    work: Work, order_id: UUID, request_id: UUID, ask: OrderAsk, actor: Actor, *, is_bulk: bool
) -> Requested | Refusal:
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        if existing := tx.session.get(RequestRow, request_id):
            return Requested(request=load_requests(tx.session, [(existing, taken.code)])[0])
        outcome = _decide(tx, taken, request_id, ask, actor, is_bulk=is_bulk)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        keep_requested(tx, taken, outcome, actor)
    return outcome


def _decide(
    tx: Transaction, taken: TakenOrder, request_id: UUID, ask: OrderAsk, actor: Actor, *, is_bulk: bool
) -> Requested | Refusal:
    before = decided_before(tx.session, taken.row.id, ask.kind)
    if is_bulk:
        usual = suggested(taken.order, ask.kind, before.granted)
        ask = replace(ask, exception=ask.exception or usual.exception, amount=ask.amount or usual.amount)
    situation = order_situation(tx.work, taken.governance, taken.row.id)
    return decide_request_decision(
        taken.order, ask, taken.rules, situation, actor, tx.work.now(), RequestId(request_id), before
    )
