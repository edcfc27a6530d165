"""What a person may set against what is computed or given: a status with a reason, the theme of the pages."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Locator, expect

from tests.browser.acts import TODAY, code_of, home, open_measure, planned
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.team import Team


def test_owner_sets_a_worse_status_and_the_controller_lets_the_computed_one_count(team: Team, desks: Desks) -> None:
    measure = planned(team)
    code = code_of(team, measure)
    owner, controller = desks(team.owner), desks(team.controller)
    open_measure(owner, team, measure)
    expect(_potential(owner)).to_contain_text("On track")
    _override(owner, "Off track", "Known risk not yet in the figures", "The supplier announced new prices.")
    expect(_potential(owner)).to_contain_text("Off track")
    expect(_potential(owner)).to_contain_text("The supplier announced new prices.")
    owner.sees("set the Potential Status to off track")
    owner.open(f"{home(team)}/measures?q={code}")
    expect(owner.page.get_by_role("row", name=code).locator('[data-label="Potential"]')).to_have_text("Off track")
    owner.open(f"{home(team)}/hierarchy?node={team.package}")
    expect(owner.page.locator(f'#n{team.package} [data-label="Potential"]')).to_have_text("1 off track")
    open_measure(controller, team, measure)
    controller.follow("Change the override", exact=False)
    controller.page.get_by_text("End the override", exact=True).click()
    controller.press("Let the computed status count")
    expect(_potential(controller)).to_contain_text("On track")


def test_override_without_a_reason_is_asked_again_and_changes_nothing(team: Team, desks: Desks) -> None:
    measure = planned(team)
    owner = desks(team.owner)
    open_measure(owner, team, measure)
    _potential(owner).get_by_role("link", name="Override").click()
    owner.page.get_by_role("radio", name="At risk").check()
    owner.fill(expires=(TODAY + timedelta(days=20)).isoformat())
    owner.press("Override the status")
    expect(owner.field("reason")).to_have_attribute("aria-invalid", "true")
    expect(owner.page.get_by_role("radio", name="At risk")).to_be_checked()
    open_measure(owner, team, measure)
    expect(_potential(owner)).to_contain_text("On track")


def test_theme_is_chosen_in_the_own_menu_and_holds_on_every_page(team: Team, desks: Desks) -> None:
    reader = desks(team.owner, color_scheme="light")
    reader.open(f"{home(team)}/measures?q=carrier")
    page, ground = reader.page.locator("html"), "getComputedStyle(document.body).backgroundColor"
    light = reader.page.evaluate(ground)
    _choose(reader, "Dark")
    expect(page).to_have_attribute("data-bs-theme", "dark")
    expect(reader.page).to_have_url(f"{home(team)}/measures?q=carrier")
    assert reader.page.evaluate(ground) != light
    reader.open(f"{home(team)}/")
    expect(page).to_have_attribute("data-bs-theme", "dark")
    _choose(reader, "System")
    expect(page).not_to_have_attribute("data-bs-theme", "dark")
    assert reader.page.evaluate(ground) == light


def _potential(desk: Desk) -> Locator:
    return desk.page.locator(".m-two > div", has_text="Potential Status")


def _override(desk: Desk, level: str, reason: str, comment: str) -> None:
    _potential(desk).get_by_role("link", name="Override").click()
    desk.page.get_by_role("radio", name=level).check()
    desk.fill(reason=reason, comment=comment, expires=(TODAY + timedelta(days=20)).isoformat())
    desk.press("Override the status")


def _choose(desk: Desk, theme: str) -> None:
    desk.page.get_by_role("banner").get_by_text("your menu").locator("xpath=..").click()
    desk.page.get_by_role("banner").get_by_role("button", name=theme, exact=True).click()
