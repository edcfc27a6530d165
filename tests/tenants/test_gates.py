"""Gates on a real database: waivers, conditions that come due, holds that suspend them, and reopening."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.access import Capability, NotAllowed
from domain.approvals.conditions import UnknownConditionOwner
from domain.approvals.request import Choice, GateCondition, RequestState, Vote
from domain.approvals.requesting import RequestSuspended
from domain.conditions import ConditionMet, ConditionOfOwnRequest
from domain.gates import ConditionsUnmet, GateNotReady
from domain.governance.criteria import Met
from domain.governance.template import ReasonList
from domain.ids import ConditionId, PersonId
from domain.refusals import Refusal
from domain.stages import MeasureState, Stage
from domain.status import Status
from domain.waivers import CriterionWaived, WaiverTakenBack
from tenants.database import NotFound, Work
from tenants.instance.actions import requests, upkeep
from tenants.instance.actions.conditions import meet_condition
from tenants.instance.actions.gates import take_back_waiver, waive_criterion
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.conditions import GateConditionRow, HoldPeriodRow, WaiverRow
from tenants.instance.models.measures import MilestoneRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.queries.aggregates import load_measure
from tenants.instance.queries.conditions import overdue_in_scope
from tenants.instance.queries.gates import gate_facts
from tenants.instance.queries.governance import get_governance
from tests.house import NOW, House
from tests.team import Team

TODAY = NOW.date()


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def later(team: Team, days: int) -> None:
    team.work.clock = lambda: NOW + timedelta(days=days)


def turn(team: Team, measure: UUID, kind: str) -> None:
    """Asked for by the owner, approved by everybody who is asked."""
    reason = get_governance(team.work).template.reasons[ReasonList(kind)][0].code
    asked = requests.request_turn(team.work, measure, uuid4(), kind, reason, "Because", team.actor(team.owner))
    assert not isinstance(asked, Refusal), asked
    row = team.work.get(RequestRow, asked.request.id)
    while row.state == RequestState.OPEN:
        team.approve(asked.request, PersonId(row.waiting[0]))
        team.work.session.expire_all()


def condition(team: Team, due: date = TODAY + timedelta(days=10), **more: Any) -> GateCondition:
    known = {"id": ConditionId(uuid4()), "words": "Cap the guarantee.", "owner": team.second, "due": due}
    return GateCondition(**{**known, **more})


def approve_with(team: Team, request: Any, person: PersonId, *conditions: GateCondition) -> Any:
    vote = Vote(choice=Choice.APPROVE, conditions=conditions)
    return requests.vote(team.work, request.id, vote, team.actor(person))


def identified_with(team: Team, *conditions: GateCondition) -> UUID:
    """A measure that its sponsor let into Identified with conditions."""
    measure = team.define()
    outcome = approve_with(team, team.ask(measure, Stage.IDENTIFIED), team.sponsor, *conditions)
    assert not isinstance(outcome, Refusal), outcome
    return measure


def facts(team: Team, measure: UUID) -> Any:
    governance = get_governance(team.work)
    state = load_measure(team.work.session, team.row(measure), governance)
    return gate_facts(team.work.session, state, governance.template, team.work.now().date())


# Waivers


def test_waived_criterion_is_in_the_sealed_checklist_and_in_the_trail(team: Team) -> None:
    measure = team.define(legal_entity=None)
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    early = requests.request_gate(team.work, measure, uuid4(), Stage.DETAILED, team.actor(team.owner))
    assert isinstance(early, GateNotReady)
    said = (Stage.DETAILED, "legal-entity", "not-applicable", "One entity only.")
    for _twice in range(2):
        assert isinstance(waive_criterion(team.work, measure, *said, team.actor(team.pmo)), CriterionWaived)
    request = team.ask(measure, Stage.DETAILED)
    sealed = {result.key: result for result in request.checklist}["legal-entity"]
    assert sealed.outcome is Met.WAIVED
    assert sealed.reason == "Does not apply to this measure: One entity only."
    kinds = select(AuditEventRow.kind).where(AuditEventRow.subject_id == measure)
    assert team.work.session.scalars(kinds).all().count("CriterionWaived") == 1


def test_owner_waives_nothing_and_a_waiver_can_be_taken_back(team: Team) -> None:
    measure = team.define(legal_entity=None)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    said = (Stage.DETAILED, "legal-entity", "not-applicable", "One entity only.")
    assert isinstance(waive_criterion(team.work, measure, *said, team.actor(team.owner)), NotAllowed)
    assert team.work.session.get(WaiverRow, (measure, 3, "legal-entity")) is None
    waive_criterion(team.work, measure, *said, team.actor(team.pmo))
    assert facts(team, measure).waivers
    back = take_back_waiver(team.work, measure, Stage.DETAILED, "legal-entity", team.actor(team.pmo))
    assert isinstance(back, WaiverTakenBack)
    assert not facts(team, measure).waivers


# Conditions


def test_condition_stands_from_the_approval_on_and_is_met_with_a_note(team: Team) -> None:
    wanted = condition(team)
    measure = identified_with(team, wanted)
    assert (facts(team, measure).open_conditions, facts(team, measure).overdue_conditions) == (1, 0)
    outcome = meet_condition(team.work, wanted.id, "Signed on Monday.", team.actor(team.second))
    assert isinstance(outcome, ConditionMet)
    row = team.work.get(GateConditionRow, wanted.id)
    assert (row.met_on, row.met_by, row.note) == (TODAY, team.second, "Signed on Monday.")
    assert facts(team, measure).open_conditions == 0


def test_condition_of_a_request_that_was_not_approved_never_stands(team: Team) -> None:
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    request, wanted = team.ask(measure, Stage.DETAILED), condition(team)
    approve_with(team, request, team.pmo, wanted)
    assert facts(team, measure).open_conditions == 0
    reject = Vote(choice=Choice.REJECT, comment="Not like this.")
    assert not isinstance(requests.vote(team.work, request.id, reject, team.actor(team.sponsor)), Refusal)
    assert facts(team, measure).open_conditions == 0
    with pytest.raises(NotFound):
        meet_condition(team.work, wanted.id, "Signed.", team.actor(team.second))


def test_overdue_condition_turns_the_measure_red_blocks_the_next_gate_and_shows_in_the_overview(team: Team) -> None:
    measure = identified_with(team, condition(team, TODAY + timedelta(days=3)))
    team.plan(measure)
    later(team, 4)
    upkeep.refresh_statuses(team.work, team.work.now().date())
    assert team.row(measure).implementation == Status.RED
    scope = team.actor(team.pmo).scope_for(Capability.VIEW_MEASURES)
    lines, count = overdue_in_scope(team.work, scope, team.row(measure).path)
    assert (count, [line.owner for line in lines]) == (1, ["Jonas Kvist"])
    blocked = requests.request_gate(team.work, measure, uuid4(), Stage.DETAILED, team.actor(team.owner))
    assert blocked == ConditionsUnmet(count=1, is_overdue=True)


def test_who_asked_for_the_approval_does_not_say_that_its_condition_is_met(team: Team) -> None:
    wanted = condition(team, owner=team.owner)
    identified_with(team, wanted)
    refused = meet_condition(team.work, wanted.id, "Done.", team.actor(team.owner))
    assert isinstance(refused, ConditionOfOwnRequest)
    assert team.work.get(GateConditionRow, wanted.id).met_on is None
    assert isinstance(meet_condition(team.work, wanted.id, "Seen.", team.actor(team.pmo)), ConditionMet)


def test_condition_needs_an_owner_who_is_there(team: Team) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    wanted = condition(team, owner=PersonId(uuid4()))
    assert isinstance(approve_with(team, request, team.sponsor, wanted), UnknownConditionOwner)
    assert team.work.get(RequestRow, request.id).state == RequestState.OPEN


# Holds


def test_hold_suspends_an_open_request_and_gives_it_its_days_back(team: Team) -> None:
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    due = team.work.get(RequestRow, request.id).due_on
    turn(team, measure, "hold")
    team.work.session.expire_all()
    row = team.work.get(RequestRow, request.id)
    assert (row.state, row.due_on) == (RequestState.OPEN, None)
    refused = requests.vote(team.work, request.id, Vote(choice=Choice.APPROVE), team.actor(team.sponsor))
    assert isinstance(refused, RequestSuspended)
    later(team, 14)
    turn(team, measure, "resume")
    team.work.session.expire_all()
    assert team.work.get(RequestRow, request.id).due_on == due + timedelta(days=14)
    assert team.work.get(StepRow, (request.id, 0)).due_on == due + timedelta(days=14)
    team.approve(request, team.sponsor)
    assert team.row(measure).stage == Stage.IDENTIFIED


def test_hold_is_counted_and_what_it_delayed_is_not_late(team: Team) -> None:
    measure = identified_with(team, condition(team, TODAY + timedelta(days=2)))
    team.plan(measure)  # its milestone is promised for 1 December
    turn(team, measure, "hold")
    later(team, 20)
    upkeep.refresh_statuses(team.work, team.work.now().date())
    row = team.row(measure)
    assert (row.state, row.held_on, row.implementation) == (MeasureState.ON_HOLD, TODAY, Status.GREEN)
    turn(team, measure, "resume")
    row = team.row(measure)
    assert (row.held_on, row.implementation, row.days_late) == (None, Status.GREEN, 0)
    milestone = team.work.session.scalars(select(MilestoneRow).where(MilestoneRow.measure_id == measure)).one()
    assert (milestone.due_on, milestone.held_days) == (date(2026, 12, 1), 20)
    period = team.work.session.scalars(select(HoldPeriodRow).where(HoldPeriodRow.measure_id == measure)).one()
    assert (period.held_on, period.resumed_on) == (TODAY, TODAY + timedelta(days=20))
    assert facts(team, measure).overdue_conditions == 0
    later(team, 23)
    assert facts(team, measure).overdue_conditions == 1


# Reopening


def test_reopened_measure_is_one_stage_back_with_its_plan_locked_and_can_be_decided_again(team: Team) -> None:
    measure = team.define()
    team.plan(measure)
    team.decide(measure)
    turn(team, measure, "reopen")
    row = team.row(measure)
    assert (row.stage, row.plan_version, row.state) == (Stage.DETAILED, 1, MeasureState.ACTIVE)
    team.approve(team.ask(measure, Stage.DECIDED), team.controller, team.chair, team.second)
    row = team.row(measure)
    assert (row.stage, row.plan_version) == (Stage.DECIDED, 1)
    kinds = team.work.session.scalars(select(AuditEventRow.kind).where(AuditEventRow.subject_id == measure)).all()
    assert kinds.count("MeasureReopened") == 1
    assert kinds.count("PlanVersionLocked") == 1
