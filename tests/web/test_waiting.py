"""What waits, and one request: sealed, voted on, voided, withdrawn; each to whom it may."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from domain.access import Role
from domain.stages import Stage
from tenants.instance.actions import measures, members, values
from tenants.instance.models.requests import RequestRow
from tests.team import Team
from tests.web.client import Client, statements


@pytest.fixture
def asked(team: Team) -> UUID:
    """A gate into Identified, asked for by the owner: it waits for the sponsor."""
    measure = team.define()
    team.plan(measure)
    return team.ask(measure, Stage.IDENTIFIED).id


def request(team: Team, identity: UUID) -> RequestRow:
    team.work.session.rollback()
    return team.work.session.get(RequestRow, identity, populate_existing=True)


def test_nothing_waits_is_a_calm_finding(site: Flask, team: Team, home: str) -> None:
    calm = team.join("Carl Calm", Role.AUDITOR)
    page = Client(site, calm).get(f"{home}/waiting")
    assert page.title == "Nothing waits for you"
    assert "Your desk is clear" in page.words


def test_what_waits_is_counted_as_in_the_menu_and_priced(at, team: Team, asked: UUID, home: str) -> None:
    page = at(team.sponsor).get(f"{home}/waiting")
    rows = [row for row in page.all("tr") if row.findall("{*}th[@scope='row']")]
    menu = next(link for link in page.all("a") if link.get("href") == f"{home}/waiting")
    assert str(len(rows)) in "".join(menu.itertext())
    assert "a week costs" in page.title
    assert f"{home}/waiting?page=1&open={asked}#request" in page.links()
    assert "11,538" in page.words  # 600,000 / 52


def test_who_asked_and_everybody_in_scope_see_what_is_open(at, browser, team: Team, asked: UUID, home: str) -> None:
    assert str(asked) in at(team.owner).get(f"{home}/waiting?show=asked").text
    reader = browser("leadership")  # who sees what other tests have left open, too: on more than one page
    assert any(str(asked) in reader.get(f"{home}/waiting?show=open&page={page}").text for page in range(1, 10))


def test_a_request_shows_what_is_sealed_in_words(at, team: Team, asked: UUID, home: str) -> None:
    page = at(team.sponsor).get(f"{home}/requests/{asked}")
    assert page.title.startswith("Gate into Identified: M-")
    for words in ("sha256", "Gross benefit", "600", "Petra Holm", "1 Jan 2026", "Carrier invoices 2025"):
        assert words in page.words
    assert "10 met" in page.words


def test_an_approval_settles_it_and_a_second_vote_is_refused(at, team: Team, asked: UUID, home: str) -> None:
    client, url = at(team.sponsor), f"{home}/requests/{asked}"
    client.vote(url, {"choice": "approve", "comment": ""})
    assert request(team, asked).state == "approved"
    again = client.vote(url, {"choice": "approve", "comment": ""}, 422)
    assert "This request is approved already." in again.words
    assert "Approved" in client.get(url).words


def test_a_second_vote_in_the_same_step_says_so(at, team: Team, home: str) -> None:
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    decision = team.ask(measure, Stage.DECIDED)
    team.approve(decision, team.controller)
    url = f"{home}/requests/{decision.id}"
    page = at(team.chair).get(url)
    assert "Abstain" in page.words
    at(team.chair).vote(url, {"choice": "approve"})
    again = at(team.chair).vote(url, {"choice": "approve"}, 422)
    assert "You have decided step “Decision forum” already." in again.words
    at(team.second).vote(url, {"choice": "approve"})
    assert team.row(measure).plan_version == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"choice": "reject", "comment": " "}, "Say why you reject it."),
        ({"choice": "return", "comment": ""}, "Say what has to change."),
        ({"choice": "", "comment": "Kept"}, "Choose what you decide."),
        ({"choice": "reject", "comment": "x" * 2001}, "There is room for 2000 characters."),
    ],
)
def test_a_vote_is_checked_and_kept(at, team: Team, asked: UUID, home: str, form: dict[str, str], said: str) -> None:
    page = at(team.sponsor).vote(f"{home}/requests/{asked}", form, 422)
    assert said in page.errors()
    assert request(team, asked).state == "open"
    if form["choice"]:
        checked = [each for each in page.all("input", name="choice") if each.get("checked") is not None]
        assert [each.get("value") for each in checked] == [form["choice"]]


def test_who_asked_cannot_decide_and_sees_why(at, team: Team, asked: UUID, home: str) -> None:
    url = f"{home}/requests/{asked}"
    page = at(team.owner).get(url)
    assert "You asked for this. Somebody else has to decide it." in page.words
    assert not page.all("input", name="choice")
    assert "You asked for this" in at(team.owner).vote(url, {"choice": "approve"}, 422).words


def test_who_is_not_asked_sees_whom_it_waits_for(at, team: Team, asked: UUID, home: str) -> None:
    page = at(team.controller).get(f"{home}/requests/{asked}")
    assert "asks other people. It waits for Maria Lund." in page.words


def test_a_voided_request_shows_before_and_after(at, team: Team, asked: UUID, home: str) -> None:
    measure = request(team, asked).measure_id
    measures.edit_measure(
        team.work, measure, {"title": "Another title"}, team.actor(team.owner), team.row(measure).version
    )
    page = at(team.owner).get(f"{home}/requests/{asked}")
    assert "The seal broke" in page.words
    assert "Renegotiate parcel carrier contracts" in page.words and "Another title" in page.words
    assert not page.all("input", name="choice")


def test_only_who_asked_withdraws(at, team: Team, asked: UUID, home: str) -> None:
    url = f"{home}/requests/{asked}/withdrawal"
    assert "Only the person who asked can withdraw a request." in at(team.sponsor).post(url, {}, 422).words
    at(team.owner).post(url, {})
    assert request(team, asked).state == "withdrawn"
    assert "This request is withdrawn already." in at(team.owner).post(url, {}, 422).words


def test_a_request_outside_the_scope_is_not_there(site: Flask, at, browser, team: Team, asked: UUID, home: str) -> None:
    browser("nobody").get(f"{home}/requests/{asked}", 404)
    at(team.owner).get(f"{home}/requests/7b0c1c3e-0000-4000-8000-000000000000", 404)
    stranger = team.enrol("Sven Stranger", "sven.stranger@example.org")
    members.admit_member(team.work, stranger, "Sven Stranger", "sven.stranger@example.org", "client", None)
    members.give_role(team.work, stranger, Role.OWNER, team.build(team.actor(team.pmo)), None)
    Client(site, stranger).get(f"{home}/requests/{asked}", 404)
    Client(site, stranger).vote(f"{home}/requests/{asked}", {"choice": "approve"}, 404)


def test_statements_do_not_grow_with_what_waits(site: Flask, at, team: Team, home: str) -> None:
    client, counts = at(team.sponsor), []
    for _round in range(2):
        for _more in range(3):
            team.ask(team.define(), Stage.IDENTIFIED)
        client.get(f"{home}/waiting")
        with statements(site) as seen:
            client.get(f"{home}/waiting")
        counts.append(len(seen))
    assert counts[0] == counts[1]
