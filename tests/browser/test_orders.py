"""An order by hand, held, released, moved to its end and closed; and how the pages of orders look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from domain.ids import ConstraintId
from domain.orders.constraints import Constraint
from domain.orders.order import Happening, Order
from tenants.instance.actions import constraints, order_exceptions, order_money
from tests.browser.conftest import Desks
from tests.browser.desk import Desk as Window
from tests.browser.looks import findings
from tests.browser.processes import Running
from tests.ordering import Desk

H = Happening


@pytest.fixture(scope="module")
def shop(running: Running) -> Iterator[Desk]:
    """A client with orders, and the people at its desk."""
    with running.house.app.app_context():
        instance = running.house.onboard("Solgard Shop", "order-governance")
    with running.inside(instance) as work:
        yield Desk(work, running.house)


def home(shop: Desk) -> str:
    return f"/clients/{shop.work.instance.slug}/orders"


def record(window: Window, *happenings: str) -> None:
    for what in happenings:
        window.page.get_by_text("Record what happened").click()
        window.fill(happening=what)
        window.press("Record it")
        window.sees(f"Recorded: {what}")


def test_an_order_by_hand_is_held_released_moved_and_closed(shop: Desk, desks: Desks) -> None:
    clerk = desks(shop.clerk)
    clerk.open(home(shop))
    clerk.page.get_by_role("link", name="New order").first.click()
    clerk.press("Take the order in")
    clerk.sees("need another look")
    placed = shop.work.now() - timedelta(hours=3)
    clerk.fill(number="47-11", placed_at=f"{placed:%Y-%m-%dT%H:%M}", value="480.00", customer="C-4711")
    clerk.fill(channel="Own shop")
    clerk.press("Take the order in")
    clerk.sees("Order 47-11 is in", "On its way")
    record(clerk, "Address confirmed")

    clerk.page.get_by_role("link", name="Open an exception").first.click()
    clerk.fill(type="Address unclear (hold)")
    clerk.fill(reason="No street number")
    clerk.press("Open it")
    clerk.sees("Held up", "It cannot enter Payment check. In the way: Address unclear.")
    expect(clerk.page.get_by_role("button", name="Move on to Payment check")).to_have_attribute("aria-disabled", "true")

    clerk.page.locator("summary", has_text="Settle").click()
    clerk.fill(resolution="Corrected")
    clerk.press("Settle it")
    clerk.press("Move on to Payment check")
    clerk.sees("47-11 is in Payment check")
    record(clerk, "Payment confirmed", "Stock allocated", "Picked", "Carrier booked", "Handed to the carrier")
    for stage in ("Allocation", "Picking", "Dispatch", "Delivery"):
        clerk.press(f"Move on to {stage}")
    record(clerk, "Delivered", "Invoice issued")
    clerk.press("Move on to Closure")
    clerk.page.locator("summary", has_text="Close the order").click()
    clerk.press("Close 47-11")
    clerk.sees("47-11 is closed", "Closed with its evidence")


def test_pages_of_orders_have_no_faults_in_any_look(shop: Desk, desks: Desks) -> None:
    order = busy(shop)
    clerk, lead = desks(shop.clerk), desks(shop.lead)
    found = {}
    for name, path in {
        "orders-desk": "",
        "orders-new": "/new",
        "orders-exception": f"/{order.id}/exceptions/new",
        "orders-bulk": f"/bulk?act=exception&order={order.id}",
    }.items():
        clerk.open(home(shop) + path)
        found[name] = findings(clerk.page, name, is_rich=name == "orders-desk")
    for name, path in {
        "order": f"/{order.id}",
        "constraints": "/constraints",
        "constraint-new": "/constraints/new",
    }.items():
        lead.open(home(shop) + path)
        found[name] = findings(lead.page, name, is_rich=name == "order")
    lead.open(home(shop) + "/constraints")
    lead.page.get_by_role("link", name="Carrier hub").first.click()
    found["constraint"] = findings(lead.page, "constraint")
    assert not {name: wrong for name, wrong in found.items() if wrong}


def busy(shop: Desk) -> Order:
    """A backlog with something of everything; the order returned carries most of it."""
    now, clerk, lead, finance = shop.work.now(), *map(shop.actor, (shop.clerk, shop.lead, shop.finance))
    made = [
        shop.order(
            f"10-4{number:04d}",
            channel=("shop", "marketplace", "b2b")[number % 3],
            customer=f"C-{1000 + number}",
            value=Decimal(f"{120 + number * 371}.00"),
            placed_at=now - timedelta(days=number % 9, hours=5),
            promised_on=(now + timedelta(days=4 - number % 9)).date(),
            happened=shop.happened(*list(H)[: number % 6], at=now - timedelta(hours=4)),
        )
        for number in range(14)
    ]
    for number, kind in enumerate(("stock", "address", "damaged", "payment_pending")):
        for order in made[number::5]:
            order_exceptions.open_exception(shop.work, order.id, uuid4(), kind, "", "As reported by phone", clerk)
    order = made[3]
    order_exceptions.open_exception(shop.work, order.id, uuid4(), "damaged", "Packaging", "Box was open", clerk)
    cost = order_money.Cost(
        id=uuid4(), stage="dispatch", kind="carrier", forecast=Decimal("9.00"), actual=Decimal("14.50")
    )
    order_money.record_cost(shop.work, order.id, cost, finance)
    effect = order_money.Effect(id=uuid4(), kind="chargeback", amount=Decimal("40.00"), reason="Goodwill for the delay")
    order_money.record_effect(shop.work, order.id, effect, finance)
    hub = Constraint(
        id=ConstraintId(uuid4()),
        kind="carrier",
        title="Carrier hub is full",
        stops=("dispatch",),
        owner=shop.lead,
        needs_attention=True,
        forecast_end=(now + timedelta(days=3)).date(),
        opened_at=now,
    )
    constraints.open_constraint(shop.work, hub, lead)
    constraints.block_orders(shop.work, hub.id, [each.id for each in made[2:9]], lead)
    shop.work.session.rollback()
    return order
