"""What the columns and the states of orders are called, in English and German, likeliest first."""

from collections.abc import Mapping

from domain.imports.order_fields import OrderField as F
from domain.orders.incoming import Standing

ORDER_COLUMNS: Mapping[F, tuple[str, ...]] = {
    F.NUMBER: ("order number", "order id", "order no", "bestellnummer", "auftragsnummer", "number", "id"),
    F.CHANNEL: ("channel", "sales channel", "kanal", "vertriebskanal"),
    F.PLACED_AT: (
        "placed at", "order purchase timestamp", "order date", "created at", "purchase date", "ordered at",
        "bestelldatum", "bestellt am", "date",
    ),
    F.STATUS: ("order status", "status", "financial status", "bestellstatus"),
    F.CURRENCY: ("currency", "order currency", "währung", "waehrung"),
    F.VALUE: ("items value", "value", "subtotal", "order subtotal", "goods value", "warenwert", "order value"),
    F.DISCOUNT: ("discount", "discount amount", "discount total", "rabatt"),
    F.FREIGHT: ("freight value", "freight", "shipping", "shipping total", "shipping cost", "fracht", "versandkosten"),
    F.PAID: ("payment value", "paid", "total", "order total", "gesamtbetrag", "amount paid"),
    F.REFUNDED: ("refunded amount", "refunded total", "refunded", "erstattet"),
    F.ITEMS: ("items", "item count", "quantity", "lineitem quantity", "positionen", "menge"),
    F.PAYMENT: ("payment type", "payment method", "payment", "zahlungsart"),
    F.CUSTOMER: ("customer", "customer id", "customer reference", "kundennummer", "kunde"),
    F.BUSINESS_UNIT: ("business unit", "geschäftsbereich", "geschaeftsbereich", "unit"),
    F.PROMISED_ON: (
        "promised on", "order estimated delivery date", "promised date", "estimated delivery date", "promised",
        "zugesagt am", "liefertermin",
    ),
    F.COMMITMENT: ("commitment", "customer commitment", "zusage"),
    F.PAYMENT_CONFIRMED: (
        "payment confirmed", "order approved at", "approved at", "paid at", "paid date", "bezahlt am", "payment date",
    ),
    F.ADDRESS_CONFIRMED: ("address confirmed", "adresse bestätigt"),
    F.STOCK_ALLOCATED: ("stock allocated", "allocated at", "zugeteilt am"),
    F.PICKED: ("picked", "picked at", "kommissioniert am"),
    F.CARRIER_BOOKED: ("carrier booked", "spedition gebucht"),
    F.DISPATCHED: (
        "dispatched", "dispatched at", "order delivered carrier date", "shipped at", "fulfilled at", "shipped date",
        "versendet am", "shipping date",
    ),
    F.DELIVERED: (
        "delivered", "delivered at", "order delivered customer date", "delivery date", "geliefert am", "zugestellt am",
    ),
    F.RETURN_REGISTERED: ("return registered", "returned at", "return date", "retoure am"),
    F.REFUNDED_AT: ("refunded at", "refund date", "erstattet am"),
    F.INVOICE_ISSUED: ("invoice issued", "invoiced at", "invoice date", "rechnungsdatum"),
    F.CANCELLED_AT: ("cancelled at", "canceled at", "cancelled date", "storniert am"),
    F.SCORE: ("score", "review score", "rating", "bewertung"),
}  # fmt: skip

STATUS_WORDS: Mapping[str, Standing] = {
    **dict.fromkeys(("received", "created", "pending", "pending payment", "on-hold", "on hold", "open", "new",
                     "authorized", "partially_paid", "neu", "offen"), Standing.RECEIVED),
    **dict.fromkeys(("paid", "approved", "partially_refunded", "bezahlt"), Standing.PAID),
    **dict.fromkeys(("invoiced", "berechnet"), Standing.INVOICED),
    **dict.fromkeys(("processing", "in progress", "in bearbeitung"), Standing.PROCESSING),
    **dict.fromkeys(("shipped", "dispatched", "fulfilled", "versendet"), Standing.SHIPPED),
    **dict.fromkeys(("delivered", "completed", "complete", "geliefert", "zugestellt"), Standing.DELIVERED),
    **dict.fromkeys(("returned", "retoure"), Standing.RETURNED),
    **dict.fromkeys(("refunded", "erstattet"), Standing.REFUNDED),
    **dict.fromkeys(("cancelled", "canceled", "voided", "failed", "storniert", "trash"), Standing.CANCELLED),
    **dict.fromkeys(("unavailable", "nicht lieferbar"), Standing.UNAVAILABLE),
}  # fmt: skip
