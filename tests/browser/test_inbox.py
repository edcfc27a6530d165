"""The inbox in the browser: decided in place, several at once, and a request that an edit voids meanwhile."""

from __future__ import annotations

from playwright.sync_api import expect

from domain.stages import Stage
from tenants.instance.actions import measures
from tests.browser.acts import code_of, home, planned
from tests.browser.conftest import Desks
from tests.team import Team


def test_sponsor_decides_in_place_and_then_the_rest_at_once(team: Team, desks: Desks) -> None:
    asked = [planned(team) for _each in range(3)]
    for measure in asked:
        team.ask(measure, Stage.IDENTIFIED)
    codes = [code_of(team, measure) for measure in asked]
    sponsor = desks(team.sponsor)
    sponsor.open(f"{home(team)}/waiting")
    sponsor.titled("3 decisions wait for you")
    sponsor.page.get_by_role("link", name=codes[0]).first.click()
    sponsor.sees("What is decided on, sealed", "Gross benefit")
    sponsor.page.get_by_role("radio", name="Reject").check()
    sponsor.press("Record my vote")
    sponsor.sees("Say why you reject it.")
    sponsor.page.get_by_role("radio", name="Approve").check()
    sponsor.press("Record my vote")
    sponsor.titled("2 decisions wait for you")
    sponsor.page.get_by_role("checkbox", name="Tick all that can be approved here").check()
    sponsor.sees("2 of 2 ticked")
    sponsor.press("Approve what is ticked")
    sponsor.titled("2 requests approved")
    sponsor.sees(*codes[1:])
    assert {team.row(measure).stage for measure in asked} == {Stage.IDENTIFIED}


def test_a_request_that_an_edit_voids_is_not_approved_from_the_old_page(team: Team, desks: Desks) -> None:
    measure = planned(team)
    request = team.ask(measure, Stage.IDENTIFIED)
    sponsor, owner = desks(team.sponsor), desks(team.owner)
    sponsor.open(f"{home(team)}/waiting?open={request.id}")
    sponsor.page.get_by_role("radio", name="Approve").check()
    version = team.row(measure).version
    measures.edit_measure(team.work, measure, {"title": "Only one carrier"}, team.actor(team.owner), version)
    sponsor.press("Record my vote")
    sponsor.sees("This request is voided already.", "Changed since it was sealed: title", "Only one carrier")
    expect(sponsor.page.get_by_role("button", name="Record my vote")).to_have_count(0)
    assert team.row(measure).stage == Stage.DEFINED
    team.work.session.rollback()
    owner.open(f"{home(team)}/requests/{request.id}")
    owner.sees("The seal broke", "Renegotiate parcel carrier contracts", "Only one carrier")
