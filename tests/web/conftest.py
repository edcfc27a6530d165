"""The site, and a browser for every role. Two clients are always there; the roles are held in the first."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from domain.access import FirmRole, Role
from domain.ids import PersonId
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.places import Instance
from tenants.platform.actions.firms import add_member
from tenants.platform.actions.people import admit, ensure_people
from tests.house import NOW, House
from tests.team import Team
from tests.web.client import Client
from web.app import create_app


@pytest.fixture(scope="session")
def site(house: House, two_clients: tuple[Instance, Instance]) -> Flask:
    """The web application on the test house, at a clock that stands still."""
    app = create_app(house.settings)
    app.extensions["clock"] = lambda: NOW
    return app


@pytest.fixture(autouse=True)
def clock_stands_still(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test may move `site.extensions["clock"]`; afterwards it is NOW again."""
    yield
    if "site" in request.fixturenames:
        request.getfixturevalue("site").extensions["clock"] = lambda: NOW


@pytest.fixture(scope="session")
def people(house: House, two_clients: tuple[Instance, Instance]) -> dict[str, PersonId]:
    """One person for each role: client roles at the organization of the first client, firm roles in the firm only.

    Keys are the roles' values ("owner", "partner"), and "nobody": in the second client, with no role there.
    """
    with house.app.app_context():
        made = {role.value: _client_person(house, two_clients[0], role) for role in Role}
        made |= {role.value: _firm_person(house, role) for role in FirmRole}
        made["nobody"] = _client_person(house, two_clients[1], None)
    return made


@pytest.fixture(scope="session")
def shop_people(house: House, two_shops: tuple[Instance, Instance], people: dict[str, PersonId]) -> dict[str, PersonId]:
    """The same for the first client with orders: people of its own for the client's roles."""
    with house.app.app_context():
        made = {role.value: _client_person(house, two_shops[0], role) for role in Role}
    return people | made


@pytest.fixture
def browser(site: Flask, people: dict[str, PersonId]) -> Callable[[str], Client]:
    """browser("owner"): a signed-in client of that role; browser("") is nobody signed in."""
    return lambda role: Client(site, people[role] if role else None)


@pytest.fixture
def shop_browser(site: Flask, shop_people: dict[str, PersonId]) -> Callable[[str], Client]:
    """browser() for the first client with orders."""
    return lambda role: Client(site, shop_people[role] if role else None)


@pytest.fixture
def shop_home(two_shops: tuple[Instance, Instance]) -> str:
    """The address of the first client with orders."""
    return f"/clients/{two_shops[0].slug}"


@pytest.fixture
def manager(site: Flask, house: House) -> Client:
    """The engagement manager: partner and manager in the firm, PMO in both clients."""
    return Client(site, house.manager)


@pytest.fixture
def anonymous(site: Flask) -> Client:
    return Client(site)


@pytest.fixture
def home(two_clients: tuple[Instance, Instance]) -> str:
    """The address of the first client: "/clients/lindqvist-home"."""
    return f"/clients/{two_clients[0].slug}"


def _client_person(house: House, instance: Instance, role: Role | None) -> PersonId:
    word = role.value if role else "nobody"
    email, name = f"{word}@{instance.slug}.example", f"{word.replace('_', ' ').title()} Person"
    platform = house.platform()
    person = ensure_people(platform, {email: name})[email]
    admit(platform, instance.id, person, "client", invite=False)
    platform.close()
    work = house.work(instance)
    with work.transaction() as tx:
        tx.add(MemberRow(id=person, email=email, name=name, side="client", created_at=NOW))
        tx.flush()
        organization = tx.session.query(NodeRow).filter_by(parent_id=None).one()
        if role:
            tx.add(
                AssignmentRow(
                    id=uuid.uuid4(),
                    member_id=person,
                    role=role,
                    node_id=organization.id,
                    node_path=organization.path,
                    created_at=NOW,
                )
            )
    work.close()
    return person


def _firm_person(house: House, role: FirmRole) -> PersonId:
    email = f"{role.value}@firm.example"
    work = house.platform()
    person = ensure_people(work, {email: f"{role.value.replace('_', ' ').title()} Person"})[email]
    add_member(work, house.firm, person, role)
    work.close()
    return person


@pytest.fixture(scope="module")
def team(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Team]:
    """The people of one file, in the first client."""
    with house.app.app_context():
        team = Team(house.work(two_clients[0]), house)
        yield team
        team.work.close()


@pytest.fixture
def at(site: Flask) -> Callable[[PersonId], Client]:
    """A browser of any person."""
    return lambda person: Client(site, person)
