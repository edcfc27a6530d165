"""Every figure of a measure, and of many: what pages, statuses and reports say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from domain.months import FiscalYear, Month
from domain.stages import MeasureState, Stage
from domain.value.lines import (
    ZERO,
    EffectLine,
    Scenario,
    Sign,
    effects_of,
    in_instance_currency,
    one_off_costs_of,
    outlook,
    ready,
    series_of,
)
from domain.value.sums import (
    carry_over,
    exit_run_rate,
    full_year_effect,
    in_year,
    leakage,
    realisation,
    risk_adjusted,
    to_date,
    total,
)


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
    def realisation(self) -> Decimal | None:
        return realisation(self.actual_to_date, self.plan_to_date)


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
    lines = ready(measure_lines, state, rates)
    seen = lines if state is MeasureState.CANCELLED else outlook(lines, closed_through)
    effects, costs = effects_of(lines), one_off_costs_of(lines)
    seen_effects, seen_costs = effects_of(seen), one_off_costs_of(seen)
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


_AMOUNTS = tuple(f.name for f in fields(Figures) if f.type is Decimal)

_FLAGS = tuple(f.name for f in fields(Figures) if f.type is bool)


def _leaked(first_lock: Sequence[EffectLine] | None, forecast: Decimal, rates: Mapping[str, Decimal]) -> Decimal:
    if first_lock is None:
        return ZERO
    return leakage(full_year_effect(in_instance_currency(first_lock, rates), Scenario.PLAN), forecast)


def _has(lines: Iterable[EffectLine], scenario: Scenario) -> bool:
    return any(series_of(line, scenario) for line in lines)
