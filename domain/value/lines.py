"""Effect lines and their four monthly series; what is done to a line before it is summed. Source: DOMAIN.md, 4."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from domain.ids import LineId
from domain.money import money
from domain.months import Month
from domain.stages import MeasureState

ZERO = Decimal("0.00")

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


def ready(lines: Iterable[EffectLine], state: MeasureState, rates: Mapping[str, Decimal]) -> tuple[EffectLine, ...]:
    """Lines without forecast where cancelled, in the instance's currency."""
    if state is MeasureState.CANCELLED:
        lines = [_with(line, Scenario.FORECAST, {}) for line in lines]
    return in_instance_currency(lines, rates)


def in_instance_currency(lines: Iterable[EffectLine], rates: Mapping[str, Decimal]) -> tuple[EffectLine, ...]:
    """The lines converted at `rates`, every month rounded to the cent. KeyError for a currency without a rate."""
    return tuple(_convert(line, rates[line.currency]) for line in lines)


def outlook(lines: Iterable[EffectLine], closed_through: Month | None) -> tuple[EffectLine, ...]:
    """The lines with a forecast that knows what happened: a closed month's actual where one is entered."""
    if closed_through is None:
        return tuple(lines)
    return tuple(_with(line, Scenario.FORECAST, _overlay(line, closed_through)) for line in lines)


def effects_of(lines: Iterable[EffectLine]) -> list[EffectLine]:
    return [line for line in lines if not line.is_one_off_cost]


def one_off_costs_of(lines: Iterable[EffectLine]) -> list[EffectLine]:
    return [line for line in lines if line.is_one_off_cost]


def series_of(line: EffectLine, scenario: Scenario) -> Series:
    return line.series.get(scenario, {})


def _convert(line: EffectLine, rate: Decimal) -> EffectLine:
    series = {s: {m: money(amount * rate) for m, amount in months.items()} for s, months in line.series.items()}
    return replace(line, currency=CONVERTED, series=series)


def _with(line: EffectLine, scenario: Scenario, series: Series) -> EffectLine:
    return replace(line, series={**line.series, scenario: series})


def _overlay(line: EffectLine, closed_through: Month) -> Series:
    known = {m: amount for m, amount in series_of(line, Scenario.ACTUAL).items() if m <= closed_through}
    return {**series_of(line, Scenario.FORECAST), **known}
