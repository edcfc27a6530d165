"""A locked plan changes by request: a small change goes to sponsor and controller, a large one to the forum."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.acts import FIRST, LAST, code_of, decide, home, open_measure, planned
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.looks import findings
from tests.team import Team


@pytest.fixture
def locked(team: Team) -> UUID:
    """A measure at Decided with 50,000 a month, its end on the first of the last planned month."""
    measure = planned(team, start=FIRST.first, end=LAST.first)
    team.decide(measure)
    team.work.session.rollback()
    return measure


def test_below_the_threshold_sponsor_and_controller_decide(team: Team, locked: UUID, desks: Desks) -> None:
    owner, code = desks(team.owner), code_of(team, locked)
    open_measure(owner, team, locked)
    owner.follow("Request a change")
    owner.titled("Change what is locked")
    owner.fill(target="580000", end=LAST.first.replace(day=14).isoformat())
    _month(owner, 0).fill("45000")
    owner.fill(comment="The second carrier signs two weeks later.")
    owner.press("See the effect")
    owner.titled("Effect of the change")
    owner.sees("Any other change of a locked plan", "Maria Lund", "Astrid Nyman", "−5,000.00", "−20,000.00")
    assert not findings(owner.page, "change-preview", is_rich=True)
    owner.press(f"Request the change of {code}")
    owner.sees("One change is asked for", "One request is open")
    sponsor = desks(team.sponsor)
    sponsor.open(f"{home(team)}/waiting")
    sponsor.page.get_by_role("link", name=code).first.click()
    sponsor.sees("What is decided on, sealed", "−5,000.00", "+13 days", "two weeks later")
    assert not findings(sponsor.page, "change-request", is_rich=True)
    decide(desks(team.sponsor), team, code)
    decide(desks(team.controller), team, code)
    open_measure(owner, team, locked)
    owner.sees("The plan is at version 2", "Version 1", "carried out a change of 3 fields")
    assert not findings(owner.page, "change-versions")
    _kept(team, locked, version=2)


def test_above_the_threshold_the_forum_decides(team: Team, locked: UUID, desks: Desks) -> None:
    owner, code = desks(team.owner), code_of(team, locked)
    owner.open(f"{home(team)}/measures/{code}/changes/new")
    owner.fill(target="500000", comment="Volumes are lower than assumed.")
    owner.press("See the effect")
    owner.sees("Change that takes 10 % or more of the value", "−100,000", "Elsa Wikström")
    owner.press("Change it once more")
    expect(owner.field("target")).to_have_value("500000.00")
    expect(owner.field("comment")).to_have_value("Volumes are lower than assumed.")
    owner.press("See the effect")
    owner.press(f"Request the change of {code}")
    decide(desks(team.controller), team, code)
    chair = desks(team.chair)
    decide(chair, team, code)
    decide(desks(team.second), team, code, "Reject", "Hold the target; find the volume elsewhere.")
    open_measure(owner, team, locked)
    owner.sees("The plan holds as it was decided")
    _kept(team, locked, version=1)


def test_another_year_and_a_wrong_month_lose_nothing(team: Team, locked: UUID, desks: Desks) -> None:
    owner, code = desks(team.owner), code_of(team, locked)
    owner.open(f"{home(team)}/measures/{code}/values?scenario=plan")
    owner.follow("Request a change")
    owner.fill(target="590000")
    _month(owner, 1).fill("lots")
    owner.fill(comment="Tariffs rise.")
    owner.press("See the effect")
    owner.sees("“lots” is not an amount that can be stored.")
    assert not findings(owner.page, "change-form", is_rich=True)
    _month(owner, 1).fill("49000")
    years = owner.page.locator("#plan > header button")
    years.last.click()
    owner.titled("Change what is locked")
    expect(owner.field("target")).to_have_value("590000.00")
    owner.press("See the effect")
    owner.sees("−1,000.00", "−10,000.00", "“Tariffs rise.”")


def _month(desk: Desk, number: int):  # type: ignore[no-untyped-def]
    """A month of the plan that the form shows, among those planned."""
    cells = desk.page.locator("#plan input.m-cell")
    filled = [cell for cell in cells.all() if cell.input_value()]
    return filled[number]


def _kept(team: Team, measure: UUID, version: int) -> None:
    assert team.row(measure).plan_version == version
    team.work.session.rollback()
