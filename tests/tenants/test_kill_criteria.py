"""Kill criteria on a real database: written, sealed by the decision, found met once, proposed; nothing elsewhere."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.access import Capability
from domain.approvals.request import RequestState
from domain.governance.policies import Condition, Operator
from domain.ids import KillCriterionId
from domain.kill_criteria import KillCriteriaSettled, KillCriterion, KillCriterionSet
from domain.stages import MeasureState, Stage
from tenants.database import NotFound, Work
from tenants.instance.actions import requests, values
from tenants.instance.actions.kill_criteria import drop_kill_criterion, look_at_kill_criteria, set_kill_criterion
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.checks import KillCriterionRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.kill_criteria import criteria_of, met_criteria, watched_by_night
from tests.house import NOW, House
from tests.team import Team


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def later(team: Team, days: int) -> None:
    team.work.clock = lambda: NOW + timedelta(days=days)


def wish(team: Team, **more: Any) -> KillCriterion:
    """Cancel when the latest milestone is 30 days late."""
    late = Condition(field="days_late", operator=Operator.AT_LEAST, value=Decimal(30))
    known = {"condition": late, "proposes": "cancel", "reason": "no-value", "words": "Too late to pay."}
    return KillCriterion(**{"id": KillCriterionId(uuid4()), **known, "set_by": team.owner, **more})


def written(team: Team, measure: UUID, **more: Any) -> KillCriterion:
    wanted = wish(team, **more)
    for _twice in range(2):
        outcome = set_kill_criterion(team.work, measure, wanted, team.actor(wanted.set_by))
        assert isinstance(outcome, KillCriterionSet), outcome
    return wanted


def decided(team: Team, **more: Any) -> tuple[UUID, KillCriterion]:
    """A decided measure with one criterion; its milestone is promised for 1 December."""
    measure = team.define()
    team.plan(measure)
    criterion = written(team, measure, **more)
    team.decide(measure)
    return measure, criterion


def kinds(team: Team, measure: UUID) -> list[str]:
    team.work.session.rollback()
    told = select(AuditEventRow.kind).where(AuditEventRow.subject_id == measure)
    return list(team.work.session.scalars(told.order_by(AuditEventRow.sequence)))


def asked(team: Team, measure: UUID, kind: str) -> list[RequestRow]:
    team.work.session.rollback()
    team.work.session.expire_all()
    ours = (RequestRow.measure_id == measure, RequestRow.kind == kind)
    return list(team.work.session.scalars(select(RequestRow).where(*ours)))


def test_written_once_and_taken_back_until_it_is_decided(team: Team, other_work: Work) -> None:
    measure = team.define()
    criterion = written(team, measure)
    assert [each.id for each in criteria_of(team.work.session, measure)] == [criterion.id]
    assert criteria_of(other_work.session, measure) == ()
    with pytest.raises(NotFound):
        drop_kill_criterion(team.work, team.define(), criterion.id, team.actor(team.owner))
    drop_kill_criterion(team.work, measure, criterion.id, team.actor(team.owner))
    assert criteria_of(team.work.session, measure) == ()
    assert kinds(team, measure)[-2:] == ["KillCriterionSet", "KillCriterionDropped"]


def test_one_more_breaks_the_seal_of_the_decision(team: Team) -> None:
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    assert values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    request = team.ask(measure, Stage.DECIDED)
    written(team, measure)
    row = team.work.get(RequestRow, request.id)
    assert row.state == RequestState.VOIDED
    assert [change["field"] for change in row.void_changes] == ["kill_criterion.1"]


def test_met_once_and_cancellation_asked_for_in_the_name_of_who_wrote_it(team: Team) -> None:
    measure, criterion = decided(team)
    refused = drop_kill_criterion(team.work, measure, criterion.id, team.actor(team.owner))
    assert isinstance(refused, KillCriteriaSettled)
    later(team, 40)  # 30 December: 29 days late
    look_at_kill_criteria(team.work, measure)
    assert asked(team, measure, "cancel") == []
    assert measure in watched_by_night(team.work.session)
    later(team, 41)
    for _night in range(2):
        look_at_kill_criteria(team.work, measure)
    [request] = asked(team, measure, "cancel")
    assert (request.requested_by, request.reason, request.comment) == (team.owner, "no-value", "Too late to pay.")
    assert team.sponsor in request.waiting
    assert kinds(team, measure).count("KillCriterionMet") == 1
    assert measure not in watched_by_night(team.work.session)
    told = select(NoticeRow.member_id).where(NoticeRow.key == f"kill/{criterion.id}")
    assert set(team.work.session.scalars(told)) == {team.owner, team.sponsor}
    scope, path = team.actor(team.pmo).scope_for(Capability.VIEW_MEASURES), team.row(measure).path
    assert met_criteria(team.work, scope, path) == 1
    by = select(AuditEventRow.actor_name).where(AuditEventRow.kind == "CancelRequested")
    assert set(team.work.session.scalars(by.where(AuditEventRow.subject_id == measure))) == {"Mandate"}
    assert team.row(measure).state == MeasureState.ACTIVE  # people decide
    requests.withdraw(team.work, request.id, "We carry on.", team.actor(team.owner))
    assert met_criteria(team.work, scope, path) == 0


def test_noted_only_where_such_a_request_is_open(team: Team) -> None:
    measure, criterion = decided(team)
    hold = requests.request_turn(team.work, measure, uuid4(), "hold", "budget", "No budget.", team.actor(team.owner))
    later(team, 60)
    look_at_kill_criteria(team.work, measure)
    assert asked(team, measure, "cancel") == []
    row = team.work.get(KillCriterionRow, criterion.id)
    assert (row.met_on, row.proposed_request_id) == (team.work.now().date(), hold.request.id)
    assert kinds(team, measure).count("KillCriterionMet") == 1


def test_who_decides_it_alone_does_not_ask_for_it(team: Team) -> None:
    """The sponsor wrote it and would decide the hold: it is asked for in the owner's name."""
    measure, _criterion = decided(team, proposes="hold", reason="market", set_by=team.owner)
    with team.work.transaction() as tx:
        tx.session.get(KillCriterionRow, _criterion.id).set_by = team.sponsor
    later(team, 60)
    look_at_kill_criteria(team.work, measure)
    assert [row.requested_by for row in asked(team, measure, "hold")] == [team.owner]
