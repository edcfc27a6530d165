"""Calls a meeting, moves it, calls it off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor
from domain.forums.agenda import filled
from domain.forums.meeting import (
    AgendaItem,
    Forum,
    Meeting,
    MeetingState,
    NotTheForums,
    When,
    may_manage,
    not_manageable,
)
from domain.ids import ForumId, MeetingId, PersonId
from domain.refusals import FieldTooLong, Refusal

SHORTEST, LONGEST = 5, 24 * 60  # minutes
PLACE_LIMIT = 300
REASON_LIMIT = 2_000


@dataclass(frozen=True, kw_only=True)
class MeetingCalled:
    meeting: Meeting
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MeetingMoved:
    """Another time, length or place; the invitation goes out again with a higher sequence."""

    meeting: MeetingId
    before: When
    after: When
    sequence: int


@dataclass(frozen=True, kw_only=True)
class MeetingCalledOff:
    meeting: MeetingId
    starts_at: datetime
    reason: str
    sequence: int


@dataclass(frozen=True, kw_only=True)
class MeetingInPast(Refusal):
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class ForumWithoutMembers(Refusal):
    """There is nobody to invite."""

    forum: ForumId


@dataclass(frozen=True, kw_only=True)
class MeetingLengthImpossible(Refusal):
    minutes: int
    shortest: int
    longest: int


def decide_call_meeting(
    meeting: Meeting, forum: Forum, waiting: Sequence[AgendaItem], actor: Actor, now: datetime
) -> MeetingCalled | Refusal:
    """A new meeting, its agenda filled with what waits for the forum."""
    if not may_manage(forum, actor):
        return NotTheForums(forum=forum.id)
    if not forum.members:
        return ForumWithoutMembers(forum=forum.id)
    if refusal := impossible(meeting.when, now):
        return refusal
    return MeetingCalled(meeting=replace(meeting, agenda=filled(meeting.agenda, waiting)), person=actor.person, at=now)


def decide_move_meeting(
    meeting: Meeting, forum: Forum, when: When, actor: Actor, now: datetime
) -> MeetingMoved | Refusal:
    if refusal := not_manageable(meeting, forum, actor) or impossible(when, now):
        return refusal
    return MeetingMoved(meeting=meeting.id, before=meeting.when, after=when, sequence=meeting.sequence + 1)


def decide_call_off(meeting: Meeting, forum: Forum, reason: str, actor: Actor) -> MeetingCalledOff | Refusal:
    """Those invited are told; what was on the agenda goes on waiting."""
    if refusal := not_manageable(meeting, forum, actor):
        return refusal
    if len(reason.strip()) > REASON_LIMIT:
        return FieldTooLong(field="reason", limit=REASON_LIMIT)
    return MeetingCalledOff(
        meeting=meeting.id, starts_at=meeting.when.starts_at, reason=reason.strip(), sequence=meeting.sequence + 1
    )


def impossible(when: When, now: datetime) -> Refusal | None:
    if when.starts_at <= now:
        return MeetingInPast(starts_at=when.starts_at)
    if not SHORTEST <= when.minutes_long <= LONGEST:
        return MeetingLengthImpossible(minutes=when.minutes_long, shortest=SHORTEST, longest=LONGEST)
    return FieldTooLong(field="place", limit=PLACE_LIMIT) if len(when.place) > PLACE_LIMIT else None


def after_moving(meeting: Meeting, moved: MeetingMoved) -> Meeting:
    return replace(meeting, when=moved.after, sequence=moved.sequence)


def after_calling_off(meeting: Meeting, called_off: MeetingCalledOff) -> Meeting:
    return replace(meeting, state=MeetingState.CALLED_OFF, sequence=called_off.sequence)
