"""Where a source and somebody here changed the same field: one of the two is chosen, field by field."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.access import Actor, Capability
from domain.ids import OrderExceptionId, OrderId, PersonId
from domain.orders.cancelling import CancellationRaised, decide_raise_cancellation
from domain.orders.intake import COLUMNS, STATE, value_of
from domain.orders.order import OrderState
from domain.orders.rights import not_allowed
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.order_rows import add_exception, reopen_order
from tenants.instance.actions.order_taking import TakenOrder, put_back_order, take_order
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.transaction import Transaction

OURS, THEIRS = "ours", "theirs"
SOURCE_CANCELLED = "The source says that it is cancelled."


@dataclass(frozen=True, kw_only=True)
class OrderConflictDecided:
    """`choice`: ours (what stands here stays) or theirs (what the source says is taken over).

    A cancellation is not: it is raised, and decided as any other.
    """

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
        raised = _raised(tx, taken, actor) if choice == THEIRS and row.field == STATE else None
        if isinstance(raised, Refusal):
            return tx.refuse(raised, actor, taken.subject)
        row.choice, row.decided_by, row.decided_at = choice, actor.person, work.now()
        if raised:
            _write_raised(tx, taken, raised, actor)
        elif choice == THEIRS:
            setattr(taken.row, COLUMNS.get(row.field, row.field), value_of(row.field, row.theirs))
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


def _raised(tx: Transaction, taken: TakenOrder, actor: Actor) -> CancellationRaised | Refusal:
    """What a cancellation at the source leads to here: a decision that somebody asks for and others take."""
    identity = OrderExceptionId(tx.work.new_id())
    return decide_raise_cancellation(taken.order, SOURCE_CANCELLED, taken.rules, actor, tx.work.now(), identity)


def _write_raised(tx: Transaction, taken: TakenOrder, raised: CancellationRaised, actor: Actor) -> None:
    if again := raised.reopened:
        reopen_order(tx, taken.row, again.due_at, again.at, actor.person)
        tx.record(again, actor, taken.subject, reason=again.reason)
    if opened := raised.opened:
        add_exception(tx, taken.row, opened.exception)
        tx.record(opened, actor, taken.subject, reason=opened.exception.reason)
