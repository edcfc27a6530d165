"""Gates in the browser: a criterion is waived, two steps and a forum decide, a condition is set and met."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect

from domain.stages import Stage
from tenants.instance.actions import values
from tests.browser.acts import TODAY, code_of, decide, home, open_measure, planned
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.looks import findings
from tests.team import Team


def test_a_gate_of_two_steps_with_a_waiver_then_a_forum_with_a_condition(team: Team, desks: Desks) -> None:
    measure = planned(team, legal_entity=None)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    code = code_of(team, measure)
    owner, office = desks(team.owner), desks(team.pmo)
    open_measure(owner, team, measure)
    owner.sees("1 criterion is missing before the gate into Detailed", "Not ready for Detailed")
    expect(owner.page.get_by_role("link", name="Waive")).to_have_count(0)
    _waive(office, team, code)
    owner.page.reload()
    owner.sees("Everything is there for the gate into Detailed", "Waived: Does not apply to this measure")
    owner.sees("Who would decide", "Policy “Detail a measure”")
    assert not findings(owner.page, "gate-dry-run", is_rich=True)
    owner.press("Request gate")
    decide(desks(team.pmo), team, code)
    decide(desks(team.sponsor), team, code)
    values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    team.work.session.rollback()
    open_measure(owner, team, measure)
    owner.press("Request gate")
    decide(desks(team.controller), team, code)
    _approve_with_condition(desks(team.chair), team, code)
    decide(desks(team.second), team, code)
    owner.page.reload()
    expect(owner.page.locator(".m-doi [aria-current=step]")).to_contain_text("Decided")
    owner.sees("1 condition is open", "Cap the volume guarantee at 60 %.")
    expect(owner.page.get_by_text("Report as met")).to_have_count(0)
    _meet(office, team, code)
    owner.page.reload()
    owner.sees("The one condition is met", "Signed on Monday.")


def test_many_are_held_at_once_and_one_is_refused(team: Team, desks: Desks) -> None:
    measures = [team.define(title=f"Held together {number}") for number in (1, 2)]
    codes = [code_of(team, measure) for measure in measures]
    owner = desks(team.owner)
    for count, words in ((1, "It was asked for"), (2, "1 of 2 was asked for")):
        owner.open(f"{home(team)}/measures?q=Held+together&sort=-code")
        for code in codes[:count]:
            owner.page.get_by_role("checkbox", name=f"Tick {code}").check()
        owner.press("Put on hold")
        owner.page.get_by_label("Waits for a management decision").check()
        owner.fill(comment="The board meets on Friday.")
        owner.page.get_by_role("main").locator("button[type=submit].btn-primary").click()
        owner.titled(words)
    owner.sees("A request on this measure is open already.")
    assert not findings(owner.page, "turned-together", is_rich=True)


def _waive(office: Desk, team: Team, code: str) -> None:
    office.open(f"{home(team)}/measures/{code}")
    office.page.locator("#gate li", has_text="Legal entity set").get_by_role("link", name="Waive").click()
    office.press("Waive the criterion")
    office.sees("Choose a reason from the list.")
    office.page.get_by_label("Does not apply to this measure").check()
    office.fill(comment="There is one entity only.")
    office.press("Waive the criterion")
    office.sees("Everything is there for the gate into Detailed", "Waived")


def _approve_with_condition(chair: Desk, team: Team, code: str) -> None:
    chair.open(f"{home(team)}/waiting")
    chair.page.get_by_role("link", name=code).first.click()
    chair.page.get_by_role("radio", name="Approve").check()
    chair.page.get_by_text("Approve with conditions", exact=True).click()
    chair.page.get_by_label("Condition 1", exact=True).fill("Cap the volume guarantee at 60 %.")
    chair.press("Record my vote")
    chair.sees("Choose who meets it.", "Enter a date.")
    chair.page.get_by_label("Who meets condition 1").select_option(str(team.second))
    chair.page.get_by_label("Condition 1 is due").fill((TODAY + timedelta(days=14)).isoformat())
    assert not findings(chair.page, "vote-with-condition", is_rich=True)
    chair.press("Record my vote")
    chair.sees("Approved", code)


def _meet(office: Desk, team: Team, code: str) -> None:
    office.open(f"{home(team)}/measures/{code}")
    office.page.get_by_text("Report as met", exact=True).click()
    office.page.get_by_label("How it was met").fill("Signed on Monday.")
    office.press("Report it as met")
    office.sees("The one condition is met")
