"""What the fixed words of orders are called: happenings, conditions, priorities, states, fields."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from domain.governance.template import OrderRules
from domain.orders.order import Happening, OrderState, Priority
from tenants.instance.actions.order_updates import BY_SOURCE
from web import formats

MOMENTS = frozenset({"placed_at", *map(str, Happening)})


def happening_words() -> dict[str, str]:
    return {
        Happening.PAYMENT_CONFIRMED: _("Payment confirmed"),
        Happening.ADDRESS_CONFIRMED: _("Address confirmed"),
        Happening.STOCK_ALLOCATED: _("Stock allocated"),
        Happening.PICKED: _("Picked"),
        Happening.CARRIER_BOOKED: _("Carrier booked"),
        Happening.DISPATCHED: _("Handed to the carrier"),
        Happening.DELIVERED: _("Delivered"),
        Happening.RETURN_REGISTERED: _("Return registered"),
        Happening.REFUNDED: _("Refunded"),
        Happening.INVOICE_ISSUED: _("Invoice issued"),
    }


def condition_words() -> dict[str, str]:
    """What a stage or closure asks for."""
    return {
        **happening_words(),
        "delivered_or_refunded": _("Delivered, or refunded"),
        "no_hold": _("No open hold"),
        "no_open_exception": _("No open exception"),
        "no_open_ticket": _("No open service ticket"),
    }


def priority_words() -> dict[str, str]:
    return {Priority.HIGH: _("High"), Priority.NORMAL: _("Normal"), Priority.LOW: _("Low")}


def state_words() -> dict[str, str]:
    return {OrderState.OPEN: _("Open"), OrderState.CLOSED: _("Closed"), OrderState.CANCELLED: _("Cancelled")}


def source_words() -> dict[str, str]:
    return {"import": _("imported"), "api": _("from the shop"), "hand": _("entered by hand")}


def promise_words() -> dict[str, str]:
    """Fields whose changes are kept, and those that sources and people may both change."""
    return {
        "priority": _("Priority"),
        "promised_on": _("Promised date"),
        "commitment": _("Commitment"),
        "value": _("Value"),
        "discount": _("Discount"),
        "freight": _("Freight"),
        "items": _("Items"),
        "payment": _("Payment"),
        "customer": _("Customer"),
        "business_unit": _("Business unit"),
        "placed_at": _("Placed"),
        "stage": _("Stage"),
        "state": _("State"),
        **happening_words(),
    }


def said_words(field: str, text: str, units: Mapping[str, str]) -> str:
    """A field's value as sources state it, as pages say it. `units`: names by id. Amounts are texts already."""
    if not text:
        return formats.DASH
    if field == "business_unit":
        return units.get(text, text)
    if field == "state":
        return state_words()[OrderState(text)]
    if field == "promised_on":
        return formats.day(text)
    return formats.moment(datetime.fromisoformat(text)) if field in MOMENTS else text


def promise_reasons(rules: OrderRules) -> dict[str, str]:
    """Why a promise or priority changed: the template's reasons, and the one of changes that a source sends."""
    return {**{each.code: each.label for each in rules.promise_reasons}, BY_SOURCE: _("Sent so by the source")}


def type_label(rules: OrderRules, key: str) -> str:
    return next((each.label for each in rules.exception_types if each.key == key), key)


def stage_label(rules: OrderRules, key: str) -> str:
    return next((each.label for each in rules.stages if each.key == key), key)


def decision_label(rules: OrderRules, key: str) -> str:
    return next((each.label for each in rules.decisions if each.key == key), key)


def channel_label(rules: OrderRules, code: str) -> str:
    return next((each.label for each in rules.channels if each.code == code), code)


def type_icon(key: str) -> str:
    """The sign of an exception type; types of a firm's own template have the general one."""
    return ICONS.get(key, "alert-square")


ICONS = {
    "payment_pending": "credit-card-off",
    "credit": "scale",
    "fraud": "spy",
    "address": "map-pin-off",
    "stock": "box-off",
    "capacity": "truck-off",
    "high_value": "coins",
    "delivery_date": "calendar-x",
    "partial_shipment": "packages",
    "damaged": "package-off",
    "lost": "zoom-question",
    "return": "arrow-back-up",
    "refund": "wallet",
    "replacement": "repeat",
    "chargeback": "credit-card-off",
    "invoice_delayed": "file-alert",
    "unusual_discount": "tag",
    "cancellation": "ban",
}
