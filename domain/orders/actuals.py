"""The actuals of a measured measure: each month the baseline less what the order ledger says. Source: DOMAIN.md, 5."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.ids import LineId, MeasureId
from domain.measures import Measure
from domain.months import Month
from domain.orders.causes import ZERO, Ledger, MeasuredCause
from domain.stages import MeasureState, Stage
from domain.value import Scenario

WINDOW = 3  # closed months that the closure looks at, at most


@dataclass(frozen=True, kw_only=True)
class LedgerActualsRecorded:
    """Months of a measured line were computed anew: actual = baseline - cost. `before` where there was another.

    `late`: what was booked late in months that are closed; the first of the months takes it over.
    """

    measure: MeasureId
    line: LineId
    amounts: Mapping[Month, Decimal]
    costs: Mapping[Month, Decimal]
    before: Mapping[Month, Decimal | None]
    late: Mapping[Month, Decimal]
    at: datetime


def due_months(measure: Measure, measured: MeasuredCause, now: datetime) -> tuple[Month, ...]:
    """Planned months of the measured line that are over and not closed; none before the decision or after closure."""
    line = next((each for each in measure.lines if each.id == measured.line), None)
    is_open = Stage.DECIDED <= measure.stage < Stage.CLOSED and measure.state is not MeasureState.CANCELLED
    if line is None or not is_open:
        return ()
    running = Month.of(now.date())
    planned = line.series.get(Scenario.PLAN, {})
    return tuple(m for m in sorted(planned) if str(m) > measure.closed_through and measured.last < m < running)


def closed_actuals(measure: Measure, measured: MeasuredCause) -> Mapping[Month, Decimal]:
    """What the ledger gave months that are closed by now: read-only."""
    line = next((each for each in measure.lines if each.id == measured.line), None)
    known = line.series.get(Scenario.ACTUAL, {}) if line else {}
    return {month: known[month] for month in sorted(known) if str(month) <= measure.closed_through}


def late_corrections(
    measured: MeasuredCause, closed: Mapping[Month, Decimal], ledger: Ledger
) -> Mapping[Month, Decimal]:
    """By how much each closed month differs from what the ledger says of it now.

    A month that took such a difference over differs by as much the other way: together they are what is not yet
    taken over.
    """
    differences = {month: actual_of(measured, ledger[month].cost) - actual for month, actual in closed.items()}
    return {month: amount for month, amount in differences.items() if amount}


def record_from_ledger(
    measure: Measure, measured: MeasuredCause, ledger: Ledger, now: datetime
) -> LedgerActualsRecorded | None:
    """Actual = baseline - cost, for every due month; a month that cost more than the baseline is negative.

    A closed month stays: what was booked in it late is entered in the first month that is due. `ledger` holds every
    due and every closed month. None where everything stands already.
    """
    months = due_months(measure, measured, now)
    if not months or measured.line is None:
        return None
    known = next(line for line in measure.lines if line.id == measured.line).series.get(Scenario.ACTUAL, {})
    late = late_corrections(measured, closed_actuals(measure, measured), ledger)
    amounts = {month: actual_of(measured, ledger[month].cost) for month in months}
    amounts[months[0]] += sum(late.values(), ZERO)
    changed = {month: amount for month, amount in amounts.items() if known.get(month) != amount}
    if not changed:
        return None
    return LedgerActualsRecorded(
        measure=measured.measure,
        line=measured.line,
        amounts=changed,
        costs={month: ledger[month].cost for month in changed},
        before={month: known.get(month) for month in changed},
        late=late,
        at=now,
    )


def actual_of(measured: MeasuredCause, cost: Decimal) -> Decimal:
    return measured.baseline - cost


def closing_months(measure: Measure, measured: MeasuredCause) -> tuple[Month, ...]:
    """The latest closed months with an actual: what the closure looks at."""
    return tuple(closed_actuals(measure, measured))[-WINDOW:]
