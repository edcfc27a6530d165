"""Mappings for the exports of well-known shops, by the column names that they document."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.imports.kinds import AnyField
from domain.imports.mapping import OrderReading
from domain.imports.order_fields import OrderField as F
from domain.orders.consequences import IntakeChoices


@dataclass(frozen=True, kw_only=True)
class Preset:
    """`known_by`: columns that only this export has. `channel` is a code that templates usually have."""

    key: str
    label: str
    known_by: frozenset[str]
    columns: Mapping[AnyField, str]
    channel: str = ""
    reading: OrderReading = field(default_factory=OrderReading)


MARKETPLACE = Preset(
    key="marketplace",
    label="Marketplace with carrier and delivery dates",
    known_by=frozenset({"order_purchase_timestamp", "order_delivered_carrier_date"}),
    columns={
        F.NUMBER: "order_id",
        F.PLACED_AT: "order_purchase_timestamp",
        F.STATUS: "order_status",
        F.VALUE: "items_value",
        F.FREIGHT: "freight_value",
        F.PAID: "payment_value",
        F.ITEMS: "items",
        F.PAYMENT: "payment_type",
        F.PROMISED_ON: "order_estimated_delivery_date",
        F.PAYMENT_CONFIRMED: "order_approved_at",
        F.DISPATCHED: "order_delivered_carrier_date",
        F.DELIVERED: "order_delivered_customer_date",
        F.SCORE: "review_score",
    },
    channel="marketplace",
    reading=OrderReading(choices=IntakeChoices(ticket_up_to=2)),
)

# One row a line item: what concerns the whole order stands in the first row only.
SHOPIFY = Preset(
    key="shopify",
    label="Shopify, orders export",
    known_by=frozenset({"Name", "Financial Status", "Fulfillment Status", "Lineitem quantity"}),
    columns={
        F.NUMBER: "Name",
        F.PLACED_AT: "Created at",
        F.STATUS: "Financial Status",
        F.CURRENCY: "Currency",
        F.VALUE: "Subtotal",
        F.DISCOUNT: "Discount Amount",
        F.FREIGHT: "Shipping",
        F.PAID: "Total",
        F.REFUNDED: "Refunded Amount",
        F.ITEMS: "Lineitem quantity",
        F.PAYMENT: "Payment Method",
        F.PAYMENT_CONFIRMED: "Paid at",
        F.DISPATCHED: "Fulfilled at",
        F.CANCELLED_AT: "Cancelled at",
    },
    channel="shop",
    reading=OrderReading(lines=True),
)

WOOCOMMERCE = Preset(
    key="woocommerce",
    label="WooCommerce, orders export",
    known_by=frozenset({"order_number", "order_date", "order_total", "shipping_total"}),
    columns={
        F.NUMBER: "order_number",
        F.PLACED_AT: "order_date",
        F.STATUS: "status",
        F.CURRENCY: "order_currency",
        F.VALUE: "order_subtotal",
        F.DISCOUNT: "discount_total",
        F.FREIGHT: "shipping_total",
        F.PAID: "order_total",
        F.REFUNDED: "refunded_total",
        F.PAYMENT: "payment_method",
        F.CUSTOMER: "customer_id",
        F.PAYMENT_CONFIRMED: "paid_date",
    },
    channel="shop",
    reading=OrderReading(words={"processing": "paid"}),
)

PRESETS = (MARKETPLACE, SHOPIFY, WOOCOMMERCE)
