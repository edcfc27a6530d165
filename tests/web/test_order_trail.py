"""What the trail says of orders: every event in the words of the client's template, none in keys."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from domain.access import Role
from domain.ids import OrderExceptionId, OrderId, OrderTrialId, PersonId, RequestId
from domain.orders.applying import EffectGranted, ExceptionDecided, OrderCancelled, PromiseChanged
from domain.orders.arriving import OrdersImported, OrderUpdated
from domain.orders.consequences import Loss
from domain.orders.exceptions import ExceptionEscalated, ExceptionOpened
from domain.orders.intake import FieldUpdate
from domain.orders.journey import OrderMoved
from domain.orders.order import OrderState, Source
from domain.orders.receiving import OrderReceived
from domain.orders.rules import RuleSwitched, Switch, TrialFound
from domain.orders.trials import TrialAsked, TrialKind
from tenants.instance.queries.order_labels import labels_of
from tenants.instance.queries.trail import TrailEvent
from tenants.instance.transaction import plain
from tests.domain.orders.making import NOW, TEMPLATE, opened, order

PERSON, ORDER, REQUEST = PersonId(uuid4()), OrderId(uuid4()), RequestId(uuid4())
OF_ORDER: dict[str, Any] = {"order": ORDER, "request": REQUEST, "at": NOW}
BY = {"person": PERSON, "at": NOW}
FOUND = TrialFound(id=OrderTrialId(UUID(int=1)), as_of=NOW, days=30, orders=1200, new=40, amount=Decimal("52000.00"))
SAID: dict[str, Any] = {
    "order": ORDER, "number": "A-1", "source": Source.API, "upload": None, "row": 1, "conflicts": (), "stage": "intake",
    "at": NOW,
}  # fmt: skip
LOST: dict[str, Any] = {"kind": "cancellation", "amount": Decimal("40.00"), "on": NOW.date()}
OFF, ON, LESS = Switch(is_on=False), Switch(is_on=True, limits=("2500", "")), Switch(is_on=True, limits=("1000", ""))
RULE: dict[str, Any] = {"key": "high-value", "label": "High value", **BY}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (
            ExceptionOpened(order=ORDER, number="A-1", exception=opened("high_value", rule="high-value"), at=NOW),
            "put a hold on it: High-value order, by the rule “High value before it is picked”",
        ),
        (
            ExceptionEscalated(
                exception=OrderExceptionId(uuid4()), type="stock", due_at=NOW - timedelta(1), to=Role.PMO, at=NOW
            ),
            "escalated Out of stock, due 1 Nov 2026, to Order governance office",
        ),
        (
            OrderMoved(order=ORDER, number="A-1", before="payment_check", after="intake", due_at=NOW, reason="", **BY),
            "moved it from Payment check to Intake",
        ),
        (RuleSwitched(**RULE, before=ON, after=OFF), "switched the rule “High value” off"),
        (
            RuleSwitched(**RULE, before=OFF, after=LESS),
            "switched the rule “High value” on, limit 1000; no trial stands behind it",
        ),
        (
            RuleSwitched(**RULE, before=ON, after=LESS, trial=FOUND),
            "gave the rule “High value” another limit: 1000, before: 2500; it rests on a trial of 2 Nov 2026 over "
            "30 days: of 1,200 orders, 40 more worth 52,000.00",
        ),
        (
            TrialAsked(**RULE, trial=FOUND.id, kind=TrialKind.RULE, limits=("1000", ""), days=30, basis=""),
            "had the rule “High value” tried on the orders of the last 30 days, limit 1000",
        ),
        (
            PromiseChanged(**OF_ORDER, field="promised_on", before="2026-11-05", after="2026-11-16", reason="stock"),
            "changed the promised date from 5 Nov 2026 to 16 Nov 2026 by decision: Stock comes later",
        ),
        (
            ExceptionDecided(
                **OF_ORDER, exception=OrderExceptionId(uuid4()), type="stock", is_hold=True, resolution="released"
            ),
            "released the hold Out of stock by decision",
        ),
        (
            EffectGranted(**OF_ORDER, exception=None, kind="refund", amount=Decimal("40.00"), reason="late"),
            "granted Refund of 40.00 by decision",
        ),
        (OrderCancelled(**OF_ORDER, reason="late"), "cancelled the order by decision"),
        (
            OrderUpdated(
                **SAID, updates=(FieldUpdate(field="state", before="open", after="cancelled"),),
                state=OrderState.CANCELLED, losses=(Loss(**LOST, reason="cancelled"),),
            ),
            "took over that its source cancelled it; nobody decided that here; booked the effect Cancellation of "
            "40.00: the source says that it is cancelled; brought 1 field up to date with its source: state",
        ),
        (
            OrderUpdated(
                **SAID, updates=(FieldUpdate(field="refunded", before="", after="2026-11-01"),),
                state=OrderState.OPEN, losses=(Loss(**LOST | {"kind": "refund"}, reason="refund"),),
            ),
            "brought 1 field up to date with its source: refunded; booked the effect Refund of 40.00: the source says "
            "that the customer has the money back",
        ),
        (
            OrderReceived(
                order=order(state=OrderState.CANCELLED), source=Source.IMPORT, at=NOW,
                losses=(Loss(**LOST, reason="unavailable"),),
            ),
            "took the order in, cancelled already; nobody decided that here; booked the effect Cancellation of 40.00: "
            "the source says that it cannot be supplied",
        ),
        (
            OrdersImported(
                upload=uuid4(), filename="orders.csv", digest="", new=1, changed=2, conflicting=0, unchanged=3,
                left_out=(4,), value="1200.00", freight="0.00",
            ),
            "imported 1 new order from orders.csv; 2 changed, 3 unchanged, 0 with conflicts; worth 1,200.00; 1 row "
            "left out",
        ),
    ],
)  # fmt: skip
def test_the_words_of_an_event(site: Flask, event: Any, words: str) -> None:
    told = TrailEvent(
        sequence=1, at=NOW, actor_name="", on_behalf_of="", kind=type(event).__name__, is_refusal=False,
        subject_kind="order", subject_id=None, subject_label="", reason="", body=plain(event), names={}, hash="",
        labels=labels_of(TEMPLATE),
    )  # fmt: skip
    with site.test_request_context("/"):
        of_orders = site.jinja_env.get_template("web/instance/audit/_order_words.html").module
        assert told.kind in of_orders.known  # type: ignore[attr-defined]
        assert str(getattr(of_orders, told.kind)(told).unescape()).strip() == words
