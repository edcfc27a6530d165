"""The order ledger by cause: what exceptions cost, booked as actual cost or as effect, and whom they befell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, func, literal, select, union_all
from sqlalchemy.orm import Session

from domain.access import OrderScope
from domain.ids import LineId, MeasureId
from domain.months import Month
from domain.orders.causes import Cause, LedgerMonth, MeasuredCause
from tenants.database import Work
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow
from tenants.instance.models.intake import MeasuredCauseRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.order_scope import in_scope

ZERO = Decimal("0.00")
EVERYTHING = OrderScope(everything=True)


@dataclass(frozen=True, kw_only=True)
class CauseCost:
    """What one type of exception, or one cause of it, cost in a number of months, and how many orders."""

    type: str
    cause: str
    cost: Decimal
    effects: Decimal
    orders: int

    @property
    def amount(self) -> Decimal:
        return self.cost + self.effects


def list_cause_costs(
    work: Work, scope: OrderScope, months: Sequence[Month], channel: str = "", by_cause: bool = False
) -> tuple[CauseCost, ...]:
    """The most expensive first. One statement; an order with several bookings counts once."""
    booked, names = _booked(scope, months, channel).cte("booked"), ("type", "cause") if by_cause else ("type",)
    summed, met = _summed(booked, names), _met(booked, names)
    same = and_(*(summed.c[name] == met.c[name] for name in names))
    rows: Any = work.session.execute(select(summed, met.c.orders).join(met, same))
    found = [
        CauseCost(type=names[0], cause=names[1] if by_cause else "", cost=cost, effects=effects, orders=orders)
        for *names, cost, effects, orders in rows
    ]
    return tuple(sorted(found, key=lambda row: (-row.amount, row.type, row.cause)))


def get_ledger(session: Session, scope: OrderScope, cause: Cause, months: Sequence[Month]) -> dict[Month, LedgerMonth]:
    """Every one of the months, also where nothing was booked. Three statements."""
    if not months:
        return {}
    booked = _booked(scope, months, cause.channel).subquery()
    month = func.date_trunc("month", booked.c.on)
    statement = select(month, func.sum(booked.c.amount)).where(*_of(booked.c, cause)).group_by(month)
    costs = {Month.of(first): amount for first, amount in session.execute(statement)}
    befallen = _befallen(session, scope, cause, months)
    placed = _placed(session, scope, cause.channel, months)
    return {
        each: LedgerMonth(cost=costs.get(each, ZERO), orders=befallen.get(each, 0), placed=placed.get(each, 0))
        for each in months
    }


def find_measured(session: Session, measure: UUID) -> MeasuredCause | None:
    row = session.get(MeasuredCauseRow, measure)
    return to_measured(row) if row else None


def to_measured(row: MeasuredCauseRow) -> MeasuredCause:
    return MeasuredCause(
        measure=MeasureId(row.measure_id),
        line=LineId(row.line_id) if row.line_id else None,
        cause=Cause(type=row.type, cause=row.cause, channel=row.channel),
        first=Month.of(row.measured_from),
        last=Month.of(row.measured_to),
        baseline=row.baseline,
        baseline_rate=row.baseline_rate,
        target_percent=row.target_percent,
    )


def measured_measures(session: Session) -> list[UUID]:
    """Every measure whose actuals come from the ledger."""
    return list(session.scalars(select(MeasuredCauseRow.measure_id).order_by(MeasuredCauseRow.measure_id)))


def measured_lines(session: Session, measure: UUID) -> frozenset[UUID]:
    """The lines of a measure that the ledger fills: one or none."""
    found = session.scalars(select(MeasuredCauseRow.line_id).where(MeasuredCauseRow.measure_id == measure))
    return frozenset(each for each in found if each)


def _booked(scope: OrderScope, months: Sequence[Month], channel: str) -> Select[Any]:
    """Costs that are known and effects of exceptions, booked in the months, as one list with what they are of."""
    cost = _of_exceptions(OrderCostRow, OrderCostRow.actual, scope, months, channel)
    effect = _of_exceptions(OrderEffectRow, OrderEffectRow.amount, scope, months, channel)
    each = union_all(cost.where(OrderCostRow.actual.is_not(None)), effect).subquery("each")
    columns = (each.c.order_id, each.c.on, each.c.amount, each.c.is_effect)
    statement = select(OrderExceptionRow.type, OrderExceptionRow.cause, *columns)
    return statement.join(OrderExceptionRow, OrderExceptionRow.id == each.c.exception_id)


def _summed(booked: CTE, names: Sequence[str]) -> Subquery:
    """Cost and effects of every booking."""
    keys = [booked.c[name] for name in names]
    cost, effects = (
        func.coalesce(func.sum(booked.c.amount).filter(booked.c.is_effect == each), 0) for each in (False, True)
    )
    return select(*keys, cost.label("cost"), effects.label("effects")).group_by(*keys).subquery("summed")


def _met(booked: CTE, names: Sequence[str]) -> Subquery:
    """How many orders. Apart from the sums: counting distinct orders beside them, all bookings have to be sorted."""
    once = select(*(booked.c[name] for name in names), booked.c.order_id).distinct().subquery("once")
    keys = [once.c[name] for name in names]
    return select(*keys, func.count().label("orders")).group_by(*keys).subquery("met")


def _of_exceptions(row: Any, amount: Any, scope: OrderScope, months: Sequence[Month], channel: str) -> Select[Any]:
    kind = literal(row is OrderEffectRow).label("is_effect")
    statement = select(row.exception_id, row.order_id, row.on, amount.label("amount"), kind).where(
        row.exception_id.is_not(None), row.on >= months[0].first, row.on <= months[-1].last
    )
    return _of_the_readers(statement, row.order_id, scope, channel)


def _of_the_readers(statement: Select[Any], order: Any, scope: OrderScope, channel: str) -> Select[Any]:
    if scope.everything and not channel:
        return statement
    statement = statement.join(OrderRow, OrderRow.id == order).where(in_scope(scope))
    return statement.where(OrderRow.channel == channel) if channel else statement


def _befallen(session: Session, scope: OrderScope, cause: Cause, months: Sequence[Month]) -> Mapping[Month, int]:
    """Orders with such an exception opened in a month."""
    row = OrderExceptionRow
    month = func.date_trunc("month", row.opened_at, "UTC")
    statement = select(month, func.count(row.order_id.distinct())).where(
        *_of(row, cause), *_in_months(row.opened_at, months)
    )
    statement = _of_the_readers(statement, row.order_id, scope, cause.channel)
    return {Month.of(first.astimezone(UTC)): count for first, count in session.execute(statement.group_by(month))}


def _placed(session: Session, scope: OrderScope, channel: str, months: Sequence[Month]) -> Mapping[Month, int]:
    month = func.date_trunc("month", OrderRow.placed_at, "UTC")
    statement = select(month, func.count()).where(in_scope(scope), *_in_months(OrderRow.placed_at, months))
    if channel:
        statement = statement.where(OrderRow.channel == channel)
    return {Month.of(first.astimezone(UTC)): count for first, count in session.execute(statement.group_by(month))}


def _of(columns: Any, cause: Cause) -> list[ColumnElement[bool]]:
    found = [columns.type == cause.type]
    return [*found, columns.cause == cause.cause] if cause.cause else found


def _in_months(column: Any, months: Sequence[Month]) -> tuple[ColumnElement[bool], ...]:
    first, after = (datetime.combine(day, time(), UTC) for day in (months[0].first, months[-1].plus(1).first))
    return column >= first, column < after
