"""The monthly figures of a measure: 24 months of baseline, plan, forecast, and the actuals that came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from uuid import UUID

from domain.ids import LineId
from domain.months import Month, span
from domain.value import EffectLine, Recurrence, Scenario, Sign

RAMP = (Decimal("0.35"), Decimal("0.70"))  # shares of the full month in the first months
BASELINE_TIMES = 7  # the cost or revenue a measure works on, as a multiple of its effect
CENT = Decimal("0.01")
ONE_OFF_KINDS = ("working_capital",)

Series = Mapping[Month, Decimal]


@dataclass(kw_only=True)
class Amounts:
    """The series of one measure between two years. `reach` and `shift` are where the forecast ends up."""

    rng: Random
    first: Month  # the 24 months
    start: Month  # of the planned effect
    value: int  # a full year, in thousands
    cost: int  # one-off, in thousands
    reach: float
    shift: int
    is_one_off: bool = False

    @property
    def months(self) -> tuple[Month, ...]:
        return span(self.first, self.first.plus(23))

    def baseline(self) -> Series:
        """The level before, with a season in it."""
        level = self._full() * BASELINE_TIMES
        return {month: _whole(level * _near(self.rng, 1, 0.06)) for month in self.months}

    def plan(self) -> Series:
        return self._ramped(self.start, Decimal(1))

    def forecast(self, months_from: Month, progress: float = 1.0) -> Series:
        """What is expected now for the months from `months_from` on; `progress` is how much of the change is known."""
        reach = Decimal(str(1 + (self.reach - 1) * progress))
        expected = self._ramped(self.start.plus(round(self.shift * progress)), reach)
        wanted = {month for month in {*expected, *self.plan()} if month >= months_from}
        return {month: expected.get(month, Decimal("0.00")) for month in sorted(wanted)}

    def actual(self, month: Month) -> Decimal | None:
        """What came of a month that the plan or the forecast names."""
        expected = self._ramped(self.start.plus(self.shift), Decimal(str(self.reach))).get(month)
        if expected is None:
            return Decimal("0.00") if month >= self.start else None
        noise = (0.0, 0.05) if self.reach >= 1 else (-0.03, 0.02)
        return _whole(expected * Decimal(str(1 + self.rng.uniform(*noise))))

    def cost_plan(self) -> Series:
        """One-off cost: most of it the month before the effect starts."""
        shares = ((self.start.plus(-1), "0.6"), (self.start, "0.4"))
        return {month: _whole(Decimal(self.cost * 1000) * Decimal(share)) for month, share in shares if self.cost}

    def cost_actual(self, month: Month) -> Decimal | None:
        planned = self.cost_plan().get(month)
        return None if planned is None else _whole(planned * _near(self.rng, 1.03, 0.09))

    def _full(self) -> Decimal:
        return Decimal(self.value * 1000) / 12

    def _ramped(self, start: Month, reach: Decimal) -> dict[Month, Decimal]:
        if self.is_one_off:
            quarter = span(start, start.plus(2))
            return {month: _whole(Decimal(self.value * 1000) / 3 * reach) for month in quarter}
        running = span(start, self.first.plus(23))
        shares = (*RAMP, *(Decimal(1) for _ in running))
        return {month: _whole(self._full() * share * reach) for month, share in zip(running, shares, strict=False)}


def effect_line(identity: UUID, name: str, kind: str, currency: str) -> EffectLine:
    one_off = kind in ONE_OFF_KINDS
    return EffectLine(
        id=LineId(identity),
        name=name,
        kind=kind,
        recurrence=Recurrence.ONE_OFF if one_off else Recurrence.RECURRING,
        sign=Sign.BENEFIT,
        is_pnl=not one_off,
        currency=currency,
        account="4400" if kind == "revenue" else "5100",
    )


def cost_line(identity: UUID, currency: str) -> EffectLine:
    return EffectLine(
        id=LineId(identity),
        name="One-off cost of the change",
        kind="one_off_cost",
        recurrence=Recurrence.ONE_OFF,
        sign=Sign.COST,
        currency=currency,
        account="6900",
    )


def planned_grid(amounts: Amounts, line: LineId, cost: LineId | None) -> dict[tuple[LineId, Scenario], Series]:
    """Baseline, plan and a first forecast that is the plan."""
    grid: dict[tuple[LineId, Scenario], Series] = {
        (line, Scenario.BASELINE): amounts.baseline(),
        (line, Scenario.PLAN): amounts.plan(),
        (line, Scenario.FORECAST): amounts.plan(),
    }
    if cost is not None:
        grid |= {(cost, scenario): amounts.cost_plan() for scenario in (Scenario.PLAN, Scenario.FORECAST)}
    return grid


def _whole(amount: Decimal) -> Decimal:
    """To the hundred: nobody plans cents."""
    return (amount / 100).quantize(Decimal(1)) * 100 + Decimal("0.00").quantize(CENT)


def _near(rng: Random, middle: float, spread: float) -> Decimal:
    return Decimal(str(round(rng.uniform(middle - spread, middle + spread), 4)))
