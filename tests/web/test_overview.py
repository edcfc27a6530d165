"""The overview: the guide of an empty client, the figures of a full one, its scope and its statements."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from domain.access import Role
from domain.months import Month
from domain.stages import Stage
from domain.value import Scenario
from tenants.instance.actions import members, values
from tenants.instance.models.hierarchy import NodeRow
from tenants.places import Instance
from tests.house import House
from tests.team import Team
from tests.web.client import Client, statements

FRAME = 6
OWN = 17


@pytest.fixture(scope="module")
def full(house: House) -> tuple[Instance, Team]:
    """A client with a decided measure that leaks, one that waits for a gate, and a closed month."""
    with house.app.app_context():
        instance = house.onboard("Full Overview AG")
        team = Team(house.work(instance), house)
        decided = team.define()
        line = team.plan(decided)
        team.decide(decided)
        months = {Month(2026, number): Decimal("40000.00") for number in range(1, 11)}
        values.enter_amounts(team.work, decided, {(line, Scenario.ACTUAL): months}, team.actor(team.controller), None)
        ahead = {Month(2026, number): Decimal("40000.00") for number in (11, 12)}
        values.enter_amounts(team.work, decided, {(line, Scenario.FORECAST): ahead}, team.actor(team.owner), None)
        waiting = team.define(title="Second measure")
        team.plan(waiting)
        team.ask(waiting, Stage.IDENTIFIED)
        values.close_month(team.work, Month(2026, 10), team.actor(team.controller))
    return instance, team


def test_an_empty_client_is_told_what_to_do_first(manager: Client, house: House) -> None:
    with house.app.app_context():
        instance = house.onboard("Empty Overview AG")
    page = manager.get(f"/clients/{instance.slug}/")
    assert "Build the hierarchy" in page.words and "No measure has been entered yet" in page.words
    assert f"/clients/{instance.slug}/hierarchy" in page.links()


def test_figures_titles_and_what_waits(site: Flask, full: tuple[Instance, Team]) -> None:
    instance, team = full
    page = Client(site, team.sponsor).get(f"/clients/{instance.slug}/")
    assert page.title == "Full Overview AG"
    assert "One thing waits for you" in page.words
    assert re.search(r"FY 2026 closes 0\.12.m.EUR below plan", page.words)
    assert "40.0" in page.words  # 400,000 of 1,000,000 planned to date
    assert "EUR a week" in page.words
    assert any("/measures?node=" in link and "implementation=green" in link for link in page.links())
    assert "As of 20 Nov 2026" in page.words and "Oct 2026 closed" in page.words


def test_a_node_shows_what_lies_below_it_and_a_foreign_one_is_not_there(
    site: Flask, full: tuple[Instance, Team], two_clients: tuple[Instance, Instance], house: House
) -> None:
    instance, team = full
    client = Client(site, team.pmo)
    with house.app.app_context():
        package = team.work.get(NodeRow, team.package)
        other = house.work(two_clients[1]).session.scalar(select(NodeRow.id))
    assert client.get(f"/clients/{instance.slug}/?node={package.id}").title == package.name
    for node in (uuid4(), other, "nonsense"):
        client.get(f"/clients/{instance.slug}/?node={node}", 404)


def test_a_reader_sees_only_the_own_branch(site: Flask, full: tuple[Instance, Team], house: House) -> None:
    instance, team = full
    with house.app.app_context():
        empty = team.build(team.actor(team.pmo))
        stranger = team.enrol("Otto", f"{uuid4()}@example.org")
        members.admit_member(team.work, stranger, "Otto", f"{uuid4()}@example.org", "client", None)
        members.give_role(team.work, stranger, Role.LEADERSHIP, empty, None)
    page = Client(site, stranger).get(f"/clients/{instance.slug}/")
    assert "No measure has been entered yet" in page.words


def test_statements_do_not_grow_with_measures(site: Flask, full: tuple[Instance, Team], house: House) -> None:
    instance, team = full
    client, address = Client(site, team.pmo), f"/clients/{instance.slug}/"
    client.get(address)
    with statements(site) as before:
        client.get(address)
    with house.app.app_context():
        for _ in range(3):
            team.ask(team.define(), Stage.IDENTIFIED)
            team.build(team.actor(team.pmo))
    with statements(site) as after:
        client.get(address)
    assert len(after) == len(before)
    assert len(after) <= FRAME + OWN
