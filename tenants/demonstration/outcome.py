"""When everything of one measure happened, worked out backwards from where it stands today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from domain.months import Month
from domain.stages import MeasureState, Stage
from tenants.demonstration.briefs import MeasureBrief
from tenants.demonstration.timeline import Timeline

MONTH_DAYS = 30.4
SHORT, GAPS = (13, 21), {Stage.DETAILED: (22, 45), Stage.DECIDED: (26, 40)}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The days of a story. `reached` has every stage from Identified to the one it is at."""

    today: date
    defined: date
    reached: dict[Stage, date]
    planned: date
    confirmed: date
    effect_starts: Month
    turned: date | None  # held or cancelled
    updated: date  # the last forecast or edit
    after_closing: date  # the first day after last month was closed
    reach: float
    late: int

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    @property
    def work_starts(self) -> date:
        return self.effect_starts.plus(-2).first

    @property
    def work_ends(self) -> date:
        return self.effect_starts.plus(4).last


def work_out(brief: MeasureBrief, timeline: Timeline, rng: Random) -> Outcome:
    today = timeline.today
    reached = _reached(brief, timeline, rng)
    stage = Stage(brief.stage)
    defined = (
        _defined(brief, timeline, rng) if stage is Stage.DEFINED else _before(reached[Stage.IDENTIFIED], SHORT, rng)
    )
    decided = reached.get(Stage.DECIDED)
    coming = today - timedelta(days=brief.wait.days) if brief.wait and stage is Stage.DETAILED else today
    reach = brief.reach if brief.reach is not None else _reach(rng)
    return Outcome(
        today=today,
        defined=defined,
        reached=reached,
        planned=_planned(stage, reached, today),
        confirmed=(decided or coming) - timedelta(days=20),
        effect_starts=_effect_starts(brief, decided, today, rng),
        turned=None if brief.state == MeasureState.ACTIVE else today - timedelta(days=rng.randint(6, 40)),
        updated=today - timedelta(days=brief.silent or rng.randint(2, 24)),
        after_closing=timeline.closing_day(timeline.last_month) + timedelta(days=1),
        reach=reach,
        late=_late(brief, reach, rng),
    )


def _reached(brief: MeasureBrief, timeline: Timeline, rng: Random) -> dict[Stage, date]:
    stage, today = Stage(brief.stage), timeline.today
    reached: dict[Stage, date] = {}
    if stage >= Stage.DECIDED:
        reached[Stage.DECIDED] = today - timedelta(days=round(brief.months * MONTH_DAYS) + rng.randint(-6, 6))
    elif stage > Stage.DEFINED:
        waited = brief.wait.days + rng.randint(22, 30) if brief.wait else rng.randint(9, 27)
        reached[stage] = today - timedelta(days=max(brief.silent, waited))
    for later in (Stage.DECIDED, Stage.DETAILED):
        if later in reached:
            reached[Stage(later - 1)] = _before(reached[later], GAPS[later], rng)
    if stage >= Stage.IMPLEMENTED:
        ago = rng.randint(70, 95) if stage is Stage.CLOSED else rng.randint(18, 55)
        reached[Stage.IMPLEMENTED] = today - timedelta(days=ago)
    if stage is Stage.CLOSED:
        after = timeline.closing_day(timeline.last_month) + timedelta(days=5)
        reached[stage] = max(after, today - timedelta(days=rng.randint(1, 9)))
    return reached


def _before(day: date, gap: tuple[int, int], rng: Random) -> date:
    return day - timedelta(days=rng.randint(*gap))


def _defined(brief: MeasureBrief, timeline: Timeline, rng: Random) -> date:
    waited = brief.wait.days + rng.randint(3, 9) if brief.wait else rng.randint(4, 27)
    return timeline.today - timedelta(days=max(brief.silent, waited))


def _planned(stage: Stage, reached: dict[Stage, date], today: date) -> date:
    """When the details were worked out: before the gate into Detailed was asked for."""
    if stage >= Stage.DETAILED:
        return reached[Stage.DETAILED] - timedelta(days=16)
    return reached.get(stage, today) + timedelta(days=4)


def _effect_starts(brief: MeasureBrief, decided: date | None, today: date, rng: Random) -> Month:
    if decided is None:
        return Month.of(today).plus(rng.randint(2, 5))
    return Month.of(today).plus(1) if brief.silent else Month.of(decided).plus(1)


def _reach(rng: Random) -> float:
    """Most reach their plan, some fall short, a few by much."""
    chance = rng.random()
    if chance < 0.58:
        return round(rng.uniform(1.0, 1.06), 3)
    return round(rng.uniform(0.84, 0.97) if chance < 0.88 else rng.uniform(0.52, 0.78), 3)


def _late(brief: MeasureBrief, reach: float, rng: Random) -> int:
    """Who falls short is often late too."""
    if brief.late is not None:
        return max(0, brief.late)
    chance = rng.random()
    asks = brief.wait is not None and brief.wait.kind == "gate"
    if brief.stage != Stage.DECIDED or brief.slips or brief.silent or asks:
        return 0
    if reach < 0.8:
        return rng.randint(17, 45) if chance < 0.7 else 0
    if reach < 1:
        return rng.randint(3, 13) if chance < 0.65 else 0
    return rng.randint(3, 12) if chance < 0.12 else 0
