"""A decision forum and a meeting of it, as rules see them. Source: DOMAIN.md, 1 and 3 (decision log)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.access import Actor, Capability
from domain.ids import AgendaItemId, ForumId, MeetingActionId, MeetingId, PersonId, RequestId
from domain.refusals import Refusal


class MeetingState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, kw_only=True)
class Forum:
    """Who decides together. `path` is the organization's: whoever manages forums there manages this one."""

    id: ForumId
    name: str
    members: tuple[PersonId, ...]
    quorum: int
    chair: PersonId | None
    path: str


@dataclass(frozen=True, kw_only=True)
class When:
    """When and where a meeting is; `minutes_long` is how long it takes."""

    starts_at: datetime
    minutes_long: int
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """A request that waits for the forum, or a subject of its own (`title`). `note` is what was said."""

    id: AgendaItemId
    request: RequestId | None = None
    title: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """`sequence` counts the invitations sent for it; `present` are the members who came."""

    id: MeetingId
    forum: ForumId
    when: When
    state: MeetingState = MeetingState.PLANNED
    agenda: tuple[AgendaItem, ...] = ()
    present: tuple[PersonId, ...] = ()
    minutes: str = ""
    sequence: int = 0

    def begins_after(self, day: date) -> bool:
        return self.when.starts_at.date() > day

    @property
    def requests(self) -> tuple[RequestId, ...]:
        return tuple(item.request for item in self.agenda if item.request is not None)


@dataclass(frozen=True, kw_only=True)
class MeetingAction:
    """What somebody is to do after a meeting; `request` when it came of one item."""

    id: MeetingActionId
    meeting: MeetingId
    title: str
    owner: PersonId
    due: date
    request: RequestId | None = None
    done_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NotTheForums(Refusal):
    """Meetings are called and kept by the forum's chair and by the programme office."""

    forum: ForumId


@dataclass(frozen=True, kw_only=True)
class MeetingNotPlanned(Refusal):
    """It was held or called off already."""

    meeting: MeetingId
    state: MeetingState


@dataclass(frozen=True, kw_only=True)
class MeetingNotBegun(Refusal):
    """Its day is still to come."""

    meeting: MeetingId
    day: date


def may_manage(forum: Forum, actor: Actor) -> bool:
    """The chair, and who manages forums for the whole organization."""
    return actor.person == forum.chair or actor.can(Capability.MANAGE_FORUMS, forum.path)


def may_see(forum: Forum, actor: Actor) -> bool:
    """Members, and everybody who reads forums; how much of it, `sees_all` and their scope say."""
    return actor.person in forum.members or actor.can_anywhere(Capability.VIEW_FORUMS)


def sees_all(forum: Forum, actor: Actor) -> bool:
    """Members see everything of their forum; others when their scope is the organization. Minutes know no scope."""
    return actor.person in forum.members or actor.can(Capability.VIEW_FORUMS, forum.path)


def not_manageable(meeting: Meeting, forum: Forum, actor: Actor) -> Refusal | None:
    """Why this person may not change this meeting."""
    if not may_manage(forum, actor):
        return NotTheForums(forum=forum.id)
    if meeting.state is not MeetingState.PLANNED:
        return MeetingNotPlanned(meeting=meeting.id, state=meeting.state)
    return None
