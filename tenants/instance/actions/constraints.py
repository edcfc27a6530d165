"""What blocks many orders at once: named, put on orders and taken off them, ended."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from domain.access import Actor
from domain.ids import ConstraintId, PersonId, ReferenceId
from domain.orders.constraints import (
    Constraint,
    ConstraintChanged,
    ConstraintEnded,
    ConstraintOpened,
    OrderPlace,
    OrdersBlocked,
    OrdersFreed,
    decide_block_orders,
    decide_change_constraint,
    decide_end_constraint,
    decide_free_orders,
    decide_open_constraint,
)
from domain.orders.order import Order, OrderState
from domain.refusals import Refusal, Stale
from tenants.database import Work, action
from tenants.instance.actions.order_taking import rules_of
from tenants.instance.models.exceptions import ConstrainedOrderRow, ConstraintRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_aggregates import load_orders
from tenants.instance.transaction import Subject, Transaction

CHANGED = ("kind", "title", "words", "needs_attention", "forecast_end")


@action
def open_constraint(work: Work, constraint: Constraint, actor: Actor) -> ConstraintOpened | Refusal:
    """`constraint.id` comes with the form: the same form twice opens one."""
    with work.transaction() as tx:
        governance = get_governance(work)
        outcome = decide_open_constraint(constraint, rules_of(governance), actor)
        subject = _subject(constraint.id, constraint.title, governance)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        if tx.session.get(ConstraintRow, constraint.id) is None:
            row = ConstraintRow(
                id=constraint.id, opened_by=actor.person, opened_at=outcome.constraint.opened_at, version=1
            )
            _write(tx.add(row), outcome.constraint)
            tx.record(outcome, actor, subject)
            tx.later_once("publish_metrics")
    return outcome


@action
def change_constraint(
    work: Work, wanted: Constraint, reason: str, actor: Actor, seen: int
) -> ConstraintChanged | Refusal:
    """Raises NotFound."""
    with work.transaction() as tx:
        row, before, governance = _take(tx, wanted.id)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        outcome = decide_change_constraint(
            before, wanted, _places(tx, row), reason, rules_of(governance), actor, work.now()
        )
        subject = _subject(row.id, row.title, governance)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        _write(row, outcome.constraint)
        row.version += 1
        tx.record(outcome, actor, subject, reason=outcome.reason)
        tx.later_once("publish_metrics")
    return outcome


@action
def block_orders(work: Work, constraint: UUID, orders: Sequence[UUID], actor: Actor) -> OrdersBlocked | Refusal:
    """All of them or none. Raises NotFound."""
    with work.transaction() as tx:
        row, before, governance = _take(tx, constraint)
        outcome = decide_block_orders(before, _orders(tx, orders), actor, work.now())
        subject = _subject(row.id, row.title, governance)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        rows = [{"constraint_id": row.id, "order_id": order, "since": outcome.at} for order in outcome.orders]
        tx.insert_many(ConstrainedOrderRow, rows)
        _count(tx, outcome.orders, 1)
        row.version += 1
        tx.record(outcome, actor, subject)
        tx.later_once("publish_metrics")
    return outcome


@action
def free_orders(work: Work, constraint: UUID, orders: Sequence[UUID], actor: Actor) -> OrdersFreed | Refusal:
    """Take single orders out of it. Raises NotFound."""
    with work.transaction() as tx:
        row, before, governance = _take(tx, constraint)
        outcome = decide_free_orders(before, _orders(tx, orders), actor, work.now())
        subject = _subject(row.id, row.title, governance)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        tx.session.execute(
            delete(ConstrainedOrderRow).where(
                ConstrainedOrderRow.constraint_id == row.id, ConstrainedOrderRow.order_id.in_(outcome.orders)
            )
        )
        _count(tx, outcome.orders, -1)
        row.version += 1
        tx.record(outcome, actor, subject)
        tx.later_once("publish_metrics")
    return outcome


@action
def end_constraint(work: Work, constraint: UUID, reason: str, actor: Actor, seen: int) -> ConstraintEnded | Refusal:
    """It frees every order it blocks; which ones they were stays. Raises NotFound."""
    with work.transaction() as tx:
        row, before, governance = _take(tx, constraint)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        outcome = decide_end_constraint(before, _places(tx, row), reason, actor, work.now())
        subject = _subject(row.id, row.title, governance)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject)
        blocked = select(ConstrainedOrderRow.order_id).where(ConstrainedOrderRow.constraint_id == row.id)
        freed = tx.lock_all(OrderRow, OrderRow.id.in_(blocked))
        _count(tx, [order.id for order in freed], -1)
        row.ended_at, row.needs_attention = outcome.at, False
        row.version += 1
        tx.record(outcome, actor, subject, reason=outcome.reason)
        tx.later_once("publish_metrics")
    return outcome


def _take(tx: Transaction, constraint: UUID) -> tuple[ConstraintRow, Constraint, Governance]:
    row = tx.lock(ConstraintRow, constraint)
    known = Constraint(
        id=ConstraintId(row.id),
        stops=tuple(row.stops),
        owner=PersonId(row.owner_id) if row.owner_id else None,
        opened_at=row.opened_at,
        opened_by=PersonId(row.opened_by),
        ended_at=row.ended_at,
        **{name: getattr(row, name) for name in CHANGED},
    )
    return row, known, get_governance(tx.work)


def _places(tx: Transaction, row: ConstraintRow) -> list[OrderPlace]:
    """Where the open orders are that it blocks."""
    blocked = select(ConstrainedOrderRow.order_id).where(ConstrainedOrderRow.constraint_id == row.id)
    chosen = select(OrderRow.channel, OrderRow.business_unit_id).distinct()
    found = tx.session.execute(chosen.where(OrderRow.id.in_(blocked), OrderRow.state == OrderState.OPEN))
    return [(channel, ReferenceId(unit) if unit else None) for channel, unit in found]


def _orders(tx: Transaction, orders: Sequence[UUID]) -> list[Order]:
    return load_orders(tx.session, tx.lock_all(OrderRow, OrderRow.id.in_(list(orders))))


def _write(row: ConstraintRow, constraint: Constraint) -> None:
    for name in CHANGED:
        setattr(row, name, getattr(constraint, name))
    row.stops, row.owner_id = list(constraint.stops), constraint.owner


def _count(tx: Transaction, orders: Sequence[UUID], by: int) -> None:
    """One statement for all of them: a constraint may block thousands."""
    tx.flush()
    changed = {"open_constraints": OrderRow.open_constraints + by, "version": OrderRow.version + 1}
    statement = update(OrderRow).where(OrderRow.id.in_(list(orders))).values(**changed, updated_at=tx.work.now())
    tx.session.execute(statement.execution_options(synchronize_session=False))


def _subject(constraint: UUID, title: str, governance: Governance) -> Subject:
    return Subject(kind="constraint", id=constraint, label=title, path=f"/{governance.organization}/")
