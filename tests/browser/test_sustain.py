"""Checks after a closure in the browser: the controller confirms one, and asks to reopen at the next."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from domain.stages import Stage
from tenants.instance.models.checks import SustainCheckRow
from tests.browser.acts import TODAY, code_of, decide, home, open_measure
from tests.browser.conftest import Desks
from tests.browser.looks import findings
from tests.closure import close
from tests.team import Team


@pytest.fixture
def closed(closing_team: Team) -> UUID:
    """Closed, as if some months ago: the first check is overdue, the second is due."""
    measure = close(closing_team)
    with closing_team.work.transaction() as tx:
        wanted = select(SustainCheckRow).where(SustainCheckRow.measure_id == measure)
        rows = tx.session.scalars(wanted.order_by(SustainCheckRow.due_on)).all()
        for row, days in zip(rows, (-9, 5, 170), strict=True):
            row.due_on = TODAY + timedelta(days=days)
    return measure


def test_the_controller_confirms_one_check_and_reopens_at_the_next(
    closing_team: Team, closed: UUID, desks: Desks
) -> None:
    team, code = closing_team, code_of(closing_team, closed)
    controller = desks(team.controller)
    controller.open(f"{home(team)}/waiting")
    controller.sees("One closed measure is to be looked at again", "9 days late")
    controller.page.get_by_role("link", name=f"Does the value hold? {code}").first.click()
    controller.press("Make the check")
    controller.sees("Choose one of the two.")
    controller.page.get_by_label("holds as accepted").check()
    controller.fill(comment="Invoices since January: rates as agreed.")
    controller.press("Make the check")
    controller.sees("A check whether the value holds is due", "rates as agreed.", "Astrid Nyman")
    controller.follow("Check now")
    controller.page.get_by_label("does not hold: ask to reopen the measure").check()
    controller.fill(comment="Rates are up by 8 %.", reason="value-lost")
    controller.press("Make the check")
    controller.sees("The value has not held", "reopening asked for", "One request is open")
    assert not findings(controller.page, "checks-after-closure")
    decide(desks(team.pmo), team, code)
    decide(desks(team.sponsor), team, code)
    open_measure(controller, team, closed)
    expect(controller.page.locator(".m-doi [aria-current=step]")).to_contain_text("Implemented")
    controller.sees("dropped with the reopening")
    assert team.row(closed).stage == Stage.IMPLEMENTED
