"""Change requests on pages: written with typed values kept, weighed before they are made, decided as sealed."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from tenants.instance.models.measures import MilestoneRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import EffectLineRow
from tests.team import Team
from tests.web.client import HTML, Client, Page, check_page, statements


@pytest.fixture
def locked(team: Team) -> UUID:
    """A measure at Decided: 50,000 a month over 2026 and 2027, a target of 600,000."""
    measure = team.define()
    team.plan(measure)
    team.decide(measure)
    return measure


def address(team: Team, home: str, measure: UUID) -> str:
    return f"{home}/measures/{team.row(measure).code}"


def preview(client: Client, where: str, status: int = 200, **typed: str) -> Page:
    """What the form says to its button: what is typed, a reason, and the state it carries."""
    page = client.post(f"{where}/changes/previews", {"comment": "The supplier needs longer.", **typed}, status=status)
    check_page(page, where)
    return page


def hidden(page: Page) -> dict[str, str]:
    return {name: page.field(name) or "" for name in ("id", "version", "proposal", "comment")}


def asked(client: Client, where: str, **typed: str) -> Page:
    return client.post(f"{where}/changes", hidden(preview(client, where, **typed)))


def request_of(team: Team, measure: UUID) -> RequestRow:
    team.work.session.rollback()
    statement = select(RequestRow).where(RequestRow.measure_id == measure, RequestRow.kind == "change")
    return team.work.session.scalars(statement.order_by(RequestRow.requested_at.desc())).first()


def line_of(team: Team, measure: UUID) -> UUID:
    team.work.session.rollback()
    return team.work.session.scalars(select(EffectLineRow.id).where(EffectLineRow.measure_id == measure)).one()


def milestone_of(team: Team, measure: UUID) -> UUID:
    team.work.session.rollback()
    return team.work.session.scalars(select(MilestoneRow.id).where(MilestoneRow.measure_id == measure)).one()


def vote(client: Client, home: str, row: RequestRow, choice: str = "approve", **more: object) -> Page:
    return client.vote(f"{home}/requests/{row.id}", {"choice": choice, "comment": "Seen."}, **more)


# The form


def test_the_form_has_what_holds_today_and_leads_from_the_measure(at, team: Team, locked: UUID, home: str) -> None:
    where = address(team, home, locked)
    assert f"{where}/changes/new" in at(team.owner).get(where).links()
    page = at(team.owner).get(f"{where}/changes/new")
    assert (page.field("target"), page.field("end")) == ("600000.00", "2026-12-31")
    assert page.field(f"c.{line_of(team, locked)}.2026-05") == "50000"
    assert page.field(f"m.{milestone_of(team, locked)}.due") == "2026-12-01"


def test_before_the_lock_there_is_nothing_to_ask_for(at, team: Team, home: str) -> None:
    where = address(team, home, team.define())
    page = at(team.owner).get(f"{where}/changes/new")
    assert "is not locked yet. Change it directly." in page.words
    assert page.field("target") is None
    assert f"{where}/changes/new" not in at(team.owner).get(where).links()


def test_another_year_keeps_what_was_typed(at, team: Team, locked: UUID, home: str) -> None:
    where, client, line = address(team, home, locked), at(team.owner), line_of(team, locked)
    typed = {"target": "590000", f"c.{line}.2026-03": "40000", "year": "2026", "show": "2027", "comment": "So far"}
    page = client.post(f"{where}/changes/drafts", typed, status=200)
    check_page(page)
    assert (page.field("target"), page.field("comment"), page.field("year")) == ("590000.00", "So far", "2027")
    assert page.field(f"c.{line}.2026-03") is None
    again = {"proposal": page.field("proposal") or "", f"c.{line}.2027-01": "41000"}
    shown = preview(client, where, **again)
    assert "40,000.00" in shown.words
    assert "41,000.00" in shown.words
    back = client.post(f"{where}/changes/drafts", hidden(shown), status=200)
    assert back.field("target") == "590000.00"
    assert back.field("comment") == "The supplier needs longer."


def test_what_is_typed_wrong_is_said_at_its_field_and_kept(at, team: Team, locked: UUID, home: str) -> None:
    where, line = address(team, home, locked), line_of(team, locked)
    typed = {"target": "1.234", "end": "31.31.2026", f"c.{line}.2026-01": "lots", "owner": "somebody"}
    page = preview(at(team.owner), where, status=422, **typed)
    assert (page.field("target"), page.field(f"c.{line}.2026-01")) == ("1.234", "lots")
    assert len(page.errors()) == 4
    assert request_of(team, locked) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Nothing here differs"),
        ({"target": ""}, "Fill in: target"),
        ({"end": "2025-01-01"}, "is before the start"),
        ({"target": "1", "comment": " "}, "Fill in: comment"),
        ({"new_line.name": "Rebates", "new_line.kind": "revenue", "new_line.currency": "EUR"}, "needs a plan"),
        ({"new_line.name": "Rebates", "new_line.kind": "luck", "new_line.currency": "EUR"}, "Choose from the list"),
        ({"new_milestone.due": "2027-01-01"}, "Say what is done then"),
    ],
)
def test_an_incoherent_change_is_refused_in_the_form(
    at, team: Team, locked: UUID, home: str, typed: dict[str, str], said: str
) -> None:
    ids = {"new_line.id": str(uuid4()), "new_milestone.id": str(uuid4())}
    page = preview(at(team.owner), address(team, home, locked), status=422, **ids, **typed)
    assert said in page.words
    assert request_of(team, locked) is None


def test_a_negative_month_is_said_at_its_cell(at, team: Team, locked: UUID, home: str) -> None:
    for series in "cb":
        name = f"{series}.{line_of(team, locked)}.2026-02"
        page = preview(at(team.owner), address(team, home, locked), status=422, **{name: "-5"})
        assert "cannot be negative" in page.errors()[0]


@pytest.mark.parametrize("text", ["{", "[]", '{"stage":"closed"}', '{"milestone.x.due":"2026-01-01"}'])
def test_a_proposal_that_nobody_wrote_is_a_bad_request(at, team: Team, locked: UUID, home: str, text: str) -> None:
    where, client = address(team, home, locked), at(team.owner)
    for page in ("drafts", "previews"):
        client.post(f"{where}/changes/{page}", {"proposal": text}, status=400)
    client.post(f"{where}/changes", {"proposal": text, "id": str(uuid4())}, status=400)


def test_half_a_new_line_is_a_bad_request(at, team: Team, locked: UUID, home: str) -> None:
    text = json.dumps({f"line.{uuid4()}.name": "Half"})
    at(team.owner).post(f"{address(team, home, locked)}/changes/previews", {"proposal": text}, status=400)


# The effect before it is asked for


def test_below_the_threshold_sponsor_and_controller_would_decide(at, team: Team, locked: UUID, home: str) -> None:
    page = preview(at(team.owner), address(team, home, locked), end="2027-01-15", target="550000")
    assert "31 Dec 2026 15 Jan 2027 +15 days" in spaced(page)
    assert "600,000.00 550,000.00 −50,000.00" in spaced(page)
    assert "change of value in percent: −8.33 % (limit: −10 % or less)" in page.words.replace("\xa0", " ")
    assert "Maria Lund" in page.words
    assert "Astrid Nyman" in page.words
    assert "Elsa Wikström" not in page.words
    assert request_of(team, locked) is None


@pytest.mark.parametrize("typed", [{"end": "2027-01-30"}, {"target": "540000"}])
def test_above_the_threshold_the_forum_would(at, team: Team, locked: UUID, home: str, typed: dict[str, str]) -> None:
    page = preview(at(team.owner), address(team, home, locked), **typed)
    assert "Elsa Wikström" in page.words


def test_months_that_change_alike_are_one_row(at, team: Team, locked: UUID, home: str) -> None:
    line = line_of(team, locked)
    cells = {f"c.{line}.2026-{month:02d}": "49000" for month in range(1, 13)}
    page = preview(at(team.owner), address(team, home, locked), **cells)
    assert "Plan Jan 2026 to Dec 2026, each (Parcel base rates) 50,000.00 49,000.00 −12,000.00" in spaced(page)


def test_who_would_decide_their_own_is_told_before(at, team: Team, locked: UUID, home: str) -> None:
    page = preview(at(team.sponsor), address(team, home, locked), end="2027-01-05")
    assert "It cannot be asked for now" in page.words
    assert "Nobody can decide step “Sponsor”" in page.words
    assert not [each for each in page.all("button") if "Request the change of" in "".join(each.itertext())]


# Asked, decided, applied


def test_it_is_asked_for_once_and_shown_to_who_decides(at, team: Team, locked: UUID, home: str) -> None:
    where, client = address(team, home, locked), at(team.owner)
    fields = hidden(preview(client, where, end="2027-01-15"))
    for _ in range(2):
        client.post(f"{where}/changes", fields)
    team.work.session.rollback()
    kinds = team.work.session.scalars(select(RequestRow.kind).where(RequestRow.measure_id == locked)).all()
    assert kinds.count("change") == 1
    row = request_of(team, locked)
    page = at(team.sponsor).get(f"{home}/requests/{row.id}")
    assert "31 Dec 2026 15 Jan 2027 +15 days" in spaced(page)
    assert "“The supplier needs longer.”" in page.words
    measure = at(team.sponsor).get(where)
    assert "One change is asked for" in measure.words
    again = preview(client, where, end="2027-01-16")
    assert "A request on this measure is open already" in again.words


def test_approved_it_holds_at_once_as_the_next_version(at, team: Team, locked: UUID, home: str) -> None:
    where, line, step = address(team, home, locked), line_of(team, locked), milestone_of(team, locked)
    typed = {"end": "2027-01-15", f"c.{line}.2026-01": "45000", f"m.{step}.due": "2026-12-20"}
    asked(at(team.owner), where, **typed)
    row = request_of(team, locked)
    vote(at(team.sponsor), home, row)
    assert team.row(locked).plan_version == 1
    vote(at(team.controller), home, row)
    changed = team.row(locked)
    assert (changed.plan_version, str(changed.end_on)) == (2, "2027-01-15")
    page = at(team.owner).get(where)
    assert "The plan is at version 2" in page.words
    assert "Version 1" in page.words
    assert "carried out a change of 3 fields" in page.words
    sealed = at(team.sponsor).get(f"{home}/requests/{row.id}")
    assert "31 Dec 2026 15 Jan 2027 +15 days" in spaced(sealed)


def test_a_new_line_and_a_milestone_come_with_the_change(at, team: Team, locked: UUID, home: str) -> None:
    where, client, line = address(team, home, locked), at(team.owner), str(uuid4())
    typed = {
        "new_line.id": line,
        "new_line.name": "Rebates",
        "new_line.kind": "revenue",
        "new_line.currency": "EUR",
        "new_milestone.id": str(uuid4()),
        "new_milestone.title": "Rebates agreed",
        "new_milestone.due": "2027-02-01",
        "year": "2027",
    }
    draft = client.post(f"{where}/changes/drafts", typed, status=200)
    check_page(draft)
    assert draft.field(f"c.{line}.2027-03") == ""
    more = {"proposal": draft.field("proposal") or "", f"c.{line}.2027-03": "1000"}
    shown = preview(client, where, **more)
    assert "New effect line" in shown.words
    assert "New milestone" in shown.words
    client.post(f"{where}/changes", hidden(shown))
    row = request_of(team, locked)
    vote(at(team.sponsor), home, row)
    vote(at(team.controller), home, row)
    page = at(team.owner).get(where)
    assert "Rebates agreed" in page.words
    assert page.words.count("Rebates") > 1


def test_a_milestone_goes_and_baseline_name_and_account_change_by_request(
    at, team: Team, locked: UUID, home: str
) -> None:
    where, client, line = address(team, home, locked), at(team.owner), line_of(team, locked)
    gone, kept = milestone_of(team, locked), str(uuid4())
    form = client.get(f"{where}/changes/new")
    assert form.field(f"l.{line}.name") == "Parcel base rates"
    typed = {
        f"m.{gone}": "removed",
        f"m.{gone}.due": "2026-12-20",
        f"l.{line}.name": "Base rates",
        f"l.{line}.account": "4711",
        f"b.{line}.2026-05": "70000",
    }
    refused = preview(client, where, status=422, **typed)
    assert "Fill in: milestones." in refused.words
    new = {"new_milestone.id": kept, "new_milestone.title": "Contract signed", "new_milestone.due": "2026-11-01"}
    shown = preview(client, where, **typed, **new)
    for words in ("Milestone taken out", "Base rates: name Parcel base rates Base rates", "account – 4711"):
        assert words in spaced(shown)
    assert "Baseline May 2026 (Base rates)" in spaced(shown)
    again = client.post(f"{where}/changes/drafts", hidden(shown), status=200)
    box = next(each for each in again.all("input", type="checkbox") if each.get("name") == f"m.{gone}")
    assert box.get("checked") is not None
    client.post(f"{where}/changes", hidden(shown))
    row = request_of(team, locked)
    vote(at(team.sponsor), home, row)
    vote(at(team.controller), home, row)
    assert str(milestone_of(team, locked)) == kept
    page = client.get(where)
    assert "The plan is at version 2" in page.words
    assert "Base rates" in page.words


def test_what_is_no_longer_to_be_taken_out_stays(at, team: Team, locked: UUID, home: str) -> None:
    where, client, gone = address(team, home, locked), at(team.owner), milestone_of(team, locked)
    out = client.post(f"{where}/changes/drafts", {f"m.{gone}": "removed"}, status=200)
    typed = {"proposal": out.field("proposal") or "", f"m.{gone}": "", f"m.{gone}.due": "2026-12-20"}
    assert "Milestone taken out" not in preview(client, where, **typed).words


def test_a_change_of_the_measure_meanwhile_shows_the_effect_anew(at, team: Team, locked: UUID, home: str) -> None:
    where, client = address(team, home, locked), at(team.owner)
    fields = hidden(preview(client, where, end="2027-01-15"))
    client.post(where, {"version": fields["version"], "description": "Three carriers."})
    page = client.post(f"{where}/changes", fields, status=409)
    assert "Somebody was faster: look again" in page.words
    assert request_of(team, locked) is None
    client.post(f"{where}/changes", hidden(page))
    assert request_of(team, locked) is not None


def test_a_governed_edit_voids_it_and_the_approver_is_told_the_difference(
    at, team: Team, locked: UUID, home: str
) -> None:
    where, client = address(team, home, locked), at(team.owner)
    asked(client, where, end="2027-01-15")
    row = request_of(team, locked)
    client.post(where, {"version": str(team.row(locked).version), "description": "Three carriers."})
    page = vote(at(team.sponsor), home, row, status=422)
    assert "This request is voided already." in page.words
    assert "Two-year contracts with two carriers. Three carriers." in spaced(page)
    assert team.row(locked).plan_version == 1


# From where the lock stands in the way


def test_typed_into_a_locked_field_it_leads_to_a_change_with_the_value_kept(
    at, team: Team, locked: UUID, home: str
) -> None:
    where, client = address(team, home, locked), at(team.owner)
    assert f"{where}/changes/new" in client.get(f"{where}/edit").links()
    stale = client.post(where, {"version": str(team.row(locked).version), "target": "550000"}, status=422)
    assert "can change only by change request" in stale.words
    form = next(each for each in stale.all("form", action=f"{where}/changes/drafts"))
    kept = {each.get("name", ""): each.get("value", "") for each in form.iter(f"{HTML}input")}
    assert kept["target"] == "550000"
    draft = client.post(f"{where}/changes/drafts", kept, status=200)
    assert draft.field("target") == "550000.00"


def test_locked_months_and_milestones_lead_to_a_change(at, team: Team, locked: UUID, home: str) -> None:
    where, client, line = address(team, home, locked), at(team.owner), line_of(team, locked)
    assert f"{where}/changes/new" in client.get(f"{where}/values?scenario=plan").links()
    assert f"{where}/changes/new" in client.get(f"{where}/lines/{line}").links()
    assert f"{where}/changes/new" in client.get(f"{where}/milestones/{milestone_of(team, locked)}").links()
    typed = {"scenario": "plan", "year": "2026", "version": str(team.row(locked).version), f"c.{line}.2026-01": "45000"}
    page = client.post(f"{where}/values", typed, status=422)
    form = next(each for each in page.all("form", action=f"{where}/changes/drafts"))
    kept = {each.get("name", ""): each.get("value", "") for each in form.iter(f"{HTML}input")}
    assert kept[f"c.{line}.2026-01"] == "45000"
    draft = client.post(f"{where}/changes/drafts", kept, status=200)
    assert draft.field(f"c.{line}.2026-01") == "45000"


def test_who_does_not_lead_the_measure_finds_no_form(at, team: Team, locked: UUID, home: str) -> None:
    where = address(team, home, locked)
    for person in (team.controller, team.chair):
        assert f"{where}/changes/new" not in at(person).get(where).links()
        at(person).get(f"{where}/changes/new", status=404)
        at(person).post(f"{where}/changes", {"id": str(uuid4()), "proposal": "{}"}, status=404)


def test_the_form_and_the_preview_cost_the_same_for_many_months(
    site: Flask, at, team: Team, locked: UUID, home: str
) -> None:
    where, client, line = address(team, home, locked), at(team.owner), line_of(team, locked)
    preview(client, where, end="2027-01-15")
    with statements(site) as few:
        preview(client, where, end="2027-01-15")
    with statements(site) as many:
        preview(client, where, **{f"c.{line}.2026-{month:02d}": str(month) for month in range(1, 13)})
    assert len(few) == len(many)


def spaced(page: Page) -> str:
    """The words of the page with a space between cells."""
    return " ".join(" ".join(page.main.itertext()).split()).replace("\xa0", " ")
