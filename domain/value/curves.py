"""The curves of a measure, month by month, and their sum over many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from domain.months import Month
from domain.stages import MeasureState
from domain.value.lines import (
    ZERO,
    EffectLine,
    Scenario,
    Series,
    effects_of,
    one_off_costs_of,
    outlook,
    ready,
    series_of,
)


@dataclass(frozen=True, kw_only=True)
class MonthFigures:
    """One month of the curves: `forecast` as entered, `outlook` with closed months' actuals; None: no actual yet."""

    plan: Decimal = ZERO
    forecast: Decimal = ZERO
    outlook: Decimal = ZERO
    actual: Decimal | None = None
    one_off_plan: Decimal = ZERO
    one_off_forecast: Decimal = ZERO
    one_off_outlook: Decimal = ZERO
    one_off_actual: Decimal | None = None


def by_month(
    measure_lines: Sequence[EffectLine],
    *,
    state: MeasureState,
    closed_through: Month | None,
    rates: Mapping[str, Decimal],
) -> Mapping[Month, MonthFigures]:
    """The curves of one measure, in order, for every month with an entry. Arguments as for `figures`."""
    lines = ready(measure_lines, state, rates)
    seen = lines if state is MeasureState.CANCELLED else outlook(lines, closed_through)
    effects, costs = effects_of(lines), one_off_costs_of(lines)
    curves = {
        "plan": _curve(effects, Scenario.PLAN),
        "forecast": _curve(effects, Scenario.FORECAST),
        "outlook": _curve(effects_of(seen), Scenario.FORECAST),
        "actual": _curve(effects, Scenario.ACTUAL),
        "one_off_plan": _sizes(costs, Scenario.PLAN),
        "one_off_forecast": _sizes(costs, Scenario.FORECAST),
        "one_off_outlook": _sizes(one_off_costs_of(seen), Scenario.FORECAST),
        "one_off_actual": _sizes(costs, Scenario.ACTUAL),
    }
    months = sorted({month for curve in curves.values() for month in curve})
    return {m: MonthFigures(**{name: curve[m] for name, curve in curves.items() if m in curve}) for m in months}


def roll_up_months(parts: Iterable[Mapping[Month, MonthFigures]]) -> Mapping[Month, MonthFigures]:
    """The sum of many curves, in order of months."""
    gathered: dict[Month, list[MonthFigures]] = {}
    for curve in parts:
        for month, row in curve.items():
            gathered.setdefault(month, []).append(row)
    return {month: _add_up(gathered[month]) for month in sorted(gathered)}


_OF_MONTH = tuple(f.name for f in fields(MonthFigures))


def _curve(lines: Iterable[EffectLine], scenario: Scenario) -> Series:
    curve: dict[Month, Decimal] = {}
    for line in lines:
        for month, amount in series_of(line, scenario).items():
            curve[month] = curve.get(month, ZERO) + line.sign.factor * amount
    return curve


def _sizes(costs: Iterable[EffectLine], scenario: Scenario) -> Series:
    return {month: -amount for month, amount in _curve(costs, scenario).items()}


def _add_up(rows: Sequence[MonthFigures]) -> MonthFigures:
    """Field by field; an actual that nobody entered stays None."""
    entered = {name: [v for row in rows if (v := getattr(row, name)) is not None] for name in _OF_MONTH}
    return MonthFigures(**{name: sum(values, ZERO) for name, values in entered.items() if values})
