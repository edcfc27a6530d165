"""Somebody goes away: says so, lets another decide, and what waited is decided for her, in sight of everybody."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from domain.stages import Stage
from tests.browser.acts import TODAY, home
from tests.browser.conftest import Desks
from tests.team import Team


def test_delegation_during_absence(team: Team, desks: Desks) -> None:
    measure = team.define()
    code = team.row(measure).code
    request = team.ask(measure, Stage.IDENTIFIED)
    last = (TODAY + timedelta(days=9)).isoformat()

    sponsor = desks(team.sponsor)
    sponsor.open(f"{home(team)}/people")
    sponsor.follow("My absence and letters")
    sponsor.titled("Maria Lund")
    absence = sponsor.page.get_by_role("region", name="I am away")
    absence.get_by_label("First day").fill(TODAY.isoformat())
    absence.get_by_label("Last day").fill(last)
    absence.get_by_label("Why").fill("Holiday")
    sponsor.press("Record the absence")
    sponsor.sees("Holiday")

    standing = sponsor.page.get_by_role("region", name="Let somebody decide for me")
    standing.get_by_label("Who stands in").select_option(str(team.second))
    standing.get_by_label("First day").fill(TODAY.isoformat())
    standing.get_by_label("Last day").fill(last)
    standing.get_by_label("Gate into Identified").check()
    standing.get_by_label("Up to a value of").fill("100000")
    sponsor.press("Let them decide")
    sponsor.sees("Jonas Kvist for Maria Lund", "100,000")

    # The limit is below the value of the measure: he sees why he cannot decide, she mends it.
    second = desks(team.second)
    second.open(f"{home(team)}/requests/{request.id}")
    second.sees("You stand in up to a value of 100,000.00 EUR; this is about 600,000.00 EUR.")
    sponsor.page.get_by_text("End", exact=True).click()
    sponsor.press("End it now")
    sponsor.sees("Nobody stands in")
    standing.get_by_label("Who stands in").select_option(str(team.second))
    standing.get_by_label("First day").fill(TODAY.isoformat())
    standing.get_by_label("Last day").fill(last)
    sponsor.press("Let them decide")
    sponsor.sees("Jonas Kvist for Maria Lund", "any value")

    owner = desks(team.owner)
    owner.open(f"{home(team)}/requests/{request.id}")
    owner.sees("away until", "Jonas Kvist stands in")

    second.open(f"{home(team)}/")
    second.go("Waiting for me")
    second.page.get_by_role("link", name=code).first.click()
    second.page.get_by_role("radio", name="Approve").check()
    second.press("Decide for Maria Lund")
    expect(second.page).to_have_url(f"{home(team)}/waiting")

    owner.page.reload()
    owner.sees("Approved", "Jonas Kvist for Maria Lund")
    assert team.row(measure).stage == Stage.IDENTIFIED
