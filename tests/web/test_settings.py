"""Set-up: what governs, closing months, reference data and forums, the template in words."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.access import Capability
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.people import ForumMemberRow, ForumRow, ReferenceRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.queries.import_reference import get_reference
from tenants.places import Instance
from tests.house import House
from tests.team import Team
from tests.web.client import Client


@pytest.fixture(scope="module")
def governed(house: House) -> tuple[Instance, Team]:
    with house.app.app_context():
        instance = house.onboard("Governed AG")
        return instance, Team(house.work(instance), house)


@pytest.fixture
def at(governed: tuple[Instance, Team]) -> str:
    return f"/clients/{governed[0].slug}/settings"


@pytest.fixture
def team(governed: tuple[Instance, Team], house: House):  # type: ignore[no-untyped-def]
    with house.app.app_context():
        governed[1].work.session.rollback()
        yield governed[1]


@pytest.fixture
def office(site: Flask, governed: tuple[Instance, Team]) -> Client:
    return Client(site, governed[1].pmo)


def count(team: Team, row_type: type, **wanted: object) -> int:
    team.work.session.rollback()
    conditions = [getattr(row_type, name) == value for name, value in wanted.items()]
    return team.work.session.scalar(select(func.count()).select_from(row_type).where(*conditions)) or 0


def test_the_facts_and_the_governance_can_be_read(office: Client, at: str) -> None:
    page = office.get(at)
    assert "Cost programme, version 2" in page.words and "FY 2026: Jan 2026 to Dec 2026" in page.words
    words = office.get(f"{at}/template").words
    assert "Size and timing confirmed by the controller" in words and "by quorum and majority" in words


def test_every_shipped_template_can_be_read(manager: Client, two_clients: tuple[Instance, Instance]) -> None:
    assert manager.get(f"/clients/{two_clients[1].slug}/settings/template").words


def test_months_are_closed_one_after_the_other_and_once(site: Flask, at: str, team: Team) -> None:
    controller = Client(site, team.controller)
    controller.get(at, 404)
    assert "Close Oct 2026" in controller.get(f"{at}/months").words
    assert controller.post(f"{at}/months", {"month": "soon"}, status=422).words
    assert "once they are over" in controller.post(f"{at}/months", {"month": "2026-12"}, status=422).words
    for _ in range(2):
        controller.post(f"{at}/months", {"month": "2026-10"}, status=303)
    team.work.session.rollback()
    team.work.session.expire_all()
    settings = team.work.session.scalars(select(SettingsRow)).one()
    assert settings.closed_through == "2026-10"
    assert "The next one can be closed when it is over" in controller.get(f"{at}/months").words
    Client(site, team.owner).post(f"{at}/months", {"month": "2026-11"}, status=404)


def test_reference_data_is_added_once(office: Client, at: str, team: Team) -> None:
    for name in ("Nordics", "nordics"):
        office.post(f"{at}/references/business_unit", {"name": name}, status=303)
    assert count(team, ReferenceRow, kind="business_unit", name="Nordics") == 1
    assert "Nordics" in office.get(at).words
    assert office.post(f"{at}/references/function", {"name": " "}, status=422).errors() == ["Fill in: name."]
    assert office.post(f"{at}/references/function", {"name": "x" * 121}, status=422).errors()
    office.post(f"{at}/references/colour", {"name": "Blue"}, status=404)


@pytest.fixture
def unit(office: Client, at: str, team: Team) -> UUID:
    """A business unit of its own."""
    office.post(f"{at}/references/business_unit", {"name": f"Unit {uuid4().hex[:8]}"}, status=303)
    team.work.session.rollback()
    return team.work.session.scalars(select(ReferenceRow.id).where(ReferenceRow.name.like("Unit %"))).all()[-1]


def test_a_business_unit_is_renamed_and_a_stale_name_is_shown_beside_the_newer(
    office: Client, at: str, unit: UUID, team: Team
) -> None:
    where = f"{at}/references/business_unit/{unit}"
    page, other = office.get(where), f"Renamed {unit.hex[:8]}"
    form = {name: page.field(name) for name in ("version", "opened.name")}
    office.post(where, form | {"name": other}, status=303)
    office.post(where, form | {"name": other}, status=303)
    assert other in office.get(at).words
    clash = office.post(where, form | {"name": "Late"}, status=409)
    assert other in clash.words and "Late" in clash.words
    assert office.post(where, form | {"name": "shared"}, status=422).errors() == ["There is “shared” here already."]
    office.get(f"{at}/references/function/{unit}", 404)
    events = select(AuditEventRow.kind).where(AuditEventRow.subject_id == unit).order_by(AuditEventRow.sequence)
    team.work.session.rollback()
    assert team.work.session.scalars(events).all() == ["ReferenceRenamed", "DuplicateName"]


def test_a_retired_unit_stays_where_it_is_and_is_not_chosen_anew(
    site: Flask, office: Client, at: str, unit: UUID, team: Team
) -> None:
    user, home = Client(site, team.owner), at.removesuffix("/settings")
    code, row = team.row(team.define(business_unit=unit)).code, team.row(team.define())
    other, version = row.code, str(row.version)
    where, name = f"{at}/references/business_unit/{unit}", team.work.get(ReferenceRow, unit).name
    for _ in range(2):
        office.post(f"{where}/retirement", status=303)
    assert "retired" in office.get(where).words
    assert name in user.get(f"{home}/measures/{code}").words
    held = user.get(f"{home}/measures/{code}/edit").all("option", value=str(unit))
    assert [each.get("selected") is not None for each in held] == [True]
    assert name not in user.get(f"{home}/measures/{other}/edit").words
    assert code in user.get(f"{home}/measures?unit={unit}").words
    refused = user.post(f"{home}/measures/{other}", {"version": version, "business_unit": str(unit)}, status=422)
    assert refused.errors() == ["Choose from the list."]
    again = office.post(f"{at}/references/business_unit", {"name": name.upper()}, status=422)
    assert "is retired. Bring it back" in again.errors()[0]
    reference = get_reference(team.work, team.actor(team.pmo).scope_for(Capability.IMPORT))
    assert name not in reference.business_units and ("business_unit", name) in reference.retired
    office.post(f"{where}/return", status=303)
    assert name in user.get(f"{home}/measures/{other}/edit").words


def test_a_retired_forum_is_not_named_anew(site: Flask, office: Client, at: str, team: Team) -> None:
    forum, user, home = uuid4(), Client(site, team.owner), at.removesuffix("/settings")
    typed = {"name": "Passing board", "quorum": "1", "members": [str(team.chair)], "version": "0"}
    office.post(f"{at}/forums/{forum}", typed, status=303)
    where = f"{home}/measures/{team.row(team.define()).code}/edit"
    assert "Passing board" in user.get(where).words
    office.post(f"{at}/forums/{forum}/retirement", status=303)
    assert "Passing board" not in user.get(where).words
    assert "Bring Passing board back" in office.get(f"{at}/forums/{forum}").words
    office.post(f"{at}/forums/{forum}/return", status=303)
    assert "Passing board" in user.get(where).words


def test_a_forum_is_added_once_and_changed(office: Client, at: str, team: Team) -> None:
    forum = uuid4()
    typed = {"name": "Margin board", "quorum": "2", "members": [str(team.chair), str(team.second)]}
    for _ in range(2):
        office.post(f"{at}/forums/{forum}", typed | {"chair": str(team.chair), "version": "0"}, status=303)
    assert count(team, ForumRow, name="Margin board") == 1
    assert count(team, ForumMemberRow, forum_id=forum) == 2
    assert office.get(f"{at}/forums/{forum}").field("name") == "Margin board"
    changed = {"members": [str(team.chair)], "quorum": "1", "chair": "", "version": "1"}
    office.post(f"{at}/forums/{forum}", typed | changed, status=303)
    assert count(team, ForumMemberRow, forum_id=forum) == 1
    office.get(f"{at}/forums/{uuid4()}", 404)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "Steering committee"},
        {"quorum": "many"},
        {"quorum": "9"},
        {"members": []},
        {"quorum": "0"},
    ],
)
def test_a_forum_that_cannot_be_is_told_at_the_field(
    wrong: dict[str, object], office: Client, at: str, team: Team
) -> None:
    typed = {"name": "New one", "quorum": "1", "members": [str(team.chair)], "chair": ""} | wrong
    assert office.post(f"{at}/forums/{uuid4()}", typed, status=422).errors()
    assert count(team, ForumRow, name="New one") == 0


def test_a_chair_is_a_member(office: Client, at: str, team: Team) -> None:
    typed = {"name": "Another", "quorum": "1", "members": [str(team.chair)], "chair": str(team.second)}
    assert office.post(f"{at}/forums/{uuid4()}", typed, status=422).errors() == ["The chair is one of the members."]


def test_auditors_read_and_change_nothing(site: Flask, at: str, team: Team) -> None:
    from domain.access import Role

    auditor = Client(site, team.join("Nils Audit", Role.AUDITOR))
    assert not [form for form in auditor.get(at).all("form", method="post") if "settings" in form.get("action", "")]
    auditor.get(f"{at}/forums/new", 404)
    auditor.post(f"{at}/references/function", {"name": "X"}, status=404)
    entry = team.work.session.scalars(select(ReferenceRow.id).where(ReferenceRow.kind == "function")).first()
    for act in ("", "/retirement", "/return"):
        auditor.post(f"{at}/references/function/{entry}{act}", {"name": "X"}, status=404)


def test_a_forum_that_somebody_saved_meanwhile_is_not_overwritten(office: Client, at: str, team: Team) -> None:
    forum, both = uuid4(), [str(team.chair), str(team.second)]
    typed = {"name": "Two hands", "quorum": "2", "members": both, "chair": str(team.chair)}
    office.post(f"{at}/forums/{forum}", typed | {"version": "0"}, status=303)
    page = office.get(f"{at}/forums/{forum}")
    opened = {each.get("name"): each.get("value") for each in page.all("input") if "opened." in each.get("name", "")}
    form = typed | opened | {"version": page.field("version")}
    office.post(f"{at}/forums/{forum}", form | {"chair": str(team.second)}, status=303)
    clash = office.post(f"{at}/forums/{forum}", form | {"quorum": "1"}, status=409)
    assert "unchanged, theirs stays" in clash.words and "yours is kept" in clash.words
    sent = {each.get("name"): each.get("value") for each in clash.all("input", type="hidden")}
    office.post(f"{at}/forums/{forum}", sent, status=303)
    team.work.session.rollback()
    team.work.session.expire_all()
    row = team.work.get(ForumRow, forum)
    assert (row.quorum, row.chair_id) == (1, team.second)
    assert count(team, ForumMemberRow, forum_id=forum) == 2


def test_days_off_are_added_by_the_line_and_removed(office: Client, at: str) -> None:
    pasted = "2027-12-24 Christmas Eve\n25.12.2027 Christmas Day"
    office.post(f"{at}/holidays", {"days": pasted}, status=303)
    page = office.get(f"{at}/holidays?year=2027")
    assert "2 days off besides the weekends" in page.words and "Christmas Eve" in page.words
    assert "Christmas Eve" in office.get(at).words
    office.post(f"{at}/holidays/2027-12-24/removal", {}, status=303)
    assert "Christmas Eve" not in office.get(f"{at}/holidays?year=2027").words
    office.post(f"{at}/holidays/tomorrow/removal", {}, status=404)


def test_a_line_that_is_no_day_adds_none_and_is_named(office: Client, at: str) -> None:
    wrong = office.post(f"{at}/holidays", {"days": "2028-01-06 Epiphany\n12/25/2028 Christmas"}, status=422)
    assert "Line 2 is not a day and a name" in wrong.errors()[0]
    assert "Epiphany" in wrong.field("days")
    assert "No days off in 2028" in office.get(f"{at}/holidays?year=2028").words


def test_auditors_read_the_calendar_only(site: Flask, at: str, team: Team) -> None:
    from domain.access import Role

    auditor = Client(site, team.join("Nora Audit", Role.AUDITOR))
    assert not [form for form in auditor.get(f"{at}/holidays").all("form") if "holidays" in form.get("action", "")]
    auditor.post(f"{at}/holidays", {"days": "2028-01-06 Epiphany"}, status=404)
