"""The S-curve of a pack: amounts cumulated by month, or by fiscal year for cost; as printed columns too; axis ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from domain.reporting.pack import ZERO, SteeringPack, YearRow
from domain.reporting.rounding import Unit, split
from domain.reporting.totals import Lens, basis_of
from domain.reporting.words import NBSP, month

YEARS = 12  # that a chart has room for


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Cumulated amounts by period; `actual` ends with the last closed one. Costs are positive where costs are told."""

    periods: tuple[str, ...]  # as a sentence names them: "October 2026", "FY 2026/27"
    labels: tuple[str, ...]  # as an axis does: "Oct", "26/27"
    plan: tuple[Decimal, ...]
    forecast: tuple[Decimal, ...]
    actual: tuple[Decimal, ...]
    by_year: bool = False

    @property
    def is_empty(self) -> bool:
        return not any((*self.plan, *self.forecast, *self.actual))

    @property
    def closed(self) -> int:
        return len(self.actual)


def curve_of(pack: SteeringPack) -> Curve:
    """Effects by month of the fiscal year; where there is nothing but cost, that cost over all its years."""
    if basis_of(pack).lens is Lens.COST and len(pack.years) > 1:
        return _by_year(pack.years)
    sign = basis_of(pack).sign
    return Curve(
        periods=tuple(month(row.month) for row in pack.curve),
        labels=tuple(month(row.month, short=True).split(NBSP)[0] for row in pack.curve),
        plan=_cumulated([row.plan for row in pack.curve], sign),
        forecast=_cumulated([row.forecast for row in pack.curve], sign),
        actual=_cumulated(_closed([row.actual for row in pack.curve]), sign),
    )


def printed(series: Sequence[Decimal], unit: Unit) -> list[Decimal]:
    """Cumulated amounts in `unit`; its last figure is the rounded sum, as every other table prints it."""
    steps = [b - a for a, b in zip([ZERO, *series], series, strict=False)]
    return list(accumulate(split(steps, unit)))


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


def _by_year(years: Sequence[YearRow]) -> Curve:
    """The twelve years with the most in them; what lies before is in the first, what lies after in the last."""
    begin, end = _fullest(years)
    ends = [*range(begin, end - 1), len(years) - 1]
    plan = _cumulated([row.plan for row in years], 1)
    forecast = _cumulated([row.forecast for row in years], 1)
    actual = _cumulated(_closed([row.actual for row in years]), 1)
    names = [years[each].year for each in range(begin, end)]
    if begin:
        names[0] = f"to {names[0]}"
    if end < len(years):
        names[-1] = f"from {names[-1]}"
    return Curve(
        periods=tuple(years[each].year for each in ends),
        labels=tuple(_short(each) for each in names),
        plan=tuple(plan[each] for each in ends),
        forecast=tuple(forecast[each] for each in ends),
        actual=tuple(actual[each] for each in ends if each < len(actual)),
        by_year=True,
    )


def _fullest(years: Sequence[YearRow]) -> tuple[int, int]:
    length = min(YEARS, len(years))
    sizes = [abs(row.plan) + abs(row.forecast) for row in years]
    begin = max(range(len(years) - length + 1), key=lambda each: sum(sizes[each : each + length]))
    return begin, begin + length


def _short(name: str) -> str:
    """ "FY 2010/11" as "10/11", "to FY 2010" as "to 2010"."""
    year = name.replace("FY ", "")
    return year.replace(" 20", " ").removeprefix("20") if "/" in year else year


def _closed(amounts: Sequence[Decimal | None]) -> list[Decimal]:
    known = amounts[: amounts.index(None)] if None in amounts else amounts
    return [each for each in known if each is not None]


def _cumulated(values: Sequence[Decimal], sign: int) -> tuple[Decimal, ...]:
    return tuple(each * sign for each in accumulate(values))
