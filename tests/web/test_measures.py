"""The list of measures: what it shows to whom, filtered, sorted and paged by its address, and exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook

from domain.access import Capability, Role
from domain.stages import Stage
from tenants.instance.actions import members
from tenants.instance.queries.measures import MeasureFilter, list_measures
from tenants.places import Instance
from tests.house import House
from tests.team import Team
from tests.web.client import Client, Page, statements


@pytest.fixture(scope="module")
def team(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Team]:
    """People of the first client, with five measures: one identified, one on no plan."""
    with house.app.app_context():
        team = Team(house.work(two_clients[0]), house)
        for number in range(4):
            measure = team.define(title=f"Listed {number}")
            team.plan(measure)
        team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
        team.define(title="Listed without a plan")
        yield team
        team.work.close()


@pytest.fixture
def listing(site: Flask, team: Team, home: str) -> Callable[..., Page]:
    client = Client(site, team.owner)
    return lambda query="", **options: client.get(f"{home}/measures{query}", **options)


def titles(page: Page) -> list[str]:
    rows = page.all("a", class_="m-row")
    return [" ".join("".join(row.itertext()).split())[7:] for row in rows]


def test_the_list_names_measures_sums_and_as_of(listing: Callable[..., Page]) -> None:
    page = listing("?q=Listed")
    assert titles(page)[:2] == ["Listed 0", "Listed 1"]
    assert "All 5 measures of this filter" in page.words
    assert "As of 20 Nov 2026, 08:30" in page.words
    assert "2,400" in page.words  # four times 600 k EUR


def test_filters_stand_in_the_address_and_can_be_removed(listing: Callable[..., Page]) -> None:
    page = listing("?q=Listed&stage=identified&state=active")
    assert titles(page) == ["Listed 3"]
    assert any(link.endswith("/measures?q=Listed&state=active") for link in page.links())


def test_a_stage_is_understood_by_number_too(listing: Callable[..., Page]) -> None:
    assert titles(listing("?q=Listed&stage=2")) == ["Listed 3"]


def test_values_that_mean_nothing_do_not_filter(listing: Callable[..., Page]) -> None:
    assert len(titles(listing("?q=Listed&stage=ninth&state=x&owner=nobody&page=x&sort=x"))) == 5


def test_a_node_outside_the_scope_is_not_there(listing: Callable[..., Page]) -> None:
    assert listing("?node=7b0c1c3e-0000-4000-8000-000000000000", status=404)


def test_sorting_turns_round(listing: Callable[..., Page]) -> None:
    up, down = titles(listing("?q=Listed&sort=title")), titles(listing("?q=Listed&sort=-title"))
    assert up == list(reversed(down))


def test_nothing_matches_offers_to_clear_the_filters(listing: Callable[..., Page]) -> None:
    page = listing("?q=no-such-measure")
    assert "No measure matches" in page.words
    assert any(link.endswith("/measures") for link in page.links())


def test_htmx_gets_the_part_alone_with_the_clean_address(listing: Callable[..., Page]) -> None:
    page = listing("?q=Listed&owner=&node=", htmx=True)
    assert "<html" not in page.text
    assert page.headers["HX-Push-Url"].endswith("/measures?q=Listed")
    assert "HX-Request" in page.headers["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(listing: Callable[..., Page]) -> None:
    page = listing("", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert page.text.lstrip()[:9].lower() == "<!doctype"


def test_the_export_holds_what_is_filtered_to_the_cent(site: Flask, team: Team, home: str) -> None:
    response = Client(site, team.owner).http.get(f"{home}/measures/export?q=Listed&sort=-title")
    book = load_workbook(BytesIO(response.data))
    rows = list(book["Measures"].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["Listed without a plan", *(f"Listed {n}" for n in (3, 2, 1, 0))]
    column = rows[0].index("Plan FY 2026")
    assert [row[column] for row in rows[1:]] == [0, 600000, 600000, 600000, 600000]
    assert "attachment" in response.headers["Content-Disposition"]


def test_only_who_can_is_offered_a_new_measure(browser: Callable[[str], Client], team: Team, home: str) -> None:
    assert "New measure" in browser("owner").get(f"{home}/measures").words
    assert "New measure" not in browser("auditor").get(f"{home}/measures").words
    browser("auditor").get(f"{home}/measures/new", 404)


def test_an_empty_client_says_what_to_do_next(site: Flask, house: House) -> None:
    with house.app.app_context():
        instance = house.onboard("Empty Measures AG")
    page = Client(site, house.manager).get(f"/clients/{instance.slug}/measures")
    assert "No measures yet" in page.words
    assert f"/clients/{instance.slug}/measures/new" in page.links()
    assert (
        "There is no measure package yet"
        in Client(site, house.manager).get(f"/clients/{instance.slug}/measures/new").words
    )


def test_measures_of_others_are_in_no_list(site: Flask, team: Team, house: House, home: str) -> None:
    stranger = team.enrol("Otto Outside", "otto.outside@example.org")
    members.admit_member(team.work, stranger, "Otto Outside", "otto.outside@example.org", "client", None)
    elsewhere = team.build(team.actor(team.pmo))
    members.give_role(team.work, stranger, Role.OWNER, elsewhere, None)
    page = Client(site, stranger).get(f"{home}/measures?q=Listed")
    assert titles(page) == []


def test_a_named_person_without_a_role_sees_their_measure(site: Flask, team: Team, home: str) -> None:
    named = team.enrol("Nina Named", "nina.named@example.org")
    members.admit_member(team.work, named, "Nina Named", "nina.named@example.org", "client", None)
    measure = team.define(title="Named only", owner=named)
    client = Client(site, named)
    assert titles(client.get(f"{home}/measures")) == ["Named only"]
    client.get(f"{home}/measures/{team.row(measure).code}")


def test_statements_do_not_grow_with_the_rows(site: Flask, house: House) -> None:
    with house.app.app_context():
        instance = house.onboard("Counted AG")
        team = Team(house.work(instance), house)
        client = Client(site, team.owner)
        counts = []
        for many in (10, 60):
            while len(counts) * 50 + 10 > (made := _count(team)):
                team.define(title=f"Counted {made}")
            client.get(f"/clients/{instance.slug}/measures")
            with statements(site) as seen:
                client.get(f"/clients/{instance.slug}/measures")
            counts.append(len(seen))
            assert _count(team) == many
    assert counts[0] == counts[1]


def _count(team: Team) -> int:
    scope = team.actor(team.owner).scope_for(Capability.VIEW_MEASURES)
    return list_measures(team.work, scope, MeasureFilter()).total
