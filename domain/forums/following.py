"""What somebody is to do after a meeting: agreed with an owner and a day, and done."""

from dataclasses import dataclass
from datetime import date

from domain.access import Actor
from domain.forums.meeting import (
    Forum,
    Meeting,
    MeetingAction,
    MeetingNotPlanned,
    MeetingState,
    NotTheForums,
    may_manage,
)
from domain.ids import MeetingActionId, PersonId
from domain.refusals import FieldMissing, FieldTooLong, Refusal

TITLE_LIMIT = 300
NOTE_LIMIT = 2_000


@dataclass(frozen=True, kw_only=True)
class ActionAgreed:
    action: MeetingAction


@dataclass(frozen=True, kw_only=True)
class ActionFinished:
    action: MeetingActionId
    title: str
    person: PersonId
    on: date
    note: str


@dataclass(frozen=True, kw_only=True)
class DueBeforeMeeting(Refusal):
    due: date
    day: date


@dataclass(frozen=True, kw_only=True)
class ActionDone(Refusal):
    action: MeetingActionId
    on: date


@dataclass(frozen=True, kw_only=True)
class ActionNotYours(Refusal):
    """Its owner, the forum's chair and the programme office say that it is done."""

    action: MeetingActionId
    owner: PersonId


def decide_agree_action(action: MeetingAction, meeting: Meeting, forum: Forum, actor: Actor) -> ActionAgreed | Refusal:
    """Also after the meeting was held: what was agreed is often written down the day after."""
    if not may_manage(forum, actor):
        return NotTheForums(forum=forum.id)
    if meeting.state is MeetingState.CALLED_OFF:
        return MeetingNotPlanned(meeting=meeting.id, state=meeting.state)
    if not action.title.strip():
        return FieldMissing(field="title")
    if len(action.title) > TITLE_LIMIT:
        return FieldTooLong(field="title", limit=TITLE_LIMIT)
    if action.due < meeting.when.starts_at.date():
        return DueBeforeMeeting(due=action.due, day=meeting.when.starts_at.date())
    return ActionAgreed(action=action)


def decide_finish_action(
    action: MeetingAction, forum: Forum, note: str, actor: Actor, today: date
) -> ActionFinished | Refusal:
    if actor.person != action.owner and not may_manage(forum, actor):
        return ActionNotYours(action=action.id, owner=action.owner)
    if action.done_on is not None:
        return ActionDone(action=action.id, on=action.done_on)
    if len(note.strip()) > NOTE_LIMIT:
        return FieldTooLong(field="said", limit=NOTE_LIMIT)
    return ActionFinished(action=action.id, title=action.title, person=actor.person, on=today, note=note.strip())
