"""The decision log as a page: filtered by its address, sorted, paged, exported; scope; queries; the list of forums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from openpyxl import load_workbook

from domain.access import Role
from domain.approvals.request import Choice
from domain.ids import NodeId
from tenants.instance.actions import agendas, following
from tenants.places import Instance
from tests.house import NOW, House
from tests.sitting import called, decided, waiting_at_forum
from tests.team import Team
from tests.web.client import Client, statements


@dataclass(frozen=True)
class Logged:
    """A client where a meeting decided twice, and one more request waits."""

    instance: Instance
    team: Team
    meeting: UUID
    approved: Any
    rejected: Any
    waiting: Any


@pytest.fixture(scope="module")
def logged(house: House) -> Logged:
    with house.app.app_context():
        instance = house.onboard("Log AG")
        team = Team(house.work(instance), house)
        approved, rejected = waiting_at_forum(team), waiting_at_forum(team)
        meeting = called(team)
        decided(team, meeting, approved)
        decided(team, meeting, rejected, Choice.REJECT, "Payback of nine years.")
        chair = team.actor(team.chair)
        yesterday = called(team, NOW + timedelta(minutes=1))
        following.agree_action(team.work, yesterday, uuid4(), "Ask the carriers", team.owner, NOW.date(), chair)
        return Logged(instance, team, meeting, approved, rejected, waiting_at_forum(team))


@pytest.fixture
def team(logged: Logged, house: House) -> Iterator[Team]:
    with house.app.app_context():
        logged.team.work.session.rollback()
        yield logged.team


@pytest.fixture
def at(logged: Logged) -> str:
    return f"/clients/{logged.instance.slug}/forums"


@pytest.fixture
def office(site: Flask, logged: Logged) -> Client:
    return Client(site, logged.team.pmo)


def codes(page: Any) -> list[str]:
    rows = [row for row in page.all("tr") if any("requests/" in (link.get("href") or "") for link in row.iter())]
    return ["".join(row.itertext()) for row in rows]


def test_the_log_lists_what_was_decided_and_where(office: Client, at: str, logged: Logged) -> None:
    page = office.get(f"{at}/decisions")
    assert f"/clients/{logged.instance.slug}/forums/meetings/{logged.meeting}" in page.links()
    assert "Payback of nine years." in page.words and "Gate into Decided" in page.words
    assert "As of 20 Nov 2026, 08:30" in page.words
    assert not [link for link in page.links() if str(logged.waiting.id) in link]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("outcome=rejected", 1),
        ("outcome=withdrawn", 0),
        ("kind=gate:decided", 2),
        ("kind=hold", 0),
        ("q=payback", 1),
        ("q=no+such+words", 0),
        ("from=2026-11-20&to=2026-11-20&kind=gate:decided", 2),
        ("to=2026-11-19", 0),
        ("outcome=nonsense&kind=gate:decided", 2),
        ("from=soon&page=x&kind=gate:decided", 2),
    ],
)
def test_the_address_filters(query: str, rows: int, office: Client, at: str) -> None:
    page = office.get(f"{at}/decisions?{query}")
    assert len(codes(page)) == rows
    if not rows:
        assert "No decision matches" in page.words


def test_a_forum_filters_and_one_that_is_not_there_is_not_there(office: Client, at: str, logged: Logged) -> None:
    page = office.get(f"{at}/decisions?forum={logged.team.forum_id}")
    assert len(codes(page)) == 2
    office.get(f"{at}/decisions?forum={uuid4()}", 404)


def test_the_log_is_sorted_by_link(office: Client, at: str) -> None:
    up, down = (codes(office.get(f"{at}/decisions?kind=gate:decided&sort={sign}code")) for sign in ("", "-"))
    assert up == list(reversed(down)) and len(up) == 2
    assert office.get(f"{at}/decisions?sort=nothing").all("table")


def test_a_fragment_is_the_list_alone(office: Client, at: str) -> None:
    page = office.get(f"{at}/decisions?outcome=rejected", htmx=True)
    assert "<!doctype" not in page.text.lower() and page.headers["HX-Push-Url"].endswith("outcome=rejected")


def test_the_export_holds_what_the_filter_lets_through_and_what_is_to_be_done(
    office: Client, at: str, logged: Logged
) -> None:
    answer = office.get(f"{at}/decisions/export?outcome=rejected").response
    book = load_workbook(BytesIO(answer.get_data()))
    rows = list(book["Decisions"].iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][1] == logged.rejected.code and "Payback of nine years." in rows[1]
    actions = list(book["Actions"].iter_rows(values_only=True))
    assert actions[1][0] == "Ask the carriers"
    assert any("as of 2026-11-20 08:30 UTC" in str(row[0]) for row in book["Read me"].iter_rows(values_only=True))


def test_what_is_outside_the_scope_is_in_no_row_count_or_export(
    site: Flask, house: House, team: Team, at: str, logged: Logged
) -> None:
    elsewhere = Team(team.work, house).package
    local = Client(site, team.join("Lo Cal", Role.LEADERSHIP, node=NodeId(elsewhere)))
    page = local.get(f"{at}/decisions")
    assert "Nothing has been decided yet" in page.words and logged.rejected.code not in page.text
    book = load_workbook(BytesIO(local.get(f"{at}/decisions/export").response.get_data()))
    assert [sheet.max_row for sheet in (book["Decisions"], book["Actions"])] == [1, 1]
    assert "Nothing waits for a forum" in local.get(at).words
    meeting = local.get(f"{at}/meetings/{logged.meeting}")
    assert "You see the part that is about your measures" in meeting.words
    assert logged.approved.code not in meeting.text
    assert logged.approved.code not in local.get(f"{at}/meetings/{logged.meeting}/minutes").text
    assert logged.approved.code not in local.get(f"{at}/meetings/{logged.meeting}/meeting.ics").text


def test_the_list_of_forums_says_what_waiting_costs_and_what_is_left_to_do(
    office: Client, at: str, logged: Logged
) -> None:
    page = office.get(at)
    assert "One decision waits for a forum; a week costs" in page.words
    assert "1 action is open" in page.words and "Ask the carriers" in page.words
    assert logged.waiting.code in office.get(f"{at}/{logged.team.forum_id}").words


@pytest.mark.parametrize("path", ["", "/decisions", "/{forum}", "/meetings/{meeting}", "/meetings/{meeting}/minutes"])
def test_queries_do_not_grow_with_rows(
    path: str, site: Flask, office: Client, house: House, team: Team, at: str, logged: Logged
) -> None:
    meeting = called(team)
    address = at + path.format(forum=team.forum_id, meeting=meeting)

    def count() -> int:
        office.get(address)
        with statements(site) as seen:
            office.get(address)
        return len(seen)

    before = count()
    waiting_at_forum(team)
    agendas.fill_agenda(team.work, meeting, team.actor(team.pmo))
    decided(team, meeting, waiting_at_forum(team))
    assert count() == before
