"""Meetings of decision forums: call, move, call off, keep the minutes, hold. Those invited get a letter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from domain.access import Actor
from domain.forums import (
    AgendaItem,
    Forum,
    Meeting,
    MeetingCalled,
    MeetingCalledOff,
    MeetingHeld,
    MeetingMoved,
    Minutes,
    MinutesKept,
    When,
    after_calling_off,
    after_holding,
    after_moving,
    decide_call_meeting,
    decide_call_off,
    decide_hold_meeting,
    decide_keep_minutes,
    decide_move_meeting,
    with_minutes,
)
from domain.ids import AgendaItemId, ForumId, MeetingId, RequestId
from domain.refusals import Refusal, Stale
from tenants.database import Work, action
from tenants.instance.models.meetings import AgendaItemRow, MeetingRow
from tenants.instance.models.people import ForumRow
from tenants.instance.queries.forums import load_forum, waiting_requests
from tenants.instance.queries.meetings import counted_in, load_meeting
from tenants.instance.transaction import Subject, Transaction

Event = TypeVar("Event")


@dataclass(frozen=True, kw_only=True)
class Sat:
    """A meeting in hand: its locked row, the meeting and its forum, and how the trail calls it."""

    row: MeetingRow
    meeting: Meeting
    forum: Forum
    subject: Subject


@action
def call_meeting(work: Work, meeting_id: UUID, forum_id: UUID, when: When, actor: Actor) -> MeetingCalled | Refusal:
    """Call a meeting; what waits for the forum is on its agenda. `meeting_id` comes with the form. Raises NotFound."""
    with work.transaction() as tx:
        tx.lock(ForumRow, forum_id)
        if existing := tx.session.get(MeetingRow, meeting_id):
            meeting = load_meeting(work, existing)
            return MeetingCalled(meeting=meeting, person=actor.person, at=existing.created_at)
        forum = load_forum(work, forum_id)
        meeting = Meeting(id=MeetingId(meeting_id), forum=ForumId(forum_id), when=when)
        outcome = decide_call_meeting(meeting, forum, waiting_items(work, forum_id), actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject_of(forum))
        tx.add(_new_row(outcome, actor))
        tx.flush()
        store_agenda(tx, outcome.meeting)
        tx.record(outcome, actor, subject_of(forum))
        tx.later("announce_meeting", meeting_id=str(meeting_id), sequence=str(outcome.meeting.sequence))
    return outcome


@action
def move_meeting(work: Work, meeting_id: UUID, when: When, actor: Actor, seen: int) -> MeetingMoved | Refusal:
    """Another time, length or place; the invitation goes out again. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        seen,
        lambda sat: decide_move_meeting(sat.meeting, sat.forum, when, actor, work.now()),
        after_moving,
        is_announced=True,
    )


@action
def call_off(work: Work, meeting_id: UUID, reason: str, actor: Actor) -> MeetingCalledOff | Refusal:
    """The meeting does not take place; what was on its agenda goes on waiting. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        None,
        lambda sat: decide_call_off(sat.meeting, sat.forum, reason, actor),
        after_calling_off,
        is_announced=True,
    )


@action
def keep_minutes(work: Work, meeting_id: UUID, minutes: Minutes, actor: Actor, seen: int) -> MinutesKept | Refusal:
    """A draft of the minutes. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        seen,
        lambda sat: decide_keep_minutes(sat.meeting, sat.forum, minutes, actor),
        lambda meeting, kept: with_minutes(meeting, kept.minutes),
    )


@action
def hold_meeting(work: Work, meeting_id: UUID, minutes: Minutes, actor: Actor, seen: int) -> MeetingHeld | Refusal:
    """The meeting took place and its minutes are final. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        seen,
        lambda sat: decide_hold_meeting(
            sat.meeting, sat.forum, minutes, counted_in(work, meeting_id), actor, work.now()
        ),
        after_holding,
    )


def _change(
    work: Work,
    meeting_id: UUID,
    actor: Actor,
    seen: int | None,
    decide: Callable[[Sat], Event | Refusal],
    apply: Callable[[Meeting, Event], Meeting],
    *,
    is_announced: bool = False,
) -> Event | Refusal:
    with work.transaction() as tx:
        sat = sit(tx, meeting_id)
        if seen not in (None, sat.row.version):
            return Stale(seen=seen or 0, current=sat.row.version)
        outcome = decide(sat)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, sat.subject)
        store(tx, sat, apply(sat.meeting, outcome))
        tx.record(outcome, actor, sat.subject)
        if is_announced:
            tx.later("announce_meeting", meeting_id=str(meeting_id), sequence=str(sat.row.sequence))
    return outcome


def sit(tx: Transaction, meeting_id: UUID) -> Sat:
    """Lock a meeting and load it whole. Raises NotFound."""
    row = tx.lock(MeetingRow, meeting_id)
    forum = load_forum(tx.work, row.forum_id)
    return Sat(row=row, meeting=load_meeting(tx.work, row), forum=forum, subject=subject_of(forum))


def subject_of(forum: Forum) -> Subject:
    """Of the whole organization: minutes know no scope."""
    return Subject(kind="forum", id=forum.id, label=forum.name)


def waiting_items(work: Work, forum_id: UUID) -> list[AgendaItem]:
    """What waits for the forum, as items with ids of their own."""
    return [
        AgendaItem(id=AgendaItemId(work.new_id()), request=RequestId(request))
        for request in waiting_requests(work, forum_id)
    ]


def store(tx: Transaction, sat: Sat, after: Meeting) -> None:
    row = sat.row
    row.starts_at, row.minutes_long, row.place = after.when.starts_at, after.when.minutes_long, after.when.place
    row.held_at = tx.work.now() if after.state != row.state and after.state == "held" else row.held_at
    row.state, row.sequence = after.state, after.sequence
    row.present, row.minutes = list(after.present), after.minutes
    row.version += 1
    store_agenda(tx, after)


def store_agenda(tx: Transaction, meeting: Meeting) -> None:
    """The items of a meeting as they are now, in order; those that are not there any more go."""
    kept = {row.id: row for row in tx.lock_all(AgendaItemRow, AgendaItemRow.meeting_id == meeting.id)}
    for position, item in enumerate(meeting.agenda):
        row = kept.pop(item.id, None)
        if row is None:
            row = tx.add(AgendaItemRow(id=item.id, meeting_id=meeting.id, request_id=item.request, position=position))
        row.title, row.note, row.position = item.title, item.note, position
    for gone in kept.values():
        tx.delete(gone)


def _new_row(called: MeetingCalled, actor: Actor) -> MeetingRow:
    meeting = called.meeting
    return MeetingRow(
        id=meeting.id,
        forum_id=meeting.forum,
        starts_at=meeting.when.starts_at,
        minutes_long=meeting.when.minutes_long,
        place=meeting.when.place,
        state=meeting.state,
        sequence=meeting.sequence,
        created_by=actor.person,
        created_at=called.at,
        version=1,
    )
