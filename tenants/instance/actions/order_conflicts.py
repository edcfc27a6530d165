"""Where a source and somebody here changed the same field: one of the two is chosen, field by field."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.access import Actor, Capability
from domain.ids import OrderId, PersonId
from domain.orders.intake import COLUMNS, STATE, value_of
from domain.orders.order import OrderState
from domain.orders.rights import not_allowed
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.order_rows import TakenOrder, end_order, put_back_order, take_order
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.transaction import Transaction

OURS, THEIRS = "ours", "theirs"
SOURCE_CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class OrderConflictDecided:
    """`choice`: ours (what stands here stays) or theirs (what the source says is taken over)."""

    order: OrderId
    number: str
    field: str
    ours: str
    theirs: str
    choice: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConflictDecidedAlready(Refusal):
    field: str
    choice: str


@dataclass(frozen=True, kw_only=True)
class EndedHere(Refusal):
    """The source has the order open, but it ended here: it is opened again by a person, not by a file."""

    number: str


@action
def decide_conflict(
    work: Work, order_id: UUID, conflict_id: UUID, choice: str, actor: Actor
) -> OrderConflictDecided | Refusal:
    """Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        row = tx.lock(OrderConflictRow, conflict_id)
        if row.order_id != order_id or choice not in (OURS, THEIRS):
            raise NotFound(f"conflict {conflict_id} of order {order_id}")
        if refusal := not_allowed(taken.order, Capability.WORK_ORDERS, actor) or _unfit(taken, row, choice):
            return tx.refuse(refusal, actor, taken.subject)
        row.choice, row.decided_by, row.decided_at = choice, actor.person, work.now()
        if choice == THEIRS:
            _take_over(tx, taken, row)
        put_back_order(tx, taken.row, actor, is_edit=choice == THEIRS)
        outcome = OrderConflictDecided(
            order=taken.order.id,
            number=taken.order.number,
            field=row.field,
            ours=row.ours,
            theirs=row.theirs,
            choice=choice,
            person=actor.person,
            at=work.now(),
        )
        tx.record(outcome, actor, taken.subject)
    return outcome


def _unfit(taken: TakenOrder, row: OrderConflictRow, choice: str) -> Refusal | None:
    if row.choice:
        return ConflictDecidedAlready(field=row.field, choice=row.choice)
    if choice == THEIRS and row.field == STATE and row.theirs != OrderState.CANCELLED:
        return EndedHere(number=taken.order.number)
    return None


def _take_over(tx: Transaction, taken: TakenOrder, row: OrderConflictRow) -> None:
    if row.field == STATE:
        end_order(tx, taken.row, OrderState.CANCELLED, tx.work.now(), SOURCE_CANCELLED)
    else:
        setattr(taken.row, COLUMNS.get(row.field, row.field), value_of(row.field, row.theirs))
