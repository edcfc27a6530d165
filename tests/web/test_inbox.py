"""The inbox: its tabs, order, kinds and pages; decided in place, several at once, and never for an outdated page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from domain.access import Role
from domain.governance.template import ReasonList
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.instance.actions import measures, values
from tenants.instance.actions.requests import request_turn
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.governance import get_governance
from tenants.places import Instance
from tests.house import NOW, House
from tests.team import Team
from tests.web.client import Page, statements


@pytest.fixture
def team(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Team]:
    with house.app.app_context():
        team = Team(house.work(two_clients[0]), house)
        yield team
        team.work.close()


def gate(team: Team) -> UUID:
    """A gate into Identified: it waits for the sponsor; a week of it costs 600,000 / 52."""
    measure = team.define()
    team.plan(measure)
    return UUID(str(team.ask(measure, Stage.IDENTIFIED).id))


def hold(team: Team) -> UUID:
    request, reasons = uuid4(), get_governance(team.work).template.reasons[ReasonList.HOLD]
    owner = team.actor(team.owner)
    outcome = request_turn(team.work, team.define(), request, "hold", reasons[0].code, "The board first.", owner)
    assert not isinstance(outcome, Refusal), outcome
    return request


def row(team: Team, request: UUID) -> RequestRow:
    team.work.session.rollback()
    return team.work.session.get(RequestRow, request, populate_existing=True)


def edit(team: Team, request: UUID) -> None:
    """Another title: a governed field of what was asked for."""
    measure = row(team, request).measure_id
    change = {"title": "Another title"}
    measures.edit_measure(team.work, measure, change, team.actor(team.owner), team.row(measure).version)


def listed(page: Page) -> list[str]:
    """The requests of the table in their order, by id."""
    links = [element.get("href", "") for element in page.all("a", class_="m-row")]
    return [link.partition("open=")[2].partition("#")[0] for link in links]


def picks(page: Page) -> dict[str, str]:
    """What can be ticked: the whole value by the id of its request."""
    found = [element.get("value", "") for element in page.all("input", name="pick")]
    return {value.partition(":")[0]: value for value in found}


def last_refusal(team: Team) -> str | None:
    team.work.session.rollback()
    refusals = select(AuditEventRow.kind).where(AuditEventRow.is_refusal).order_by(AuditEventRow.sequence.desc())
    return team.work.session.scalar(refusals.limit(1))


def test_order_by_due_day_and_by_price_is_in_the_address(at, team: Team, home: str) -> None:
    free, dear = hold(team), gate(team)
    sponsor = at(team.sponsor)
    assert listed(sponsor.get(f"{home}/waiting?sort=-price")) == [str(dear), str(free)]
    page = sponsor.get(f"{home}/waiting?sort=price")
    assert listed(page) == [str(free), str(dear)]
    assert [each.get("aria-sort") for each in page.all("th", scope="col") if each.get("aria-sort")] == ["ascending"]
    assert f"{home}/waiting?sort=-price" in page.links()


def test_kinds_are_counted_and_filter(at, team: Team, home: str) -> None:
    free, dear = hold(team), gate(team)
    page = at(team.sponsor).get(f"{home}/waiting?kind=hold")
    assert listed(page) == [str(free)]
    assert "Put on hold 1" in page.words and "Every kind 2" in page.words
    assert page.title == "2 decisions wait for you"
    everything = at(team.sponsor).get(f"{home}/waiting?kind=nonsense&sort=x&page=-1&open=y")
    assert set(listed(everything)) == {str(free), str(dear)}
    assert everything.title == "2 decisions wait for you; a week costs 11,538 EUR"


def test_every_request_is_on_some_page(at, team: Team, home: str) -> None:
    asked = {str(hold(team)) for _each in range(27)}
    sponsor = at(team.sponsor)
    first, second = sponsor.get(f"{home}/waiting"), sponsor.get(f"{home}/waiting?page=2")
    assert (len(listed(first)), len(listed(second))) == (25, 2)
    assert {*listed(first), *listed(second)} == asked
    assert "26 to 27 of 27" in second.words
    assert listed(sponsor.get(f"{home}/waiting?page=999")) == listed(second)


def test_late_ones_are_shown_to_who_leads_and_to_nobody_else(site: Flask, at, team: Team, home: str) -> None:
    late = gate(team)
    assert str(late) not in at(team.sponsor).get(f"{home}/waiting?show=team").text
    site.extensions["clock"] = lambda: NOW + timedelta(days=30)
    page = at(team.sponsor).get(f"{home}/waiting?show=team&sort=-due")
    assert str(late) in page.text and "days late" in page.words
    below = team.join("Nora Node", Role.PMO, node=team.build(team.actor(team.pmo)))
    for nobody in (team.owner, team.controller, below):
        assert at(nobody).get(f"{home}/waiting?show=team").title == "Nothing is late where you lead"


def test_a_hold_suspends_what_is_late(site: Flask, at, team: Team, home: str) -> None:
    request = gate(team)
    site.extensions["clock"] = lambda: NOW + timedelta(days=30)
    sponsor = at(team.sponsor)
    assert "days late" in sponsor.get(f"{home}/waiting").words
    team.row(row(team, request).measure_id).state = "on_hold"
    team.work.session.commit()
    page = sponsor.get(f"{home}/waiting")
    assert "days late" not in page.words and "on hold" in page.words
    assert not picks(page) and "is decided once it is resumed" in page.words


def test_it_is_decided_in_place_with_the_sealed_figures_in_view(at, team: Team, home: str) -> None:
    request = gate(team)
    sponsor = at(team.sponsor)
    page = sponsor.get(f"{home}/waiting?sort=-price&open={request}")
    for words in ("What is decided on, sealed", "sha256", "Gross benefit", "Your decision", "11,538"):
        assert words in page.words
    [form] = [each.get("action", "") for each in page.all("form") if "/votes" in each.get("action", "")]
    fields = {"seal": page.field("seal"), "step": page.field("step"), "choice": "reject", "comment": ""}
    again = sponsor.post(form, fields, 422)
    assert "Say why you reject it." in again.errors() and again.all("ul", class_="m-queue")
    kept = sponsor.post(form, fields | {"choice": "", "comment": "Too early"}, 422)
    assert (kept.field("comment") or "").strip() == "Too early"
    assert sponsor.post(form, fields | {"choice": "approve"}).location == f"{home}/waiting?sort=-price"
    assert row(team, request).state == "approved"


def test_what_lies_open_outside_the_scope_is_not_there(at, browser, team: Team, home: str) -> None:
    request = gate(team)
    stranger = at(team.join("Nora Node", Role.OWNER, node=team.build(team.actor(team.pmo))))
    stranger.get(f"{home}/waiting?open={request}", 404)
    stranger.post(f"{home}/waiting/approvals", {"pick": f"{request}:0:{row(team, request).seal}"}, 404)
    assert row(team, request).state == "open"
    browser("nobody").get(f"{home}/waiting", 404)


def test_several_are_approved_at_once_and_each_is_named(at, team: Team, home: str) -> None:
    one, two, changed = gate(team), gate(team), gate(team)
    sponsor = at(team.sponsor)
    ticks = picks(sponsor.get(f"{home}/waiting"))
    assert set(ticks) == {str(one), str(two), str(changed)}
    edit(team, changed)
    page = sponsor.post(f"{home}/waiting/approvals", {"pick": list(ticks.values())}, 200)
    assert page.title == "2 requests approved, 1 not"
    assert "This request is voided already. Changed since it was sealed: title." in page.words
    assert [row(team, each).state for each in (one, two, changed)] == ["approved", "approved", "voided"]
    twice = sponsor.post(f"{home}/waiting/approvals", {"pick": list(ticks.values())}, 200)
    assert twice.title == "0 requests approved, 3 not"
    assert "This request is approved already." in twice.words


def test_what_cannot_be_ticked_says_why_and_is_refused_all_the_same(at, team: Team, home: str) -> None:
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    decision = team.ask(measure, Stage.DECIDED)
    team.approve(decision, team.controller)
    page = at(team.chair).get(f"{home}/waiting")
    assert str(decision.id) in listed(page) and not picks(page)
    assert "asks for your password. Open it and decide it by itself." in page.words
    forced = at(team.chair).post(f"{home}/waiting/approvals", {"pick": f"{decision.id}:1:{decision.seal}"}, 200)
    assert forced.title == "0 requests approved, 1 not"
    assert last_refusal(team) == "NotInBulk"


def test_own_request_is_refused_in_bulk_as_it_is_alone(at, team: Team, home: str) -> None:
    request = gate(team)
    forced = at(team.owner).post(f"{home}/waiting/approvals", {"pick": f"{request}:0:{row(team, request).seal}"}, 200)
    assert "You asked for this. Somebody else has to decide it." in forced.words
    assert last_refusal(team) == "OwnRequest"


@pytest.mark.parametrize("pick", ["x", "x:y:z", "7b0c1c3e-0000-4000-8000-000000000000:z:"])
def test_a_tick_that_no_page_had_is_not_read(at, team: Team, home: str, pick: str) -> None:
    at(team.sponsor).post(f"{home}/waiting/approvals", {"pick": pick}, 400)


def test_no_tick_at_all_says_so(at, team: Team, home: str) -> None:
    gate(team)
    assert "Tick at least one request." in at(team.sponsor).post(f"{home}/waiting/approvals", {}, 422).words


@pytest.mark.parametrize("shown", [{}, {"seal": "0" * 64, "step": "0"}, {"step": "0"}, {"seal": "own", "step": "1"}])
def test_a_vote_without_the_seal_of_the_page_is_refused(at, team: Team, home: str, shown: dict[str, str]) -> None:
    request = gate(team)
    seal = {"seal": row(team, request).seal} if shown.get("seal") == "own" else {}
    votes = f"{home}/requests/{request}/votes"
    page = at(team.sponsor).post(votes, {"choice": "approve", "comment": "Kept"} | shown | seal, 409)
    assert "Your page did not show what is sealed now." in page.words
    assert (page.field("comment") or "").strip() == "Kept"
    assert row(team, request).state == "open"
    assert last_refusal(team) == "PageOutdated"


def test_an_outdated_page_is_refused_with_the_difference(at, team: Team, home: str) -> None:
    request = gate(team)
    sponsor, address = at(team.sponsor), f"{home}/requests/{request}"
    page = sponsor.get(address)
    shown = {"seal": page.field("seal") or "", "step": page.field("step") or ""}
    edit(team, request)
    late = sponsor.post(f"{address}/votes", shown | {"choice": "approve"}, 422)
    assert "This request is voided already. Changed since it was sealed: title." in late.words
    assert "Renegotiate parcel carrier contracts" in late.words and "Another title" in late.words


@pytest.mark.parametrize("query", ["", "?show=asked", "?show=team", "?show=open", "?open="])
def test_statements_do_not_grow_with_what_waits(site: Flask, at, team: Team, home: str, query: str) -> None:
    first, counts = gate(team), []
    client, address = at(team.sponsor), f"{home}/waiting{query}{first if query == '?open=' else ''}"
    for _round in range(2):
        client.get(address)
        with statements(site) as seen:
            client.get(address)
        counts.append(len(seen))
        for _more in range(4):
            gate(team)
    assert counts[0] == counts[1]
