"""The actions of the application in small: one measure, its requests and all around it, changed by events alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.access import Actor
from domain.approvals import (
    ApprovalRequest,
    Choice,
    OpenRequest,
    Requested,
    RequestState,
    RequestVoided,
    RequestWithdrawn,
    SealBroken,
    Seen,
    Situation,
    Subject,
    Vote,
    Voted,
    after_voiding,
    after_withdrawal,
    apply_vote,
    decide_vote,
    decide_withdraw,
    place_of,
    subject_of,
    void_if_changed,
)
from domain.approvals.recording import Sitting, decide_record
from domain.approvals.request import GateCondition
from domain.checklist import GateFacts
from domain.conditions import (
    ConditionMet,
    StandingCondition,
    count_open,
    decide_meet_condition,
    overdue_since,
)
from domain.delegation import (
    Delegation,
    DelegationEnded,
    DelegationGiven,
    Staff,
    decide_delegate,
    decide_end_delegation,
)
from domain.forums import AgendaItem, Forum, Meeting, When
from domain.gates import decide_request_gate
from domain.ids import AgendaItemId, ConditionId, DelegationId, KillCriterionId, MeetingId, PersonId, RequestId
from domain.kill_criteria import (
    KillCriterion,
    KillCriterionDropped,
    KillCriterionSet,
    askers,
    decide_drop_kill_criterion,
    decide_set_kill_criterion,
    is_met,
    standing,
)
from domain.lifecycle import (
    PlanVersionLocked,
    apply_approved,
    decide_confirm_value,
    decide_request_cancel,
    decide_request_hold,
    decide_request_reopen,
    decide_request_resume,
)
from domain.measures import Measure
from domain.notices import Around, Escalation, StepEscalated, due_notices
from domain.refusals import Refusal
from domain.seal import canonical_plan
from domain.stages import MeasureState, Stage
from domain.waivers import (
    CriterionWaived,
    Waiver,
    WaiverTakenBack,
    decide_take_back_waiver,
    decide_waive_criterion,
)
from tests.domain.evolving import evolve
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    FORUM,
    LEADER,
    MEMBER,
    NOW,
    OWNER,
    PATH,
    PMO,
    ROOT_PATH,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    directory,
    measure,
    request_ids,
    situation,
    template,
)

EVERYBODY = (OWNER, SPONSOR, CONTROLLER, PMO, CHAIR, MEMBER, THIRD, LEADER, STRANGER)
BOARD = Forum(id=FORUM, name="Board", members=(CHAIR, MEMBER, THIRD), quorum=2, chair=CHAIR, path=ROOT_PATH)
TURNS: dict[str, Callable[..., Any]] = {
    "hold": decide_request_hold,
    "resume": decide_request_resume,
    "cancel": decide_request_cancel,
    "reopen": decide_request_reopen,
}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A request with what its checklist was looked at beside, and the measure as it was."""

    request: ApprovalRequest
    measure: Measure
    facts: GateFacts


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A vote that was counted, with request, measure, delegations and what the page had shown, as they were then."""

    measure: Measure
    request: ApprovalRequest
    voted: Voted
    seen: Seen | None
    delegations: tuple[Delegation, ...]


@dataclass(kw_only=True)
class Engine:
    """What is stored. `trail` is what the audit trail holds; nothing changes without a line in it."""

    first: Measure = field(default_factory=lambda: measure(controller_confirmed_at=None))
    now: datetime = NOW
    trail: list[Any] = field(default_factory=list)
    opened: dict[RequestId, Opened] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    plans: list[dict[str, str]] = field(default_factory=list)  # as locked, version by version
    requests: dict[RequestId, ApprovalRequest] = field(default_factory=dict)
    waivers: dict[tuple[Stage, str], Waiver] = field(default_factory=dict)
    conditions: dict[ConditionId, StandingCondition] = field(default_factory=dict)
    delegations: dict[DelegationId, Delegation] = field(default_factory=dict)
    criteria: dict[KillCriterionId, KillCriterion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.measure = self.first
        self._numbers = request_ids()

    def number(self) -> UUID:
        return next(self._numbers)

    @property
    def open(self) -> list[ApprovalRequest]:
        return [request for request in self.requests.values() if request.state is RequestState.OPEN]

    def around(self) -> Situation:
        still = tuple(OpenRequest(id=request.id, kind=request.kind) for request in self.open)
        return situation(open_requests=still)

    def facts(self) -> GateFacts:
        """As the query of the gate gathers them, for the next gate only."""
        still, overdue = count_open(self.conditions.values(), overdue_since(self.measure, self.now.date()))
        waived = {key: each for (target, key), each in self.waivers.items() if target is self.measure.stage.next}
        return GateFacts(
            open_conditions=still,
            overdue_conditions=overdue,
            waivers={key: waiver.reason for key, waiver in waived.items()},
            waived_by=frozenset(waiver.person for waiver in waived.values()),
        )

    def happened(self, *events: Any) -> None:
        """Events of the measure; then every open request that is not about what is there any more is voided."""
        self.happened_unseen(*events)
        self.void()

    def happened_unseen(self, *events: Any) -> None:
        for event in events:
            self.trail.append(event)
            self.measure = evolve(self.measure, event)
            if isinstance(event, PlanVersionLocked):
                assert event.version == len(self.plans) + 1
                self.plans.append(canonical_plan(self.measure))

    def as_it_is(self, request: ApprovalRequest) -> Subject:
        return subject_of(self.measure, request.kind, proposal=request.proposal)

    def void(self) -> None:
        for request in self.open:
            if voided := void_if_changed(request, self.as_it_is(request), self.now):
                self.trail.append(voided)
                self.requests[request.id] = after_voiding(request)

    def take(self, outcome: Any) -> None:
        """What a decision about the measure gave; a refusal changes nothing."""
        if not isinstance(outcome, Refusal):
            self.happened(outcome)

    def ask(self, outcome: Requested | Refusal) -> None:
        if isinstance(outcome, Requested):
            self.trail.append(outcome)
            self.requests[outcome.request.id] = outcome.request
            self.opened[outcome.request.id] = Opened(request=outcome.request, measure=self.measure, facts=self.facts())

    def ask_gate(self, person: PersonId, stage: Stage) -> None:
        number = RequestId(self.number())
        self.ask(decide_request_gate(self.measure, stage, self.around(), self.facts(), actor(person), self.now, number))

    def ask_turn(self, person: PersonId, kind: str, reason: str, words: str = "Because") -> Requested | Refusal:
        number = RequestId(self.number())
        outcome = TURNS[kind](self.measure, reason, words, self.around(), actor(person), self.now, number)
        self.ask(outcome)
        return outcome  # type: ignore[no-any-return]

    def confirm(self) -> None:
        if self.measure.controller is not None:
            self.take(decide_confirm_value(self.measure, actor(self.measure.controller), self.now))

    def voter(self, person: PersonId, behalf: PersonId | None) -> Actor:
        return actor(person, on_behalf_of=behalf, confirmed_at=self.now)

    def vote(self, number: RequestId, person: PersonId, given: Vote, behalf: PersonId | None = None) -> Any:
        request = self.requests[number]
        subject = self.as_it_is(request)
        known = tuple(self.delegations.values())
        outcome = decide_vote(request, given, self.voter(person, behalf), self.now, subject, known)
        self.count(request, outcome, given.seen)
        return outcome

    def record(
        self, number: RequestId, person: PersonId, present: Iterable[PersonId], given: Vote, behalf: PersonId | None
    ) -> Any:
        """In a meeting of today with everything on its agenda."""
        request = self.requests[number]
        agenda = (AgendaItem(id=AgendaItemId(UUID(int=1)), request=number),)
        when = When(starts_at=self.now, minutes_long=60)
        meeting = Meeting(id=MeetingId(UUID(int=2)), forum=FORUM, when=when, agenda=agenda)
        sitting = Sitting(forum=BOARD, meeting=meeting, present=tuple(present))
        subject = self.as_it_is(request)
        known = tuple(self.delegations.values())
        outcome = decide_record(request, sitting, given, self.voter(person, behalf), self.now, subject, known)
        self.count(request, outcome, given.seen)
        return outcome

    def count(self, request: ApprovalRequest, outcome: Voted | Refusal, seen: Seen | None) -> None:
        if isinstance(outcome, Refusal):
            return
        known = tuple(self.delegations.values())
        self.counted.append(Counted(measure=self.measure, request=request, voted=outcome, seen=seen, delegations=known))
        self.trail.append(outcome)
        done = self.requests[request.id] = apply_vote(request, outcome)
        if done.state is RequestState.APPROVED:
            self.stand(done)
            self.happened(*apply_approved(self.measure, done, template(), self.now))

    def stand(self, request: ApprovalRequest) -> None:
        """The conditions of an approval stand from now on."""
        for vote in request.votes:
            for each in vote.conditions:
                self.conditions[each.id] = StandingCondition(
                    id=each.id,
                    request=request.id,
                    requested_by=request.requested_by,
                    words=each.words,
                    owner=each.owner,
                    due=each.due,
                    set_by=vote.person,
                )

    def all_say_yes(self, numbers: Iterable[RequestId], people: Iterable[PersonId] = EVERYBODY) -> None:
        for number in numbers:
            for person in tuple(people) * 2:
                if person in self.requests[number].waits_for:
                    self.vote(number, person, Vote(choice=Choice.APPROVE))

    def race(self, edit: Any, number: RequestId, person: PersonId) -> None:
        """An edit and a vote at once: where the edit touched what was sealed, the vote that comes after is refused."""
        if isinstance(edit, Refusal):
            return
        before = self.requests[number]
        self.happened_unseen(edit)
        is_about_it = void_if_changed(before, self.as_it_is(before), self.now) is not None
        outcome = self.vote(number, person, Vote(choice=Choice.APPROVE))
        assert not (is_about_it and isinstance(outcome, Voted)), outcome
        if person in before.waits_for and isinstance(outcome, SealBroken):
            assert outcome.changes
        self.void()

    def withdraw(self, number: RequestId, person: PersonId) -> None:
        request = self.requests[number]
        outcome = decide_withdraw(request, actor(person), self.now, "")
        if isinstance(outcome, RequestWithdrawn):
            self.trail.append(outcome)
            self.requests[number] = after_withdrawal(request)

    def escalate(self) -> None:
        """What the clock does about steps that stand still."""
        around = Around(directory=directory(), day=self.now.date(), delegations=tuple(self.delegations.values()))
        for request in self.open if self.measure.state is MeasureState.ACTIVE else ():
            index = request.current
            assert index is not None
            step = request.steps[index]
            for due in due_notices(request, place_of(self.measure, PATH), around, is_escalated=bool(step.escalated)):
                if isinstance(due, Escalation):
                    said = {"role": due.role, "people": due.people, "join": due.join, "due_on": due.due_on}
                    event = StepEscalated(request=request.id, step_name=step.name, **said)
                    self.trail.append(event)
                    self.requests[request.id] = escalated(request, event)

    def waive(self, person: PersonId, key: str) -> None:
        target = self.measure.stage.next
        if target is None:
            return
        said = ("not-applicable", "One entity.", self.around(), actor(person), self.now)
        outcome = decide_waive_criterion(self.measure, target, key, *said)
        if isinstance(outcome, CriterionWaived):
            self.trail.append(outcome)
            self.waivers[target, key] = outcome.waiver

    def take_back(self, person: PersonId, key: str) -> None:
        target = self.measure.stage.next
        waiver = None if target is None else self.waivers.get((target, key))
        outcome = decide_take_back_waiver(self.measure, waiver, key, self.around(), actor(person), self.now)
        if isinstance(outcome, WaiverTakenBack):
            self.trail.append(outcome)
            del self.waivers[outcome.target, key]

    def meet(self, number: ConditionId, person: PersonId) -> None:
        condition = self.conditions[number]
        outcome = decide_meet_condition(condition, "Seen.", self.measure, actor(person), PATH, self.now)
        if isinstance(outcome, ConditionMet):
            self.trail.append(outcome)
            self.conditions[number] = replace(condition, met_on=self.now.date(), met_by=person, note=outcome.note)

    def delegate(
        self, giver: PersonId, taker: PersonId, days: int, kinds: frozenset[str], limit: Decimal | None
    ) -> None:
        today = self.now.date()
        wish = Delegation(
            id=DelegationId(self.number()),
            giver=giver,
            taker=taker,
            starts_on=today,
            ends_on=today + timedelta(days=days),
            kinds=kinds,
            value_limit=limit,
        )
        staff = Staff(active=frozenset(EVERYBODY), others=tuple(self.delegations.values()))
        outcome = decide_delegate(wish, actor(giver), staff, self.now)
        if isinstance(outcome, DelegationGiven):
            self.trail.append(outcome)
            self.delegations[wish.id] = outcome.delegation

    def end_delegation(self, number: DelegationId, person: PersonId) -> None:
        delegation = self.delegations[number]
        outcome = decide_end_delegation(delegation, actor(person), (ROOT_PATH,), self.now)
        if isinstance(outcome, DelegationEnded):
            self.trail.append(outcome)
            self.delegations[number] = replace(delegation, ended_at=outcome.at)

    def set_criterion(self, wanted: KillCriterion, person: PersonId) -> None:
        there = len(self.criteria)
        by = actor(person)
        outcome = decide_set_kill_criterion(wanted, self.measure, there, template(), by, PATH, self.now)
        if isinstance(outcome, KillCriterionSet):
            self.criteria[wanted.id] = wanted
            self.happened(outcome)

    def drop_criterion(self, criterion: KillCriterion, person: PersonId) -> None:
        outcome = decide_drop_kill_criterion(criterion, self.measure, actor(person), PATH, self.now)
        if isinstance(outcome, KillCriterionDropped):
            del self.criteria[criterion.id]
            self.happened(outcome)

    def look(self, days_past_end: Decimal) -> None:
        """The nightly look: what is met is proposed, in the name of who wrote it or answers for the measure."""
        for criterion in standing(self.criteria.values(), self.measure):
            if is_met(criterion, {"days_past_end": days_past_end}):
                self.criteria[criterion.id] = replace(criterion, met_on=self.now.date())
                for person in askers(criterion, self.measure):
                    said = (criterion.proposes, criterion.reason, criterion.words)
                    if isinstance(self.ask_turn(person, *said), Requested):
                        break


def escalated(request: ApprovalRequest, event: StepEscalated) -> ApprovalRequest:
    steps = tuple(
        replace(step, escalated=event.join) if step.name == event.step_name else step for step in request.steps
    )
    return replace(request, steps=steps)


def replayed(first: Measure, trail: Iterable[Any]) -> tuple[Measure, dict[RequestId, ApprovalRequest]]:
    """Measure and requests again, from nothing but the trail."""
    now, requests = first, dict[RequestId, ApprovalRequest]()
    for event in trail:
        now = evolve(now, event)
        match event:
            case Requested(request=request):
                requests[request.id] = request
            case Voted(request=number):
                requests[number] = apply_vote(requests[number], event)
            case RequestWithdrawn(request=number):
                requests[number] = after_withdrawal(requests[number])
            case RequestVoided(request=number):
                requests[number] = after_voiding(requests[number])
            case StepEscalated(request=number):
                requests[number] = escalated(requests[number], event)
    return now, requests


def condition(number: UUID, owner: PersonId, due: date) -> GateCondition:
    return GateCondition(id=ConditionId(number), words="Signed offer", owner=owner, due=due)
