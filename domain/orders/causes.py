"""Causes that a measure is to remove: measured in the order ledger before and after. Source: DOMAIN.md, 5."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from domain.governance.template import OrderRules
from domain.ids import LineId, MeasureId
from domain.measures import Measure
from domain.money import money
from domain.months import Month
from domain.refusals import Refusal
from domain.stages import MeasureState, Stage
from domain.value import Scenario

ZERO = Decimal("0.00")
WINDOW = 3  # closed months that the closure looks at, at most


@dataclass(frozen=True, kw_only=True)
class Cause:
    """An exception type, or one cause of it, of all channels or of one. Empty: all."""

    type: str
    cause: str = ""
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class LedgerMonth:
    """What the ledger says of a cause in one month: cost and effects booked, orders it befell, orders placed."""

    cost: Decimal = ZERO
    orders: int = 0
    placed: int = 0

    def __add__(self, other: "LedgerMonth") -> "LedgerMonth":
        return LedgerMonth(
            cost=self.cost + other.cost, orders=self.orders + other.orders, placed=self.placed + other.placed
        )

    @property
    def rate(self) -> Decimal:
        """Orders befallen, in percent of those placed; four places."""
        share = Decimal(100 * self.orders) / self.placed if self.placed else Decimal(0)
        return share.quantize(Decimal("0.0001"))


Ledger = Mapping[Month, LedgerMonth]


@dataclass(frozen=True, kw_only=True)
class MeasuredCause:
    """The cause of one measure as it was measured: cost a month and share of the orders, from month to month."""

    measure: MeasureId
    line: LineId | None
    cause: Cause
    first: Month
    last: Month
    baseline: Decimal
    baseline_rate: Decimal
    target_percent: Decimal


@dataclass(frozen=True, kw_only=True)
class CauseMeasured:
    """A measure was proposed on a measured cause; `costs` are what each month cost."""

    measured: MeasuredCause
    costs: Mapping[Month, Decimal]


@dataclass(frozen=True, kw_only=True)
class LedgerActualsRecorded:
    """Months of a measured line were computed anew: actual = baseline - cost. `before` where there was another."""

    measure: MeasureId
    line: LineId
    amounts: Mapping[Month, Decimal]
    costs: Mapping[Month, Decimal]
    before: Mapping[Month, Decimal | None]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CauseStanding:
    """How far a measured cause has fallen: the mean of the latest closed months against the baseline."""

    months: tuple[Month, ...]
    baseline: Decimal
    cost: Decimal
    baseline_rate: Decimal
    rate: Decimal
    target_percent: Decimal

    @property
    def cost_fall(self) -> Decimal:
        return fall(self.baseline, self.cost)

    @property
    def rate_fall(self) -> Decimal:
        return fall(self.baseline_rate, self.rate)

    @property
    def is_reached(self) -> bool:
        return bool(self.months) and max(self.cost_fall, self.rate_fall) >= self.target_percent


@dataclass(frozen=True, kw_only=True)
class NothingMeasured(Refusal):
    """In these months the ledger holds no cost of that cause: there is no baseline."""

    first: str
    last: str


@dataclass(frozen=True, kw_only=True)
class UnknownOrderCause(Refusal):
    """The template has no such exception type, cause or channel."""

    type: str
    cause: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class TargetOutOfRange(Refusal):
    """A cause is to fall by more than nothing and not by more than everything."""

    percent: Decimal


@dataclass(frozen=True, kw_only=True)
class MeasuredByLedger(Refusal):
    """The actuals of the line come from the order ledger; nobody enters them."""

    line: str


def decide_measure(
    measure: MeasureId,
    line: LineId,
    cause: Cause,
    ledger: Ledger,
    target_percent: Decimal,
    rules: OrderRules,
) -> CauseMeasured | Refusal:
    """The baseline: the mean cost of the measured months, none of them left out, and the rate over all of them."""
    if not is_known(cause, rules):
        return UnknownOrderCause(type=cause.type, cause=cause.cause, channel=cause.channel)
    if not 0 < target_percent <= 100:
        return TargetOutOfRange(percent=target_percent)
    months = sorted(ledger)
    whole = sum(ledger.values(), LedgerMonth())
    if not months or whole.cost <= 0:
        return NothingMeasured(first=str(months[0]) if months else "", last=str(months[-1]) if months else "")
    measured = MeasuredCause(
        measure=measure,
        line=line,
        cause=cause,
        first=months[0],
        last=months[-1],
        baseline=money(whole.cost / len(months)),
        baseline_rate=whole.rate,
        target_percent=target_percent,
    )
    return CauseMeasured(measured=measured, costs={month: ledger[month].cost for month in months})


def is_known(cause: Cause, rules: OrderRules) -> bool:
    kind = rules.exception_type(cause.type)
    return (
        kind is not None
        and (not cause.cause or cause.cause in kind.causes)
        and (not cause.channel or cause.channel in rules.channel_codes)
    )


def due_months(measure: Measure, measured: MeasuredCause, now: datetime) -> tuple[Month, ...]:
    """Planned months of the measured line that are over and not closed; none before the measure is decided."""
    line = next((each for each in measure.lines if each.id == measured.line), None)
    if line is None or measure.stage < Stage.DECIDED or measure.state is MeasureState.CANCELLED:
        return ()
    running = Month.of(now.date())
    planned = line.series.get(Scenario.PLAN, {})
    return tuple(m for m in sorted(planned) if str(m) > measure.closed_through and measured.last < m < running)


def record_from_ledger(
    measure: Measure, measured: MeasuredCause, ledger: Ledger, now: datetime
) -> LedgerActualsRecorded | None:
    """Actual = baseline - cost, for every due month; a month that cost more than the baseline is negative.

    `ledger` holds every due month. None where everything stands already.
    """
    months = due_months(measure, measured, now)
    if not months or measured.line is None:
        return None
    known = next(line for line in measure.lines if line.id == measured.line).series.get(Scenario.ACTUAL, {})
    amounts = {month: actual_of(measured, ledger[month].cost) for month in months}
    changed = {month: amount for month, amount in amounts.items() if known.get(month) != amount}
    if not changed:
        return None
    return LedgerActualsRecorded(
        measure=measured.measure,
        line=measured.line,
        amounts=changed,
        costs={month: ledger[month].cost for month in changed},
        before={month: known.get(month) for month in changed},
        at=now,
    )


def actual_of(measured: MeasuredCause, cost: Decimal) -> Decimal:
    return measured.baseline - cost


def closing_months(measure: Measure, measured: MeasuredCause) -> tuple[Month, ...]:
    """The latest closed months with an actual: what the closure looks at."""
    line = next((each for each in measure.lines if each.id == measured.line), None)
    known = sorted(line.series.get(Scenario.ACTUAL, {})) if line else []
    return tuple(month for month in known if str(month) <= measure.closed_through)[-WINDOW:]


def standing_of(measured: MeasuredCause, ledger: Ledger) -> CauseStanding:
    """Of the months that the ledger names; the mean cost to the cent."""
    whole = sum(ledger.values(), LedgerMonth())
    return CauseStanding(
        months=tuple(sorted(ledger)),
        baseline=measured.baseline,
        cost=money(whole.cost / max(len(ledger), 1)),
        baseline_rate=measured.baseline_rate,
        rate=whole.rate,
        target_percent=measured.target_percent,
    )


def fall(before: Decimal, after: Decimal) -> Decimal:
    """By how many percent it fell, one place, never rounded up; negative where it rose."""
    return (
        (100 * (before - after) / before).quantize(Decimal("0.1"), rounding=ROUND_FLOOR) if before else Decimal("0.0")
    )
