"""A forum in the browser: a meeting is called, what waits is on its agenda, the chair records what it decided."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import expect

from domain.stages import Stage
from tenants.instance.actions import values
from tests.browser.acts import TODAY, home, planned
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.team import Team


def test_a_gate_is_decided_in_a_meeting_and_the_log_is_exported(team: Team, desks: Desks) -> None:
    code = _waits_for_the_forum(team)
    chair = desks(team.chair)
    _call(chair, team)
    chair.sees("The meeting is called", code)
    chair.follow("Move the meeting")
    chair.fill(place="Room 7")
    chair.press("Move the meeting")
    chair.sees("Room 7")
    chair.page.get_by_label("An item of its own").fill("Budget 2027")
    chair.press("Add the item")
    chair.sees("The item is on the agenda", "Budget 2027")
    _decide(chair, code)
    _note_an_action(chair, team)
    _hold(chair)
    chair.follow("Minutes to print")
    chair.titled("Minutes of the")
    chair.sees("Decided: Approved", "Room 7", "The carriers answer by Friday.")
    owner = desks(team.owner)
    owner.open(f"{home(team)}/measures/{code}")
    expect(owner.page.locator(".m-doi [aria-current=step]")).to_contain_text("Decided")
    owner.go("Forums")
    row = owner.page.get_by_role("row", name="Ask the carriers")
    row.get_by_text("Done", exact=True).click()
    row.get_by_role("button", name="It is done").click()
    owner.sees("Done: Ask the carriers")
    _export(desks(team.pmo), team, code)


def _waits_for_the_forum(team: Team) -> str:
    measure = planned(team)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    team.approve(team.ask(measure, Stage.DECIDED), team.controller)
    return str(team.row(measure).code)


def _call(chair: Desk, team: Team) -> None:
    """For a moment today that is still to come: decisions are recorded from the day of the meeting on."""
    chair.open(f"{home(team)}/")
    chair.go("Forums")
    chair.follow(team.forum.name)
    chair.follow("Call a meeting")
    chair.fill(day=TODAY.isoformat(), time="23:59", minutes_long="60", place="Room 4")
    chair.press("Call the meeting")


def _decide(chair: Desk, code: str) -> None:
    item = chair.page.get_by_role("article").filter(has_text=code)
    if not item.get_by_role("radio", name="Approve").count():
        item.get_by_role("link", name="Record the decision").click()
    item.get_by_role("radio", name="Approve").check()
    item.get_by_label("Elsa Wikström").check()
    item.get_by_role("button", name="Record the decision").click()
    chair.sees("Not quorate", "Counted: Elsa Wikström.")
    item.get_by_label("Jonas Kvist").check()
    item.get_by_role("button", name="Record the decision").click()
    chair.sees(f"Approved in the meeting: {code}", "Counted for the quorum: Elsa Wikström, Jonas Kvist")


def _note_an_action(chair: Desk, team: Team) -> None:
    chair.page.get_by_label("What is to be done").fill("Ask the carriers")
    chair.fill(owner=str(team.owner), due=TODAY.isoformat())
    chair.press("Note the action")
    chair.sees("The action is noted")


def _hold(chair: Desk) -> None:
    minutes = chair.page.locator("#minutes")
    minutes.get_by_label("What else is to be kept").fill("The carriers answer by Friday.")
    minutes.get_by_role("button", name="The meeting was held").click()
    chair.sees("its minutes are final", "The carriers answer by Friday.")


def _export(office: Desk, team: Team, code: str) -> None:
    office.open(f"{home(team)}/forums/decisions?q={code}&outcome=approved")
    office.sees("Gate into Decided", code)
    with office.page.expect_download() as download:
        office.page.get_by_role("link", name="Export").click()
    rows = list(load_workbook(BytesIO(download.value.path().read_bytes()))["Decisions"].iter_rows(values_only=True))
    assert [row[1] for row in rows if "Gate into Decided" in row] == [code]
