"""When people are away: recorded by themselves or by who manages people, ended when they are back sooner."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from domain.access import Actor, Capability, NotAllowed
from domain.ids import AbsenceId, PersonId
from domain.refusals import Refusal

LONGEST = timedelta(days=366)


class Period(Protocol):
    """Both days belong to it."""

    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...


@dataclass(frozen=True, kw_only=True)
class Absence:
    id: AbsenceId
    person: PersonId
    starts_on: date
    ends_on: date
    words: str = ""

    def is_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def meets(self, other: Period) -> bool:
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


@dataclass(frozen=True, kw_only=True)
class AbsenceRecorded:
    absence: Absence


@dataclass(frozen=True, kw_only=True)
class AbsenceEnded:
    """`last_day` is None when the absence had not begun: it is called off."""

    absence: AbsenceId
    person: PersonId
    last_day: date | None


@dataclass(frozen=True, kw_only=True)
class PeriodEndsBeforeStart(Refusal):
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class PeriodInPast(Refusal):
    """The first day is over already."""

    starts_on: date


@dataclass(frozen=True, kw_only=True)
class PeriodTooLong(Refusal):
    """A year at most."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class AbsenceOver(Refusal):
    ended_on: date


def period_fault(starts_on: date, ends_on: date, today: date, *, may_have_begun: bool = False) -> Refusal | None:
    """What is wrong with a period that somebody typed."""
    if ends_on < starts_on:
        return PeriodEndsBeforeStart(starts_on=starts_on, ends_on=ends_on)
    if ends_on < today or (starts_on < today and not may_have_begun):
        return PeriodInPast(starts_on=starts_on)
    if ends_on - starts_on >= LONGEST:
        return PeriodTooLong(starts_on=starts_on, ends_on=ends_on)
    return None


def decide_absence(wish: Absence, actor: Actor, paths: Iterable[str], now: datetime) -> AbsenceRecorded | Refusal:
    """Record that somebody is away. It may have begun: people fall ill. `paths`: where the person has a part."""
    fault = period_fault(wish.starts_on, wish.ends_on, now.date(), may_have_begun=True)
    if refusal := may_not_say(wish.person, actor, paths) or fault:
        return refusal
    return AbsenceRecorded(absence=replace(wish, words=wish.words.strip()))


def decide_end_absence(absence: Absence, actor: Actor, paths: Iterable[str], now: datetime) -> AbsenceEnded | Refusal:
    """Back sooner, or not going at all: from today on the person is here."""
    if refusal := may_not_say(absence.person, actor, paths):
        return refusal
    today = now.date()
    if absence.ends_on < today:
        return AbsenceOver(ended_on=absence.ends_on)
    last = today - timedelta(days=1)
    has_begun = absence.starts_on <= last
    return AbsenceEnded(absence=absence.id, person=absence.person, last_day=last if has_begun else None)


def may_not_say(person: PersonId, actor: Actor, paths: Iterable[str]) -> NotAllowed | None:
    """Everybody of themselves; of another who manages people wherever that one has a part."""
    wanted = Capability.MANAGE_PEOPLE
    manages = actor.can_anywhere(wanted) and all(actor.can(wanted, path) for path in paths)
    return None if actor.person == person or manages else NotAllowed(capability=wanted)
