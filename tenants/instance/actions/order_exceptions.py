"""What stands in an order's way, and whose matter it is: opened, resolved, handed on; singly and many at once."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from domain.access import Actor
from domain.ids import OrderExceptionId, PersonId
from domain.orders.exceptions import (
    ExceptionOpened,
    ExceptionResolved,
    OrderAssigned,
    decide_assign,
    decide_open_exception,
    decide_resolve,
)
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.order_rows import add_exception, own_exception, resolve_exception
from tenants.instance.actions.order_taking import put_back_order, take_order
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.order_aggregates import to_exception
from tenants.instance.transaction import Transaction


@action
def open_exception(
    work: Work, order_id: UUID, exception_id: UUID, type: str, cause: str, reason: str, actor: Actor
) -> ExceptionOpened | Refusal:
    """`exception_id` comes with the form: the same form twice opens one. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        if existing := tx.session.get(OrderExceptionRow, exception_id):
            own_exception(tx, taken.row, exception_id)
            same = to_exception(existing)
            return ExceptionOpened(order=taken.order.id, number=taken.order.number, exception=same, at=same.opened_at)
        identity = OrderExceptionId(exception_id)
        outcome = decide_open_exception(
            taken.order, type, cause, reason, None, taken.rules, actor, work.now(), identity
        )
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        add_exception(tx, taken.row, outcome.exception)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=outcome.exception.reason)
    return outcome


def open_exceptions(
    work: Work, orders: Sequence[UUID], key: UUID, type: str, cause: str, reason: str, actor: Actor
) -> tuple[ExceptionOpened | Refusal, ...]:
    """The same on many orders, each decided by itself; `key` comes with the form."""
    return tuple(open_exception(work, order, uuid5(key, str(order)), type, cause, reason, actor) for order in orders)


@action
def resolve(
    work: Work, order_id: UUID, exception_id: UUID, resolution: str, words: str, actor: Actor
) -> ExceptionResolved | Refusal:
    """By a code of the template. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        own_exception(tx, taken.row, exception_id)
        identity = OrderExceptionId(exception_id)
        outcome = decide_resolve(taken.order, identity, resolution, words, taken.rules, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        resolve_exception(tx, taken.row, identity, outcome.resolution, outcome.words, actor.person, outcome.at)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=outcome.words)
    return outcome


@action
def assign(
    work: Work, order_id: UUID, exception_id: UUID | None, to: PersonId | None, actor: Actor
) -> OrderAssigned | Refusal:
    """Hand the order, or one of its exceptions, to somebody who can sign in, or to nobody. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        _known(tx, to)
        identity = OrderExceptionId(exception_id) if exception_id else None
        outcome = decide_assign(taken.order, identity, to, taken.rules, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if outcome.before != outcome.after:
            held = own_exception(tx, taken.row, exception_id) if exception_id else taken.row
            held.owner_id = outcome.after
            put_back_order(tx, taken.row, actor, is_edit=False)
            tx.record(outcome, actor, taken.subject)
    return outcome


def claim_orders(work: Work, orders: Sequence[UUID], actor: Actor) -> tuple[OrderAssigned | Refusal, ...]:
    """Each becomes the actor's own, in a transaction of its own."""
    return tuple(assign(work, order, None, actor.person, actor) for order in orders)


def _known(tx: Transaction, person: PersonId | None) -> None:
    if person is None:
        return
    row = tx.session.get(MemberRow, person)
    if row is None or not row.is_active:
        raise NotFound(f"member {person}")
