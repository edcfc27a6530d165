"""One measure under everything people may try, in any order: what must hold, holds after every step."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.approvals import (
    ApprovalRequest,
    Choice,
    OpenRequest,
    Requested,
    RequestState,
    RequestWithdrawn,
    Vote,
    Voted,
    after_voiding,
    after_withdrawal,
    apply_vote,
    decide_vote,
    decide_withdraw,
    subject_of,
    void_if_changed,
)
from domain.approvals.requesting import family_of
from domain.changes.proposal import Proposal
from domain.changes.requesting import decide_request_change
from domain.gates import GateFacts, decide_request_gate
from domain.ids import PersonId, RequestId
from domain.lifecycle import (
    ChangeApplied,
    MeasureCancelled,
    MeasureClosed,
    MeasureHeld,
    MeasureReopened,
    MeasureResumed,
    PlanVersionLocked,
    StageReached,
    apply_approved,
    decide_assign,
    decide_confirm_value,
    decide_edit,
    decide_enter_amounts,
    decide_request_cancel,
    decide_request_hold,
    decide_request_reopen,
    decide_request_resume,
    evolve,
)
from domain.measures import Measure
from domain.months import Month
from domain.refusals import Refusal
from domain.seal import canonical_locked, canonical_plan
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    LEADER,
    MEMBER,
    NOW,
    OWNER,
    PATH,
    PMO,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    delegation,
    measure,
    request_ids,
    situation,
    template,
)

EVERYBODY = (OWNER, SPONSOR, CONTROLLER, PMO, CHAIR, MEMBER, THIRD, LEADER, STRANGER)
STAND_INS = {(PMO, STRANGER), (SPONSOR, PMO), (CONTROLLER, OWNER), (CHAIR, MEMBER), (MEMBER, LEADER)}
DELEGATIONS = tuple(delegation(giver, taker) for giver, taker in sorted(STAND_INS))
people = st.sampled_from(EVERYBODY)
workers = st.sampled_from([OWNER, PMO, CONTROLLER])  # those who may change something
amounts = st.sampled_from([Decimal("10.00"), Decimal("20.00")])
TURNS: dict[str, Callable[..., Any]] = {
    "hold": decide_request_hold,
    "resume": decide_request_resume,
    "cancel": decide_request_cancel,
    "reopen": decide_request_reopen,
}
RATES = {"EUR": Decimal(1)}
LINE = measure().lines[0].id
proposals = st.one_of(
    amounts.map(lambda amount: Proposal(amounts={LINE: {Scenario.PLAN: {Month(2026, 12): amount}}})),
    amounts.map(lambda amount: Proposal(values={"target": amount * 1000})),
    people.map(lambda person: Proposal(values={"owner": person})),
    st.dates(date(2026, 11, 1), date(2027, 6, 1)).map(lambda day: Proposal(values={"end": day})),
    st.just(Proposal(values={"expected_effect": "Less freight."})),
)
REASONS = {"hold": "capacity", "resume": "capacity", "cancel": "cost", "reopen": "audit"}


class GovernedMeasure(RuleBasedStateMachine):
    """The actions of the application in small: decide, apply, void what has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.first = measure(lines=measure().lines, controller_confirmed_at=None)
        self.measure: Measure = self.first
        self.requests: dict[RequestId, ApprovalRequest] = {}
        self.votes: list[tuple[Measure, ApprovalRequest, Voted]] = []
        self.events: list[Any] = []
        self.plans: list[dict[str, str]] = []  # as locked, version by version
        self.ids = request_ids()
        self.now = NOW

    def happened(self, *events: Any) -> None:
        for event in events:
            self.events.append(event)
            self.measure = evolve(self.measure, event)
            if isinstance(event, PlanVersionLocked):
                assert event.version == len(self.plans) + 1
                self.plans.append(canonical_plan(self.measure))
        for request in list(self.requests.values()):
            if void_if_changed(request, self.measure, self.now):
                self.requests[request.id] = after_voiding(request)

    def took_place(self, outcome: Any) -> None:
        if not isinstance(outcome, Refusal):
            self.happened(outcome)

    def around(self) -> Any:
        self.now += timedelta(hours=1)
        still = (request for request in self.requests.values() if request.state is RequestState.OPEN)
        return situation(open_requests=tuple(OpenRequest(id=request.id, kind=request.kind) for request in still))

    def opened(self, outcome: Any) -> None:
        if isinstance(outcome, Requested):
            self.requests[outcome.request.id] = outcome.request

    @initialize(gates=st.integers(0, 4))
    def start(self, gates: int) -> None:
        for _ in range(gates):
            self.advance(OWNER)

    @rule(person=st.sampled_from([OWNER, PMO]))
    def advance(self, person: PersonId) -> None:
        """Everybody who is asked says yes to the next gate, as far as that leads from here."""
        before = set(self.requests)
        self.request_next_gate(person)
        self.all_say_yes(set(self.requests) - before)

    @rule(person=st.sampled_from([OWNER, SPONSOR, PMO]), kind=st.sampled_from(list(TURNS)))
    def turn(self, person: PersonId, kind: str) -> None:
        before = set(self.requests)
        self.request_turn(person, kind)
        self.all_say_yes(set(self.requests) - before)

    def all_say_yes(self, opened: set[RequestId]) -> None:
        for number in opened:
            for person in EVERYBODY * 2:
                if person in self.requests[number].waits_for:
                    self.vote(self.requests[number], person, Choice.APPROVE, None)

    @rule(person=workers, value=amounts)
    def edit(self, person: PersonId, value: Decimal) -> None:
        self.took_place(decide_edit(self.measure, {"target": value}, actor(person), PATH, self.now))

    @rule(person=workers, word=st.sampled_from(["owner", "sponsor", "controller"]), named=people)
    def assign(self, person: PersonId, word: str, named: PersonId) -> None:
        self.took_place(decide_assign(self.measure, {word: named}, actor(person), PATH, self.now))

    @rule(person=workers, scenario=st.sampled_from(Scenario), amount=amounts)
    def enter(self, person: PersonId, scenario: Scenario, amount: Decimal) -> None:
        given = {Month(2026, 11): amount}
        line = self.measure.lines[0].id
        self.took_place(decide_enter_amounts(self.measure, line, scenario, given, actor(person), PATH, self.now))

    def confirm(self) -> None:
        if self.measure.controller is not None:
            self.took_place(decide_confirm_value(self.measure, actor(self.measure.controller), self.now))

    @rule(person=people, stage=st.sampled_from(Stage))
    def request_any_gate(self, person: PersonId, stage: Stage) -> None:
        where, by, number = self.around(), actor(person), next(self.ids)
        self.opened(decide_request_gate(self.measure, stage, where, GateFacts(), by, self.now, number))

    @rule(person=st.sampled_from([OWNER, PMO]))
    def request_next_gate(self, person: PersonId) -> None:
        self.confirm()
        if self.measure.stage is not Stage.CLOSED:
            self.request_any_gate(person, Stage(self.measure.stage + 1))

    @rule(person=people, kind=st.sampled_from(list(TURNS)))
    def request_turn(self, person: PersonId, kind: str) -> None:
        where, by, number = self.around(), actor(person), next(self.ids)
        self.opened(TURNS[kind](self.measure, REASONS[kind], "Because", where, by, self.now, number))

    @rule(person=people, proposal=proposals)
    def request_change(self, person: PersonId, proposal: Proposal) -> None:
        where, by, number = self.around(), actor(person), next(self.ids)
        outcome = decide_request_change(self.measure, proposal, "Because", where, RATES, by, self.now, number)
        self.opened(outcome)

    @rule(person=st.sampled_from([OWNER, PMO]), proposal=proposals)
    def change(self, person: PersonId, proposal: Proposal) -> None:
        before = set(self.requests)
        self.request_change(person, proposal)
        self.all_say_yes(set(self.requests) - before)

    def vote(self, request: ApprovalRequest, person: PersonId, choice: Choice, behalf: PersonId | None) -> None:
        by = actor(person, on_behalf_of=behalf, confirmed_at=self.now)
        subject = subject_of(self.measure, request.kind, proposal=request.proposal)
        outcome = decide_vote(request, Vote(choice=choice, comment="Because"), by, self.now, subject, DELEGATIONS)
        if isinstance(outcome, Refusal):
            return
        self.votes.append((self.measure, request, outcome))
        self.requests[request.id] = apply_vote(request, outcome)
        if outcome.state is RequestState.APPROVED:
            self.happened(*apply_approved(self.measure, self.requests[request.id], template(), self.now))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), person=people, choice=st.sampled_from(Choice), behalf=st.none() | people)
    def anybody_votes(self, data: st.DataObject, person: PersonId, choice: Choice, behalf: PersonId | None) -> None:
        self.vote(data.draw(st.sampled_from(list(self.requests.values()))), person, choice, behalf)

    @precondition(lambda self: any(request.waits_for for request in self.requests.values()))
    @rule(data=st.data())
    def all_approve(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from([each for each in self.requests.values() if each.waits_for])).id
        for person in data.draw(st.permutations(EVERYBODY)) * 2:
            if person in self.requests[chosen].waits_for:
                self.vote(self.requests[chosen], person, Choice.APPROVE, None)

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), person=people)
    def withdraw(self, data: st.DataObject, person: PersonId) -> None:
        request = data.draw(st.sampled_from(list(self.requests.values())))
        outcome = decide_withdraw(request, actor(person), self.now, "")
        if isinstance(outcome, RequestWithdrawn):
            assert person == request.requested_by
            self.requests[request.id] = after_withdrawal(request)

    @invariant()
    def no_stage_without_its_approved_request(self) -> None:
        moves = [event for event in self.events if isinstance(event, StageReached | MeasureReopened)]
        stage = Stage.DEFINED
        for event in moves:
            step = 1 if isinstance(event, StageReached) else -1
            assert (event.before, event.after) == (stage, stage + step)
            stage = event.after
        assert stage is self.measure.stage
        assert len({event.request for event in moves}) == len(moves)
        for event in moves:
            request = self.requests[event.request]
            assert request.state is RequestState.APPROVED
            assert request.target is (event.after if isinstance(event, StageReached) else None)
            assert all(step.settled is RequestState.APPROVED for step in request.steps)
            assert not any(result.is_open for result in request.checklist)

    @invariant()
    def no_turn_without_its_approved_request(self) -> None:
        for event in self.events:
            if isinstance(event, MeasureHeld | MeasureResumed | MeasureCancelled | MeasureReopened):
                assert self.requests[event.request].state is RequestState.APPROVED

    @invariant()
    def nobody_decides_their_own(self) -> None:
        for at_vote, request, voted in self.votes:
            deciders = {voted.vote.person, voted.vote.on_behalf_of} - {None}
            assert request.requested_by not in deciders
            assert at_vote.last_edited_by not in deciders
            assert voted.vote.approver in request.steps[voted.vote.step].approvers
            if voted.vote.on_behalf_of:
                assert (voted.vote.on_behalf_of, voted.vote.person) in STAND_INS
            if request.target is Stage.CLOSED:
                assert not deciders & {at_vote.owner, at_vote.sponsor, *at_vote.editors}

    @invariant()
    def nobody_votes_twice_on_a_step(self) -> None:
        for request in self.requests.values():
            cast = [(vote.step, vote.approver) for vote in request.votes]
            assert len(cast) == len(set(cast))

    @invariant()
    def controller_is_neither_owner_nor_sponsor(self) -> None:
        assert self.measure.controller not in (self.measure.owner, self.measure.sponsor)

    @invariant()
    def locked_plan_never_changes_but_by_an_approved_change(self) -> None:
        was_decided = any(isinstance(event, StageReached) and event.after is Stage.DECIDED for event in self.events)
        assert self.measure.plan_version == len(self.plans)
        assert bool(self.plans) == was_decided
        if self.plans:
            assert canonical_plan(self.measure) == self.plans[-1]
        for event in self.events:
            if isinstance(event, ChangeApplied) or (isinstance(event, PlanVersionLocked) and event.version > 1):
                assert self.requests[event.request].kind == "change"
                assert self.requests[event.request].state is RequestState.APPROVED

    @invariant()
    def what_is_locked_beside_the_plan_changes_only_so_too(self) -> None:
        locked_at = [at for at, event in enumerate(self.events) if isinstance(event, PlanVersionLocked)]
        replayed, held = self.first, None
        for at, event in enumerate(self.events if locked_at else ()):
            replayed = evolve(replayed, event)
            if at >= locked_at[0] and not isinstance(event, ChangeApplied) and held is not None:
                assert canonical_locked(replayed) == held
            held = canonical_locked(replayed) if at >= locked_at[0] else None

    @invariant()
    def closed_means_that_the_controller_accepted(self) -> None:
        closures = [event for event in self.events if isinstance(event, MeasureClosed)]
        reopened = [event for event in self.events if isinstance(event, MeasureReopened)]
        opened_again = sum(event.before is Stage.CLOSED for event in reopened)
        assert len(closures) - opened_again == (self.measure.stage is Stage.CLOSED)
        for event in closures:
            assert event.accepted_by
            if event is closures[-1] and self.measure.stage is Stage.CLOSED:
                assert event.accepted_by == (self.measure.controller,)

    @invariant()
    def open_request_is_about_what_is_there_and_one_of_its_family(self) -> None:
        still = [request for request in self.requests.values() if request.state is RequestState.OPEN]
        families = [family_of(request.kind) for request in still]
        assert len(families) == len(set(families))
        for request in still:
            assert request.subject == subject_of(self.measure, request.kind, proposal=request.proposal).text
            assert request.waits_for

    @invariant()
    def on_hold_nothing_is_decided_but_what_ends_it(self) -> None:
        for at_vote, request, _voted in self.votes:
            if at_vote.state is MeasureState.ON_HOLD:
                assert request.kind in ("resume", "cancel")

    @invariant()
    def replaying_the_events_gives_the_state(self) -> None:
        replayed = self.first
        for event in self.events:
            replayed = evolve(replayed, event)
        assert replayed == self.measure

    @invariant()
    def cancelled_is_final_and_closed_is_active(self) -> None:
        if any(isinstance(event, MeasureCancelled) for event in self.events):
            assert self.measure.state is MeasureState.CANCELLED
            assert isinstance(self.events[-1], MeasureCancelled)
        if self.measure.stage is Stage.CLOSED:
            assert self.measure.state is MeasureState.ACTIVE


GovernedMeasure.TestCase.settings = settings(
    max_examples=40, stateful_step_count=35, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestGovernedMeasure = GovernedMeasure.TestCase


def test_a_measure_walks_the_whole_way() -> None:
    walked = GovernedMeasure()
    for target in list(Stage)[1:]:
        walked.advance(OWNER)
        assert walked.measure.stage is target
    walked.replaying_the_events_gives_the_state()
    assert walked.measure.plan_version == 1


def test_a_measure_is_changed_twice_on_its_way() -> None:
    walked = GovernedMeasure()
    for _ in range(3):
        walked.advance(OWNER)
    for amount in ("10.00", "20.00"):
        walked.change(OWNER, Proposal(amounts={LINE: {Scenario.PLAN: {Month(2026, 12): Decimal(amount)}}}))
    assert (walked.measure.plan_version, len(walked.plans)) == (3, 3)
    walked.replaying_the_events_gives_the_state()
    walked.what_is_locked_beside_the_plan_changes_only_so_too()
