"""Absence, standing in and letters on a person's page; deciding for somebody; the password once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.access import Role
from domain.ids import PersonId
from domain.stages import Stage
from tenants.database import platform_work
from tenants.instance.actions import values
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.delegations import AbsenceRow, DelegationRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow, VoteRow
from tenants.places import Instance
from tenants.platform.actions.invitations import issue_token
from tenants.platform.actions.passwords import set_password
from tenants.platform.actions.signin import ACCOUNT_LIMIT
from tenants.platform.queries.tokens import TokenKind
from tests.house import NOW, House
from tests.team import Team
from tests.web.client import statements

TODAY = NOW.date()
GOOD = "correct horse battery staple"


@pytest.fixture
def team(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Team]:
    with house.app.app_context():
        team = Team(house.work(two_clients[0]), house)
        yield team
        team.work.close()


@pytest.fixture
def password(house: House) -> Callable[[PersonId], None]:
    """Give a person the good password; their sessions so far end."""

    def give(person: PersonId) -> None:
        work = platform_work(clock=lambda: NOW)
        token = issue_token(work, person, TokenKind.PASSWORD_RESET)
        assert set_password(work, token, TokenKind.PASSWORD_RESET, GOOD) == person
        work.close()

    return give


def wish(taker: PersonId, **more: Any) -> dict[str, Any]:
    days = {"starts_on": TODAY.isoformat(), "ends_on": (TODAY + timedelta(days=9)).isoformat()}
    return {"id": str(uuid4()), "taker": str(taker), "value_limit": "", "words": "Holiday", **days, **more}


def away(**more: Any) -> dict[str, Any]:
    days = {"starts_on": TODAY.isoformat(), "ends_on": (TODAY + timedelta(days=9)).isoformat()}
    return {"id": str(uuid4()), "words": "Holiday", **days, **more}


def given_by(team: Team, person: PersonId) -> list[DelegationRow]:
    team.work.session.rollback()
    team.work.session.expire_all()
    return list(team.work.session.scalars(select(DelegationRow).where(DelegationRow.giver_id == person)))


def identified(team: Team) -> UUID:
    """A gate into Identified, asked for by the owner: it waits for the sponsor."""
    return team.ask(team.define(), Stage.IDENTIFIED).id


def at_forum(team: Team) -> UUID:
    """A gate into Decided that waits for the forum, whose step asks for a password."""
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    request = team.ask(measure, Stage.DECIDED)
    team.approve(request, team.controller)
    return request.id


def votes(team: Team, request: UUID) -> list[tuple[UUID, UUID]]:
    team.work.session.rollback()
    found = select(VoteRow).where(VoteRow.request_id == request).order_by(VoteRow.position, VoteRow.at)
    return [(row.person_id, row.approver_id) for row in team.work.session.scalars(found)]


def test_a_sponsor_goes_away_and_the_other_decides_for_her(at, team: Team, home: str) -> None:
    sponsor, page = at(team.sponsor), f"{home}/people/{team.sponsor}"
    sponsor.post(f"{page}/absences", away())
    sponsor.post(f"{page}/delegations", wish(team.second, kinds=["gate:identified"], value_limit="600000"))
    shown = sponsor.get(page).words
    for words in ("Jonas Kvist for Maria Lund", "Gate into Identified", "600,000", "now"):
        assert words in shown
    request = identified(team)
    url = f"{home}/requests/{request}"
    assert "away until 29 Nov 2026, Jonas Kvist stands in" in at(team.owner).get(url).words
    second = at(team.second)
    assert any(str(request) in link for link in second.get(f"{home}/waiting").links())
    buttons = second.get(url).all("button", name="on_behalf_of")
    assert ["".join(each.itertext()).strip() for each in buttons] == ["Decide for Maria Lund"]
    second.vote(url, {"choice": "approve", "on_behalf_of": str(team.sponsor)})
    assert votes(team, request) == [(team.second, team.sponsor)]
    assert "Jonas Kvist for Maria Lund" in at(team.owner).get(url).words


def test_a_vote_for_somebody_else_than_asked_is_refused_in_words(at, team: Team, home: str) -> None:
    url = f"{home}/requests/{identified(team)}"
    page = at(team.second).vote(url, {"choice": "approve", "on_behalf_of": str(team.sponsor)}, 422)
    assert "You do not stand in for this person." in page.words
    at(team.second).vote(url, {"choice": "approve", "on_behalf_of": "nobody"}, 422)


def test_a_limit_that_is_too_low_says_so_on_the_page(at, team: Team, home: str) -> None:
    at(team.sponsor).post(f"{home}/people/{team.sponsor}/delegations", wish(team.second, value_limit="599999.99"))
    page = at(team.second).get(f"{home}/requests/{identified(team)}")
    assert "You stand in up to a value of 599,999.99 EUR; this is about 600,000.00 EUR." in page.words
    assert not page.all("input", name="choice")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"taker": ""}, "Choose who stands in."),
        ({"taker": str(uuid4())}, "Choose who stands in."),
        ({"starts_on": ""}, "Enter a date."),
        ({"starts_on": "2026-11-30", "ends_on": "2026-11-29"}, "The last day (29 Nov 2026) is before the first"),
        ({"starts_on": "2026-11-19"}, "19 Nov 2026 is over. Choose days to come."),
        ({"ends_on": "2027-11-21"}, "A year is the longest."),
        ({"value_limit": "0"}, "A limit is above zero"),
        ({"value_limit": "a lot"}, "“a lot” is not an amount that can be stored."),
        ({"value_limit": "1.234"}, "can be read in two ways"),
        ({"kinds": ["gate:nowhere"]}, "Choose kinds from the list."),
        ({"words": "x" * 301}, "There is room for 300 characters."),
    ],
)
def test_a_delegation_is_checked_and_kept(at, team: Team, home: str, more: dict[str, Any], said: str) -> None:
    page = at(team.sponsor).post(f"{home}/people/{team.sponsor}/delegations", wish(team.second) | more, 422)
    assert any(said in error for error in page.errors()), page.errors()
    assert given_by(team, team.sponsor) == []
    if "value_limit" in more:
        assert page.field("value_limit") == more["value_limit"]


def test_one_form_sent_twice_is_one_delegation_and_a_second_is_refused(at, team: Team, home: str) -> None:
    url, form = f"{home}/people/{team.sponsor}/delegations", wish(team.second)
    for _twice in range(2):
        at(team.sponsor).post(url, form)
    assert len(given_by(team, team.sponsor)) == 1
    page = at(team.sponsor).post(url, wish(team.chair), 422)
    assert any("Somebody stands in for these decisions already" in error for error in page.errors())
    chain = at(team.second).post(f"{home}/people/{team.second}/delegations", wish(team.chair), 422)
    assert any("What is received is not passed on" in error for error in chain.errors())


def test_it_is_handed_back_and_ended(at, team: Team, home: str) -> None:
    for person in (team.second, team.sponsor):
        at(team.sponsor).post(f"{home}/people/{team.sponsor}/delegations", wish(team.second))
        [row] = [each for each in given_by(team, team.sponsor) if each.ended_at is None]
        at(team.owner).post(f"{home}/people/{team.sponsor}/delegations/{row.id}/end", {}, 422)
        at(person).post(f"{home}/people/{person}/delegations/{row.id}/end", {})
    assert all(row.ended_at for row in given_by(team, team.sponsor))
    at(team.sponsor).post(f"{home}/people/{team.sponsor}/delegations/{uuid4()}/end", {}, 404)


def test_the_office_arranges_it_for_who_is_away_and_only_then(at, team: Team, home: str) -> None:
    office, url = at(team.pmo), f"{home}/people/{team.sponsor}"
    page = office.post(f"{url}/delegations", wish(team.second), 422)
    assert any("Record the absence first" in error for error in page.errors())
    office.post(f"{url}/absences", away())
    office.post(f"{url}/delegations", wish(team.second))
    assert "arranged by Clara Vogt" in office.get(url).words
    email = team.work.get(MemberRow, team.sponsor).email
    [row] = office.get(f"{home}/people?q={email}").all("tr", id=f"p{team.sponsor}")
    assert "Away until 29 Nov 2026, Jonas Kvist stands in" in " ".join("".join(row.itertext()).split())


def test_others_change_nothing_of_me(at, team: Team, home: str) -> None:
    url, other = f"{home}/people/{team.sponsor}", at(team.owner)
    assert not other.get(url).all("form", action=f"{url}/absences")
    other.post(f"{url}/absences", away(), 422)
    other.post(f"{url}/delegations", wish(team.second), 422)
    other.post(f"{url}/letters", {"notify": "daily"}, 404)
    team.work.session.rollback()
    assert team.work.session.scalars(select(AbsenceRow).where(AbsenceRow.member_id == team.sponsor)).all() == []


def test_who_is_back_sooner_says_so(at, team: Team, home: str) -> None:
    url = f"{home}/people/{team.sponsor}"
    form = away(starts_on=(TODAY - timedelta(days=2)).isoformat())
    at(team.sponsor).post(f"{url}/absences", form)
    at(team.sponsor).post(f"{url}/absences/{form['id']}/end", {})
    assert "No absence ahead" in at(team.sponsor).get(url).words
    at(team.sponsor).post(f"{url}/absences/{form['id']}/end", {}, 404)


def test_letters_reach_me_as_i_like(at, team: Team, home: str) -> None:
    url = f"{home}/people/{team.owner}"
    at(team.owner).post(f"{url}/letters", {"notify": "daily"})
    team.work.session.rollback()
    team.work.session.expire_all()
    assert team.work.get(MemberRow, team.owner).notify == "daily"
    at(team.owner).post(f"{url}/letters", {"notify": "never"}, 422)


def test_a_person_outside_the_scope_is_not_there(at, team: Team, home: str) -> None:
    narrow = team.join("Nora Narrow", Role.OWNER, node=team.build(team.actor(team.pmo)))
    at(narrow).get(f"{home}/people/{team.sponsor}", 404)
    at(narrow).post(f"{home}/people/{team.sponsor}/absences", away(), 404)
    page = at(narrow).get(f"{home}/people/{narrow}")
    assert "Maria Lund" not in page.words


def test_opening_a_link_decides_nothing(at, team: Team, home: str) -> None:
    request = identified(team)
    at(team.sponsor).post(f"{home}/people/{team.sponsor}/delegations", wish(team.second))
    states = select(RequestRow.state, RequestRow.version, func.cardinality(RequestRow.waiting))
    before = team.work.session.execute(states.where(RequestRow.id == request)).one()
    trail = select(func.count()).select_from(AuditEventRow)
    count = team.work.session.scalar(trail)
    for person in (team.sponsor, team.second, team.owner):
        for query in ("", "?choice=approve", f"?choice=approve&on_behalf_of={team.sponsor}"):
            at(person).get(f"{home}/requests/{request}{query}")
            at(person).get(f"{home}/requests/{request}/votes{query}", 405)
    team.work.session.rollback()
    assert team.work.session.execute(states.where(RequestRow.id == request)).one() == before
    assert team.work.session.scalar(trail) == count


def test_a_step_asks_for_the_password_once_it_is_long_ago(
    site: Flask, at, team: Team, home: str, password: Callable[[PersonId], None]
) -> None:
    request = at_forum(team)
    password(team.chair)
    chair, url = at(team.chair), f"{home}/requests/{request}"
    assert not chair.get(url).all("input", name="password")
    site.extensions["clock"] = lambda: NOW + timedelta(minutes=11)
    assert chair.get(url).all("input", name="password")
    vote = {"choice": "approve", "comment": "As agreed", "on_behalf_of": ""}
    for typed in ({}, {"password": ""}, {"password": "wrong"}):
        page = chair.vote(url, vote | typed, 422)
        assert page.errors() and page.field("comment").strip() == "As agreed"
        assert [each.get("value") for each in page.all("input", name="choice") if each.get("checked") is not None] == [
            "approve"
        ]
    assert (team.chair, team.chair) not in votes(team, request)
    chair.vote(url, vote | {"password": GOOD})
    assert (team.chair, team.chair) in votes(team, request)
    assert not at(team.chair).get(url).all("input", name="password")  # another session, opened just now


def test_a_password_given_counts_for_ten_minutes(
    site: Flask, at, team: Team, home: str, password: Callable[[PersonId], None]
) -> None:
    first, second = at_forum(team), at_forum(team)
    password(team.chair)
    chair = at(team.chair)
    site.extensions["clock"] = lambda: NOW + timedelta(minutes=30)
    chair.vote(f"{home}/requests/{first}", {"choice": "approve", "password": GOOD})
    site.extensions["clock"] = lambda: NOW + timedelta(minutes=40)
    chair.vote(f"{home}/requests/{second}", {"choice": "approve"})
    assert (team.chair, team.chair) in votes(team, second)


def test_passwords_are_guessed_no_more_often_than_at_sign_in(
    site: Flask, at, team: Team, home: str, password: Callable[[PersonId], None]
) -> None:
    request = at_forum(team)
    password(team.chair)
    chair, url = at(team.chair), f"{home}/requests/{request}"
    site.extensions["clock"] = lambda: NOW + timedelta(minutes=11)
    for _guess in range(ACCOUNT_LIMIT):
        chair.vote(url, {"choice": "approve", "password": "wrong guess"}, 422)
    page = chair.vote(url, {"choice": "approve", "comment": "Kept", "password": GOOD}, 429)
    assert any("Too many wrong passwords." in error for error in page.errors())
    assert page.field("comment").strip() == "Kept"
    account = {"current": GOOD, "password": "another horse battery", "again": "another horse battery"}
    assert any("Too many wrong" in error for error in chair.post("/account/password", account, 429).errors())
    assert (team.chair, team.chair) not in votes(team, request)


def test_guesses_on_the_account_page_are_counted(
    site: Flask, at, team: Team, password: Callable[[PersonId], None]
) -> None:
    password(team.second)
    second = at(team.second)
    form = {"password": "another horse battery", "again": "another horse battery"}
    for guess in range(ACCOUNT_LIMIT):
        second.post("/account/password", form | {"current": f"wrong {guess}"}, 422)
    second.post("/account/password", form | {"current": GOOD}, 429)
    site.extensions["clock"] = lambda: NOW + timedelta(minutes=16)
    second.post("/account/password", form | {"current": GOOD})


def test_statements_do_not_grow_with_who_is_away(site: Flask, at, team: Team, home: str) -> None:
    url, counts = f"{home}/people/{team.sponsor}", []
    for round_ in range(2):
        for number in range(3):
            first = TODAY + timedelta(days=20 * (3 * round_ + number))
            form = wish(team.second, starts_on=first.isoformat(), ends_on=(first + timedelta(days=3)).isoformat())
            at(team.sponsor).post(f"{url}/delegations", form)
            at(team.sponsor).post(f"{url}/absences", away(starts_on=first.isoformat(), ends_on=first.isoformat()))
        client = at(team.sponsor)
        client.get(url)
        with statements(site) as seen:
            client.get(url)
        counts.append(len(seen))
    assert counts[0] == counts[1]
