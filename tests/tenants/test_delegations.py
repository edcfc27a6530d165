"""Standing in and being away on a real database: lists, votes, chains made at once; nothing shows in another client."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.absences import Absence, AbsenceRecorded
from domain.access import NotAllowed, Role
from domain.approvals.request import ApprovalRequest, Choice, Vote
from domain.approvals.standing import acting_for
from domain.approvals.voting import StepUpNeeded, Voted
from domain.delegation import Delegation, DelegationChain, DelegationEnded, DelegationGiven, NotStandingIn
from domain.ids import AbsenceId, DelegationId, PersonId
from domain.refusals import Refusal
from domain.segregation import OwnRequest
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.actions import delegations, members, requests, values
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.delegations import AbsenceRow, DelegationRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.requests import VoteRow
from tenants.instance.queries.delegations import away_on, delegations_to, list_delegations, waiting_ids
from tenants.instance.queries.inbox import first_waiting
from tenants.instance.queries.readers import find_reader
from tenants.instance.queries.requests import get_request
from tenants.instance.queries.sight import sight_of
from tests.house import NOW, House
from tests.team import Team

TODAY = NOW.date()


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def wish(giver: PersonId, taker: PersonId, **more: Any) -> Delegation:
    period = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=13)}
    return Delegation(**{"id": DelegationId(uuid4()), "giver": giver, "taker": taker, **period, **more})


def given(team: Team, giver: PersonId, taker: PersonId, **more: Any) -> Delegation:
    outcome = delegations.delegate(team.work, wish(giver, taker, **more), team.actor(giver))
    assert isinstance(outcome, DelegationGiven), outcome
    return outcome.delegation


def waits(team: Team, person: PersonId) -> set[Any]:
    team.work.session.rollback()
    return {line.id for line in first_waiting(team.work, person, 100)}


def approve(team: Team, request: ApprovalRequest, person: PersonId, behalf: PersonId | None = None) -> Any:
    return requests.vote(team.work, request.id, Vote(choice=Choice.APPROVE), team.actor(person), behalf)


def test_a_delegate_has_it_in_the_list_and_votes_and_is_shown(team: Team) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    assert request.id not in waits(team, team.second)
    given(team, team.sponsor, team.second)
    assert request.id in waits(team, team.second)
    assert find_reader(team.work, team.second).waiting == len(waits(team, team.second))
    assert [line.giver_name for line in list_delegations(team.work, team.second, TODAY)] == ["Maria Lund"]
    assert isinstance(approve(team, request, team.second, team.sponsor), Voted)
    vote = team.work.session.scalars(select(VoteRow).where(VoteRow.request_id == request.id)).one()
    assert (vote.person_id, vote.approver_id) == (team.second, team.sponsor)
    event = team.work.session.scalars(
        select(AuditEventRow).where(AuditEventRow.kind == "Voted").order_by(AuditEventRow.sequence.desc())
    ).first()
    assert (event.actor_id, event.on_behalf_of) == (team.second, team.sponsor)
    assert request.id not in waits(team, team.second)


def test_a_vote_for_somebody_without_a_delegation_is_refused_and_recorded(team: Team) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    assert approve(team, request, team.second, team.sponsor) == NotStandingIn(giver=team.sponsor)
    event = team.work.session.scalars(select(AuditEventRow).order_by(AuditEventRow.sequence.desc())).first()
    assert (event.kind, event.is_refusal, event.on_behalf_of) == ("NotStandingIn", True, team.sponsor)


def test_what_was_handed_back_gives_nothing(team: Team) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    kept = given(team, team.sponsor, team.second)
    assert isinstance(delegations.end_delegation(team.work, kept.id, team.actor(team.second)), DelegationEnded)
    assert request.id not in waits(team, team.second)
    assert isinstance(approve(team, request, team.second, team.sponsor), NotStandingIn)


def test_whose_access_ended_is_stood_in_for_by_nobody(team: Team) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    given(team, team.sponsor, team.second)
    members.end_access(team.work, team.sponsor, team.actor(team.pmo))
    assert request.id not in waits(team, team.second)
    assert isinstance(approve(team, request, team.second, team.sponsor), NotStandingIn)


@pytest.mark.parametrize(
    ("more", "by", "listed"),
    [
        ({}, "owner", True),
        ({"kinds": frozenset({"gate:identified"})}, "owner", True),
        ({"kinds": frozenset({"gate:closed", "hold"})}, "owner", False),
        ({"value_limit": Decimal("600000.00")}, "owner", True),
        ({"value_limit": Decimal("599999.99")}, "owner", False),
        ({"starts_on": TODAY + timedelta(days=1)}, "owner", False),
        ({"ends_on": TODAY}, "owner", True),
        ({}, "office", False),  # who stands in asked for it
    ],
)
def test_the_list_of_a_delegate_is_what_the_rules_let_them_decide(
    team: Team, more: dict[str, Any], by: str, listed: bool
) -> None:
    asker = team.join("Oda Office", Role.PMO) if by == "office" else team.owner
    taker = asker if by == "office" else team.second
    request = team.ask(team.define(), Stage.IDENTIFIED, by=asker)
    given(team, team.sponsor, taker, **more)
    assert (request.id in waits(team, taker)) is listed
    received = delegations_to(team.work, taker)
    able = acting_for(request, team.actor(taker), request.duties, received, TODAY)
    assert (not isinstance(able, Refusal)) is listed


def test_a_delegate_who_edited_last_has_it_in_no_list(team: Team) -> None:
    measure = team.define()
    team.plan(measure)
    request = team.ask(measure, Stage.IDENTIFIED)
    given(team, team.sponsor, team.owner)
    assert request.id not in waits(team, team.owner)
    assert approve(team, request, team.owner, team.sponsor) == OwnRequest(person=team.owner)


def test_a_request_outside_the_scope_of_a_delegate_is_shown_to_them(team: Team) -> None:
    stranger = team.join("Sven Stranger", Role.SPONSOR, node=team.build(team.actor(team.pmo)))
    request = team.ask(team.define(), Stage.IDENTIFIED)
    given(team, team.sponsor, stranger)
    assert get_request(team.work, sight_of(team.actor(stranger)), request.id).request.id == request.id


def test_a_delegation_made_twice_by_one_form_is_one_and_the_taker_is_told_once(team: Team) -> None:
    asked = wish(team.sponsor, team.second)
    for _ in range(2):
        assert isinstance(delegations.delegate(team.work, asked, team.actor(team.sponsor)), DelegationGiven)
    rows = team.work.session.scalars(select(DelegationRow).where(DelegationRow.giver_id == team.sponsor)).all()
    told = team.work.session.scalars(select(NoticeRow).where(NoticeRow.key == f"stand_in/{asked.id}")).all()
    assert (len(rows), [row.member_id for row in told]) == (1, [team.second])


def test_two_links_made_at_once_make_no_chain(team: Team, house: House) -> None:
    """Sponsor to second and second to chair, each in a connection of its own: one of them is refused."""
    wishes = [wish(team.sponsor, team.second), wish(team.second, team.chair)]
    actors, outcomes, together = [team.actor(each.giver) for each in wishes], [], threading.Barrier(2)

    def make(number: int) -> None:
        with house.app.app_context():
            own = house.work(team.work.instance)
            together.wait()
            outcomes.append(delegations.delegate(own, wishes[number], actors[number]))
            own.close()

    threads = [threading.Thread(target=make, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DelegationChain", "DelegationGiven"]


def test_an_administrator_arranges_it_for_who_is_away(team: Team) -> None:
    admin = team.actor(team.pmo)
    asked = wish(team.sponsor, team.second)
    refused = delegations.delegate(team.work, asked, admin)
    assert type(refused).__name__ == "GiverNotAway"
    absence = Absence(id=AbsenceId(uuid4()), person=team.sponsor, starts_on=TODAY, ends_on=TODAY + timedelta(days=9))
    assert isinstance(delegations.record_absence(team.work, absence, admin), AbsenceRecorded)
    outcome = delegations.delegate(team.work, asked, admin)
    assert isinstance(outcome, DelegationGiven) and outcome.delegation.created_by == team.pmo
    away = away_on(team.work, TODAY)[team.sponsor]
    assert (away.until, away.stand_ins) == (TODAY + timedelta(days=9), ("Jonas Kvist",))


def test_who_manages_a_part_arranges_nothing_for_whom_it_is_not_all_of(team: Team) -> None:
    manager = team.join("Paula Part", Role.PMO, node=team.package)
    absence = Absence(id=AbsenceId(uuid4()), person=team.sponsor, starts_on=TODAY, ends_on=TODAY)
    assert isinstance(delegations.record_absence(team.work, absence, team.actor(manager)), NotAllowed)


def test_who_is_back_is_here_from_today(team: Team) -> None:
    begun = Absence(id=AbsenceId(uuid4()), person=team.owner, starts_on=TODAY - timedelta(days=2), ends_on=TODAY)
    later = replace(begun, id=AbsenceId(uuid4()), starts_on=TODAY + timedelta(days=2), ends_on=date(2027, 1, 1))
    for absence in (begun, later):
        assert isinstance(delegations.record_absence(team.work, absence, team.actor(team.owner)), AbsenceRecorded)
        delegations.end_absence(team.work, absence.id, team.actor(team.owner))
    assert team.owner not in away_on(team.work, TODAY)
    rows = team.work.session.scalars(select(AbsenceRow.id).where(AbsenceRow.member_id == team.owner)).all()
    assert rows == [begun.id]


def test_a_forum_step_asks_delegate_and_member_for_a_password(team: Team) -> None:
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    request = team.ask(measure, Stage.DECIDED)
    team.approve(request, team.controller)
    given(team, team.chair, team.sponsor)
    tired = replace(team.actor(team.sponsor), confirmed_at=NOW - timedelta(minutes=11))
    refused = requests.vote(team.work, request.id, Vote(choice=Choice.APPROVE), tired, team.chair)
    assert isinstance(refused, StepUpNeeded)
    assert isinstance(approve(team, request, team.sponsor, team.chair), Voted)


def test_another_client_knows_nothing_of_it(team: Team, other_work: Work) -> None:
    own = DelegationRow.id == given(team, team.sponsor, team.second).id
    assert team.work.session.scalars(select(DelegationRow).where(own)).all()
    assert not other_work.session.scalars(select(DelegationRow).where(own)).all()
    assert other_work.session.scalars(waiting_ids(team.second, TODAY)).all() == []


def test_chains_are_refused_across_days_that_meet(team: Team) -> None:
    given(team, team.sponsor, team.second)
    later = wish(team.second, team.chair, starts_on=TODAY + timedelta(days=13), ends_on=TODAY + timedelta(days=20))
    assert isinstance(delegations.delegate(team.work, later, team.actor(team.second)), DelegationChain)
    free = wish(team.second, team.chair, starts_on=TODAY + timedelta(days=14), ends_on=TODAY + timedelta(days=20))
    assert isinstance(delegations.delegate(team.work, free, team.actor(team.second)), DelegationGiven)
