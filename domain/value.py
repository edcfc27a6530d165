"""Value: effect lines, their four monthly series, and every sum made of them. Source: DOMAIN.md, 4.

Words used here. *Effect*: recurring net effect plus one-off benefits, before one-off costs. *One-off cost*: a positive
size, never part of an effect. *Full year*: recurring only. Every figure is a sum of line months, each converted and
rounded to the cent first; so parts add up to the whole at every level, by kind as well as by measure, node or year.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.ids import LineId
from domain.money import money
from domain.months import FiscalYear, Month, span
from domain.stages import MeasureState, Stage

ZERO = Decimal("0.00")
FULL_RUN_TOLERANCE = Decimal("0.01")
CONVERTED = ""  # the currency of a line whose amounts are in the instance's currency already

Series = Mapping[Month, Decimal]


class Scenario(StrEnum):
    BASELINE = "baseline"
    PLAN = "plan"
    FORECAST = "forecast"
    ACTUAL = "actual"


class Recurrence(StrEnum):
    RECURRING = "recurring"
    ONE_OFF = "one_off"


class Sign(StrEnum):
    """Whether the amounts of a line help or cost. A month's amount is negative only where it corrects another."""

    BENEFIT = "benefit"
    COST = "cost"

    @property
    def factor(self) -> int:
        return 1 if self is Sign.BENEFIT else -1


@dataclass(frozen=True, kw_only=True)
class EffectLine:
    """One line of effect with its monthly series; a month absent from a series has no entry (None), not 0."""

    id: LineId
    name: str
    kind: str  # a kind of the governance template, e.g. "material_cost"
    recurrence: Recurrence
    sign: Sign
    is_pnl: bool = True
    is_cash: bool = True
    currency: str = "EUR"
    account: str = ""
    cost_centre: str = ""
    series: Mapping[Scenario, Series] = field(default_factory=dict)

    @property
    def is_recurring(self) -> bool:
        return self.recurrence is Recurrence.RECURRING

    @property
    def is_one_off_cost(self) -> bool:
        return self.recurrence is Recurrence.ONE_OFF and self.sign is Sign.COST


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What pages, statuses and reports say of a measure, or of many (`roll_up`). Instance currency, one fiscal year.

    Forecast sums over months take the outlook (the actual of a closed month where there is one); the full-year forecast
    is as entered. A cancelled measure forecasts nothing; its plan and its actuals stay.
    """

    plan_year: Decimal  # effect of the fiscal year
    forecast_year: Decimal
    actual_year: Decimal
    plan_to_date: Decimal  # effect from the first month through the last closed one
    actual_to_date: Decimal
    plan_full_year: Decimal  # see full_year_effect
    forecast_full_year: Decimal
    actual_full_year: Decimal  # the actuals so far, taken to a full year by the same rule
    one_off_plan: Decimal  # one-off cost over the whole life
    one_off_forecast: Decimal
    one_off_actual: Decimal
    one_off_plan_year: Decimal  # one-off cost of the fiscal year
    one_off_forecast_year: Decimal
    one_off_actual_year: Decimal
    one_off_benefit_plan: Decimal  # one-off benefit over the whole life
    one_off_benefit_forecast: Decimal
    gross_benefit_forecast: Decimal  # full-year recurring benefit, before recurring costs
    risk_adjusted: Decimal  # see risk_adjusted
    run_rate: Decimal  # exit run-rate of the forecast
    carry_over: Decimal  # what the forecast brings next year on top of this one
    leakage: Decimal  # full year of the plan as first locked - forecast full year; 0 before the lock
    has_plan: bool
    has_forecast: bool
    is_locked: bool

    @property
    def net_plan_year(self) -> Decimal:
        return self.plan_year - self.one_off_plan_year

    @property
    def net_forecast_year(self) -> Decimal:
        return self.forecast_year - self.one_off_forecast_year

    @property
    def net_actual_year(self) -> Decimal:
        return self.actual_year - self.one_off_actual_year

    @property
    def realisation(self) -> Decimal | None:
        return realisation(self.actual_to_date, self.plan_to_date)


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


@dataclass(frozen=True, kw_only=True)
class NetParts:
    """Net = gross benefits - recurring costs - one-off costs; the three are positive sizes."""

    gross_benefit: Decimal
    recurring_cost: Decimal
    one_off_cost: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross_benefit - self.recurring_cost - self.one_off_cost


def figures(
    measure_lines: Sequence[EffectLine],
    *,
    first_lock: Sequence[EffectLine] | None,
    stage: Stage,
    state: MeasureState,
    fy: FiscalYear,
    closed_through: Month | None,
    weights: Mapping[Stage, Decimal],
    rates: Mapping[str, Decimal],
) -> Figures:
    """Every figure of one measure.

    The plan is the one that holds: as locked, or as changed since by request. `first_lock`: the lines with the plan as
    it was locked first, whatever has become of them (None before the lock): leakage is measured against it. `weights`:
    shares, 0 to 1. `rates`: plan rates, units of instance currency for one of the line's; the instance's own currency
    is there with 1. A rate or weight that is missing is a bug: KeyError.
    """
    lines = _ready(measure_lines, state, rates)
    seen = lines if state is MeasureState.CANCELLED else outlook(lines, closed_through)
    effects, costs = _effects(lines), _one_off_costs(lines)
    seen_effects, seen_costs = _effects(seen), _one_off_costs(seen)
    one_offs = [line for line in effects if not line.is_recurring]
    plan_full, forecast_full = (full_year_effect(lines, s) for s in (Scenario.PLAN, Scenario.FORECAST))
    grosses = [full_year_effect([line], Scenario.FORECAST) for line in lines if line.sign is Sign.BENEFIT]
    gross = sum(grosses, ZERO)
    one_off_forecast = -total(seen_costs, Scenario.FORECAST)
    return Figures(
        plan_year=in_year(effects, Scenario.PLAN, fy),
        forecast_year=in_year(seen_effects, Scenario.FORECAST, fy),
        actual_year=in_year(effects, Scenario.ACTUAL, fy),
        plan_to_date=to_date(effects, Scenario.PLAN, closed_through),
        actual_to_date=to_date(effects, Scenario.ACTUAL, closed_through),
        plan_full_year=plan_full,
        forecast_full_year=forecast_full,
        actual_full_year=full_year_effect(lines, Scenario.ACTUAL),
        one_off_plan=-total(costs, Scenario.PLAN),
        one_off_forecast=one_off_forecast,
        one_off_actual=-total(costs, Scenario.ACTUAL),
        one_off_plan_year=-in_year(costs, Scenario.PLAN, fy),
        one_off_forecast_year=-in_year(seen_costs, Scenario.FORECAST, fy),
        one_off_actual_year=-in_year(costs, Scenario.ACTUAL, fy),
        one_off_benefit_plan=total(one_offs, Scenario.PLAN),
        one_off_benefit_forecast=total([line for line in seen_effects if not line.is_recurring], Scenario.FORECAST),
        gross_benefit_forecast=gross,
        risk_adjusted=risk_adjusted(weights[stage], grosses, gross - forecast_full, one_off_forecast),
        run_rate=exit_run_rate(seen, Scenario.FORECAST, fy),
        carry_over=carry_over(lines, Scenario.FORECAST, fy, seen=seen),
        leakage=_leaked(first_lock, forecast_full, rates),
        has_plan=_has(lines, Scenario.PLAN),
        has_forecast=_has(measure_lines, Scenario.FORECAST),
        is_locked=first_lock is not None,
    )


def roll_up(parts: Iterable[Figures]) -> Figures:
    """The sum of many figures, in any grouping; of none, zeros. Statuses do not roll up, they are counted."""
    rows = list(parts)
    values: dict[str, Any] = {name: sum((getattr(row, name) for row in rows), ZERO) for name in _AMOUNTS}
    values |= {name: any(getattr(row, name) for row in rows) for name in _FLAGS}
    return Figures(**values)


def by_month(
    measure_lines: Sequence[EffectLine],
    *,
    state: MeasureState,
    closed_through: Month | None,
    rates: Mapping[str, Decimal],
) -> Mapping[Month, MonthFigures]:
    """The curves of one measure, in order, for every month with an entry. Arguments as for `figures`."""
    lines = _ready(measure_lines, state, rates)
    seen = lines if state is MeasureState.CANCELLED else outlook(lines, closed_through)
    effects, costs = _effects(lines), _one_off_costs(lines)
    curves = {
        "plan": _curve(effects, Scenario.PLAN),
        "forecast": _curve(effects, Scenario.FORECAST),
        "outlook": _curve(_effects(seen), Scenario.FORECAST),
        "actual": _curve(effects, Scenario.ACTUAL),
        "one_off_plan": _sizes(costs, Scenario.PLAN),
        "one_off_forecast": _sizes(costs, Scenario.FORECAST),
        "one_off_outlook": _sizes(_one_off_costs(seen), Scenario.FORECAST),
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


def outlook(lines: Iterable[EffectLine], closed_through: Month | None) -> tuple[EffectLine, ...]:
    """The lines with a forecast that knows what happened: a closed month's actual where one is entered."""
    if closed_through is None:
        return tuple(lines)
    return tuple(_with(line, Scenario.FORECAST, _overlay(line, closed_through)) for line in lines)


def in_instance_currency(lines: Iterable[EffectLine], rates: Mapping[str, Decimal]) -> tuple[EffectLine, ...]:
    """The lines converted at `rates`, every month rounded to the cent. KeyError for a currency without a rate."""
    return tuple(_convert(line, rates[line.currency]) for line in lines)


def in_year(lines: Iterable[EffectLine], scenario: Scenario, fy: FiscalYear) -> Decimal:
    """Sum of the year's months, benefits minus costs, of the lines given: all, one kind, only the costs."""
    return sum((_sum(line, scenario, fy.start, fy.end) for line in _one_currency(lines)), ZERO)


def to_date(lines: Iterable[EffectLine], scenario: Scenario, closed_through: Month | None) -> Decimal:
    """Sum from the first month through the last closed one; 0 before any month is closed."""
    if closed_through is None:
        return ZERO
    return sum((_sum(line, scenario, None, closed_through) for line in _one_currency(lines)), ZERO)


def total(lines: Iterable[EffectLine], scenario: Scenario) -> Decimal:
    """Sum of every month there is."""
    return sum((_sum(line, scenario, None, None) for line in _one_currency(lines)), ZERO)


def net_in_year(lines: Sequence[EffectLine], scenario: Scenario, fy: FiscalYear) -> NetParts:
    """The three parts of the net effect of a year."""
    recurring_costs = [line for line in lines if line.is_recurring and line.sign is Sign.COST]
    return NetParts(
        gross_benefit=in_year([line for line in lines if line.sign is Sign.BENEFIT], scenario, fy),
        recurring_cost=-in_year(recurring_costs, scenario, fy),
        one_off_cost=-in_year(_one_off_costs(lines), scenario, fy),
    )


def full_year_effect(lines: Iterable[EffectLine], scenario: Scenario) -> Decimal:
    """The recurring effect, benefits minus recurring costs, over the first 12 months at full run.

    Full run, line by line: the run level is the last amount that is not 0; full run starts in the first month within
    1 % of it (so that a year spread to the cent counts as level). The 12 months from there are taken as entered, no
    entry being 0; months after the last entry are taken at the run level. One-off lines have no part in it.
    """
    return sum((_full_run(line, scenario) for line in _one_currency(lines) if line.is_recurring), ZERO)


def exit_run_rate(lines: Iterable[EffectLine], scenario: Scenario, fy: FiscalYear) -> Decimal:
    """12 x the recurring effect of the last month of the year."""
    recurring = (line for line in _one_currency(lines) if line.is_recurring)
    return 12 * sum((_sum(line, scenario, fy.end, fy.end) for line in recurring), ZERO)


def carry_over(
    lines: Sequence[EffectLine], scenario: Scenario, fy: FiscalYear, *, seen: Sequence[EffectLine] | None = None
) -> Decimal:
    """Full-year effect - in-year effect of the recurring lines that started in `fy`; the others carry nothing over.

    `seen`: the same lines in the same order to take the year from, where that differs (the outlook).
    """
    pairs = zip(lines, lines if seen is None else seen, strict=True)
    return sum((_carried(line, other, scenario, fy) for line, other in pairs if line.is_recurring), ZERO)


def risk_adjusted(
    weight: Decimal, gross_benefits: Iterable[Decimal], recurring_cost: Decimal, one_off_cost: Decimal
) -> Decimal:
    """Weight x recurring gross benefit - recurring costs (both full year) - one-off costs: costs are never weighted.

    `gross_benefits`: line by line, each weighted and rounded by itself; `weight`: a share, 0 to 1.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"a weight is a share between 0 and 1: {weight}")
    return sum((money(weight * gross) for gross in gross_benefits), ZERO) - recurring_cost - one_off_cost


def realisation(actual_to_date: Decimal, plan_to_date: Decimal) -> Decimal | None:
    """Actual / plan, as a share; None while nothing was planned to date."""
    return None if plan_to_date == 0 else actual_to_date / plan_to_date


def leakage(locked_plan_full_year: Decimal, forecast_full_year: Decimal) -> Decimal:
    """What the forecast has lost since the lock; negative when it has gained."""
    return locked_plan_full_year - forecast_full_year


def price_of_waiting(lines: Iterable[EffectLine], today_month: Month) -> Decimal:
    """What a week costs: forecast benefit of the 12 months after `today_month` / 52. The lines are of one currency."""
    benefits = [line for line in _one_currency(lines) if line.sign is Sign.BENEFIT]
    first, last = today_month.plus(1), today_month.plus(12)
    return money(sum((_sum(line, Scenario.FORECAST, first, last) for line in benefits), ZERO) / 52)


_AMOUNTS = tuple(f.name for f in fields(Figures) if f.type is Decimal)
_FLAGS = tuple(f.name for f in fields(Figures) if f.type is bool)
_OF_MONTH = tuple(f.name for f in fields(MonthFigures))


def _leaked(first_lock: Sequence[EffectLine] | None, forecast: Decimal, rates: Mapping[str, Decimal]) -> Decimal:
    if first_lock is None:
        return ZERO
    return leakage(full_year_effect(in_instance_currency(first_lock, rates), Scenario.PLAN), forecast)


def _ready(lines: Iterable[EffectLine], state: MeasureState, rates: Mapping[str, Decimal]) -> tuple[EffectLine, ...]:
    """Lines without forecast where cancelled, in the instance's currency."""
    if state is MeasureState.CANCELLED:
        lines = [_with(line, Scenario.FORECAST, {}) for line in lines]
    return in_instance_currency(lines, rates)


def _convert(line: EffectLine, rate: Decimal) -> EffectLine:
    series = {s: {m: money(amount * rate) for m, amount in months.items()} for s, months in line.series.items()}
    return replace(line, currency=CONVERTED, series=series)


def _with(line: EffectLine, scenario: Scenario, series: Series) -> EffectLine:
    return replace(line, series={**line.series, scenario: series})


def _overlay(line: EffectLine, closed_through: Month) -> Series:
    known = {m: amount for m, amount in _series(line, Scenario.ACTUAL).items() if m <= closed_through}
    return {**_series(line, Scenario.FORECAST), **known}


def _effects(lines: Iterable[EffectLine]) -> list[EffectLine]:
    return [line for line in lines if not line.is_one_off_cost]


def _one_off_costs(lines: Iterable[EffectLine]) -> list[EffectLine]:
    return [line for line in lines if line.is_one_off_cost]


def _one_currency(lines: Iterable[EffectLine]) -> Sequence[EffectLine]:
    """The lines, once it is sure that they may be summed."""
    known = list(lines)
    if len({line.currency for line in known}) > 1:
        raise ValueError("amounts of different currencies cannot be summed: convert first")
    return known


def _series(line: EffectLine, scenario: Scenario) -> Series:
    return line.series.get(scenario, {})


def _has(lines: Iterable[EffectLine], scenario: Scenario) -> bool:
    return any(_series(line, scenario) for line in lines)


def _sum(line: EffectLine, scenario: Scenario, first: Month | None, last: Month | None) -> Decimal:
    amounts = (
        amount
        for month, amount in _series(line, scenario).items()
        if (first is None or first <= month) and (last is None or month <= last)
    )
    return line.sign.factor * sum(amounts, ZERO)


def _curve(lines: Iterable[EffectLine], scenario: Scenario) -> Series:
    curve: dict[Month, Decimal] = {}
    for line in lines:
        for month, amount in _series(line, scenario).items():
            curve[month] = curve.get(month, ZERO) + line.sign.factor * amount
    return curve


def _sizes(costs: Iterable[EffectLine], scenario: Scenario) -> Series:
    return {month: -amount for month, amount in _curve(costs, scenario).items()}


def _full_run(line: EffectLine, scenario: Scenario) -> Decimal:
    series = _series(line, scenario)
    if not (running := sorted(m for m, amount in series.items() if amount)):
        return ZERO
    level = series[running[-1]]
    start = next(m for m in running if abs(series[m] - level) <= abs(level) * FULL_RUN_TOLERANCE)
    last = max(series)
    year = span(start, start.plus(11))
    return line.sign.factor * sum((series.get(m, ZERO) if m <= last else level for m in year), ZERO)


def _carried(line: EffectLine, seen: EffectLine, scenario: Scenario, fy: FiscalYear) -> Decimal:
    running = [m for m, amount in _series(seen, scenario).items() if amount]
    if not running or min(running) not in fy:
        return ZERO
    return _full_run(line, scenario) - _sum(seen, scenario, fy.start, fy.end)


def _add_up(rows: Sequence[MonthFigures]) -> MonthFigures:
    """Field by field; an actual that nobody entered stays None."""
    entered = {name: [v for row in rows if (v := getattr(row, name)) is not None] for name in _OF_MONTH}
    return MonthFigures(**{name: sum(values, ZERO) for name, values in entered.items() if values})
