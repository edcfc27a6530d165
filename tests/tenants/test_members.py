"""Who may give roles and end access: administrators are made and ended by administrators alone."""

import pytest

from domain.access import NotAllowed, Role
from domain.ids import NodeId, PersonId
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.actions.members import LastAdministrator, end_access, give_role, restore_access, take_role
from tenants.instance.models.people import AssignmentRow
from tests.house import House
from tests.team import Team


@pytest.fixture
def team(house: House, work: Work) -> Team:
    return Team(work, house)


def administrator(team: Team) -> PersonId:
    return team.join("Ada Second", Role.INSTANCE_ADMINISTRATOR)


def test_the_programme_office_makes_no_administrator_of_anybody(team: Team) -> None:
    refused = give_role(
        team.work, team.pmo, Role.INSTANCE_ADMINISTRATOR, NodeId(team.organization), team.actor(team.pmo)
    )
    assert isinstance(refused, NotAllowed)
    assert Role.INSTANCE_ADMINISTRATOR not in {held.role for held in team.actor(team.pmo).assignments}


def test_the_programme_office_cannot_end_an_administrators_access_or_role(team: Team) -> None:
    target, office = administrator(team), team.actor(team.pmo)
    assert isinstance(end_access(team.work, target, office), NotAllowed)
    organization = NodeId(team.organization)
    assert isinstance(take_role(team.work, target, Role.INSTANCE_ADMINISTRATOR, organization, office), NotAllowed)
    assert team.actor(target).assignments


def test_the_clients_administrator_ends_and_restores_the_firms_access(team: Team) -> None:
    ruler = team.actor(administrator(team))
    assert not isinstance(end_access(team.work, team.pmo, ruler), Refusal)
    assert not isinstance(restore_access(team.work, team.pmo, ruler), Refusal)


def test_an_office_of_one_node_ends_nobody_who_works_elsewhere(team: Team) -> None:
    local = team.join("Lo Cal", Role.PMO, node=team.package)
    assert isinstance(end_access(team.work, team.owner, team.actor(local)), NotAllowed)


def test_the_last_administrator_stays(house: House, work: Work) -> None:
    team = Team(house.work(house.onboard("Last Admin AG")), house)
    rows = team.work.session.query(AssignmentRow).filter_by(role=Role.INSTANCE_ADMINISTRATOR).all()
    ruler = PersonId(rows[0].member_id)
    assert isinstance(end_access(team.work, ruler, team.actor(ruler)), LastAdministrator)
