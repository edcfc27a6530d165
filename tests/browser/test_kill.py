"""Kill criteria in the browser: written before the decision, met in a night, the cancellation proposed and decided."""

from __future__ import annotations

from playwright.sync_api import expect

from tenants.instance.actions.kill_criteria import look_at_kill_criteria
from tests.browser.acts import code_of, decide, open_measure, planned
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.looks import findings
from tests.team import Team

WORDS = "Half of the volume leaves: not worth it any more."


def test_a_criterion_written_is_met_proposed_and_decided(team: Team, desks: Desks) -> None:
    measure = planned(team)
    owner, code = desks(team.owner), code_of(team, measure)
    open_measure(owner, team, measure)
    _write(owner)
    team.decide(measure)
    owner.page.reload()
    expect(owner.page.locator("#kill").get_by_text("Take back", exact=True)).to_have_count(0)
    look_at_kill_criteria(team.work, measure)  # what the clock does every night
    team.work.session.rollback()
    owner.page.reload()
    owner.sees("A kill criterion is met", "met on", "One request is open")
    assert not findings(owner.page, "kill-criterion-met")
    owner.page.locator("#kill").get_by_role("link", name="Open the request").click()
    owner.sees(WORDS, "Value cannot be reached")
    for person in (team.sponsor, team.chair, team.second):
        assert team.row(measure).state == "active"
        team.work.session.rollback()
        decide(desks(person), team, code)
    open_measure(owner, team, measure)
    owner.sees("Cancelled on", "Value cannot be reached")


def _write(owner: Desk) -> None:
    owner.follow("Add a kill criterion")
    owner.press("Write it down")
    owner.sees("Choose from the list.", "Enter an amount.")
    owner.fill(words=WORDS, field="forecast_full_year", operator="below", value="700000", then="cancel/no-value")
    owner.press("Write it down")
    owner.sees("One kill criterion stands", "Forecast, full year, EUR: below 700,000", "Take back")
