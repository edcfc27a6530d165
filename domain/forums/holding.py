"""Keeps the minutes of a meeting and closes it: who was there, what was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor
from domain.forums.meeting import AgendaItem, Forum, Meeting, MeetingNotBegun, MeetingState, not_manageable
from domain.ids import AgendaItemId, MeetingId, PersonId
from domain.refusals import FieldTooLong, Refusal

MINUTES_LIMIT = 20_000
NOTE_LIMIT = 4_000


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """Who came and what was said: to the whole, and to each item."""

    present: tuple[PersonId, ...] = ()
    words: str = ""
    notes: Mapping[AgendaItemId, str]


@dataclass(frozen=True, kw_only=True)
class MinutesKept:
    """A draft: the meeting goes on."""

    meeting: MeetingId
    minutes: Minutes


@dataclass(frozen=True, kw_only=True)
class MeetingHeld:
    """The minutes are final."""

    meeting: MeetingId
    minutes: Minutes
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NobodyPresent(Refusal):
    meeting: MeetingId


@dataclass(frozen=True, kw_only=True)
class NotMembers(Refusal):
    """Only members of the forum are counted as present."""

    people: tuple[PersonId, ...]


@dataclass(frozen=True, kw_only=True)
class CountedAsPresent(Refusal):
    """They were counted when a decision was recorded in this meeting."""

    people: tuple[PersonId, ...]


def decide_keep_minutes(meeting: Meeting, forum: Forum, minutes: Minutes, actor: Actor) -> MinutesKept | Refusal:
    if refusal := not_manageable(meeting, forum, actor) or not_keepable(forum, minutes):
        return refusal
    return MinutesKept(meeting=meeting.id, minutes=minutes)


def decide_hold_meeting(
    meeting: Meeting, forum: Forum, minutes: Minutes, counted: Iterable[PersonId], actor: Actor, now: datetime
) -> MeetingHeld | Refusal:
    """Close the meeting. `counted` are those who made the quorum of the decisions recorded in it."""
    if refusal := not_manageable(meeting, forum, actor) or not_keepable(forum, minutes):
        return refusal
    if meeting.begins_after(now.date()):
        return MeetingNotBegun(meeting=meeting.id, day=meeting.when.starts_at.date())
    if not minutes.present:
        return NobodyPresent(meeting=meeting.id)
    if forgotten := tuple(sorted(set(counted) - set(minutes.present))):
        return CountedAsPresent(people=forgotten)
    return MeetingHeld(meeting=meeting.id, minutes=minutes, at=now)


def not_keepable(forum: Forum, minutes: Minutes) -> Refusal | None:
    if strangers := tuple(person for person in minutes.present if person not in forum.members):
        return NotMembers(people=strangers)
    if len(minutes.words) > MINUTES_LIMIT:
        return FieldTooLong(field="minutes", limit=MINUTES_LIMIT)
    if any(len(note) > NOTE_LIMIT for note in minutes.notes.values()):
        return FieldTooLong(field="said", limit=NOTE_LIMIT)
    return None


def with_minutes(meeting: Meeting, minutes: Minutes) -> Meeting:
    return replace(
        meeting, present=minutes.present, minutes=minutes.words, agenda=tuple(_noted(meeting.agenda, minutes))
    )


def after_holding(meeting: Meeting, held: MeetingHeld) -> Meeting:
    return replace(with_minutes(meeting, held.minutes), state=MeetingState.HELD)


def _noted(agenda: Iterable[AgendaItem], minutes: Minutes) -> Iterable[AgendaItem]:
    return (replace(item, note=minutes.notes.get(item.id, item.note)) for item in agenda)
