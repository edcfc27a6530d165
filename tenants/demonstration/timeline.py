"""When things happen: a clock that is set, and the happenings of all stories played in the order of their moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from domain.months import Month
from domain.refusals import Refusal

SATURDAY = 5
CLOSED_AFTER_DAYS = 8  # a month is closed on this day of the next one
QUARTER_STARTS = (1, 4, 7, 10)


R = TypeVar("R")


class Refused(RuntimeError):
    """The demonstration wanted something that the rules refuse: the brief is wrong."""


def done(outcome: R | Refusal) -> R:
    """What came of an action that must not be refused."""
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


@dataclass
class Clock:
    """The moment at which an action believes to run."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def tick(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)


@dataclass(frozen=True, kw_only=True)
class Happening:
    moment: datetime
    story: str
    act: Callable[[], object]


@dataclass(kw_only=True)
class Timeline:
    """What happens, gathered first and played afterwards; nothing happens after `now`.

    A story that meets a refusal ends there, so that an unlucky day costs one measure and not the demonstration.
    """

    now: datetime
    clock: Clock
    months_over: tuple[int, int, int] = (8, 9, 10)  # one of them makes the fiscal year begin with a quarter
    happenings: list[Happening] = field(default_factory=list)
    ended: dict[str, Refused] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def last_month(self) -> Month:
        """The newest month that is over."""
        return Month.of(self.today).plus(-1)

    @property
    def year_start(self) -> Month:
        """The first month of the client's fiscal year: a quarter's start, with so many months of it over."""
        starts = (self.last_month.plus(1 - over) for over in self.months_over)
        return next(month for month in starts if month.month in QUARTER_STARTS)

    def ago(self, days: float) -> date:
        return self.today - timedelta(days=days)

    def closing_day(self, month: Month) -> date:
        return month.plus(1).first + timedelta(days=CLOSED_AFTER_DAYS - 1)

    def at(self, moment: datetime, act: Callable[[], object], story: str = "") -> None:
        self.happenings.append(Happening(moment=min(moment, self.now), story=story, act=act))

    def play(self) -> None:
        """Everything in order; what was added first goes first where moments are equal."""
        for happening in sorted(self.happenings, key=lambda each: each.moment):
            if happening.story in self.ended:
                continue
            self.clock.moment = happening.moment
            try:
                happening.act()
            except Refused as refused:
                self.ended[happening.story] = refused
        self.clock.moment = self.now


@dataclass(kw_only=True)
class Diary:
    """The happenings of one story: each at a working hour, none before the one it follows."""

    timeline: Timeline
    rng: Random
    story: str
    newest: datetime | None = None

    def on(self, day: date, act: Callable[[], object]) -> None:
        """Let it happen on that day, or on the next working day."""
        while day.weekday() >= SATURDAY:
            day += timedelta(days=1)
        hour = time(self.rng.randint(8, 16), self.rng.randint(0, 59), tzinfo=UTC)
        moment = datetime.combine(day, hour)
        if self.newest is not None and moment <= self.newest:
            moment = self.newest + timedelta(minutes=self.rng.randint(2, 9))
        self.newest = moment
        self.timeline.at(moment, act, self.story)

    def beside(self) -> Diary:
        """Another strand of the same story: it goes on from here on its own."""
        return Diary(timeline=self.timeline, rng=self.rng, story=self.story, newest=self.newest)
