"""What goes wrong in front of a screen: a double click, two tabs, a session that ended, no scripts."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.acts import decide, home, open_measure
from tests.browser.conftest import Desks
from tests.browser.processes import PASSWORD, Running
from tests.team import Team


def test_double_click_asks_once(team: Team, desks: Desks) -> None:
    measure = team.define()
    owner = desks(team.owner)
    open_measure(owner, team, measure)
    owner.page.get_by_role("button", name="Request gate", exact=True).dblclick()
    owner.sees("One request is open")
    owner.page.reload()
    owner.sees("One request is open")
    expect(owner.page.locator("#requests h3")).to_have_count(1)
    expect(owner.page.locator("#requests .m-list li")).to_have_count(0)


def test_second_tab_gets_the_differences_and_loses_nothing(team: Team, desks: Desks) -> None:
    measure = team.define()
    first, second = desks(team.owner), desks(team.pmo)
    for desk in (first, second):
        open_measure(desk, team, measure)
        desk.follow("Edit")
    first.fill(title="Renegotiate all carrier contracts")
    first.press("Save the measure")
    first.titled("Renegotiate all carrier contracts")
    second.fill(title="Renegotiate two carrier contracts", assumptions="Volumes grow by 2 %.")
    second.press("Save the measure")
    second.sees("Somebody was faster", "Renegotiate all carrier contracts", "Renegotiate two carrier contracts")
    second.sees("Petra Holm", "Volumes grow by 2 %.")
    second.press("Save with these choices")
    second.titled("Renegotiate all carrier contracts")
    second.sees("Volumes grow by 2 %.")


def test_session_ended_elsewhere_leads_to_sign_in_and_back(running: Running, team: Team, desks: Desks) -> None:
    email = running.give_password(team.owner)
    here, elsewhere = desks(team.owner), desks(team.owner)
    here.open(f"{home(team)}/measures?q=carrier")
    elsewhere.open("/account")
    elsewhere.press("Sign out everywhere else")
    elsewhere.sees("You are signed out everywhere else")
    here.page.reload()
    here.titled("Sign in")
    here.fill(email=email, password=PASSWORD)
    here.press("Sign in")
    expect(here.page).to_have_url(f"{running.address}{home(team)}/measures?q=carrier")


def test_everything_works_without_scripts(running: Running, team: Team, desks: Desks) -> None:
    measure = team.define()
    owner = desks(java_script_enabled=False)
    owner.open(f"{home(team)}/measures/{team.row(measure).code}/holds/new")
    owner.titled("Sign in")
    owner.fill(email=running.give_password(team.owner), password=PASSWORD)
    owner.press("Sign in")
    owner.page.get_by_label("Budget not released").check()
    owner.fill(comment="The board meets on Friday.")
    owner.page.get_by_role("main").locator("button[type=submit].btn-primary").click()
    owner.sees("One request is open", "Budget not released")
    sponsor = desks(team.sponsor, java_script_enabled=False)
    decide(sponsor, team, team.row(measure).code)
    sponsor.titled("Nothing waits for you")
