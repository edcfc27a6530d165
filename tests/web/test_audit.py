"""The audit page: events in words, filters, scope, paging, export and verification."""

from __future__ import annotations

import json
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from openpyxl import load_workbook

from domain.access import Role
from domain.gates import GateNotReady
from domain.stages import Stage
from tenants.instance.actions import members, requests
from tenants.instance.queries.trail import TrailEvent, events_of
from tenants.places import Instance
from tests.house import NOW, House
from tests.team import Team
from tests.web.client import Client, statements


@pytest.fixture(scope="module")
def full(house: House) -> tuple[Instance, Team]:
    """A client with a decided measure and a refused attempt; more events than a page holds."""
    with house.app.app_context():
        instance = house.onboard("Audited AG")
        team = Team(house.work(instance), house)
        for _ in range(3):
            measure = team.define()
            team.plan(measure)
            team.decide(measure)
        early = team.define(title="Too early", description="", risks="")
        refused = requests.request_gate(team.work, early, uuid4(), Stage.IDENTIFIED, team.actor(team.owner))
        assert isinstance(refused, GateNotReady)
    return instance, team


def address(full: tuple[Instance, Team]) -> str:
    return f"/clients/{full[0].slug}/audit"


def test_events_are_told_in_words_and_the_next_page_goes_on(site: Flask, full: tuple[Instance, Team]) -> None:
    client = Client(site, full[1].pmo)
    page = client.get(address(full))
    assert "was refused: gate not ready" in page.words
    assert "locked the plan, version 1" in page.words
    assert "entered forecast of “Parcel base rates” for 24 months, Jan 2026 to Dec 2027" in page.words
    older = next(link for link in page.links() if "before=" in link)
    first = {element.get("id") for element in page.all("li") if (element.get("id") or "").startswith("e")}
    second = {e.get("id") for e in client.get(older).all("li") if (e.get("id") or "").startswith("e")}
    assert len(first) == 50 and second and not first & second


def test_filters_narrow_and_bad_days_are_told(site: Flask, full: tuple[Instance, Team]) -> None:
    client = Client(site, full[1].pmo)
    refused = client.get(f"{address(full)}?refusals=1")
    assert refused.words.count("was refused") == 1
    assert "Maria Lund" in client.get(f"{address(full)}?person={full[1].sponsor}").words
    assert "No event matches" in client.get(f"{address(full)}?until=2020-01-01").words
    assert client.get(f"{address(full)}?since=soon", 422).errors() == ["Write the day as year-month-day."]
    assert client.get(f"{address(full)}?since=2026-02-01&until=2026-01-01", 422).errors()
    assert client.get(f"{address(full)}?kind=PlanVersionLocked").words.count("locked the plan") == 3


def test_a_narrow_scope_shows_neither_other_branches_nor_the_whole_instance(
    site: Flask, full: tuple[Instance, Team], house: House
) -> None:
    _instance, team = full
    with house.app.app_context():
        branch = team.build(team.actor(team.pmo))
        auditor = team.enrol("Nils Audit", f"{uuid4()}@example.org")
        members.admit_member(team.work, auditor, "Nils Audit", f"{uuid4()}@example.org", "client", None)
        members.give_role(team.work, auditor, Role.AUDITOR, branch, None)
    page = Client(site, auditor).get(address(full))
    assert "M-0001" not in page.words and "opened the instance" not in page.words
    assert "gave the role auditor" in page.words


def test_export_holds_what_the_filter_lets_through(site: Flask, full: tuple[Instance, Team]) -> None:
    answer = Client(site, full[1].pmo).http.get(f"{address(full)}/export.xlsx?refusals=1")
    assert answer.status_code == 200 and answer.headers["X-Content-Type-Options"] == "nosniff"
    rows = list(load_workbook(BytesIO(answer.data))["Audit trail"].iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][4] == "GateNotReady" and json.loads(rows[1][9])["target"] == "identified"


def test_verification_says_that_the_chain_holds(site: Flask, full: tuple[Instance, Team], house: House) -> None:
    _instance, team = full
    with house.app.app_context():
        auditor = team.join("Vera Audit", Role.AUDITOR)
    client = Client(site, auditor)
    assert "Not verified yet" in client.get(address(full)).words
    client.post(f"{address(full)}/verifications", {}, status=303)
    page = client.get(address(full))
    assert "The trail is intact" in page.text and "Intact" in page.words
    Client(site, team.owner).get(address(full), 404)
    Client(site, team.controller).post(f"{address(full)}/verifications", {}, status=404)


def test_statements_do_not_grow_with_events(site: Flask, full: tuple[Instance, Team]) -> None:
    client = Client(site, full[1].pmo)
    client.get(address(full))
    with statements(site) as one:
        client.get(f"{address(full)}?kind=InstanceFounded")
    with statements(site) as many:
        client.get(address(full))
    assert len(one) == len(many)


def test_months_that_changed_alike_are_one_line() -> None:
    line = str(uuid4())
    fields = [f"line.{line}.plan.2026-{number:02d}" for number in (11, 12)] + [f"line.{line}.plan.2027-01"]
    changes = [{"field": field, "before": None, "after": "5.00"} for field in fields]
    event = TrailEvent(
        sequence=1, at=NOW, actor_name="", on_behalf_of="", kind="AmountsEntered", is_refusal=False, subject_kind="",
        subject_id=None, subject_label="", reason="", body={"changes": changes}, names={line: "Rates"}, hash="",
    )  # fmt: skip
    assert [(each.month, each.until, each.part) for each in event.changes] == [("2026-11", "2027-01", "Rates")]


def test_a_measure_shows_its_own_trail_to_those_it_names(full: tuple[Instance, Team], house: House) -> None:
    _instance, team = full
    with house.app.app_context():
        measure = team.define(title="Named")
        scope = team.actor(team.owner).scope_for("view_measures")
        nobody = type(scope)((), team.owner)
        assert [event.kind for event in events_of(team.work, nobody, measure, limit=1)] == ["MeasureCreated"]
        assert events_of(team.work, type(scope)((), uuid4()), measure) == ()
