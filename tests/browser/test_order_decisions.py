"""A refund above the tier in the browser: asked for on the order, decided by finance, then by the programme office."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.looks import findings
from tests.browser.processes import Running
from tests.ordering import Desk as Orders


@pytest.fixture
def orders(running: Running) -> Iterator[Orders]:
    with running.house.app.app_context():
        instance = running.house.onboard("Fjordhandel", "order-governance")
    with running.inside(instance) as work:
        yield Orders(work, running.house)


def test_a_refund_above_the_tier_is_decided_by_finance_then_by_the_office(orders: Orders, desks: Desks) -> None:
    order = orders.order("F-2001", value=Decimal("900.00"))
    orders.work.session.rollback()
    home = f"/clients/{orders.work.instance.slug}"
    service = desks(orders.service)
    service.open(f"{home}/orders/{order.id}/decisions/new?kind=refund")
    service.fill(amount="60.00")
    service.field("amount").blur()
    service.sees("Who would decide", "Policy “Refund”")
    service.fill(amount="600.00")
    service.field("amount").blur()
    service.sees("Policy “Refund of 500 or more”")
    service.fill(daily_cost="12.50", words="The parcel was wet through.")
    assert not findings(service.page, "ask-order-decision", is_rich=True)
    service.press("Request the decision")
    expect(service.page.locator("#reason")).to_have_attribute("aria-invalid", "true")
    service.fill(reason="Arrived broken")
    service.press("Request the decision")
    service.titled("Refund: F-2001, 600.00 EUR")
    service.sees("12.50 EUR a day", "You do not decide this")
    finance = desks(orders.finance)
    _decide(finance, home)
    service.page.reload()
    service.sees("Step 2 of 2: Order governance office")
    _decide(desks(orders.house.manager), home)
    service.page.reload()
    service.sees("Approved")
    service.follow("Open the order")
    service.sees("Refund", "600.00")


def _decide(desk: Desk, home: str) -> None:
    desk.open(f"{home}/waiting")
    desk.page.get_by_role("link", name="F-2001").first.click()
    assert not findings(desk.page, "decide-order", is_rich=True)
    desk.page.get_by_role("radio", name="Approve").check()
    desk.press("Record my vote")
    desk.sees("Approved")
