"""Records on a request what its forum decided in a meeting, with the quorum counted from those present."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.access import Actor
from domain.approvals.looking import outdated
from domain.approvals.request import ApprovalRequest, Choice, RequestStep, Vote
from domain.approvals.requesting import RequestNotOpen, Subject
from domain.approvals.voting import Voted, counted_if_sealed, excluded, not_votable, step_up_missing, unfit_for_now
from domain.delegation import Delegation, stands_in
from domain.forums import Forum, Meeting, MeetingNotBegun, MeetingNotPlanned, MeetingState
from domain.governance.policies import Rule
from domain.ids import ForumId, MeetingId, PersonId, RequestId
from domain.refusals import Refusal
from domain.seal import sealed_value
from domain.segregation import Duties, EditedBySelf, OwnRequest


class NotCountedBecause(StrEnum):
    """Why somebody who was there does not count for the quorum of one decision."""

    REQUESTED = "requested"
    EDITED = "edited"
    DUTY = "duty"
    NOT_A_MEMBER = "not_a_member"
    NOT_ASKED = "not_asked"  # joined the forum after the request was made


@dataclass(frozen=True, kw_only=True)
class NotCounted:
    person: PersonId
    because: NotCountedBecause


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A forum in a meeting, and who of it is there."""

    forum: Forum
    meeting: Meeting
    present: tuple[PersonId, ...]


@dataclass(frozen=True, kw_only=True)
class NotForThisForum(Refusal):
    """The step that waits asks other people than this forum."""

    request: RequestId
    step: str
    forum: ForumId


@dataclass(frozen=True, kw_only=True)
class NotOnTheAgenda(Refusal):
    request: RequestId
    meeting: MeetingId


@dataclass(frozen=True, kw_only=True)
class NotTheChair(Refusal):
    """What a meeting decided is recorded by the forum's chair."""

    forum: ForumId
    chair: PersonId | None


@dataclass(frozen=True, kw_only=True)
class ChairExcluded(Refusal):
    """The chair may not decide this one, so may not record it: the members vote on the request's page."""

    chair: PersonId
    because: NotCountedBecause


@dataclass(frozen=True, kw_only=True)
class NothingDecided(Refusal):
    """A forum approves, rejects or returns; only its members abstain."""

    step: str


@dataclass(frozen=True, kw_only=True)
class NotQuorate(Refusal):
    """Too few of those present may decide this one."""

    step: str
    need: int
    counted: tuple[PersonId, ...]
    not_counted: tuple[NotCounted, ...]


def decide_record(
    request: ApprovalRequest,
    sitting: Sitting,
    vote: Vote,
    actor: Actor,
    now: datetime,
    subject: Subject,
    delegations: Iterable[Delegation] = (),
    holidays: frozenset[date] = frozenset(),
) -> Voted | Refusal:
    """Record a forum's decision: it settles the step that waits. `subject` is what the request is about as it is now.

    Votes that members cast on the page before stay in the history; the meeting's decision counts instead of them.
    """
    index = request.current
    if index is None:
        return RequestNotOpen(request=request.id, state=request.state, changes=request.void_changes)
    step = request.steps[index]
    refusal = (
        may_not_record(request, sitting, actor, now, subject.duties, delegations)
        or outdated(request, index, vote)
        or not_decidable(step, vote)
        or step_up_missing(step, actor, now)
        or unfit_for_now(request, vote, subject, now.date())
        or not_quorate(request, step, sitting, subject.duties)
    )
    if refusal:
        return refusal
    present = who_counts(request, step, sitting, subject.duties)[0]
    return counted_if_sealed(request, index, vote, actor, now, subject, holidays, sitting.meeting.id, present)


def may_not_record(
    request: ApprovalRequest,
    sitting: Sitting,
    actor: Actor,
    now: datetime,
    duties: Duties,
    delegations: Iterable[Delegation] = (),
) -> Refusal | None:
    """Why this person may not record a decision on this request in this meeting, whatever was decided."""
    return (
        not_this_forums(request, sitting)
        or not_in_session(request, sitting.meeting, now)
        or not_the_chair(request, sitting.forum, actor, now, duties, delegations)
    )


def not_this_forums(request: ApprovalRequest, sitting: Sitting) -> Refusal | None:
    """The step must ask a forum, and the sealed subject must name this one."""
    index = request.current
    if index is None:
        return RequestNotOpen(request=request.id, state=request.state, changes=request.void_changes)
    step = request.steps[index]
    is_theirs = sealed_forum(request) == str(sitting.forum.id) == str(sitting.meeting.forum)
    if step.rule is not Rule.FORUM or step.selector != "forum" or not is_theirs:
        return NotForThisForum(request=request.id, step=step.name, forum=sitting.forum.id)
    return None


def sealed_forum(request: ApprovalRequest) -> str:
    """The forum that the sealed subject names, as text; empty where it names none."""
    return str(json.loads(request.subject).get("forum", ""))


def not_in_session(request: ApprovalRequest, meeting: Meeting, now: datetime) -> Refusal | None:
    if meeting.state is not MeetingState.PLANNED:
        return MeetingNotPlanned(meeting=meeting.id, state=meeting.state)
    if meeting.begins_after(now.date()):
        return MeetingNotBegun(meeting=meeting.id, day=meeting.when.starts_at.date())
    if request.id not in meeting.requests:
        return NotOnTheAgenda(request=request.id, meeting=meeting.id)
    return None


def not_the_chair(
    request: ApprovalRequest,
    forum: Forum,
    actor: Actor,
    now: datetime,
    duties: Duties,
    delegations: Iterable[Delegation],
) -> Refusal | None:
    """The chair, or who stands in for the chair; neither may be excluded by segregation of duties."""
    if forum.chair is None or forum.chair != (actor.on_behalf_of or actor.person):
        return NotTheChair(forum=forum.id, chair=forum.chair)
    for person in filter(None, (actor.person, actor.on_behalf_of)):
        if conflict := excluded(request, duties, person):
            return ChairExcluded(chair=person, because=reason_of(conflict))
    if actor.on_behalf_of is None:
        return None
    found = stands_in(delegations, forum.chair, actor.person, request.kind, sealed_value(request.subject), now.date())
    return found if isinstance(found, Refusal) else None


def not_decidable(step: RequestStep, vote: Vote) -> Refusal | None:
    if vote.choice is Choice.ABSTAIN:
        return NothingDecided(step=step.name)
    return not_votable(step, vote)


def not_quorate(request: ApprovalRequest, step: RequestStep, sitting: Sitting, duties: Duties) -> NotQuorate | None:
    able, others = who_counts(request, step, sitting, duties)
    if len(able) >= step.needed:
        return None
    return NotQuorate(step=step.name, need=step.needed, counted=able, not_counted=others)


def who_counts(
    request: ApprovalRequest, step: RequestStep, sitting: Sitting, duties: Duties
) -> tuple[tuple[PersonId, ...], tuple[NotCounted, ...]]:
    """Those present who count for the quorum of this decision, and those who do not, with the reason."""
    reasons = {
        person: why_not_counted(request, step, sitting.forum, duties, person)
        for person in dict.fromkeys(sitting.present)
    }
    return (
        tuple(person for person, because in reasons.items() if because is None),
        tuple(NotCounted(person=person, because=because) for person, because in reasons.items() if because),
    )


def why_not_counted(
    request: ApprovalRequest, step: RequestStep, forum: Forum, duties: Duties, person: PersonId
) -> NotCountedBecause | None:
    if person not in forum.members:
        return NotCountedBecause.NOT_A_MEMBER
    if conflict := excluded(request, duties, person):
        return reason_of(conflict)
    return None if person in step.approvers else NotCountedBecause.NOT_ASKED


def reason_of(conflict: Refusal) -> NotCountedBecause:
    match conflict:
        case OwnRequest():
            return NotCountedBecause.REQUESTED
        case EditedBySelf():
            return NotCountedBecause.EDITED
    return NotCountedBecause.DUTY
