"""Reports: asked for once, watched while made, opened, tried again; scope, bad input, a queue that is down."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from openpyxl import load_workbook

from domain.access import Role
from domain.audit import Head
from domain.reporting import to_plain
from tenants.instance.actions import members
from tenants.instance.actions import reports as acts
from tenants.instance.models.reports import ReportRow
from tenants.places import Instance
from tests.house import NOW, House
from tests.packs import ordinary
from tests.team import Team
from tests.web.client import Client, statements


@pytest.fixture(scope="module")
def reported(house: House) -> tuple[Instance, Team]:
    with house.app.app_context():
        instance = house.onboard("Reported AG")
        return instance, Team(house.work(instance), house)


@pytest.fixture
def at(reported: tuple[Instance, Team]) -> str:
    return f"/clients/{reported[0].slug}/reports"


@pytest.fixture
def team(reported: tuple[Instance, Team], house: House):  # type: ignore[no-untyped-def]
    with house.app.app_context():
        reported[1].work.session.rollback()
        yield reported[1]


@pytest.fixture
def office(site: Flask, reported: tuple[Instance, Team]) -> Client:
    return Client(site, reported[1].pmo)


def ask(office: Client, at: str, team: Team, node: UUID | None = None) -> UUID:
    form = {"node": str(node or team.organization), "form_key": str(uuid4())}
    return UUID(office.post(at, form, status=303).location.rsplit("/", 1)[1])


def finish(team: Team, report: UUID) -> None:
    head = Head(sequence=12, hash="ab" * 32)
    data = to_plain(ordinary())
    acts.keep_frozen(team.work, report, acts.Frozen(data=data, digest="cd" * 32, as_of=NOW, head=head))
    acts.store_report(team.work, report, b"%PDF-1.7 made by a test", 9)


def test_the_same_form_twice_is_one_report(office: Client, at: str, team: Team) -> None:
    before = team.work.session.query(ReportRow).count()
    form = {"node": str(team.organization), "form_key": str(uuid4())}
    assert office.post(at, form, status=303).location == office.post(at, form, status=303).location
    team.work.session.rollback()
    assert team.work.session.query(ReportRow).count() == before + 1


def test_progress_is_polled_until_the_report_is_there(office: Client, at: str, team: Team) -> None:
    report = ask(office, at, team)
    page = office.get(f"{at}/{report}")
    assert "The report waits for its turn" in page.words and "look again" in page.words
    assert "The queue does not answer" in page.words  # the test house has no Redis
    acts.enter_step(team.work, report, "draw")
    part = office.get(f"{at}/{report}", htmx=True)
    assert part.all("div", id="report-state")[0].get("hx-trigger") == "every 1s"
    assert "Step 3 of 4" in part.words and not part.all("h1")
    finish(team, report)
    done = office.get(f"{at}/{report}", htmx=True)
    assert done.all("div", id="report-state")[0].get("hx-trigger") is None
    assert "The report is ready" in done.words
    assert "Ready" in office.get(at).words


def test_the_file_opens_or_downloads_under_a_good_name(office: Client, at: str, team: Team) -> None:
    report = ask(office, at, team)
    office.get(f"{at}/{report}/file", 404)
    finish(team, report)
    opened = office.http.get(f"{at}/{report}/file")
    assert (opened.mimetype, opened.data[:5]) == ("application/pdf", b"%PDF-")
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in opened.headers["Content-Security-Policy"]
    assert opened.headers["Content-Disposition"].startswith("inline")
    loaded = office.http.get(f"{at}/{report}/file?download=1").headers["Content-Disposition"]
    assert loaded.startswith("attachment") and "Reported AG 2026-11-20.pdf" in loaded


def test_what_the_pages_cut_is_whole_in_the_workbook_beside_them(office: Client, at: str, team: Team) -> None:
    report = ask(office, at, team)
    office.get(f"{at}/{report}/lists.xlsx", 404)
    finish(team, report)
    assert "9 pages" in office.get(f"{at}/{report}").words
    book = load_workbook(BytesIO(office.get(f"{at}/{report}/lists.xlsx").response.data))
    assert book.sheetnames[:2] == ["Roll-up", "Measures"]
    assert book["Measures"].max_row == len(ordinary().measures) + 1


def test_a_failed_report_says_so_and_is_tried_again(office: Client, at: str, team: Team) -> None:
    report = ask(office, at, team)
    acts.enter_step(team.work, report, "draw")
    acts.report_given_up(team.work, report, "ValueError: pages")
    page = office.get(f"{at}/{report}")
    assert "ValueError" not in page.words and "tell those who run Mandate" in page.words and "Try again" in page.words
    again = office.post(at, {"node": page.field("node"), "form_key": page.field("form_key")}, status=303)
    assert str(report) not in again.location


@pytest.mark.parametrize("node", ["", "x", str(UUID(int=7))])
def test_an_unknown_node_is_told_at_the_field(node: str, office: Client, at: str) -> None:
    assert office.post(at, {"node": node, "form_key": str(uuid4())}, status=422).errors()


def test_a_report_is_readable_only_within_the_scope(office: Client, at: str, team: Team, site: Flask) -> None:
    whole = ask(office, at, team)
    branch = team.build(team.actor(team.pmo))
    part = ask(office, at, team, branch)
    reader = team.enrol("Lena Lead", f"{uuid4()}@example.org")
    members.admit_member(team.work, reader, "Lena Lead", f"{uuid4()}@example.org", "client", None)
    members.give_role(team.work, reader, Role.LEADERSHIP, branch, None)
    client = Client(site, reader)
    client.get(f"{at}/{whole}", 404)
    client.get(f"{at}/{uuid4()}", 404)
    client.get(f"{at}/{part}")
    assert str(whole) not in client.get(at).text
    assert client.post(at, {"node": str(team.organization), "form_key": str(uuid4())}, status=422).errors()


def test_owners_read_reports_and_ask_for_none(site: Flask, at: str, team: Team) -> None:
    owner = Client(site, team.owner)
    assert not owner.get(at).all("form", action=at)
    owner.post(at, {"node": str(team.organization), "form_key": str(uuid4())}, status=404)


def test_statements_do_not_grow_with_reports(office: Client, at: str, team: Team, site: Flask) -> None:
    office.get(at)
    with statements(site) as before:
        office.get(at)
    for _ in range(3):
        ask(office, at, team)
    with statements(site) as after:
        office.get(at)
    assert len(after) == len(before)
