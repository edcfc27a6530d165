"""What happened to orders in a number of months: sales and cost, cancellations, returns, effects, time in stages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Integer, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from domain.access import OrderScope
from domain.months import Month
from domain.orders.order import OrderState
from tenants.database import Work
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.queries.order_backlog import ZERO, of_orders
from tenants.instance.queries.order_scope import in_scope

RETURN = "return"  # the exception type of returned goods
STAYS_DAYS = 90  # time in stage is of stays that ended in so many days


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Orders placed in one month, with what became of them: of one end, cancelled for one reason, or all of them."""

    month: Month
    reason: str = ""
    is_cancelled: bool = False
    count: int = 0
    value: Decimal = ZERO
    cost_forecast: Decimal = ZERO
    cost_actual: Decimal = ZERO
    effects: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Orders with returns of one cause and what these cost so far; or with effects of one kind and their amount."""

    key: str
    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class CostKind:
    """Fulfilment cost of one kind. `known_forecast` is the forecast of what has an actual amount by now."""

    kind: str
    forecast: Decimal
    known_forecast: Decimal
    actual: Decimal


@dataclass(frozen=True, kw_only=True)
class Stay:
    """How long orders stayed in a stage: whole hours that half, and nine of ten, did not exceed."""

    stage: str
    count: int
    median: int
    p90: int


def get_cohorts(work: Work, scope: OrderScope, months: Sequence[Month]) -> tuple[Cohort, ...]:
    """Orders by the month they were placed in, told apart by whether and why they were cancelled."""
    moments = [datetime.combine(day, time(), UTC) for day in _bounds(months)]
    month = func.width_bucket(OrderRow.placed_at, cast(literal(moments), ARRAY(DateTime(timezone=True)))).label("month")
    keys = (month, OrderRow.state == OrderState.CANCELLED, OrderRow.cancel_reason)
    amounts = (OrderRow.value, OrderRow.cost_forecast, OrderRow.cost_actual, OrderRow.effects)
    statement = (
        select(*keys, func.count(), *(func.sum(each) for each in amounts))
        .where(OrderRow.placed_at >= moments[0], OrderRow.placed_at < moments[-1], in_scope(scope))
        .group_by(*keys)
    )
    return tuple(
        Cohort(
            month=months[place - 1],
            is_cancelled=cancelled,
            reason=reason if cancelled else "",
            count=count,
            value=value,
            cost_forecast=forecast,
            cost_actual=actual,
            effects=effects,
        )
        for place, cancelled, reason, count, value, forecast, actual, effects in work.session.execute(statement)
    )


def get_returns(work: Work, scope: OrderScope, months: Sequence[Month]) -> tuple[Counted, ...]:
    """Returns opened in these months by cause, the most frequent first."""
    first, after = (datetime.combine(day, time(), UTC) for day in _ends(months))
    row = OrderExceptionRow
    statement = select(row.cause, func.count(row.order_id.distinct()), func.sum(row.cost)).where(
        row.type == RETURN, row.opened_at >= first, row.opened_at < after
    )
    return _counted(work, of_orders(statement, row.order_id, scope).group_by(row.cause))


def get_effects(work: Work, scope: OrderScope, months: Sequence[Month]) -> tuple[Counted, ...]:
    """Financial effects booked in these months by kind."""
    row = OrderEffectRow
    first, after = _ends(months)
    statement = select(row.kind, func.count(row.order_id.distinct()), func.sum(row.amount)).where(
        row.on >= first, row.on < after
    )
    return _counted(work, of_orders(statement, row.order_id, scope).group_by(row.kind))


def get_cost_kinds(work: Work, scope: OrderScope, months: Sequence[Month]) -> tuple[CostKind, ...]:
    """Fulfilment cost of these months by kind, forecast and actual."""
    row = OrderCostRow
    first, after = _ends(months)
    known = func.sum(row.forecast).filter(row.actual.is_not(None))
    sums = (func.coalesce(each, 0) for each in (func.sum(row.forecast), known, func.sum(row.actual)))
    statement = of_orders(select(row.kind, *sums).where(row.on >= first, row.on < after), row.order_id, scope)
    found: Any = work.session.execute(statement.group_by(row.kind))
    return tuple(CostKind(kind=kind, forecast=f, known_forecast=k, actual=a) for kind, f, k, a in found)


def get_stays(work: Work, scope: OrderScope) -> tuple[Stay, ...]:
    """Time in stage of the stays that ended lately. Whole hours are counted, so that nothing has to be sorted."""
    row = OrderStageRow
    hours = cast(func.floor(func.extract("epoch", row.left_at - row.entered_at) / 3600), Integer).label("hours")
    statement = select(row.stage, hours, func.count().label("count")).where(
        row.left_at >= work.now() - timedelta(days=STAYS_DAYS)
    )
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for stage, length, count in work.session.execute(
        of_orders(statement, row.order_id, scope).group_by(row.stage, hours)
    ):
        found[stage].append((length, count))
    return tuple(_stay(stage, sorted(lengths)) for stage, lengths in found.items())


def _stay(stage: str, lengths: list[tuple[int, int]]) -> Stay:
    count = sum(each for _, each in lengths)
    return Stay(stage=stage, count=count, median=_reached(lengths, count * 5), p90=_reached(lengths, count * 9))


def _reached(lengths: list[tuple[int, int]], tenths: int) -> int:
    """The hours by which so many tenths of the stays had ended."""
    ended = 0
    for hours, count in lengths:
        ended += count * 10
        if ended >= tenths:
            return hours
    return 0


def _counted(work: Work, statement: Any) -> tuple[Counted, ...]:
    rows = [Counted(key=key, count=count, amount=amount) for key, count, amount in work.session.execute(statement)]
    return tuple(sorted(rows, key=lambda row: (-row.amount, -row.count, row.key)))


def _bounds(months: Sequence[Month]) -> list[date]:
    return [month.first for month in (*months, months[-1].plus(1))]


def _ends(months: Sequence[Month]) -> tuple[date, date]:
    return months[0].first, months[-1].plus(1).first
