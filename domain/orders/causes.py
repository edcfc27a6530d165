"""Causes that a measure is to remove: measured in the order ledger before and after. Source: DOMAIN.md, 5."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from domain.governance.template import OrderRules
from domain.ids import LineId, MeasureId
from domain.money import money
from domain.months import Month
from domain.refusals import Refusal

ZERO = Decimal("0.00")


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


def standing_of(measured: MeasuredCause, ledger: Ledger) -> CauseStanding:
    """Of the months that the ledger names; the mean cost to the cent. Months without any order prove nothing."""
    whole = sum(ledger.values(), LedgerMonth())
    return CauseStanding(
        months=tuple(sorted(ledger)) if whole.placed else (),
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
