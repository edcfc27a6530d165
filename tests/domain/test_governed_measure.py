"""One measure under everything people may try, in any order: what must hold, holds after every step."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.approvals import Choice, RequestState, Seen, Vote, subject_of
from domain.approvals.requesting import family_of
from domain.changes.proposal import Proposal
from domain.changes.requesting import decide_request_change
from domain.conditions import ConditionMet
from domain.governance.criteria import Met
from domain.governance.policies import GATE_KINDS, Condition, Operator
from domain.ids import KillCriterionId, PersonId, RequestId
from domain.kill_criteria import KillCriterion, KillCriterionDropped, KillCriterionSet
from domain.lifecycle import (
    ChangeApplied,
    MeasureCancelled,
    MeasureClosed,
    MeasureHeld,
    MeasureReopened,
    MeasureResumed,
    PlanVersionLocked,
    StageReached,
    decide_assign,
    decide_edit,
    decide_enter_amounts,
    decide_finish_milestone,
)
from domain.months import Month
from domain.seal import canonical_locked, canonical_plan, canonical_text, seal, sealed_value
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tests.domain.evolving import evolve
from tests.domain.governing import BOARD, EVERYBODY, TURNS, Counted, Engine, condition, replayed
from tests.domain.making import CHAIR, CONTROLLER, MEMBER, OWNER, PATH, PMO, SPONSOR, actor, measure, milestone

REASONS = {"hold": "capacity", "resume": "capacity", "cancel": "cost", "reopen": "audit"}
RATES = {"EUR": Decimal(1)}
LINE = measure().lines[0].id
WAIVABLE = ("legal-entity", "baseline")
people = st.sampled_from(EVERYBODY)
workers = st.sampled_from([OWNER, PMO, CONTROLLER])  # those who may change something
leaders = st.sampled_from([OWNER, SPONSOR, PMO])  # those who may ask for something
amounts = st.sampled_from([Decimal("10.00"), Decimal("20.00")])
some = st.integers(0, 1000)  # which of those that are there
kinds = st.sampled_from([frozenset(), frozenset(), frozenset({"hold", "cancel"}), frozenset(GATE_KINDS)])
limits = st.sampled_from([None, None, Decimal("10000.00")])
proposals = st.one_of(
    amounts.map(lambda amount: Proposal(amounts={LINE: {Scenario.PLAN: {Month(2026, 12): amount}}})),
    amounts.map(lambda amount: Proposal(values={"target": amount * 1000})),
    people.map(lambda person: Proposal(values={"owner": person})),
    st.dates(date(2026, 11, 1), date(2027, 6, 1)).map(lambda day: Proposal(values={"end": day})),
    st.just(Proposal(values={"expected_effect": "Less freight."})),
)
edits = st.sampled_from(
    [{"target": Decimal("9.00")}, {"target": Decimal("8.00")}, {"legal_entity": None}]
    + [{"title": title} for title in ("Bundle", "Bundle all")]
)


class GovernedMeasure(RuleBasedStateMachine):
    """Anybody tries anything; days pass; every decision is asked of the domain as the application asks it."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine()
        self.pages: list[tuple[RequestId, Seen]] = []  # as somebody has them open

    def an_open_one(self, number: int) -> RequestId:
        return picked(self.engine.open, number).id

    @initialize(gates=st.integers(0, 4), is_bare=st.booleans())
    def start(self, gates: int, is_bare: bool) -> None:
        """At some stage, well governed; bare means that a waiver is needed on the way, and that work is to be done."""
        if is_bare:
            todo = milestone(done_on=None, due=date(2026, 12, 1))
            self.engine = Engine(first=measure(controller_confirmed_at=None, legal_entity=None, milestones=(todo,)))
        for _ in range(gates):
            self.advance(OWNER)

    @rule(hours=st.sampled_from([1, 1, 5, 30, 80]))
    def time_passes(self, hours: int) -> None:
        self.engine.now += timedelta(hours=hours)

    @rule()
    def clock_looks_at_steps(self) -> None:
        self.engine.escalate()

    @rule(person=st.sampled_from([OWNER, PMO]))
    def advance(self, person: PersonId) -> None:
        """Everybody who is asked says yes to the next gate, as far as that leads from here."""
        before = set(self.engine.requests)
        self.request_next_gate(person)
        self.engine.all_say_yes(set(self.engine.requests) - before)

    @rule(person=leaders, kind=st.sampled_from(list(TURNS)))
    def turn(self, person: PersonId, kind: str) -> None:
        before = set(self.engine.requests)
        self.request_turn(person, kind)
        self.engine.all_say_yes(set(self.engine.requests) - before)

    @rule(person=leaders, proposal=proposals)
    def change(self, person: PersonId, proposal: Proposal) -> None:
        before = set(self.engine.requests)
        self.request_change(person, proposal)
        self.engine.all_say_yes(set(self.engine.requests) - before)

    @rule(person=workers, values=edits)
    def edit(self, person: PersonId, values: dict[str, Any]) -> None:
        self.engine.take(decide_edit(self.engine.measure, values, actor(person), PATH, self.engine.now))

    @rule(person=workers, word=st.sampled_from(["owner", "sponsor", "controller"]), named=people)
    def assign(self, person: PersonId, word: str, named: PersonId) -> None:
        self.engine.take(decide_assign(self.engine.measure, {word: named}, actor(person), PATH, self.engine.now))

    @rule(person=workers, scenario=st.sampled_from(Scenario), amount=amounts)
    def enter(self, person: PersonId, scenario: Scenario, amount: Decimal) -> None:
        given, now = {Month(2026, 11): amount}, self.engine.now
        outcome = decide_enter_amounts(self.engine.measure, LINE, scenario, given, actor(person), PATH, now)
        self.engine.take(outcome)

    @rule(person=workers)
    def finish(self, person: PersonId) -> None:
        of, now = self.engine.measure, self.engine.now
        outcome = decide_finish_milestone(of, of.milestones[0].id, now.date(), actor(person), PATH, now)
        self.engine.take(outcome)

    @precondition(lambda self: self.engine.open)
    @rule(number=some, person=people, worker=workers, values=edits)
    def edit_and_vote_at_once(self, number: int, person: PersonId, worker: PersonId, values: dict[str, Any]) -> None:
        edit = decide_edit(self.engine.measure, values, actor(worker), PATH, self.engine.now)
        self.engine.race(edit, self.an_open_one(number), person)

    @rule(person=people, stage=st.sampled_from(Stage))
    def request_any_gate(self, person: PersonId, stage: Stage) -> None:
        self.engine.ask_gate(person, stage)

    @rule(person=st.sampled_from([OWNER, PMO]))
    def request_next_gate(self, person: PersonId) -> None:
        self.engine.confirm()
        if self.engine.measure.stage.next is not None:
            self.engine.ask_gate(person, self.engine.measure.stage.next)

    @rule(person=people, kind=st.sampled_from(list(TURNS)))
    def request_turn(self, person: PersonId, kind: str) -> None:
        self.engine.ask_turn(person, kind, REASONS[kind])

    @rule(person=people, proposal=proposals)
    def request_change(self, person: PersonId, proposal: Proposal) -> None:
        engine, number = self.engine, RequestId(self.engine.number())
        said = (engine.around(), RATES, actor(person), engine.now, number)
        engine.ask(decide_request_change(engine.measure, proposal, "Because", *said))

    @precondition(lambda self: self.engine.open)
    @rule(number=some, person=people, choice=st.sampled_from(Choice), behalf=st.none() | people)
    def anybody_votes(self, number: int, person: PersonId, choice: Choice, behalf: PersonId | None) -> None:
        self.engine.vote(self.an_open_one(number), person, Vote(choice=choice, comment="Because"), behalf)

    @precondition(lambda self: self.engine.requests)
    @rule(number=some, person=people)
    def anybody_votes_on_what_may_be_settled(self, number: int, person: PersonId) -> None:
        request = picked(self.engine.requests.values(), number)
        self.engine.vote(request.id, person, Vote(choice=Choice.APPROVE))

    @precondition(lambda self: self.engine.open and self.engine.delegations)
    @rule(number=some, which=some)
    def delegate_votes(self, number: int, which: int) -> None:
        link = picked(self.engine.delegations.values(), which)
        self.engine.vote(self.an_open_one(number), link.taker, Vote(choice=Choice.APPROVE), link.giver)

    @precondition(lambda self: self.engine.open)
    @rule(number=some, person=people, who=st.integers(0, 2), days=st.integers(0, 2), kinds=kinds, limit=limits)
    def stand_in(
        self, number: int, person: PersonId, who: int, days: int, kinds: frozenset[str], limit: Decimal | None
    ) -> None:
        """Somebody who is asked lets another decide: anybody, who asked for it, or who edited it last."""
        request = picked(self.engine.open, number)
        giver = picked(request.waits_for, number)
        taker = (person, request.requested_by, self.engine.measure.last_edited_by or person)[who]
        self.engine.delegate(giver, taker, days, kinds, limit)
        self.engine.vote(request.id, taker, Vote(choice=Choice.APPROVE), giver)

    @precondition(lambda self: self.engine.open)
    @rule(number=some, taker=people, is_giver=st.booleans())
    def stand_in_after_an_edit(self, number: int, taker: PersonId, is_giver: bool) -> None:
        """The same, after one of both edited what the seal of most requests does not cover."""
        request = picked(self.engine.open, number)
        giver = picked(request.waits_for, number)
        self.engine.delegate(giver, taker, 1, frozenset(), None)
        editor = giver if is_giver else taker
        if self.engine.measure.plan_version:
            self.enter(editor, Scenario.FORECAST, Decimal("30.00"))
        else:
            self.set_kill_criterion(editor, "hold")
        self.engine.vote(request.id, taker, Vote(choice=Choice.APPROVE), giver)

    @precondition(lambda self: self.engine.open)
    @rule(number=some, person=people, days=st.integers(0, 4))
    def approve_with_condition(self, number: int, person: PersonId, days: int) -> None:
        due = self.engine.now.date() + timedelta(days=days)
        asked = (condition(self.engine.number(), OWNER, due),)
        self.engine.vote(self.an_open_one(number), person, Vote(choice=Choice.APPROVE, conditions=asked))

    @precondition(lambda self: self.engine.conditions)
    @rule(number=some, person=people)
    def meet_condition(self, number: int, person: PersonId) -> None:
        self.engine.meet(picked(self.engine.conditions, number), person)

    @precondition(lambda self: self.engine.open)
    @rule(number=some, order=st.permutations(EVERYBODY))
    def all_approve(self, number: int, order: list[PersonId]) -> None:
        self.engine.all_say_yes([self.an_open_one(number)], order)

    @precondition(lambda self: self.engine.open)
    @rule(
        number=some,
        person=st.sampled_from([CHAIR, CHAIR, CHAIR, *EVERYBODY]),
        choice=st.sampled_from([Choice.APPROVE, *Choice]),
        present=st.lists(people, unique=True) | st.just(BOARD.members),
        behalf=st.none() | st.just(CHAIR),
    )
    def record(
        self, number: int, person: PersonId, choice: Choice, present: list[PersonId], behalf: PersonId | None
    ) -> None:
        given = Vote(choice=choice, comment="Because")
        self.engine.record(self.an_open_one(number), person, present, given, None if person == behalf else behalf)

    @rule(person=st.sampled_from([OWNER, PMO, MEMBER]))
    def bring_to_the_forum(self, person: PersonId) -> None:
        """The next gate as far as the forum, where a meeting decides it with all who are there."""
        before = set(self.engine.requests)
        self.request_next_gate(person)
        for number in set(self.engine.requests) - before:
            self.engine.all_say_yes([number], [each for each in EVERYBODY if each not in BOARD.members])
            self.engine.record(number, CHAIR, BOARD.members, Vote(choice=Choice.APPROVE), None)

    @precondition(lambda self: self.engine.open)
    @rule(number=some)
    def open_page(self, number: int) -> None:
        request = picked(self.engine.open, number)
        assert request.current is not None
        self.pages.append((request.id, Seen(seal=request.seal, step=request.current)))

    @precondition(lambda self: self.pages)
    @rule(number=some, other=some, person=people)
    def vote_from_a_page(self, number: int, other: int, person: PersonId) -> None:
        """The page of this request, or what a page of another one showed."""
        (request, _), (_, seen) = picked(self.pages, number), picked(self.pages, other)
        self.engine.vote(request, person, Vote(choice=Choice.APPROVE, seen=seen))

    @rule(person=people, key=st.sampled_from([*WAIVABLE, "target"]))
    def waive(self, person: PersonId, key: str) -> None:
        self.engine.waive(person, key)

    @rule(person=st.sampled_from([PMO, OWNER]), key=st.sampled_from(WAIVABLE))
    def take_waiver_back(self, person: PersonId, key: str) -> None:
        self.engine.take_back(person, key)

    @rule(giver=people, taker=people, days=st.integers(0, 9), kinds=kinds, limit=limits)
    def delegate(
        self, giver: PersonId, taker: PersonId, days: int, kinds: frozenset[str], limit: Decimal | None
    ) -> None:
        self.engine.delegate(giver, taker, days, kinds, limit)

    @precondition(lambda self: self.engine.delegations)
    @rule(which=some, person=people)
    def end_delegation(self, which: int, person: PersonId) -> None:
        self.engine.end_delegation(picked(self.engine.delegations, which), person)

    @rule(person=people, proposes=st.sampled_from(["hold", "cancel"]))
    def set_kill_criterion(self, person: PersonId, proposes: str) -> None:
        number = KillCriterionId(self.engine.number())
        wanted = KillCriterion(
            id=number,
            condition=Condition(field="days_past_end", operator=Operator.AT_LEAST, value=Decimal(90)),
            proposes=proposes,
            reason=REASONS[proposes],
            words=f"Never by then ({number.int})",
            set_by=person,
        )
        self.engine.set_criterion(wanted, person)

    @precondition(lambda self: self.engine.criteria)
    @rule(which=some, person=workers)
    def drop_kill_criterion(self, which: int, person: PersonId) -> None:
        self.engine.drop_criterion(picked(self.engine.criteria.values(), which), person)

    @rule(days=st.sampled_from([Decimal(89), Decimal(91)]))
    def clock_looks_at_kill_criteria(self, days: Decimal) -> None:
        self.engine.look(days)

    @precondition(lambda self: self.engine.requests)
    @rule(number=some, person=people)
    def withdraw(self, number: int, person: PersonId) -> None:
        request = picked(self.engine.requests.values(), number)
        self.engine.withdraw(request.id, person)
        if request.state is RequestState.OPEN and self.engine.requests[request.id].state is RequestState.WITHDRAWN:
            assert person == request.requested_by

    @invariant()
    def no_stage_without_its_sealed_approval(self) -> None:
        moves = [event for event in self.engine.trail if isinstance(event, StageReached | MeasureReopened)]
        stage = Stage.DEFINED
        for event in moves:
            step = 1 if isinstance(event, StageReached) else -1
            assert (event.before, event.after) == (stage, stage + step)
            stage = event.after
        assert stage is self.engine.measure.stage
        assert len({event.request for event in moves}) == len(moves)
        for event in moves:
            request = self.engine.requests[event.request]
            assert request.state is RequestState.APPROVED
            assert request.seal == seal(request.subject)
            assert request.target is (event.after if isinstance(event, StageReached) else None)
            assert all(step.settled is RequestState.APPROVED for step in request.steps)
            assert not any(result.is_open for result in request.checklist)

    @invariant()
    def what_is_approved_is_what_was_sealed(self) -> None:
        for each in self.engine.counted:
            now = subject_of(each.measure, each.request.kind, proposal=each.request.proposal).text
            assert seal(now) == each.request.seal

    @invariant()
    def no_turn_without_its_approved_request(self) -> None:
        for event in self.engine.trail:
            if isinstance(event, MeasureHeld | MeasureResumed | MeasureCancelled | MeasureReopened):
                assert self.engine.requests[event.request].state is RequestState.APPROVED

    @invariant()
    def every_settled_request_has_its_votes(self) -> None:
        for request in self.engine.requests.values():
            if request.state is not RequestState.APPROVED:
                continue
            for index, step in enumerate(request.steps):
                votes = request.votes_of(index)
                yes = [vote for vote in votes if vote.choice is Choice.APPROVE]
                no = [vote for vote in votes if vote.choice in (Choice.REJECT, Choice.RETURN)]
                recorded = [vote for vote in votes if vote.meeting]
                if recorded:
                    assert recorded[-1].choice is Choice.APPROVE
                elif step.selector == "forum":
                    assert len(votes) >= step.needed and len(yes) > len(no)
                else:
                    assert len(yes) >= step.needed

    @invariant()
    def nobody_decides_their_own(self) -> None:
        for each in self.engine.counted:
            vote, at_vote, request = each.voted.vote, each.measure, each.request
            deciders = {vote.person, vote.on_behalf_of, *vote.present} - {None}
            assert request.requested_by not in deciders
            assert at_vote.last_edited_by not in deciders
            if request.target is Stage.CLOSED:
                assert not deciders & {at_vote.owner, at_vote.sponsor, *at_vote.editors}
            if vote.meeting is None:
                assert vote.approver in request.steps[vote.step].deciders

    @invariant()
    def delegates_keep_to_what_was_given(self) -> None:
        for each in self.engine.counted:
            vote = each.voted.vote
            if vote.on_behalf_of is not None:
                assert any(covers(each, link) for link in each.delegations)
        links = [link for link in self.engine.delegations.values() if link.ended_at is None]
        for one in links:
            assert one.giver != one.taker
            assert not any(one.taker == other.giver and one.meets(other) for other in links)

    @invariant()
    def a_meeting_decides_by_its_chair_with_its_quorum(self) -> None:
        for each in self.engine.counted:
            vote = each.voted.vote
            if vote.meeting is not None:
                assert vote.approver == BOARD.chair
                assert set(vote.present) <= set(BOARD.members)
                assert len(vote.present) >= each.request.steps[vote.step].needed
                assert each.request.steps[vote.step].selector == "forum"
                assert vote.choice is not Choice.ABSTAIN

    @invariant()
    def nobody_votes_on_a_page_that_is_past(self) -> None:
        for each in self.engine.counted:
            assert each.seen is None or each.seen == Seen(seal=each.request.seal, step=each.voted.vote.step)
            assert each.request.state is RequestState.OPEN

    @invariant()
    def nobody_votes_twice_on_a_step(self) -> None:
        for request in self.engine.requests.values():
            cast = [(vote.step, vote.approver) for vote in request.votes if vote.meeting is None]
            assert len(cast) == len(set(cast))

    @invariant()
    def controller_is_neither_owner_nor_sponsor(self) -> None:
        of = self.engine.measure
        assert of.controller not in (of.owner, of.sponsor)

    @invariant()
    def what_was_waived_was_waived_by_another(self) -> None:
        for opened in self.engine.opened.values():
            if opened.request.target is not None:
                waived = {each.key for each in opened.request.checklist if each.outcome is Met.WAIVED}
                assert waived <= set(opened.facts.waivers) <= set(WAIVABLE)
                assert opened.request.requested_by not in opened.facts.waived_by
                assert not waived or opened.measure.owner not in opened.facts.waived_by

    @invariant()
    def conditions_are_met_before_they_are_in_the_way(self) -> None:
        for opened in self.engine.opened.values():
            target = opened.request.target
            assert target is None or target < Stage.DECIDED or not opened.facts.overdue_conditions
            assert target is not Stage.CLOSED or not opened.facts.open_conditions
        for each in self.engine.counted:
            asked = each.voted.vote.conditions
            assert not asked or (each.request.kind in GATE_KINDS and each.voted.vote.choice is Choice.APPROVE)
        for event in self.engine.trail:
            if isinstance(event, ConditionMet):
                assert self.engine.requests[event.request].state is RequestState.APPROVED
                assert event.person != self.engine.requests[event.request].requested_by

    @invariant()
    def kill_criteria_are_those_that_were_decided(self) -> None:
        locked = [event for event in self.engine.trail if isinstance(event, PlanVersionLocked) and event.version == 1]
        texts = {criterion.text for criterion in self.engine.criteria.values()}
        assert texts == {each.text for each in self.engine.measure.kill_criteria}
        if locked:
            sealed = json.loads(self.engine.requests[locked[0].request].subject)
            decided = {value for name, value in sealed.items() if name.startswith("kill_criterion.")}
            reopened = any(isinstance(event, MeasureReopened) for event in self.engine.trail)
            assert reopened or decided == texts
            since = self.engine.trail[self.engine.trail.index(locked[0]) :]
            rewritten = (KillCriterionSet, KillCriterionDropped)
            assert reopened or not any(isinstance(each, rewritten) for each in since)

    @invariant()
    def locked_plan_never_changes_but_by_an_approved_change(self) -> None:
        trail, plans = self.engine.trail, self.engine.plans
        was_decided = any(isinstance(event, StageReached) and event.after is Stage.DECIDED for event in trail)
        assert self.engine.measure.plan_version == len(plans)
        assert bool(plans) == was_decided
        if plans:
            assert canonical_plan(self.engine.measure) == plans[-1]
        locks = [event for event in trail if isinstance(event, PlanVersionLocked)]
        assert [event.plan for event in locks] == [canonical_text(plan) for plan in plans]
        for event in trail:
            if isinstance(event, ChangeApplied) or (isinstance(event, PlanVersionLocked) and event.version > 1):
                assert self.engine.requests[event.request].kind == "change"
                assert self.engine.requests[event.request].state is RequestState.APPROVED

    @invariant()
    def what_is_locked_beside_the_plan_changes_only_so_too(self) -> None:
        was = self.engine.first
        for event in self.engine.trail:
            now = evolve(was, event)
            if was.plan_version and now is not was and not isinstance(event, ChangeApplied):
                assert canonical_locked(now) == canonical_locked(was)
            was = now

    @invariant()
    def closed_means_that_the_controller_accepted(self) -> None:
        closures = [event for event in self.engine.trail if isinstance(event, MeasureClosed)]
        reopened = [event for event in self.engine.trail if isinstance(event, MeasureReopened)]
        opened_again = sum(event.before is Stage.CLOSED for event in reopened)
        is_closed = self.engine.measure.stage is Stage.CLOSED
        assert len(closures) - opened_again == is_closed
        assert all(event.accepted_by for event in closures)
        if is_closed:
            assert closures[-1].accepted_by == (self.engine.measure.controller,)
            assert self.engine.measure.state is MeasureState.ACTIVE

    @invariant()
    def open_request_is_about_what_is_there_and_one_of_its_family(self) -> None:
        families = [family_of(request.kind) for request in self.engine.open]
        assert len(families) == len(set(families))
        for request in self.engine.open:
            now = subject_of(self.engine.measure, request.kind, proposal=request.proposal)
            assert request.subject == now.text
            assert request.waits_for

    @invariant()
    def on_hold_nothing_is_decided_but_what_ends_it(self) -> None:
        for each in self.engine.counted:
            if each.measure.state is MeasureState.ON_HOLD:
                assert each.request.kind in ("resume", "cancel")

    @invariant()
    def replaying_the_trail_gives_the_state(self) -> None:
        assert replayed(self.engine.first, self.engine.trail) == (self.engine.measure, self.engine.requests)

    @invariant()
    def cancelled_is_final(self) -> None:
        of_measure = [event for event in self.engine.trail if hasattr(event, "measure")]
        if any(isinstance(event, MeasureCancelled) for event in of_measure):
            assert self.engine.measure.state is MeasureState.CANCELLED
            assert isinstance(of_measure[-1], MeasureCancelled)


def picked(things: Iterable[Any], number: int) -> Any:
    there = list(things)
    return there[number % len(there)]


def covers(each: Counted, link: Any) -> bool:
    """Whether a delegation was in force for a counted vote; by its fields, not by the rule that is under test."""
    vote, day, value = each.voted.vote, each.voted.vote.at.date(), sealed_value(each.request.subject)
    return (
        (link.giver, link.taker, link.ended_at) == (vote.on_behalf_of, vote.person, None)
        and link.starts_on <= day <= link.ends_on
        and (not link.kinds or each.request.kind in link.kinds)
        and (link.value_limit is None or (value is not None and value <= link.value_limit))
    )


GovernedMeasure.TestCase.settings = settings(max_examples=60, stateful_step_count=35)
TestGovernedMeasure = GovernedMeasure.TestCase


def test_a_measure_walks_the_whole_way() -> None:
    walked = GovernedMeasure()
    for target in list(Stage)[1:]:
        walked.advance(OWNER)
        assert walked.engine.measure.stage is target
    walked.replaying_the_trail_gives_the_state()
    assert walked.engine.measure.plan_version == 1


def test_a_measure_is_changed_twice_on_its_way() -> None:
    walked = GovernedMeasure()
    for _ in range(3):
        walked.advance(OWNER)
    for amount in ("10.00", "20.00"):
        walked.change(OWNER, Proposal(amounts={LINE: {Scenario.PLAN: {Month(2026, 12): Decimal(amount)}}}))
    assert (walked.engine.measure.plan_version, len(walked.engine.plans)) == (3, 3)
    walked.replaying_the_trail_gives_the_state()
    walked.what_is_locked_beside_the_plan_changes_only_so_too()


def test_a_meeting_decides_what_the_machine_brings_to_it() -> None:
    walked = GovernedMeasure()
    walked.advance(OWNER)
    walked.advance(OWNER)
    walked.bring_to_the_forum(OWNER)
    assert walked.engine.measure.stage is Stage.DECIDED
    assert walked.engine.counted[-1].voted.vote.meeting is not None
    walked.a_meeting_decides_by_its_chair_with_its_quorum()


def test_a_delegate_of_who_edited_last_decides_nothing() -> None:
    walked = GovernedMeasure()
    walked.request_next_gate(OWNER)
    (request,) = walked.engine.open
    walked.engine.delegate(SPONSOR, MEMBER, 1, frozenset(), None)
    walked.set_kill_criterion(SPONSOR, "hold")
    walked.engine.vote(request.id, MEMBER, Vote(choice=Choice.APPROVE), SPONSOR)
    walked.nobody_decides_their_own()
    assert walked.engine.open == [request]


def test_a_member_who_asked_is_not_counted_in_the_meeting() -> None:
    walked = GovernedMeasure()
    walked.advance(OWNER)
    walked.advance(OWNER)
    walked.assign(PMO, "owner", MEMBER)
    walked.request_next_gate(MEMBER)
    (request,) = walked.engine.open
    walked.engine.all_say_yes([request.id], [CONTROLLER])
    walked.engine.record(request.id, CHAIR, (CHAIR, MEMBER), Vote(choice=Choice.APPROVE), None)
    walked.nobody_decides_their_own()
    assert walked.engine.measure.stage is Stage.DETAILED
    walked.engine.record(request.id, CHAIR, BOARD.members, Vote(choice=Choice.APPROVE), None)
    assert walked.engine.measure.stage is Stage.DECIDED


def test_a_page_that_showed_the_step_before_is_past() -> None:
    walked = GovernedMeasure()
    walked.advance(OWNER)
    walked.request_next_gate(OWNER)
    walked.open_page(0)
    ((number, seen),) = walked.pages
    for person in (PMO, SPONSOR):
        walked.engine.vote(number, person, Vote(choice=Choice.APPROVE, seen=seen))
    walked.nobody_votes_on_a_page_that_is_past()
    assert walked.engine.requests[number].waits_for == (SPONSOR,)
