"""The governed path on a real database: a measure is defined, planned, decided, held, implemented and closed."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.access import Capability
from domain.approvals.request import Choice, RequestState, Vote
from domain.gates import GateNotReady
from domain.governance.template import ReasonList
from domain.ids import EvidenceId, MilestoneId, PersonId
from domain.lifecycle import PlanLocked
from domain.months import Month
from domain.refusals import Refusal, Stale
from domain.segregation import OwnRequest
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tenants.database import Work
from tenants.instance.actions import evidence, measures, members, milestones, requests, values
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.governance import get_governance
from tests.house import House
from tests.team import Team


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def test_a_measure_goes_from_defined_to_decided_and_its_plan_locks(team: Team) -> None:
    measure = team.define()
    line = team.plan(measure)
    team.decide(measure)
    row = team.row(measure)
    assert (row.stage, row.plan_version, row.state) == (Stage.DECIDED, 1, MeasureState.ACTIVE)
    grid = {(line, Scenario.PLAN): {Month(2026, 1): Decimal("1.00")}}
    refused = values.enter_amounts(team.work, measure, grid, team.actor(team.owner), None)
    assert isinstance(refused, PlanLocked)


def test_sums_are_there_with_the_change(team: Team) -> None:
    measure = team.define()
    team.plan(measure)
    figures = team.work.get(FiguresRow, measure)
    assert (figures.plan_year, figures.plan_full_year) == (Decimal("600000.00"), Decimal("600000.00"))
    assert figures.risk_adjusted == Decimal("60000.00")


def test_a_gate_asked_for_too_early_is_refused_with_what_is_missing_and_recorded(team: Team) -> None:
    measure = team.define()
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    refused = requests.request_gate(team.work, measure, uuid4(), Stage.DETAILED, team.actor(team.owner))
    assert isinstance(refused, GateNotReady)
    assert refused.open
    event = team.work.session.scalars(
        select(AuditEventRow).where(AuditEventRow.subject_id == measure).order_by(AuditEventRow.sequence.desc())
    ).first()
    assert (event.kind, event.is_refusal) == ("GateNotReady", True)


def test_nobody_decides_their_own_request(team: Team) -> None:
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED, by=team.pmo)
    refused = requests.vote(team.work, request.id, Vote(choice=Choice.APPROVE), team.actor(team.pmo))
    assert isinstance(refused, OwnRequest)


def test_a_change_of_what_was_sealed_voids_the_request(team: Team) -> None:
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    version = team.row(measure).version
    measures.edit_measure(team.work, measure, {"title": "Another title"}, team.actor(team.owner), version)
    row = team.work.get(RequestRow, request.id)
    assert row.state == RequestState.VOIDED
    assert [change["field"] for change in row.void_changes] == ["title"]


def test_a_stale_edit_changes_nothing(team: Team) -> None:
    measure = team.define()
    outcome = measures.edit_measure(team.work, measure, {"title": "Mine"}, team.actor(team.owner), 0)
    assert isinstance(outcome, Stale)
    assert team.row(measure).title == "Renegotiate parcel carrier contracts"


def test_the_same_form_twice_makes_one_measure(team: Team) -> None:
    identity = uuid4()
    for _ in range(2):
        measures.define_measure(team.work, identity, team.package, {"title": "Once"}, team.actor(team.owner))
    codes = team.work.session.scalars(select(MeasureRow.code).where(MeasureRow.title == "Once")).all()
    assert len(codes) == 1


def test_hold_and_resume_go_through_approval(team: Team) -> None:
    measure = team.define()
    template = get_governance(team.work).template
    for kind, expected in (("hold", MeasureState.ON_HOLD), ("resume", MeasureState.ACTIVE)):
        reason = template.reasons[ReasonList(kind)][0].code
        outcome = requests.request_turn(
            team.work, measure, uuid4(), kind, reason, "Carrier strike", team.actor(team.owner)
        )
        assert not isinstance(outcome, Refusal), outcome
        while outcome.request.state is RequestState.OPEN and team.row(measure).state != expected:
            team.work.session.expire_all()
            waits = team.work.get(RequestRow, outcome.request.id).waiting
            team.approve(outcome.request, PersonId(waits[0]))
        assert team.row(measure).state == expected


def test_a_measure_is_closed_by_the_controller_on_evidence_reopened_and_closed_again(house: House, work: Work) -> None:
    team = Team(house.work(house.onboard("Closing AG")), house)
    measure = team.define()
    line = team.plan(measure)
    team.decide(measure)
    owner = team.actor(team.owner)
    months = {Month(2026, month): Decimal("48000.00") for month in range(1, 11)}
    entered = values.enter_amounts(
        team.work, measure, {(line, Scenario.ACTUAL): months}, team.actor(team.controller), None
    )
    assert not isinstance(entered, Refusal), entered
    closed = values.close_month(team.work, Month(2026, 10), team.actor(team.controller))
    assert not isinstance(closed, Refusal), closed
    of_measure = select(MilestoneRow.id).where(MilestoneRow.measure_id == measure)
    mine = team.work.session.scalars(of_measure).one()
    proof = evidence.Proof(
        id=EvidenceId(uuid4()), title="Signed contract", url="https://example.org/c", milestone=MilestoneId(mine)
    )
    assert not isinstance(evidence.add_evidence(team.work, measure, proof, owner), Refusal)
    done = milestones.finish_milestone(team.work, measure, MilestoneId(mine), date(2026, 11, 1), owner)
    assert not isinstance(done, Refusal), done
    team.approve(team.ask(measure, Stage.IMPLEMENTED), team.pmo, team.sponsor)
    closing = evidence.Proof(id=EvidenceId(uuid4()), title="Invoices 2026", note="Ledger extract", is_closure=True)
    assert not isinstance(evidence.add_evidence(team.work, measure, closing, owner), Refusal)
    team.approve(team.ask(measure, Stage.CLOSED), team.controller)
    assert team.row(measure).stage == Stage.CLOSED
    asked = requests.request_turn(team.work, measure, uuid4(), "reopen", "evidence", "An invoice was wrong.", owner)
    assert not isinstance(asked, Refusal), asked
    team.approve(asked.request, team.controller, team.sponsor)
    assert team.row(measure).stage == Stage.IMPLEMENTED
    team.approve(team.ask(measure, Stage.CLOSED), team.controller)
    assert team.row(measure).stage == Stage.CLOSED


def test_capabilities_end_at_the_scope(team: Team) -> None:
    stranger = PersonId(uuid4())
    members.admit_member(team.work, stranger, "Otto", "otto@example.org", "client", None)
    assert not team.actor(stranger).can_anywhere(Capability.VIEW_MEASURES)
