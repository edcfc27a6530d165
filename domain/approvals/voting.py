"""Counts one vote, one's own or a delegate's, and says whether it settles the step, and the step the request."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.access import Actor
from domain.approvals.asked import role_gone
from domain.approvals.choosing import add_working_days
from domain.approvals.conditions import unfit_conditions
from domain.approvals.looking import not_in_bulk, outdated
from domain.approvals.quorum import settle
from domain.approvals.request import ApprovalRequest, CastVote, Choice, RequestState, RequestStep, Vote
from domain.approvals.requesting import RequestNotOpen, RequestSuspended, Subject
from domain.delegation import Delegation, stands_in
from domain.governance.policies import Rule
from domain.ids import MeetingId, PersonId, RequestId
from domain.refusals import Refusal
from domain.seal import FieldChange, broken, sealed_value
from domain.segregation import Duties, segregation_conflict

FRESH = timedelta(minutes=10)  # how long a password that was given counts for a step-up

RECORDED = {
    Choice.APPROVE: RequestState.APPROVED,
    Choice.REJECT: RequestState.REJECTED,
    Choice.RETURN: RequestState.RETURNED,
}


@dataclass(frozen=True, kw_only=True)
class Voted:
    """One vote was counted. `step_outcome` is None while the step waits; `state` is the request's after the vote."""

    request: RequestId
    step_name: str
    vote: CastVote
    step_outcome: RequestState | None
    state: RequestState
    next_step: str | None = None
    next_due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class NotAnApprover(Refusal):
    """The step that waits asks other people."""

    request: RequestId
    step: str
    waits_for: tuple[PersonId, ...]


@dataclass(frozen=True, kw_only=True)
class AlreadyVoted(Refusal):
    request: RequestId
    step: str
    choice: Choice


@dataclass(frozen=True, kw_only=True)
class CommentNeeded(Refusal):
    """Everything but an approval says why."""

    choice: Choice


@dataclass(frozen=True, kw_only=True)
class AbstentionNotPossible(Refusal):
    """Only members of a forum abstain."""

    step: str


@dataclass(frozen=True, kw_only=True)
class OnePersonOneVote(Refusal):
    """The step asks for so many people, and this one has voted in it, for themselves or for another."""

    step: str


@dataclass(frozen=True, kw_only=True)
class StepUpNeeded(Refusal):
    """The step asks for a password given within the last minutes."""

    step: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class SealBroken(Refusal):
    """What was requested is not what is there now."""

    request: RequestId
    changes: tuple[FieldChange, ...]


def decide_vote(
    request: ApprovalRequest,
    vote: Vote,
    actor: Actor,
    now: datetime,
    subject: Subject,
    delegations: Iterable[Delegation] = (),
    holidays: frozenset[date] = frozenset(),
) -> Voted | Refusal:
    """Count one vote. `subject` is what the request is about as it is now; the request holds it as it was sealed.

    An actor who decides on behalf of somebody needs one of `delegations` for it.
    """
    index = request.current
    if index is None:
        return RequestNotOpen(request=request.id, state=request.state, changes=request.void_changes)
    step = request.steps[index]
    if refusal := may_not_vote(request, step, index, actor, subject.duties, delegations, now.date()):
        return refusal
    if refusal := outdated(request, index, vote) or not_votable(step, vote):
        return refusal
    if refusal := not_in_bulk(step, vote) or step_up_missing(step, actor, now):
        return refusal
    if refusal := unfit_for_now(request, vote, subject, now.date()):
        return refusal
    return counted_if_sealed(request, index, vote, actor, now, subject, holidays)


def unfit_for_now(request: ApprovalRequest, vote: Vote, subject: Subject, today: date) -> Refusal | None:
    """While the measure is on hold nothing is decided; conditions come with the approval of a gate."""
    if subject.is_held:
        return RequestSuspended(request=request.id)
    return unfit_conditions(request.kind, vote, today)


def may_not_vote(
    request: ApprovalRequest,
    step: RequestStep,
    index: int,
    actor: Actor,
    duties: Duties,
    delegations: Iterable[Delegation],
    day: date,
) -> Refusal | None:
    """Segregation first: it is the reason a person should hear."""
    deciders = [person for person in (actor.person, actor.on_behalf_of) if person is not None]
    if conflict := excluded(request, duties, *deciders):
        return conflict
    approver = actor.on_behalf_of or actor.person
    if actor.on_behalf_of is not None:
        found = stands_in(delegations, approver, actor.person, request.kind, sealed_value(request.subject), day)
        if isinstance(found, Refusal):
            return found
    if approver not in step.deciders:
        return NotAnApprover(request=request.id, step=step.name, waits_for=request.waits_for)
    if actor.on_behalf_of is None and (gone := role_gone(request, step, actor.person, actor.assignments)):
        return gone
    return voted_already(request, step, index, actor.person, approver)


def voted_already(
    request: ApprovalRequest, step: RequestStep, index: int, person: PersonId, approver: PersonId
) -> Refusal | None:
    """One vote for each approver; where a number of people is asked for, one by each person too."""
    cast = request.votes_of(index)
    earlier = next((vote for vote in cast if vote.approver == approver), None)
    if earlier is not None:
        return AlreadyVoted(request=request.id, step=step.name, choice=earlier.choice)
    if step.rule is Rule.COUNT and any(vote.person == person for vote in cast):
        return OnePersonOneVote(step=step.name)
    return None


def step_up_missing(step: RequestStep, actor: Actor, now: datetime) -> StepUpNeeded | None:
    """Whether the step asks for a password that was given just now, and none was. Recorded decisions ask it too."""
    if not step.step_up or (actor.confirmed_at is not None and now - actor.confirmed_at <= FRESH):
        return None
    return StepUpNeeded(step=step.name, minutes=int(FRESH.total_seconds() // 60))


def excluded(request: ApprovalRequest, duties: Duties, *deciders: PersonId) -> Refusal | None:
    """What segregation of duties forbids the deciders, by the duties as sealed and as they stand now."""
    as_it_stands = replace(duties, requested_by=request.requested_by, is_closure=request.duties.is_closure)
    for parts in (request.duties, as_it_stands):
        if conflict := segregation_conflict(parts, *deciders):
            return conflict
    return None


def not_votable(step: RequestStep, vote: Vote) -> Refusal | None:
    if vote.choice is Choice.ABSTAIN and step.rule is not Rule.FORUM:
        return AbstentionNotPossible(step=step.name)
    if vote.choice is not Choice.APPROVE and not vote.comment.strip():
        return CommentNeeded(choice=vote.choice)
    return None


def counted_if_sealed(
    request: ApprovalRequest,
    index: int,
    vote: Vote,
    actor: Actor,
    now: datetime,
    subject: Subject,
    holidays: frozenset[date],
    meeting: MeetingId | None = None,
    present: tuple[PersonId, ...] = (),
) -> Voted | SealBroken:
    """What is there now is what was requested, so this counts; `meeting` and `present` where a forum decided."""
    changes = broken(request.seal, request.subject, subject.text)
    if changes is not None:
        return SealBroken(request=request.id, changes=changes)
    cast = CastVote(
        step=index,
        person=actor.person,
        on_behalf_of=actor.on_behalf_of,
        choice=vote.choice,
        comment=vote.comment.strip(),
        at=now,
        conditions=vote.conditions,
        meeting=meeting,
        present=present,
    )
    return counted(request, request.steps[index], cast, holidays)


def counted(request: ApprovalRequest, step: RequestStep, cast: CastVote, holidays: frozenset[date]) -> Voted:
    outcome = outcome_of(step, (*request.votes_of(cast.step), cast))
    following = request.steps[cast.step + 1] if cast.step + 1 < len(request.steps) else None
    goes_on = outcome is RequestState.APPROVED and following is not None
    reached = following if goes_on else None
    return Voted(
        request=request.id,
        step_name=step.name,
        vote=cast,
        step_outcome=outcome,
        state=RequestState.OPEN if goes_on or outcome is None else outcome,
        next_step=reached.name if reached else None,
        next_due_on=add_working_days(cast.at.date(), reached.due_working_days, holidays) if reached else None,
    )


def outcome_of(step: RequestStep, votes: Iterable[CastVote]) -> RequestState | None:
    """What the votes make of a step; None while it waits. What a forum decided in a meeting settles it by itself."""
    cast = tuple(votes)
    recorded = next((vote for vote in cast if vote.meeting is not None), None)
    return RECORDED[recorded.choice] if recorded else settle(step, [vote.choice for vote in cast])


def apply_vote(request: ApprovalRequest, voted: Voted) -> ApprovalRequest:
    """The request after the vote."""
    index = voted.vote.step
    steps = list(request.steps)
    steps[index] = replace(steps[index], settled=voted.step_outcome)
    if voted.next_due_on is not None:
        steps[index + 1] = replace(steps[index + 1], due_on=voted.next_due_on)
    return replace(request, steps=tuple(steps), votes=(*request.votes, voted.vote), state=voted.state)
