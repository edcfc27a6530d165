"""What happened to orders in a number of months: sales and cost, cancellations, returns, effects, time in stages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from domain.access import OrderScope
from domain.months import Month
from tenants.database import Work
from tenants.instance.models.exceptions import OrderEffectRow, OrderExceptionRow
from tenants.instance.models.order_sums import OrderCostSumRow, OrderSumRow
from tenants.instance.models.orders import OrderStageRow
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
    row = OrderSumRow
    keys = (row.month, row.is_cancelled, row.cancel_reason)
    sums = (row.count, row.value, row.cost_forecast, row.cost_actual, row.effects)
    found = _summed(work, scope, months, row, keys, sums)
    return tuple(
        Cohort(
            month=Month.of(month),
            is_cancelled=cancelled,
            reason=reason,
            count=count,
            value=value,
            cost_forecast=forecast,
            cost_actual=actual,
            effects=effects,
        )
        for month, cancelled, reason, count, value, forecast, actual, effects in found
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
    row = OrderCostSumRow
    found = _summed(work, scope, months, row, (row.kind,), (row.forecast, row.known_forecast, row.actual))
    return tuple(CostKind(kind=kind, forecast=f, known_forecast=k, actual=a) for kind, f, k, a in found)


def get_stays(work: Work, scope: OrderScope) -> tuple[Stay, ...]:
    """Time in stage of the stays that ended lately. Whole hours are counted, so that nothing has to be sorted."""
    row = OrderStageRow
    since = work.now() - timedelta(days=STAYS_DAYS)
    statement = of_orders(select(row.stage, row.hours, func.count()).where(row.left_at >= since), row.order_id, scope)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for stage, length, count in work.session.execute(statement.group_by(row.stage, row.hours)):
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


def _summed(work: Work, scope: OrderScope, months: Sequence[Month], row: Any, keys: Any, sums: Any) -> Any:
    """What the kept sums of these months and of the reader's orders come to, parted by the keys."""
    mine = (row.month >= months[0].first, row.month <= months[-1].first, in_scope(scope, row))
    statement = select(*keys, *map(func.sum, sums)).where(*mine).group_by(*keys)
    return work.session.execute(statement.having(func.sum(row.count) > 0))


def _ends(months: Sequence[Month]) -> tuple[date, date]:
    return months[0].first, months[-1].plus(1).first
