"""The people page: invite, give and take roles, end and restore access, bad input, scope."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.access import Role
from domain.ids import PersonId
from tenants.instance.actions.members import admit_member
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.people import AssignmentRow, MemberRow, ReferenceRow
from tenants.places import Instance
from tenants.platform.models.outbox import PlatformOutboxRow
from tests.house import House
from tests.team import Team
from tests.web.client import Client, statements


@pytest.fixture(scope="module")
def staffed(house: House) -> tuple[Instance, Team]:
    with house.app.app_context():
        instance = house.onboard("Staffed AG")
        return instance, Team(house.work(instance), house)


@pytest.fixture
def admin(site: Flask, house: House, staffed: tuple[Instance, Team]) -> Client:
    """The client's administrator."""
    _instance, team = staffed
    with house.app.app_context():
        person = team.work.session.scalar(select(MemberRow.id).where(MemberRow.email == "admin@staffed-ag.example"))
    return Client(site, PersonId(person))


@pytest.fixture
def at(staffed: tuple[Instance, Team]) -> str:
    return f"/clients/{staffed[0].slug}/people"


@pytest.fixture
def team(staffed: tuple[Instance, Team], house: House):  # type: ignore[no-untyped-def]
    with house.app.app_context():
        yield staffed[1]


def form(team: Team, **more: str) -> dict[str, str]:
    fresh = {"name": "Ulf Ny", "email": f"{uuid4()}@example.org", "role": "owner", "node": str(team.organization)}
    return fresh | more


def member(team: Team, email: str) -> MemberRow | None:
    team.work.session.rollback()
    team.work.session.expire_all()
    return team.work.session.scalar(select(MemberRow).where(MemberRow.email == email))


def test_somebody_is_invited_with_a_role_and_gets_one_letter(admin: Client, at: str, team: Team, house: House) -> None:
    typed = form(team)
    for _ in range(2):
        admin.post(at, typed, status=303)
    row = member(team, typed["email"])
    assert row is not None and row.side == "client"
    held = team.work.session.scalar(select(func.count()).where(AssignmentRow.member_id == row.id))
    assert held == 1
    assert "Ulf Ny" in admin.get(f"{at}?q=ulf").words and "Invited" in admin.get(f"{at}?q=ulf").words
    letters = select(PlatformOutboxRow).where(PlatformOutboxRow.arguments["person_id"].astext == str(row.id))
    before = len(house.platform().session.scalars(letters).all())
    admin.post(f"{at}/{row.id}/invitation", {}, status=303)
    assert len(house.platform().session.scalars(letters).all()) == before + 1


def test_somebody_of_the_firm_is_let_in_on_the_firms_side(admin: Client, at: str, team: Team, people) -> None:  # type: ignore[no-untyped-def]
    admin.post(at, form(team, name="Consultant Person", email="consultant@firm.example", role="pmo"), status=303)
    row = member(team, "consultant@firm.example")
    assert row is not None and row.side == "firm"
    assert "Consultant Person" in admin.get(f"{at}?state=firm").words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("email", "nowhere"),
        ("role", "king"),
        ("node", str(UUID(int=7))),
        ("node", "x"),
        ("name", "x" * 121),
    ],
)
def test_bad_input_is_told_at_the_field_and_nobody_is_let_in(
    field: str, value: str, admin: Client, at: str, team: Team
) -> None:
    typed = form(team, **{field: value})
    page = admin.post(at, typed, status=422)
    assert len(page.errors()) == 1
    assert member(team, typed["email"]) is None


def test_roles_are_given_and_taken(admin: Client, at: str, team: Team) -> None:
    person, package = team.second, str(team.package)
    admin.post(f"{at}/{person}/roles", {"role": "auditor", "node": package}, status=303)
    page = admin.get(f"{at}?edit={person}")
    assert "Take: Auditor at" in page.words
    for _ in range(2):
        admin.post(f"{at}/{person}/roles/removal", {"role": "auditor", "node": package}, status=303)
    assert "Take: Auditor at" not in admin.get(f"{at}?edit={person}").words
    assert admin.post(f"{at}/{person}/roles", {"role": "", "node": package}, status=422).errors()


def test_the_client_ends_and_restores_the_access_of_the_firm(
    admin: Client, at: str, team: Team, site: Flask, house: House
) -> None:
    manager = Client(site, house.manager)
    manager.get(at)
    admin.post(f"{at}/{team.pmo}/end", {}, status=303)
    manager.get(at, 404)
    assert "Clara Vogt" in admin.get(f"{at}?state=ended").words
    assert admin.post(at, form(team, email="clara@firm.example"), status=422).errors()
    admin.post(f"{at}/{team.pmo}/restoration", {}, status=303)
    assert manager.get(at).title == "People"


def test_oneself_and_an_administrator_are_not_ended_by_the_programme_office(
    admin: Client, at: str, team: Team, site: Flask
) -> None:
    row = member(team, "admin@staffed-ag.example")
    assert "Somebody else has to end your own access" in admin.post(f"{at}/{row.id}/end", {}, status=422).words
    refused = Client(site, team.pmo).post(f"{at}/{row.id}/end", {}, status=422)
    assert "Your role here does not include this" in refused.words


def test_the_programme_office_makes_no_administrators(at: str, team: Team, site: Flask) -> None:
    page = Client(site, team.pmo).post(at, form(team, role="instance_administrator"), status=422)
    assert page.errors() == ["Choose a role."]


def test_readers_see_no_forms_and_strangers_are_not_there(
    at: str, team: Team, site: Flask, admin: Client, house: House, two_clients: tuple[Instance, Instance]
) -> None:
    owner = Client(site, team.owner)
    assert not owner.get(f"{at}?edit={team.sponsor}").all("form", action=at, method="post")
    owner.post(at, form(team), status=404)
    admin.post(f"{at}/{uuid4()}/end", {}, status=404)
    foreign = house.work(two_clients[1]).session.scalar(select(MemberRow.id).where(MemberRow.email.like("admin@%")))
    admin.post(f"{at}/{foreign}/end", {}, status=404)


def test_a_narrow_scope_sees_only_roles_within_it(at: str, team: Team, site: Flask) -> None:
    branch = team.build(team.actor(team.pmo))
    office = team.enrol("Nina Branch", f"{uuid4()}@example.org")
    from tenants.instance.actions import members

    members.admit_member(team.work, office, "Nina Branch", f"{uuid4()}@example.org", "client", None)
    members.give_role(team.work, office, Role.PMO, branch, None)
    page = Client(site, office).get(at)
    assert "Nina Branch" in page.words and "Petra Holm" not in page.words
    choices = [option.get("value") for option in page.all("select", id="node")[0].iter() if option.get("value")]
    assert choices == [str(branch)]
    assert team.work.session.scalar(select(func.count(NodeRow.id))) > 1


def test_statements_do_not_grow_with_people(at: str, team: Team, site: Flask, admin: Client) -> None:
    admin.get(at)
    with statements(site) as before:
        admin.get(at)
    for _ in range(4):
        team.join("More", Role.CONTRIBUTOR)
    with statements(site) as after:
        admin.get(at)
    assert len(after) == len(before)


@pytest.fixture(scope="module")
def shop_floor(house: House) -> tuple[Instance, Team]:
    with house.app.app_context():
        instance = house.onboard("Shopfloor AG", "order-governance")
        return instance, Team(house.work(instance), house)


def newcomer(team: Team, name: str) -> PersonId:
    """Somebody without a role."""
    address = f"{uuid4()}@example.org"
    person = team.enrol(name, address)
    admit_member(team.work, person, name, address, "client", None)
    return person


def limited(team: Team, person: UUID) -> list[tuple[str, str, UUID | None]]:
    team.work.session.rollback()
    rows = team.work.session.scalars(select(AssignmentRow).where(AssignmentRow.member_id == person))
    return sorted((row.role, row.channel, row.business_unit_id) for row in rows)


def test_a_role_of_orders_is_given_for_one_channel_and_taken(
    site: Flask, house: House, shop_floor: tuple[Instance, Team]
) -> None:
    instance, team = shop_floor
    with house.app.app_context():
        admin, person = Client(site, team.pmo), newcomer(team, "Nora Desk")
        at, root = f"/clients/{instance.slug}/people", str(team.organization)
        typed = {"role": "order_desk", "node": root, "limit": "channel:shop"}
        for _time in range(2):
            admin.post(f"{at}/{person}/roles", typed, status=303)
        assert limited(team, person) == [("order_desk", "shop", None)]
        assert "orders of Own shop" in admin.get(f"{at}?edit={person}").words
        admin.post(f"{at}/{person}/roles", typed | {"limit": "channel:pigeon"}, status=422)
        page = admin.post(f"{at}/{person}/roles", typed | {"role": "owner"}, status=422)
        assert "Only roles of orders" in page.words
        admin.post(f"{at}/{person}/roles", typed | {"limit": ""}, status=303)
        assert limited(team, person) == [("order_desk", "", None), ("order_desk", "shop", None)]
        admin.post(f"{at}/{person}/roles/removal", typed, status=303)
        assert limited(team, person) == [("order_desk", "", None)]


def test_who_holds_a_role_for_some_orders_finds_orders_and_nobody_else(
    site: Flask, house: House, shop_floor: tuple[Instance, Team]
) -> None:
    instance, team = shop_floor
    with house.app.app_context():
        admin, person = Client(site, team.pmo), newcomer(team, "Olaf Desk")
        home = f"/clients/{instance.slug}"
        unit = team.work.session.scalar(select(ReferenceRow.id).where(ReferenceRow.kind == "business_unit"))
        typed = {"role": "fulfilment_lead", "node": str(team.organization), "limit": f"unit:{unit}"}
        admin.post(f"{home}/people/{person}/roles", typed, status=303)
        assert limited(team, person) == [("fulfilment_lead", "", unit)]
        theirs = Client(site, person)
        theirs.get(f"{home}/orders")
        theirs.get(f"{home}/people", status=404)
