"""What happens to an order on its way: entered by hand, moved, recorded, closed, opened again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import Actor
from domain.ids import OrderId
from domain.orders.closing import OrderClosed, OrderReopened, decide_close, decide_reopen
from domain.orders.incoming import Incoming
from domain.orders.journey import OrderMoved, ahead, decide_move
from domain.orders.order import Happening, OrderState, Source
from domain.orders.receiving import HappeningRecorded, OrderReceived, decide_receive, decide_record_happening
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.order_freight import freight_owed
from tenants.instance.actions.order_rows import add_order, end_order, move_order, reopen_order, set_happened
from tenants.instance.actions.order_taking import order_subject, publish_soon, put_back_order, rules_of, take_order
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_aggregates import load_order


@dataclass(frozen=True, kw_only=True)
class OrderNumberTaken(Refusal):
    """An order of this number came in through this channel before."""

    number: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class NoFurtherStage(Refusal):
    """The order is at its last stage, or not open: there is no next one to move on to."""

    number: str


@action
def enter_order(work: Work, order_id: UUID, incoming: Incoming, actor: Actor) -> OrderReceived | Refusal:
    """A new order by hand. `order_id` comes with the form: the same form twice makes one order."""
    with work.transaction() as tx:
        governance = get_governance(work)
        rules, subject = rules_of(governance), order_subject(order_id, incoming.number.strip(), governance)
        if existing := tx.session.get(OrderRow, order_id):
            order = load_order(tx.session, existing)
            return OrderReceived(order=order, source=Source(existing.source), at=existing.created_at)
        outcome = decide_receive(incoming, rules, OrderId(order_id), Source.HAND, actor, work.now())
        if isinstance(outcome, OrderReceived) and _is_taken(tx.session, outcome.order.channel, outcome.order.number):
            outcome = OrderNumberTaken(number=outcome.order.number, channel=outcome.order.channel)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        add_order(tx, outcome.order, Source.HAND)
        tx.record(outcome, actor, subject)
        publish_soon(tx)
    return outcome


@action
def move_to(
    work: Work, order_id: UUID, to: str, reason: str, actor: Actor, seen: int | None = None
) -> OrderMoved | Refusal:
    """To the next stage, or one back with a reason. `seen` is the version that the page showed. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        if stale := taken.stale(seen):
            return stale
        wanted = to or next(iter(ahead(taken.order, taken.rules)), "")
        outcome: OrderMoved | Refusal = (
            decide_move(taken.order, wanted, reason, taken.rules, actor, work.now())
            if wanted
            else NoFurtherStage(number=taken.order.number)
        )
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        move_order(tx, taken.row, outcome.after, outcome.due_at, outcome.at, actor.person)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=outcome.reason)
    return outcome


def move_on(work: Work, orders: Sequence[UUID], reason: str, actor: Actor) -> tuple[OrderMoved | Refusal, ...]:
    """Each to its next stage, in a transaction of its own and decided by itself, in their order."""
    return tuple(move_to(work, order, "", reason, actor) for order in orders)


@action
def record_happening(
    work: Work, order_id: UUID, happening: Happening, at: datetime, actor: Actor
) -> HappeningRecorded | Refusal:
    """Once each. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        outcome = decide_record_happening(taken.order, happening, at, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        set_happened(taken.row, outcome.happening, outcome.happened_at)
        freight_owed(tx, taken.row, outcome.happening, outcome.happened_at)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def close_order(work: Work, order_id: UUID, actor: Actor, seen: int) -> OrderClosed | Refusal:
    """With its evidence. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_close(taken.order, taken.rules, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        end_order(tx, taken.row, OrderState.CLOSED, outcome.at)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def open_again(work: Work, order_id: UUID, reason: str, actor: Actor, seen: int) -> OrderReopened | Refusal:
    """A closed order, where it was closed. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_reopen(taken.order, reason, taken.rules, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        reopen_order(tx, taken.row, outcome.due_at, outcome.at, actor.person)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=outcome.reason)
    return outcome


def _is_taken(session: Session, channel: str, number: str) -> bool:
    known = select(OrderRow.id).where(OrderRow.channel == channel, OrderRow.number == number)
    return session.scalar(known) is not None
