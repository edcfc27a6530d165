"""The life of a measure in the browser: completed, asked for, decided, held, locked, measured, closed."""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import expect

from domain.ids import EvidenceId
from domain.months import span
from domain.stages import Stage
from tenants.instance.actions import evidence, milestones
from tenants.instance.models.measures import MilestoneRow
from tests.browser.acts import FIRST, THIS_MONTH, TODAY, code_of, decide, home, open_measure, planned, spread
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.team import Team


def test_owner_completes_a_measure_and_its_sponsor_lets_it_through(team: Team, desks: Desks) -> None:
    owner = desks(team.owner)
    code = _define(owner, team)
    owner.sees("Everything is there for the gate into Identified")
    owner.page.get_by_label("Comment for who decides").fill("Rates are agreed in principle.")
    owner.press("Request gate")
    owner.sees("One request is open", "A request for this gate is open.")
    sponsor = desks(team.sponsor)
    decide(sponsor, team, code)
    sponsor.sees("Approved", code)
    owner.page.reload()
    expect(owner.page.locator(".m-doi [aria-current=step]")).to_contain_text("Identified")
    _complete(owner, team)
    owner.sees("Everything is there for the gate into Detailed")


def test_hold_and_resume_are_asked_for_with_a_reason_and_decided(team: Team, desks: Desks) -> None:
    measure = team.define()
    owner, sponsor = desks(team.owner), desks(team.sponsor)
    _turn(owner, team, measure, "Put on hold", "Waits for a management decision")
    decide(sponsor, team, code_of(team, measure))
    assert team.row(measure).state == "on_hold"
    _turn(owner, team, measure, "Resume", "Decision taken")
    decide(sponsor, team, code_of(team, measure), "Reject", "The board has not said so yet.")
    assert team.row(measure).state == "on_hold"
    _turn(owner, team, measure, "Resume", "Decision taken")
    decide(sponsor, team, code_of(team, measure))
    assert team.row(measure).state == "active"


def test_cancelled_measure_leaves_the_forecast_and_keeps_its_history(team: Team, desks: Desks) -> None:
    measure = planned(team)
    code = code_of(team, measure)
    owner = desks(team.owner)
    open_measure(owner, team, measure)
    owner.follow("Cancel the measure")
    owner.page.get_by_label("Value cannot be reached").check()
    owner.press("Ask to cancel", exact=False)
    expect(owner.field("comment")).to_have_attribute("aria-invalid", "true")
    expect(owner.page.get_by_label("Value cannot be reached")).to_be_checked()
    owner.fill(comment="The pilot shows a tenth of it.")
    owner.press("Ask to cancel", exact=False)
    owner.sees("One request is open", "Value cannot be reached")
    for person in (team.sponsor, team.chair, team.second):
        assert team.row(measure).state == "active"
        decide(desks(person), team, code)
    owner.page.reload()
    owner.sees("Cancelled on", "Value cannot be reached", "The pilot shows a tenth of it.", "asked to cancel it")
    expect(owner.page.get_by_role("link", name="Cancel the measure")).to_have_count(0)
    expect(owner.page.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    owner.open(f"{home(team)}/measures?q={code}")
    row = owner.page.get_by_role("row", name=code)
    expect(row).to_contain_text("Cancelled")
    expect(row.get_by_role("cell").filter(has_text=re.compile("^0$")).first).to_be_visible()


def test_plan_locks_at_decided_and_the_controller_closes_on_actuals(closing_team: Team, desks: Desks) -> None:
    team = closing_team
    measure = planned(team)
    code = code_of(team, measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    owner, controller, chair = desks(team.owner), desks(team.controller), desks(team.chair)
    open_measure(controller, team, measure)
    controller.page.get_by_text("Confirm size and timing", exact=True).click()
    controller.press(f"Confirm the plan of {code}")
    controller.sees("Size and timing are confirmed")
    open_measure(owner, team, measure)
    owner.press("Request gate")
    owner.sees("One request is open")
    decide(controller, team, code)
    decide(chair, team, code)
    decide(desks(team.second), team, code)
    _find_locked(owner, team, code)
    _enter_actuals(controller, team, code)
    _close_month(controller, team)
    reader = desks(team.pmo)
    _agree_on_statuses(reader, team, code)
    _find_figures(reader, team)
    _deliver(team, measure)
    open_measure(owner, team, measure)
    owner.press("Request gate")
    decide(controller, team, code)
    open_measure(owner, team, measure)
    owner.sees("The measure is closed")


def _define(owner: Desk, team: Team) -> str:
    owner.open(f"{home(team)}/measures")
    owner.follow("New measure")
    owner.fill(title="Renegotiate parcel carrier contracts", package=str(team.package))
    owner.press("Define the measure")
    code = str(owner.page.locator("h1 .m-code").inner_text())
    owner.sees("criteria are missing before the gate into Identified")
    owner.follow("Edit")
    people = {"owner": str(team.owner), "sponsor": str(team.sponsor), "controller": str(team.controller)}
    owner.fill(description="Two-year contracts with two carriers.", expected_effect="Lower base rates.", **people)
    owner.fill(
        forum=str(team.forum_id),
        business_unit=str(team.reference("business_unit")),
        function=str(team.reference("function")),
        rough_value="600,000.00",
    )
    owner.press("Save the measure")
    return code


def _complete(owner: Desk, team: Team) -> None:
    """What Detailed asks for: an effect line by month with its baseline, a milestone, where figures come from."""
    owner.follow("Add an effect line")
    owner.fill(name="Parcel base rates")
    owner.press("Save, then enter its months")
    spread(owner, "1,200,000.00")
    owner.follow("Baseline")
    spread(owner, "2,400,000.00")
    owner.follow("Back to the measure")
    owner.follow("Add a milestone")
    owner.fill(title="Contract signed", owner=str(team.owner), due=THIS_MONTH.plus(2).first.isoformat())
    owner.press("Save the milestone")
    owner.follow("Back to the measure") if owner.page.url.count("/milestones/") else None
    owner.follow("Edit")
    owner.fill(legal_entity=str(team.reference("legal_entity")), start=FIRST.first.isoformat())
    owner.fill(end=THIS_MONTH.plus(20).first.isoformat(), target="600,000.00", baseline_source="Carrier invoices")
    owner.fill(assumptions="Volumes stay as they are.", risks="A volume guarantee.")
    owner.page.get_by_label("Depends on nothing").check()
    owner.press("Save the measure")


def _turn(owner: Desk, team: Team, measure, act: str, reason: str) -> None:  # type: ignore[no-untyped-def]
    open_measure(owner, team, measure)
    owner.follow(act)
    owner.page.get_by_label(reason).check()
    owner.fill(comment="The board meets on Friday.")
    owner.page.get_by_role("main").locator("button[type=submit].btn-primary").click()
    owner.sees("One request is open", reason)


def _find_locked(owner: Desk, team: Team, code: str) -> None:
    owner.open(f"{home(team)}/measures/{code}")
    expect(owner.page.locator(".m-doi [aria-current=step]")).to_contain_text("Decided")
    owner.sees("plan version 1 locked")
    expect(owner.page.get_by_role("link", name="Add an effect line")).to_have_count(0)
    owner.open(f"{home(team)}/measures/{code}/values?scenario=plan")
    owner.sees("Nothing can be entered here")
    expect(owner.page.locator("input.m-cell")).to_have_count(0)


def _enter_actuals(controller: Desk, team: Team, code: str) -> None:
    controller.open(f"{home(team)}/measures/{code}")
    controller.follow("Enter actuals")
    spread(controller, "120,000.00", FIRST, THIS_MONTH)  # 30,000 of 50,000 a month
    controller.sees("4 months saved")


def _close_month(controller: Desk, team: Team) -> None:
    last = THIS_MONTH.plus(-1).first
    controller.open(f"{home(team)}/settings/months")
    controller.page.get_by_text(f"Close {last:%b} {last.year}", exact=True).click()
    controller.press(f"Close {last:%b} {last.year} for good")
    controller.open(f"{home(team)}/settings/months")
    controller.sees(f"{last:%b} {last.year} is closed")


def _agree_on_statuses(reader: Desk, team: Team, code: str) -> None:
    """60 % of the plan has come, no milestone is late: the same on the measure, in the list and rolled up."""
    reader.open(f"{home(team)}/measures/{code}")
    both = reader.page.locator(".m-two > div")
    expect(both.filter(has_text="Implementation Status")).to_contain_text("On track")
    expect(both.filter(has_text="Potential Status")).to_contain_text("Off track")
    expect(both.filter(has_text="Potential Status")).to_contain_text("actual to date 60")
    reader.open(f"{home(team)}/measures?q={code}")
    cells = reader.page.get_by_role("row", name=code).get_by_role("cell")
    expect(cells.and_(reader.page.locator('[data-label="Implementation"]'))).to_have_text("On track")
    expect(cells.and_(reader.page.locator('[data-label="Potential"]'))).to_have_text("Off track")
    reader.open(f"{home(team)}/hierarchy?node={team.package}")
    rolled = reader.page.locator(f"#n{team.package}")
    red = f"{home(team)}/measures?node={team.package}&potential=red"
    expect(rolled.get_by_role("link", name="off track")).to_have_attribute("href", red)
    expect(rolled.locator('[data-label="Implementation"]')).to_have_text("1 on track")
    expect(rolled.locator('[data-label="Potential"]')).to_have_text("1 off track")
    expect(rolled).to_contain_text("600")


def _find_figures(reader: Desk, team: Team) -> None:
    """What was typed by month, in thousands, as the overview of the client sums it."""
    planned_here = [month for month in span(FIRST, FIRST.plus(23)) if month.year == THIS_MONTH.year]
    closed = [month for month in planned_here if month < THIS_MONTH]
    reader.open(f"{home(team)}/")
    figures = reader.page.locator("#figures li")
    for label, value in (
        ("Plan FY", f"{50 * len(planned_here)} k"),
        ("Forecast FY", f"{50 * len(planned_here) - 20 * len(closed)} k"),
        ("Actual to", f"{30 * len(closed)} k"),
        ("Realisation", "60.0" if closed else "–"),
        ("Full-year effect", "plan 600 k"),
    ):
        expect(figures.filter(has_text=label)).to_contain_text(value)
    cell = reader.page.locator(".m-matrix").get_by_role("link")
    expect(cell).to_contain_text("implementation on track, potential off track")
    expect(cell.locator("strong")).to_have_text("1")


def _deliver(team: Team, measure) -> None:  # type: ignore[no-untyped-def]
    """By actions: the milestone done with evidence, Implemented approved, the value proven."""
    owner = team.actor(team.owner)
    step = team.work.session.query(MilestoneRow.id).filter_by(measure_id=measure).scalar()
    proof = evidence.Proof(id=EvidenceId(uuid4()), title="Signed contract", url="https://example.org/c", milestone=step)
    evidence.add_evidence(team.work, measure, proof, owner)
    milestones.finish_milestone(team.work, measure, step, TODAY, owner)
    team.approve(team.ask(measure, Stage.IMPLEMENTED), team.pmo, team.sponsor)
    value = evidence.Proof(id=EvidenceId(uuid4()), title="Invoices", note="Ledger extract", is_closure=True)
    evidence.add_evidence(team.work, measure, value, owner)
