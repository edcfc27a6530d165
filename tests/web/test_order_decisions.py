"""Pages of decisions on orders: the form with its preview, the request, the inbox, many at once, the log."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from domain.approvals import Requested
from domain.orders.asking import OrderAsk
from tenants.database import Work
from tenants.instance.actions import order_exceptions
from tenants.instance.actions.order_decisions import request_decision
from tests.house import House
from tests.ordering import Desk
from tests.web.client import Client


@pytest.fixture
def desk(shop: Work, house: House) -> Desk:
    return Desk(shop, house)


def asked(desk: Desk, **more: Any) -> UUID:
    order = desk.order(**more)
    ask = OrderAsk(kind="refund", reason="Arrived broken", amount=Decimal("80.00"), daily_cost=Decimal("12.00"))
    outcome = request_decision(desk.work, order.id, uuid4(), ask, desk.actor(desk.service))
    assert isinstance(outcome, Requested), outcome
    desk.work.session.rollback()
    return outcome.request.id


def test_the_form_says_who_would_decide_as_amounts_are_typed(site: Flask, desk: Desk, shop_home: str) -> None:
    order, service = desk.order(value=Decimal("900.00")), Client(site, desk.service)
    desk.work.session.rollback()
    page = service.get(f"{shop_home}/orders/{order.id}/decisions/new?kind=refund")
    assert "Ask for a decision: Refund" in page.title
    assert page.field("amount") == "906.90"
    assert "Policy “Refund of 500 or more”" in page.words
    form = {"kind": "refund", "amount": "20.00", "reason": "", "id": str(uuid4())}
    preview = f"{shop_home}/orders/{order.id}/decisions/previews"
    part = service.post(preview, form, status=200, htmx=True)
    assert "Policy “Refund”" in part.words
    assert "<h1" not in part.text
    whole = service.post(preview, form, status=200)
    assert whole.field("amount") == "20.00"


@pytest.mark.parametrize(
    ("kind", "form", "field"),
    [
        ("refund", {"amount": "20.00"}, "reason"),
        ("refund", {"amount": "", "reason": "Broken"}, "amount"),
        ("refund", {"amount": "5000.00", "reason": "Broken"}, "amount"),
        ("refund", {"amount": "a lot", "reason": "Broken"}, "amount"),
        ("replacement", {"amount": "20.00", "reason": "Broken"}, "cost"),
        ("promise_change", {"reason": "carrier"}, "promised_on"),
        ("promise_change", {"promised_on": "2020-01-01", "reason": "carrier"}, "promised_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    site: Flask, desk: Desk, shop_home: str, kind: str, form: dict[str, str], field: str
) -> None:
    order = desk.order()
    desk.work.session.rollback()
    said = {"kind": kind, "id": str(uuid4()), **form}
    page = Client(site, desk.service).post(f"{shop_home}/orders/{order.id}/decisions", said, status=422)
    assert [each.get("name") for each in page.all("input") if each.get("aria-invalid")] == [field]


def test_what_is_asked_for_already_is_not_asked_for_twice(site: Flask, desk: Desk, shop_home: str) -> None:
    order, hold = desk.order(), uuid4()
    clerk = desk.actor(desk.clerk)
    order_exceptions.open_exception(desk.work, order.id, hold, "payment_pending", "", "Late", clerk)
    desk.work.session.rollback()
    page, said = Client(site, desk.service), {"kind": "release", "exception": str(hold), "reason": "Known", "id": ""}
    assert "Ask for it" in page.get(f"{shop_home}/orders/{order.id}").words
    page.post(f"{shop_home}/orders/{order.id}/decisions", said | {"id": str(uuid4())})
    shown = page.get(f"{shop_home}/orders/{order.id}").words
    assert "Ask for it" not in shown and "asked for, waits to be decided" in shown
    again = page.post(f"{shop_home}/orders/{order.id}/decisions", said | {"id": str(uuid4())}, status=422)
    assert "asked for on the order already" in again.words


def test_asked_for_it_waits_and_is_decided_on_its_page(site: Flask, desk: Desk, shop_home: str) -> None:
    order = desk.order("W-1")
    desk.work.session.rollback()
    said = {"kind": "refund", "id": str(uuid4()), "amount": "80.00", "reason": "Arrived broken", "daily_cost": "12.00"}
    service = Client(site, desk.service)
    answer = service.post(f"{shop_home}/orders/{order.id}/decisions", said)
    page = service.get(answer.location)
    assert "Refund: W-1, 80.00 EUR" in page.title
    assert "12.00 EUR a day" in page.words
    assert f"{shop_home}/orders/{order.id}" in page.links()
    finance = Client(site, desk.finance)
    inbox = finance.get(f"{shop_home}/waiting")
    assert "Refund: W-1, 80.00 EUR" in inbox.words
    assert "EUR a day" in inbox.words
    opened = finance.get(f"{shop_home}/waiting?open={answer.location.rpartition('/')[2]}")
    form = {"seal": opened.field("seal"), "step": "0", "choice": "approve"}
    finance.post(f"{answer.location}/votes", form)
    assert "Approved" in service.get(answer.location).words
    log = service.get(f"{shop_home}/forums/decisions?kind=order")
    assert "W-1" in log.words


def test_ticks_approve_orders_too(site: Flask, desk: Desk, shop_home: str) -> None:
    request, finance = asked(desk, number="W-2"), Client(site, desk.finance)
    inbox = finance.get(f"{shop_home}/waiting")
    values = [each.get("value") for each in inbox.all("input", name="pick")]
    (tick,) = [each for each in values if each.startswith(str(request))]
    done = finance.post(f"{shop_home}/waiting/approvals", {"pick": tick}, status=200)
    assert "1 request approved" in done.title


def test_a_request_on_a_foreign_channel_is_not_there(site: Flask, desk: Desk, shop_home: str) -> None:
    request = asked(desk, channel="shop")
    stranger = Client(site, desk.join("Britta Moe", None))
    stranger.get(f"{shop_home}/requests/{request}", status=404)


def test_many_are_asked_for_from_the_desk(site: Flask, desk: Desk, shop_home: str) -> None:
    first, second = desk.order("W-3"), desk.order("W-4")
    desk.work.session.rollback()
    service = Client(site, desk.service)
    page = service.get(f"{shop_home}/orders/decisions/new?order={first.id}&order={second.id}")
    assert "W-3" in page.words
    form = {"order": [str(first.id), str(second.id)], "id": str(uuid4()), "kind": "cancellation", "reason": "Twice"}
    done = service.post(f"{shop_home}/orders/decisions", form, status=200)
    assert "2 of 2 orders" in done.title


def test_many_new_promises_choose_their_reason_from_the_list(site: Flask, desk: Desk, shop_home: str) -> None:
    order, address = desk.order("W-5"), f"{shop_home}/orders/decisions"
    desk.work.session.rollback()
    service, form = Client(site, desk.service), {"order": [str(order.id)], "id": str(uuid4()), "kind": "promise_change"}
    asked = service.post(address, {**form, "promised_on": "2026-12-24", "reason": "carrier"}, status=422)
    assert len(asked.errors()) == 1
    (choice,) = asked.all("select", name="promise_reason")
    assert "Delay at the carrier" in {"".join(option.itertext()) for option in choice}
    done = service.post(address, {**form, "promised_on": "2026-12-24", "promise_reason": "carrier"}, status=200)
    assert "1 of 1 orders" in done.title
