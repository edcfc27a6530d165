"""The value of one decided measure: actuals month by month from the controller, forecasts from the owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from domain.ids import LineId
from domain.months import Month, span
from domain.stages import Stage
from domain.value import Scenario
from tenants.demonstration.amounts import Amounts
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.outcome import Outcome
from tenants.demonstration.timeline import Diary, done
from tenants.instance.actions import values

ENTERED_DAYS = 4  # actuals of a month are in on the fifth of the next


@dataclass(kw_only=True)
class ValueStory:
    """Writes into a diary of its own: figures come in beside the work, not after it."""

    here: Engagement
    diary: Diary
    days: Outcome
    amounts: Amounts
    measure: UUID
    owner: str
    controller: str
    line: LineId
    cost: LineId | None

    def tell(self) -> None:
        decided = self.days.reached[Stage.DECIDED]
        timeline = self.here.timeline
        entered = self.here.rng.random() < 0.35
        middle = decided + (timeline.today - decided) / 2
        for month in span(Month.of(decided), timeline.last_month):
            day = month.plus(1).first + timedelta(days=ENTERED_DAYS)
            if entered and middle < day:
                self._while_open(middle, lambda: self._forecast(0.5))
                entered = False
            if grid := self._actuals(month):
                self._while_open(day, lambda grid=grid: self._enter(grid, self.controller))  # type: ignore[misc]
        newest = self.days.ago(35) if Stage.CLOSED in self.days.reached else self.days.updated
        if newest > decided:
            self._while_open(newest, lambda: self._forecast(1.0))

    def _actuals(self, month: Month) -> dict[tuple[LineId, Scenario], dict[Month, Decimal]]:
        grid = {}
        if (amount := self.amounts.actual(month)) is not None:
            grid[self.line, Scenario.ACTUAL] = {month: amount}
        if self.cost and (spent := self.amounts.cost_actual(month)) is not None:
            grid[self.cost, Scenario.ACTUAL] = {month: spent}
        return grid

    def _forecast(self, progress: float) -> None:
        months_from = Month.of(self.here.work.now().date())
        grid = {(self.line, Scenario.FORECAST): self.amounts.forecast(months_from, progress)}
        self._enter(grid, self.owner)

    def _enter(self, grid: values.Grid, person: str) -> None:
        done(values.enter_amounts(self.here.work, self.measure, grid, self.here.actor(person), None))

    def _while_open(self, day: date, act) -> None:  # type: ignore[no-untyped-def]
        if self.days.turned is None or day < self.days.turned - timedelta(days=6):
            self.diary.on(day, act)
