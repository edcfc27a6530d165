"""The empty file of orders with the expected columns, its choices filled with what the instance knows."""

from collections.abc import Iterable

from domain.imports.order_fields import OrderField as F
from domain.imports.order_rows import OrderReference
from tenants.instance.spreadsheets.writing import Choices, Sheet, write_xlsx

ORDER_HEADERS = {
    F.NUMBER: "Order number",
    F.CHANNEL: "Channel",
    F.PLACED_AT: "Placed at",
    F.STATUS: "Order status",
    F.CUSTOMER: "Customer",
    F.BUSINESS_UNIT: "Business unit",
    F.VALUE: "Value",
    F.DISCOUNT: "Discount",
    F.FREIGHT: "Freight",
    F.REFUNDED: "Refunded amount",
    F.ITEMS: "Items",
    F.PAYMENT: "Payment",
    F.PROMISED_ON: "Promised on",
    F.COMMITMENT: "Commitment",
    F.PAYMENT_CONFIRMED: "Payment confirmed",
    F.ADDRESS_CONFIRMED: "Address confirmed",
    F.STOCK_ALLOCATED: "Stock allocated",
    F.PICKED: "Picked",
    F.CARRIER_BOOKED: "Carrier booked",
    F.DISPATCHED: "Dispatched",
    F.DELIVERED: "Delivered",
    F.RETURN_REGISTERED: "Return registered",
    F.REFUNDED_AT: "Refunded at",
    F.INVOICE_ISSUED: "Invoice issued",
    F.CANCELLED_AT: "Cancelled at",
    F.SCORE: "Score",
}
STATUSES = ("received", "paid", "invoiced", "processing", "shipped", "delivered", "returned", "refunded", "cancelled",
            "unavailable")  # fmt: skip


def order_template(reference: OrderReference, note: Iterable[str] = ()) -> bytes:
    """An XLSX that `guess_orders` maps without help."""
    chosen = {
        F.CHANNEL: [channel.label for channel in reference.rules.channels],
        F.BUSINESS_UNIT: reference.offered_units,
        F.STATUS: STATUSES,
    }
    choices = tuple(
        Choices(header=ORDER_HEADERS[field], values=tuple(values)) for field, values in chosen.items() if values
    )
    headers = tuple(ORDER_HEADERS.values())
    sheet = Sheet(name="Orders", headers=headers, choices=choices, widths=tuple(18 for _header in headers))
    return write_xlsx([sheet], tuple(note))
