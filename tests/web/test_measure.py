"""The page of one measure and everything that is entered on it: checked, refused with words, never overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from domain.months import Month, span
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tenants.instance.actions import measures, values
from tenants.instance.models.measures import EvidenceRow, MeasureRow, MilestoneRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import AmountRow, EffectLineRow
from tests.team import Team
from tests.web.client import statements


@pytest.fixture
def planned(team: Team) -> UUID:
    """A measure with a line, two years of values and a milestone, at Defined."""
    measure = team.define()
    team.plan(measure)
    return measure


def address(team: Team, home: str, measure: UUID) -> str:
    return f"{home}/measures/{team.row(measure).code}"


def count(team: Team, row, *conditions) -> int:  # type: ignore[no-untyped-def]
    team.work.session.rollback()
    return len(team.work.session.scalars(select(row).where(*conditions)).all())


def line_of(team: Team, measure: UUID) -> UUID:
    team.work.session.rollback()
    return team.work.session.scalars(select(EffectLineRow.id).where(EffectLineRow.measure_id == measure)).one()


def milestone_of(team: Team, measure: UUID) -> UUID:
    team.work.session.rollback()
    return team.work.session.scalars(select(MilestoneRow.id).where(MilestoneRow.measure_id == measure)).one()


# The page


def test_the_page_says_where_the_measure_stands(at, team: Team, planned: UUID, home: str) -> None:
    page = at(team.owner).get(address(team, home, planned))
    assert page.title.endswith("Renegotiate parcel carrier contracts")
    assert "Everything is there for the gate into Identified" in page.words
    assert "Maria Lund" in page.words
    assert "The forecast is on plan" in page.words
    assert "Risks are named; depends on nothing" in page.words


def test_what_is_missing_stands_first_and_leads_to_where_it_is_mended(at, team: Team, home: str) -> None:
    measure = team.define(description="", sponsor=None)
    page = at(team.owner).get(address(team, home, measure))
    assert "2 criteria are missing before the gate into Identified" in page.words
    assert f"{address(team, home, measure)}/edit?focus=description" in page.links()
    assert "Not ready for Identified: 2 criteria are not met." in page.words


def test_an_unknown_code_and_a_foreign_measure_are_not_there(at, browser, team: Team, planned: UUID, home: str) -> None:
    at(team.owner).get(f"{home}/measures/M-9999", 404)
    at(team.owner).get(f"{home}/measures/{uuid4()}", 404)
    browser("nobody").get(address(team, home, planned), 404)


def test_the_id_leads_to_the_code(at, team: Team, planned: UUID, home: str) -> None:
    page = at(team.owner).get(f"{home}/measures/{planned}", 303)
    assert page.location.endswith(f"/measures/{team.row(planned).code}")


def test_readers_get_no_form_and_no_edit_page(at, browser, team: Team, planned: UUID, home: str) -> None:
    page = browser("auditor").get(address(team, home, planned))
    assert not any(link.endswith("/edit") for link in page.links())
    for part in ("edit", "values", "lines/new", "milestones/new", "evidence/new", "holds/new", "cancellations/new"):
        browser("auditor").get(f"{address(team, home, planned)}/{part}", 404)


def test_statements_do_not_grow_with_what_is_on_it(site: Flask, at, team: Team, planned: UUID, home: str) -> None:
    client, url, seen_counts = at(team.owner), address(team, home, planned), []
    client.get(url)
    for _round in range(2):
        with statements(site) as seen:
            client.get(url)
        seen_counts.append(len(seen))
        for _more in range(3):
            team.plan(planned)
    assert seen_counts[0] == seen_counts[1]


# Defining and editing


def test_a_measure_is_defined_once_however_often_the_form_is_sent(at, team: Team, home: str) -> None:
    client = at(team.owner)
    identity = client.get(f"{home}/measures/new").field("id")
    form = {"id": identity, "title": "Sent twice", "package": str(team.package)}
    first = client.post(f"{home}/measures", form)
    assert client.post(f"{home}/measures", form).location == first.location
    assert count(team, MeasureRow.id, MeasureRow.title == "Sent twice") == 1


def test_a_new_measure_needs_title_and_package(at, team: Team, home: str) -> None:
    page = at(team.owner).post(f"{home}/measures", {"id": str(uuid4()), "title": "", "package": ""}, 422)
    assert "Choose the measure package it belongs to." in page.errors()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("title", " ", "Fill in: title."),
        ("title", "x" * 201, "Too long: title has room for 200 characters."),
        ("rough_value", "1.234", "can be read in two ways"),
        ("rough_value", "many", "is not an amount"),
        ("end", "31/04/2026", "There is no such day"),
        ("end", "2025-01-01", "is before the start"),
        ("owner", "7b0c1c3e-0000-4000-8000-000000000000", "Choose from the list."),
    ],
)
def test_bad_input_is_told_at_the_field_and_nothing_is_lost(
    at, team: Team, planned: UUID, home: str, field: str, text: str, said: str
) -> None:
    row = team.row(planned)
    form = {"version": row.version, "assumptions": "Typed before", field: text}
    page = at(team.owner).post(address(team, home, planned), form, 422)
    assert any(said in error for error in page.errors()), page.errors()
    assert "Typed before" in page.text
    assert team.row(planned).version == row.version


def test_owner_and_controller_cannot_be_one(at, team: Team, planned: UUID, home: str) -> None:
    form = {"version": team.row(planned).version, "controller": str(team.owner)}
    page = at(team.owner).post(address(team, home, planned), form, 422)
    assert "The controller cannot also be the owner" in " ".join(page.errors())


def test_an_edit_is_saved_and_says_what_changed(at, team: Team, planned: UUID, home: str) -> None:
    client = at(team.owner)
    page = client.post(address(team, home, planned), {"version": team.row(planned).version, "title": "A new title"})
    assert client.get(page.location).title.endswith("A new title")
    assert team.row(planned).title == "A new title"


def test_a_stale_edit_shows_both_versions_and_overwrites_nothing(at, team: Team, planned: UUID, home: str) -> None:
    seen = team.row(planned)
    opened = {"version": seen.version, "opened.title": seen.title, "opened.assumptions": seen.assumptions}
    measures.edit_measure(team.work, planned, {"title": "Theirs"}, team.actor(team.pmo), seen.version)
    form = opened | {"title": "Mine", "assumptions": "Also mine"}
    page = at(team.owner).post(address(team, home, planned), form, 409)
    assert "Theirs" in page.words and "Mine" in page.words and "Also mine" in page.words
    assert "Saved by Clara Vogt" in page.words
    assert team.row(planned).title == "Theirs"
    form = page.all("section", id="clash")[0]
    again = {field.get("name"): field.get("value") for field in form.iter("{http://www.w3.org/1999/xhtml}input")}
    again = {name: value for name, value in again.items() if name != "csrf_token"} | {"keep.title": "theirs"}
    at(team.owner).post(address(team, home, planned), again)
    assert (team.row(planned).title, team.row(planned).assumptions) == ("Theirs", "Also mine")


def test_locked_fields_are_shown_with_the_reason(at, team: Team, planned: UUID, home: str) -> None:
    team.decide(planned)
    page = at(team.owner).get(f"{address(team, home, planned)}/edit")
    assert page.field("target") is None
    assert "Locked with the plan." in page.words
    refused = at(team.owner).post(
        address(team, home, planned), {"version": team.row(planned).version, "target": "1"}, 422
    )
    assert "The plan is locked since the decision" in refused.text


# Value


def test_amounts_are_entered_by_month(at, team: Team, planned: UUID, home: str) -> None:
    line = line_of(team, planned)
    url = f"{address(team, home, planned)}/values"
    page = at(team.owner).get(f"{url}?scenario=forecast&year=2026")
    assert page.field(f"c.{line}.2026-03") == "50000"
    form = {"version": team.row(planned).version, "scenario": "forecast", "year": "2026"}
    at(team.owner).post(url, form | {f"c.{line}.2026-03": "45,000.50"})
    assert amount(team, line, Scenario.FORECAST, Month(2026, 3)) == Decimal("45000.50")
    assert amount(team, line, Scenario.FORECAST, Month(2026, 4)) == Decimal("50000.00")


def test_a_bad_amount_is_told_at_its_cell_and_nothing_is_stored(at, team: Team, planned: UUID, home: str) -> None:
    line = line_of(team, planned)
    good, bad = f"c.{line}.2026-01", f"c.{line}.2026-02"
    form = {"version": team.row(planned).version, "scenario": "plan", "year": "2026", good: "1", bad: "1.234"}
    page = at(team.owner).post(f"{address(team, home, planned)}/values", form, 422)
    assert page.all("input", id=bad)[0].get("aria-invalid") == "true"
    assert page.field(good) == "1"
    assert "can be read in two ways" in " ".join(page.errors())
    assert amount(team, line, Scenario.PLAN, Month(2026, 1)) == Decimal("50000.00")


def test_a_negative_plan_is_refused_at_its_cell(at, team: Team, planned: UUID, home: str) -> None:
    line = line_of(team, planned)
    cell = f"c.{line}.2026-02"
    form = {"version": team.row(planned).version, "scenario": "plan", "year": "2026", cell: "-5"}
    page = at(team.owner).post(f"{address(team, home, planned)}/values", form, 422)
    assert page.all("input", id=cell)[0].get("aria-invalid") == "true"


def test_a_stale_grid_keeps_both(at, team: Team, planned: UUID, home: str) -> None:
    line = line_of(team, planned)
    seen, cell = team.row(planned).version, f"c.{line}.2026-05"
    theirs = {(line, Scenario.FORECAST): {Month(2026, 5): Decimal("40000.00")}}
    values.enter_amounts(team.work, planned, theirs, team.actor(team.pmo), None)
    form = {"version": seen, "scenario": "forecast", "year": "2026", cell: "30000", f"opened.{cell}": "50000.00"}
    page = at(team.owner).post(f"{address(team, home, planned)}/values", form, 409)
    assert "40,000.00" in page.words and "30,000.00" in page.words
    assert amount(team, line, Scenario.FORECAST, Month(2026, 5)) == Decimal("40000.00")


def test_a_total_is_spread_to_the_cent(at, team: Team, planned: UUID, home: str) -> None:
    line = line_of(team, planned)
    form = {"version": team.row(planned).version, "scenario": "plan", "year": "2026", "line": str(line)}
    at(team.owner).post(
        f"{address(team, home, planned)}/spreads", form | {"total": "100", "first": "2026-01", "last": "2026-03"}
    )
    found = [amount(team, line, Scenario.PLAN, month) for month in span(Month(2026, 1), Month(2026, 3))]
    assert found == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_a_spread_without_sense_is_told_at_the_field(at, team: Team, planned: UUID, home: str) -> None:
    form = {"version": team.row(planned).version, "scenario": "plan", "year": "2026"}
    wrong = form | {"line": str(line_of(team, planned)), "total": "a lot", "first": "2026-05", "last": "2026-01"}
    page = at(team.owner).post(f"{address(team, home, planned)}/spreads", wrong, 422)
    assert len(page.errors()) == 2


def test_an_effect_line_is_added_once_changed_and_removed(at, team: Team, home: str) -> None:
    measure = team.define()
    client, url = at(team.owner), address(team, home, measure)
    form = {"name": "Base rates", "kind": "material_cost", "recurrence": "recurring", "sign": "benefit"}
    new = form | {"id": str(uuid4()), "is_pnl": "yes", "currency": "EUR"}
    assert client.post(f"{url}/lines", new).location.endswith("/values?scenario=plan")
    client.post(f"{url}/lines", new)
    line = line_of(team, measure)
    assert "Fill in: name." in client.post(f"{url}/lines", new | {"id": str(uuid4()), "name": ""}, 422).errors()
    client.post(f"{url}/lines/{line}", {"version": team.row(measure).version, "name": "Renamed"})
    assert team.work.get(EffectLineRow, line).name == "Renamed"
    assert client.post(f"{url}/lines/{line}/removal", {"version": 1}, 409)
    client.post(f"{url}/lines/{line}/removal", {"version": team.row(measure).version})
    assert count(team, EffectLineRow, EffectLineRow.measure_id == measure) == 0


def test_only_the_controller_confirms(at, team: Team, planned: UUID, home: str) -> None:
    url, form = f"{address(team, home, planned)}/confirmation", {"version": team.row(planned).version}
    assert "Only the measure" in at(team.owner).post(url, form, 422).words
    assert at(team.controller).post(url, {"version": 0}, 409)
    at(team.controller).post(url, form)
    assert team.row(planned).controller_confirmed_at is not None


def test_actuals_open_when_the_measure_is_decided(at, team: Team, planned: UUID, home: str) -> None:
    url, line = f"{address(team, home, planned)}/values", line_of(team, planned)
    assert "Actuals open when the measure is decided" in at(team.controller).get(f"{url}?scenario=actual").words
    team.decide(planned)
    cell = f"c.{line}.2026-11"
    form = {"scenario": "actual", "year": "2026", cell: "47000"}
    at(team.controller).post(url, form | {"version": team.row(planned).version})
    assert amount(team, line, Scenario.ACTUAL, Month(2026, 11)) == Decimal("47000.00")


# Milestones and evidence


def test_a_milestone_is_promised_forecast_and_done(at, team: Team, home: str) -> None:
    measure = team.define()
    client, url = at(team.owner), f"{address(team, home, measure)}/milestones"
    new = {"id": str(uuid4()), "title": "Contract signed", "owner": str(team.owner), "due": "2026-10-01"}
    client.post(url, new)
    client.post(url, new)
    milestone = milestone_of(team, measure)
    assert client.post(f"{url}/{milestone}/forecast", {"forecast": "soon"}, 422).errors()
    client.post(f"{url}/{milestone}/forecast", {"forecast": "2026-12-24"})
    assert "1 of 1 milestones open, up to 84 days late" in client.get(address(team, home, measure)).words
    early = client.post(f"{url}/{milestone}/completion", {"done_on": "2027-01-01"}, 422)
    assert "still to come" in " ".join(early.errors())
    client.post(f"{url}/{milestone}/completion", {"done_on": "2026-11-02"})
    done = (MilestoneRow.id == milestone, MilestoneRow.done_on == date(2026, 11, 2))
    assert count(team, MilestoneRow, *done) == 1


def test_a_milestone_without_a_date_is_told_at_the_field(at, team: Team, home: str) -> None:
    url = f"{address(team, home, team.define())}/milestones"
    page = at(team.owner).post(url, {"id": str(uuid4()), "title": "No date", "due": ""}, 422)
    assert page.errors() == ["Enter a date."]
    assert page.field("title") == "No date"


def test_a_waiver_needs_reason_and_words(at, team: Team, planned: UUID, home: str) -> None:
    url = f"{address(team, home, planned)}/milestones/{milestone_of(team, planned)}/waiver"
    assert "Choose a reason from the list." in at(team.owner).post(url, {"reason": "", "comment": "x"}, 422).errors()
    assert at(team.owner).post(url, {"reason": "scope", "comment": ""}, 422).errors()
    at(team.owner).post(url, {"reason": "scope", "comment": "Not needed any more"})


def test_a_stale_milestone_keeps_both(at, team: Team, planned: UUID, home: str) -> None:
    milestone, seen = milestone_of(team, planned), team.row(planned).version
    url = f"{address(team, home, planned)}/milestones/{milestone}"
    at(team.pmo).post(url, {"version": seen, "due": "2026-12-15"})
    page = at(team.owner).post(url, {"version": seen, "due": "2026-12-20", "opened.due": "2026-12-01"}, 409)
    assert "15 Dec 2026" in page.words and "20 Dec 2026" in page.words


def test_a_milestone_of_another_measure_is_not_there(at, team: Team, planned: UUID, home: str) -> None:
    other = team.define()
    at(team.owner).get(f"{address(team, home, other)}/milestones/{milestone_of(team, planned)}", 404)
    at(team.owner).post(f"{address(team, home, other)}/milestones/{milestone_of(team, planned)}/removal", status=404)


def test_evidence_is_attached_once_and_taken_away(at, team: Team, planned: UUID, home: str) -> None:
    client, url = at(team.owner), f"{address(team, home, planned)}/evidence"
    new = {"id": str(uuid4()), "title": "Signed contract", "url": "https://example.org/c", "note": "", "milestone": ""}
    client.post(url, new)
    client.post(url, new)
    assert count(team, EvidenceRow, EvidenceRow.measure_id == planned) == 1
    client.post(f"{url}/{new['id']}/removal")
    assert count(team, EvidenceRow, EvidenceRow.measure_id == planned) == 0


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": "", "url": "https://example.org"}, "Fill in: title."),
        ({"title": "x", "url": "javascript:alert(1)"}, "Enter an address that starts with https://"),
        ({"title": "x", "url": "", "note": ""}, "Give a link or a file, or write a note."),
    ],
)
def test_evidence_is_checked(at, team: Team, planned: UUID, home: str, form: dict[str, str], said: str) -> None:
    page = at(team.owner).post(f"{address(team, home, planned)}/evidence", {"id": str(uuid4())} | form, 422)
    assert any(said in error for error in page.errors())


# Asking


def test_a_gate_is_requested_once_however_often_the_button_is_pressed(at, team: Team, planned: UUID, home: str) -> None:
    client, url = at(team.owner), address(team, home, planned)
    identity = client.get(url).field("id")
    for _press in range(2):
        client.post(f"{url}/gate-requests", {"id": identity, "target": "2", "comment": "Please"})
    assert count(team, RequestRow, RequestRow.measure_id == planned) == 1
    page = client.get(url)
    assert "One request is open" in page.words
    assert "A request for this gate is open." in page.words


def test_a_premature_gate_is_refused_with_words_and_the_comment_kept(at, team: Team, home: str) -> None:
    measure = team.define(description="")
    form = {"id": str(uuid4()), "target": "2", "comment": "Now"}
    page = at(team.owner).post(f"{address(team, home, measure)}/gate-requests", form, 422)
    assert "Not ready for Identified: 1 criterion is not met." in page.words
    assert count(team, RequestRow, RequestRow.measure_id == measure) == 0


def test_hold_and_cancel_need_a_reason_and_words(at, team: Team, planned: UUID, home: str) -> None:
    client, url = at(team.owner), address(team, home, planned)
    identity = {"id": str(uuid4())}
    assert "Choose a reason from the list." in client.post(f"{url}/holds", identity | {"comment": "x"}, 422).errors()
    assert client.post(f"{url}/cancellations", identity | {"reason": "cost"}, 422).errors() == ["Fill in: comment."]
    client.post(f"{url}/holds", identity | {"reason": "budget", "comment": "Budget is frozen"})
    request = team.work.session.scalars(select(RequestRow).where(RequestRow.measure_id == planned)).one()
    team.approve(request, team.sponsor)
    assert team.row(planned).state == MeasureState.ON_HOLD
    assert "Resume" in client.get(url).words
    assert "The measure is on hold" in client.get(f"{url}/edit").words
    client.post(f"{url}/resumptions", {"id": str(uuid4()), "reason": "budget", "comment": "Released"})


def test_a_worse_status_is_free_and_a_better_one_is_not(at, team: Team, planned: UUID, home: str) -> None:
    url = f"{address(team, home, planned)}/status-overrides"
    form = {"dimension": "potential", "reason": "known-risk", "comment": "", "expires": "2026-12-31"}
    at(team.owner).post(url, form | {"status": "red"})
    page = at(team.owner).get(address(team, home, planned))
    assert "overridden until 31 Dec 2026" in page.words
    late = at(team.owner).post(url, form | {"status": "amber", "expires": "2026-01-01"}, 422)
    assert "The override must end on a day to come." in late.errors()
    better = form | {"dimension": "implementation", "status": "green"}
    assert at(team.owner).post(url, better, 422).errors()
    at(team.owner).post(f"{url}/potential/removal")
    assert "overridden until" not in at(team.owner).get(address(team, home, planned)).words


def test_a_closed_measure_has_no_gate_and_no_forms(at, team: Team, planned: UUID, home: str) -> None:
    with team.work.transaction() as tx:
        tx.lock(MeasureRow, planned).stage = int(Stage.CLOSED)
    page = at(team.owner).get(address(team, home, planned))
    assert "Every gate is passed" in page.words
    assert "Edit" not in [" ".join("".join(each.itertext()).split()) for each in page.all("a", class_="btn")]


def amount(team: Team, line: UUID, scenario: Scenario, month: Month) -> Decimal | None:
    team.work.session.rollback()
    row = team.work.session.get(AmountRow, (line, scenario, month.first), populate_existing=True)
    return row.amount if row else None
