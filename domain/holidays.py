"""The working calendar: the days on which nobody is expected to decide. Source: DOMAIN.md, 1."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.access import Actor, Capability, NotAllowed
from domain.refusals import Refusal

LIMIT = 400  # days that are added at once
ROOM = 120  # characters of a name
FIRST_YEAR, LAST_YEAR = 2000, 2100
WRITTEN = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?P<name>\s.*)?", re.ASCII),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?P<name>\s.*)?", re.ASCII),
)


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day off with its name. The calendar is the client's, the same for every measure."""

    day: date
    name: str


@dataclass(frozen=True, kw_only=True)
class HolidaysAdded:
    """Days off that are new, or have another name now."""

    days: tuple[Holiday, ...]


@dataclass(frozen=True, kw_only=True)
class HolidayRemoved:
    day: date
    name: str


@dataclass(frozen=True, kw_only=True)
class HolidayUnreadable(Refusal):
    """A line that is not a day and a name: which one, and what it says."""

    line: int
    text: str


@dataclass(frozen=True, kw_only=True)
class NoHolidays(Refusal):
    """Nothing was entered."""


@dataclass(frozen=True, kw_only=True)
class TooManyHolidays(Refusal):
    limit: int


def read_holidays(text: str) -> tuple[Holiday, ...] | HolidayUnreadable:
    """One day a line: 2026-12-25 or 25.12.2026, then its name. Another way of writing it is refused, not guessed."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = " ".join(line.split())
        if not words:
            continue
        holiday = _read(words)
        if holiday is None:
            return HolidayUnreadable(line=number, text=words[:ROOM])
        found.append(holiday)
    return tuple(found)


def decide_add_holidays(
    wanted: Sequence[Holiday], there: Mapping[date, str], actor: Actor
) -> HolidaysAdded | Refusal | None:
    """None where every day is there already. The last name given to a day counts."""
    if not actor.can_anywhere(Capability.EDIT_REFERENCE_DATA):
        return NotAllowed(capability=Capability.EDIT_REFERENCE_DATA)
    if not wanted:
        return NoHolidays()
    if len(wanted) > LIMIT:
        return TooManyHolidays(limit=LIMIT)
    named = {each.day: each for each in wanted}
    new = tuple(each for day, each in sorted(named.items()) if there.get(day) != each.name)
    return HolidaysAdded(days=new) if new else None


def decide_remove_holiday(day: date, there: Mapping[date, str], actor: Actor) -> HolidayRemoved | Refusal | None:
    """None where it is gone already."""
    if not actor.can_anywhere(Capability.EDIT_REFERENCE_DATA):
        return NotAllowed(capability=Capability.EDIT_REFERENCE_DATA)
    return HolidayRemoved(day=day, name=there[day]) if day in there else None


def _read(words: str) -> Holiday | None:
    found = next(filter(None, (pattern.fullmatch(words) for pattern in WRITTEN)), None)
    name = (found["name"] or "").strip() if found else ""
    if found is None or not name or len(name) > ROOM or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    try:
        return Holiday(day=date(int(found["year"]), int(found["month"]), int(found["day"])), name=name)
    except ValueError:
        return None
