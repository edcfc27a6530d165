"""The trail of a measure that went through everything, read from the database and replayed: it gives what is stored."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum, IntEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

import domain.conditions
import domain.evidence
import domain.gates
import domain.kill_criteria
import domain.lifecycle
import domain.waivers
from domain.approvals import Requested, RequestState, RequestVoided, RequestWithdrawn, Voted
from domain.approvals.request import ApprovalRequest, Choice, GateCondition, Vote
from domain.changes.proposal import Proposal
from domain.changes.requesting import ChangeRequested
from domain.evidence import Proof
from domain.governance.policies import Condition, Operator
from domain.governance.template import ReasonList
from domain.ids import ConditionId, EvidenceId, KillCriterionId, LineId, MilestoneId
from domain.kill_criteria import KillCriterion
from domain.lifecycle import MeasureCreated, MeasureEdited
from domain.lifecycle.editing import EDITABLE_FIELDS
from domain.measures import Measure
from domain.months import Month
from domain.seal import canonical_plan, canonical_text
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tenants.database import instance_work
from tenants.instance.actions import changes, conditions, gates, measures, milestones, requests, values
from tenants.instance.actions.evidence import add_evidence, remove_evidence
from tenants.instance.actions.kill_criteria import drop_kill_criterion, set_kill_criterion
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.conditions import GateConditionRow
from tenants.instance.models.measures import MilestoneRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import PlanVersionRow
from tenants.instance.queries.aggregates import load_measure
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.governance import get_governance
from tests.closure import closed_through, done, enter_actuals
from tests.domain.governing import replayed
from tests.house import NOW, House
from tests.sitting import called, decided
from tests.team import Team

MONTH = Month(2026, 5)
BESIDES = (domain.evidence, domain.kill_criteria)
EVENTS: dict[str, type] = {
    name: kind
    for module in (
        domain.lifecycle,
        domain.gates,
        domain.conditions,
        domain.waivers,
        domain.evidence,
        domain.kill_criteria,
    )
    for name, kind in vars(module).items()
    if isinstance(kind, type) and is_dataclass(kind)
} | {kind.__name__: kind for kind in (ChangeRequested, RequestVoided, RequestWithdrawn, Voted)}
BESIDE = {"closed_through", "currency", "version"}  # the client's, and the row's


class Walk:
    """A measure on its way, with a clock that can be moved."""

    def __init__(self, house: House) -> None:
        self.now = NOW
        self.work = instance_work(house.onboard("Replay AG"), clock=lambda: self.now, request_id="test")
        self.team = Team(self.work, house)
        self.owner = self.team.actor(self.team.owner)
        self.measure = self.team.define(legal_entity=None)
        self.line: LineId = self.team.plan(self.measure)

    def go(self) -> None:
        self.edit_and_void()
        self.say_what_would_end_it()
        self.be_detailed()
        self.be_decided_in_a_meeting()
        self.be_held_for_a_week()
        self.be_changed()
        self.be_implemented_and_closed()
        self.be_reopened()

    def edit_and_void(self) -> None:
        """One request is voided by an edit, one is withdrawn, one is rejected."""
        team = self.team
        team.ask(self.measure, Stage.IDENTIFIED)
        version = team.row(self.measure).version
        done(measures.edit_measure(self.work, self.measure, {"title": "Bundle carriers"}, self.owner, version))
        withdrawn = team.ask(self.measure, Stage.IDENTIFIED)
        done(requests.withdraw(self.work, withdrawn.id, "Too early", self.owner))
        rejected = team.ask(self.measure, Stage.IDENTIFIED)
        no = Vote(choice=Choice.REJECT, comment="Say more.")
        done(requests.vote(self.work, rejected.id, no, team.actor(team.sponsor)))
        team.approve(team.ask(self.measure, Stage.IDENTIFIED), team.sponsor)

    def say_what_would_end_it(self) -> None:
        """Three criteria, of which one is dropped; two of them in the same words."""
        owner = self.team.owner
        below = Condition(field="forecast_full_year", operator=Operator.BELOW, value=Decimal(1))
        words = {"proposes": "hold", "reason": self.reason_of("hold"), "set_by": owner}
        said = [
            KillCriterion(id=KillCriterionId(uuid4()), condition=below, words=each, **words)  # type: ignore[arg-type]
            for each in ("No value left.", "No value left.", "Too late.")
        ]
        for criterion in said:
            done(set_kill_criterion(self.work, self.measure, criterion, self.owner))
            self.now += timedelta(seconds=1)
        done(drop_kill_criterion(self.work, self.measure, said[0].id, self.owner))

    def be_detailed(self) -> None:
        """With a criterion waived, and a condition that is met later."""
        team = self.team
        said = ("legal-entity", "not-applicable", "One entity only.", team.actor(team.pmo))
        done(gates.waive_criterion(self.work, self.measure, Stage.DETAILED, *said))
        request = team.ask(self.measure, Stage.DETAILED)
        due = self.now.date() + timedelta(days=30)
        asked = GateCondition(id=ConditionId(uuid4()), words="Signed offer", owner=team.owner, due=due)
        team.approve(request, team.pmo)
        given = Vote(choice=Choice.APPROVE, conditions=(asked,))
        done(requests.vote(self.work, request.id, given, team.actor(team.sponsor)))

    def be_decided_in_a_meeting(self) -> None:
        team = self.team
        version = team.row(self.measure).version
        done(values.confirm_value(self.work, self.measure, team.actor(team.controller), version))
        request = team.ask(self.measure, Stage.DECIDED)
        team.approve(request, team.controller)
        done(decided(team, called(team), request))

    def be_held_for_a_week(self) -> None:
        for kind, state in (("hold", MeasureState.ON_HOLD), ("resume", MeasureState.ACTIVE)):
            self.turn(kind)
            assert self.team.row(self.measure).state == state
            self.now += timedelta(days=7)

    def turn(self, kind: str, reason: str = "") -> None:
        code = reason or self.reason_of(kind)
        outcome = requests.request_turn(self.work, self.measure, uuid4(), kind, code, "Because", self.owner)
        assert isinstance(outcome, Requested), outcome
        self.all_say_yes(outcome.request)

    def reason_of(self, kind: str) -> str:
        return get_governance(self.work).template.reasons[ReasonList(kind)][0].code

    def all_say_yes(self, request: ApprovalRequest) -> None:
        while self.work.get(RequestRow, request.id).state == RequestState.OPEN:
            self.work.session.expire_all()
            waits = self.work.get(RequestRow, request.id).waiting
            self.team.approve(request, *waits[:1])

    def be_changed(self) -> None:
        """A new plan version by a small change, and people by another."""
        less = Proposal(amounts={self.line: {Scenario.PLAN: {MONTH: Decimal("49000.00")}}})
        heir = self.team.join("Nils Berg", self.owner.assignments[0].role)
        for proposal in (less, Proposal(values={"owner": heir, "end": date(2027, 1, 15)})):
            version = self.team.row(self.measure).version
            said = (proposal, "Supplier late", self.owner, version)
            outcome = changes.request_change(self.work, self.measure, uuid4(), *said)
            assert isinstance(outcome, Requested), outcome
            self.all_say_yes(outcome.request)
        self.owner = self.team.actor(heir)

    def be_implemented_and_closed(self) -> None:
        team, today = self.team, self.now.date()
        of_measure = select(MilestoneRow.id).where(MilestoneRow.measure_id == self.measure)
        milestone = MilestoneId(self.work.session.scalars(of_measure).one())
        condition = self.work.session.scalars(
            select(GateConditionRow.id).where(GateConditionRow.measure_id == self.measure)
        ).one()
        done(conditions.meet_condition(self.work, condition, "Offer is there.", team.actor(team.sponsor)))
        for proof in ({"milestone": milestone}, {"is_closure": True}):
            shown = Proof(id=EvidenceId(uuid4()), title="Signed contract", note="Seen on paper.", **proof)
            done(add_evidence(self.work, self.measure, shown, self.owner))
            self.now += timedelta(seconds=1)
        wrong = Proof(id=EvidenceId(uuid4()), title="Another contract", note="Of another measure.", milestone=milestone)
        done(add_evidence(self.work, self.measure, wrong, self.owner))
        done(remove_evidence(self.work, self.measure, wrong.id, self.owner))
        done(milestones.finish_milestone(self.work, self.measure, milestone, today, self.owner))
        self.all_say_yes(self.ask(Stage.IMPLEMENTED))
        enter_actuals(team, self.measure, self.line)
        closed_through(team, "2026-10")
        self.all_say_yes(self.ask(Stage.CLOSED))

    def ask(self, target: Stage) -> ApprovalRequest:
        outcome = requests.request_gate(self.work, self.measure, uuid4(), target, self.owner)
        assert isinstance(outcome, Requested), outcome
        return outcome.request

    def be_reopened(self) -> None:
        self.turn("reopen")


@pytest.fixture(scope="module")
def walk(house: House) -> Iterator[Walk]:
    with house.app.app_context():
        walked = Walk(house)
        walked.go()
        yield walked
        walked.work.close()


def test_the_walk_went_through_everything(walk: Walk) -> None:
    kinds = [row.kind for row in trail(walk)]
    assert {"GateRequested", "ChangeRequested", "HoldRequested", "ResumeRequested", "ReopenRequested"} <= set(kinds)
    assert {"MeasureCreated", "MeasureEdited", "LineSaved", "AmountsEntered", "MilestoneSaved"} <= set(kinds)
    assert {"RequestVoided", "RequestWithdrawn", "CriterionWaived", "ConditionMet", "ChangeApplied"} <= set(kinds)
    assert {"MeasureHeld", "MeasureResumed", "MeasureClosed", "MeasureReopened"} <= set(kinds)
    assert (kinds.count("PlanVersionLocked"), kinds.count("StageReached")) == (3, 5)


def test_replaying_the_trail_of_a_measure_gives_what_is_stored(walk: Walk) -> None:
    measure, _ = replay(walk)
    row = walk.team.row(walk.measure)
    stored = load_measure(walk.work.session, row, get_governance(walk.work))
    assert beside_gone(measure) == beside_gone(stored)
    assert (row.stage, row.state, row.plan_version) == (Stage.IMPLEMENTED, MeasureState.ACTIVE, 3)
    assert (stored.owner, stored.end, stored.held_on) == (walk.owner.person, date(2027, 1, 15), None)
    assert stored.milestones[0].held_days == 7


def test_replaying_the_trail_of_a_measure_gives_its_requests_with_every_vote(walk: Walk) -> None:
    _, again = replay(walk)
    rows = walk.work.session.scalars(select(RequestRow).where(RequestRow.measure_id == walk.measure)).all()
    stored = load_requests(walk.work.session, [(row, walk.team.row(walk.measure).code) for row in rows])
    assert len(stored) == len(again) == 13
    for request in stored:
        replica = again[request.id]
        assert (replica.state, replica.seal, replica.subject) == (request.state, request.seal, request.subject)
        assert (replica.requested_by, replica.votes) == (request.requested_by, request.votes)
        assert [step.settled for step in replica.steps] == [step.settled for step in request.steps]


def test_the_plan_that_is_replayed_is_the_plan_that_is_locked(walk: Walk) -> None:
    measure, _ = replay(walk)
    of_measure = select(PlanVersionRow).where(PlanVersionRow.measure_id == walk.measure).order_by(PlanVersionRow.number)
    plans = [row.body["text"] for row in walk.work.session.scalars(of_measure)]
    locks = [json.loads(row.body)["plan"] for row in trail(walk) if row.kind == "PlanVersionLocked"]
    assert plans == locks
    assert plans[-1] == canonical_text(canonical_plan(measure))


def test_every_event_that_changes_a_measure_is_read_back_as_it_was(walk: Walk) -> None:
    """No kind of event on the way is unknown here, or it would be left out of the replay without a word."""
    assert {row.kind for row in trail(walk)} <= set(EVENTS)


def trail(walk: Walk) -> list[AuditEventRow]:
    """What happened to the measure, in order; not what was refused."""
    row = AuditEventRow
    statement = select(row).where(row.subject_id == walk.measure, row.is_refusal.is_(False)).order_by(row.sequence)
    return list(walk.work.session.scalars(statement))


def replay(walk: Walk) -> tuple[Measure, Mapping[Any, ApprovalRequest]]:
    created, *events = [event_of(row) for row in trail(walk) if row.kind in EVENTS]
    assert isinstance(created, MeasureCreated)
    return replayed(created.measure, events)


def beside_gone(measure: Measure) -> Measure:
    """Without what no event of the measure says."""
    return replace(measure, **{field.name: field.default for field in fields(Measure) if field.name in BESIDE})


def event_of(row: AuditEventRow) -> Any:
    kind, body = EVENTS[row.kind], json.loads(row.body)
    if kind is MeasureEdited:
        hints = get_type_hints(Measure)
        typed_values = {name: typed(hints[name], value) for name, value in body["values"].items()}
        assert set(typed_values) <= EDITABLE_FIELDS
        return replace(typed(kind, body | {"values": {}}), values=typed_values)
    return typed(kind, body)


def typed(hint: Any, value: Any) -> Any:
    """Plain data of the trail as the domain's own type again."""
    hint = getattr(hint, "__supertype__", hint)
    origin, inner = get_origin(hint), get_args(hint)
    if hint is Any or value is None:
        return value
    if origin in (Union, UnionType):
        return first_fit([each for each in inner if each is not NoneType], value)
    if origin in (tuple, frozenset):
        return origin(typed(inner[0], each) for each in value)
    if origin is not None:
        return {typed(inner[0], key): typed(inner[1], each) for key, each in value.items()}
    return one(hint, value)


def one(hint: Any, value: Any) -> Any:
    if hint is Month:
        return Month.parse(value)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{name: typed(hints[name], each) for name, each in value.items()})  # type: ignore[operator]
    if issubclass(hint, IntEnum):
        return hint[value.upper()]
    if hint in (date, datetime):
        return hint.fromisoformat(value)
    return hint(value) if issubclass(hint, Enum | Decimal | UUID) else value


def first_fit(hints: list[Any], value: Any) -> Any:
    for hint in hints:
        try:
            return typed(hint, value)
        except (ValueError, TypeError, KeyError, InvalidOperation):
            continue
    raise ValueError(f"{value!r} is none of {hints}")
