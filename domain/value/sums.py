"""The sums of lines over months: years, full years, run-rates, what carries over, what waits. Source: DOMAIN.md, 4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.money import money
from domain.months import FiscalYear, Month, span
from domain.value.lines import ZERO, EffectLine, Scenario, Sign, one_off_costs_of, series_of

FULL_RUN_TOLERANCE = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class NetParts:
    """Net = gross benefits - recurring costs - one-off costs; the three are positive sizes."""

    gross_benefit: Decimal
    recurring_cost: Decimal
    one_off_cost: Decimal

    @property
    def net(self) -> Decimal:
        return self.gross_benefit - self.recurring_cost - self.one_off_cost


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
        one_off_cost=-in_year(one_off_costs_of(lines), scenario, fy),
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


def _full_run(line: EffectLine, scenario: Scenario) -> Decimal:
    series = series_of(line, scenario)
    if not (running := sorted(m for m, amount in series.items() if amount)):
        return ZERO
    level = series[running[-1]]
    start = next(m for m in running if abs(series[m] - level) <= abs(level) * FULL_RUN_TOLERANCE)
    last = max(series)
    year = span(start, start.plus(11))
    return line.sign.factor * sum((series.get(m, ZERO) if m <= last else level for m in year), ZERO)


def _carried(line: EffectLine, seen: EffectLine, scenario: Scenario, fy: FiscalYear) -> Decimal:
    running = [m for m, amount in series_of(seen, scenario).items() if amount]
    if not running or min(running) not in fy:
        return ZERO
    return _full_run(line, scenario) - _sum(seen, scenario, fy.start, fy.end)


def _sum(line: EffectLine, scenario: Scenario, first: Month | None, last: Month | None) -> Decimal:
    amounts = (
        amount
        for month, amount in series_of(line, scenario).items()
        if (first is None or first <= month) and (last is None or month <= last)
    )
    return line.sign.factor * sum(amounts, ZERO)


def _one_currency(lines: Iterable[EffectLine]) -> Sequence[EffectLine]:
    """The lines, once it is sure that they may be summed."""
    known = list(lines)
    if len({line.currency for line in known}) > 1:
        raise ValueError("amounts of different currencies cannot be summed: convert first")
    return known
