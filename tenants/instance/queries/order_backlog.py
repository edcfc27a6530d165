"""What of the orders stands now: the backlog by stage and age, open tickets, constraints in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from domain.access import OrderScope
from domain.orders.order import OrderState
from tenants.database import Work
from tenants.instance.models.exceptions import ConstrainedOrderRow, ConstraintRow, OrderTicketRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.order_filters import AGES, delayed, held
from tenants.instance.queries.order_scope import in_scope

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Open orders: those of one stage and age, or of several, added up. Values are of the goods."""

    stage: str = ""
    age: int = 0  # one of AGES
    count: int = 0
    value: Decimal = ZERO
    late: int = 0  # beyond the target of their stage
    delayed: int = 0  # promised for a day that has passed
    delayed_value: Decimal = ZERO
    held: int = 0  # by a hold or a constraint
    held_value: Decimal = ZERO


NOTHING = Backlog()


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Open service tickets of one channel and age; `escalated` of them to somebody else."""

    channel: str
    age: int
    count: int
    escalated: int


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """A constraint in force, with the open orders that it blocks and their value."""

    id: UUID
    title: str
    kind: str
    needs_attention: bool
    forecast_end: date | None
    opened_at: datetime
    orders: int
    value: Decimal


SUMMED = ("count", "value", "late", "delayed", "delayed_value", "held", "held_value")


def get_backlog(work: Work, scope: OrderScope) -> tuple[Backlog, ...]:
    """Open orders by stage and age. One statement over the orders that are open."""
    now = work.now()
    age = age_of(OrderRow.placed_at, now)
    is_delayed, is_held = delayed(now), held()
    sums = (
        func.count(),
        func.sum(OrderRow.value).label("value"),
        func.count().filter(OrderRow.due_at < now),
        func.count().filter(is_delayed),
        func.coalesce(func.sum(OrderRow.value).filter(is_delayed), 0),
        func.count().filter(is_held),
        func.coalesce(func.sum(OrderRow.value).filter(is_held), 0),
    )
    statement = select(OrderRow.stage, age, *sums).where(OrderRow.state == OrderState.OPEN, in_scope(scope))
    rows: Any = work.session.execute(statement.group_by(OrderRow.stage, age))
    return tuple(
        Backlog(stage=stage, age=_age(bucket), **dict(zip(SUMMED, found, strict=True)))
        for stage, bucket, *found in rows
    )


def together(parts: Iterable[Backlog]) -> Backlog:
    """Parts of the backlog as one, without stage and age."""
    rows = list(parts)
    return Backlog(**{name: sum((getattr(row, name) for row in rows), getattr(NOTHING, name)) for name in SUMMED})


def get_tickets(work: Work, scope: OrderScope) -> tuple[Tickets, ...]:
    """Open tickets by channel and age."""
    age = age_of(OrderTicketRow.opened_at, work.now())
    escalated = func.count().filter(OrderTicketRow.escalation != "")
    statement = select(OrderTicketRow.channel, age, func.count(), escalated)
    statement = of_orders(statement.where(OrderTicketRow.closed_at.is_(None)), OrderTicketRow.order_id, scope)
    return tuple(
        Tickets(channel=channel, age=_age(bucket), count=count, escalated=moved)
        for channel, bucket, count, moved in work.session.execute(statement.group_by(OrderTicketRow.channel, age))
    )


def get_constraints(work: Work, scope: OrderScope) -> tuple[Constraint, ...]:
    """Constraints in force with what they block of the reader's orders, those for the management first."""
    blocked = (
        select(ConstrainedOrderRow.constraint_id, func.count().label("orders"), func.sum(OrderRow.value).label("value"))
        .join(OrderRow, OrderRow.id == ConstrainedOrderRow.order_id)
        .where(OrderRow.state == OrderState.OPEN, in_scope(scope))
        .group_by(ConstrainedOrderRow.constraint_id)
        .subquery()
    )
    value = func.coalesce(blocked.c.value, 0)
    statement = (
        select(ConstraintRow, func.coalesce(blocked.c.orders, 0), value)
        .join(blocked, blocked.c.constraint_id == ConstraintRow.id, isouter=scope.everything)
        .where(ConstraintRow.ended_at.is_(None))
        .order_by(ConstraintRow.needs_attention.desc(), value.desc(), ConstraintRow.title)
    )
    return tuple(_constraint(row, orders, value) for row, orders, value in work.session.execute(statement))


def of_orders(statement: Any, column: Any, scope: OrderScope) -> Any:
    """Rows that hang on the reader's orders; the orders are not asked where all of them are the reader's."""
    if scope.everything:
        return statement
    return statement.join(OrderRow, OrderRow.id == column).where(in_scope(scope))


def age_of(column: Any, now: datetime) -> ColumnElement[int]:
    """How many of the ages the moment has not reached, counted from the oldest: 0 is the oldest; see _age."""
    bounds = [now - timedelta(days=days) for days in reversed(AGES[1:])]
    return func.width_bucket(column, cast(literal(bounds), ARRAY(DateTime(timezone=True))))


def _age(bucket: int) -> int:
    return AGES[len(AGES) - 1 - bucket]


def _constraint(row: ConstraintRow, orders: int, value: Decimal) -> Constraint:
    return Constraint(
        id=row.id,
        title=row.title,
        kind=row.kind,
        needs_attention=row.needs_attention,
        forecast_end=row.forecast_end,
        opened_at=row.opened_at,
        orders=orders,
        value=value,
    )
