"""The S-curve of a fiscal year: cumulated months, as exact amounts and as the printed quarter columns; axis ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from domain.reporting.pack import ZERO, SteeringPack
from domain.reporting.rounding import Unit, split
from domain.reporting.totals import basis_of


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Cumulated amounts by month; `actual` ends with the last closed month. Costs are positive where costs are told."""

    months: tuple[str, ...]
    plan: tuple[Decimal, ...]
    forecast: tuple[Decimal, ...]
    actual: tuple[Decimal, ...]

    @property
    def is_empty(self) -> bool:
        return not any((*self.plan, *self.forecast, *self.actual))

    @property
    def closed(self) -> int:
        return len(self.actual)

    @property
    def is_distinct(self) -> bool:
        return self.plan != self.forecast


def curve_of(pack: SteeringPack) -> Curve:
    """Cumulated in the sense of the pack: effects, or costs as positive amounts."""
    sign = basis_of(pack).sign
    closed = [row.actual for row in pack.curve]
    actual = [each for each in closed[: closed.index(None)] if each is not None] if None in closed else closed
    return Curve(
        months=tuple(row.month for row in pack.curve),
        plan=_cumulated([row.plan for row in pack.curve], sign),
        forecast=_cumulated([row.forecast for row in pack.curve], sign),
        actual=_cumulated([each for each in actual if each is not None], sign),
    )


def printed(series: Sequence[Decimal], unit: Unit) -> list[Decimal]:
    """Cumulated amounts in `unit`; its last figure is the rounded sum, as every other table prints it."""
    monthly = [b - a for a, b in zip([ZERO, *series], series, strict=False)]
    return list(accumulate(split(monthly, unit)))


def ticks(low: Decimal, high: Decimal, most: int = 5) -> list[Decimal]:
    """Round axis values from at or below `low` to at or above `high`, zero among them, at most about `most`."""
    low, high = min(low, ZERO), max(high, ZERO)
    span = high - low
    if not span:
        return [ZERO]
    power = Decimal(10) ** ((span / (most - 1)).adjusted())
    steps = (power * each for each in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10)))
    step = next(each for each in steps if each * (most - 1) >= span)
    first, last = (low / step).to_integral_value("ROUND_FLOOR"), (high / step).to_integral_value("ROUND_CEILING")
    return [step * each for each in range(int(first), int(last) + 1)]


def _cumulated(values: Sequence[Decimal], sign: int) -> tuple[Decimal, ...]:
    return tuple(each * sign for each in accumulate(values))
