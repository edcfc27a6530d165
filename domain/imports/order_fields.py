"""The fields that an import of orders can fill."""

from enum import StrEnum

from domain.orders.order import Happening


class OrderField(StrEnum):
    NUMBER = "order_number"
    CHANNEL = "channel"
    PLACED_AT = "placed_at"
    STATUS = "order_status"
    CURRENCY = "currency"
    VALUE = "value"  # of the goods
    DISCOUNT = "discount"
    FREIGHT = "freight"
    PAID = "paid"  # what the customer pays in all; without a value of the goods, that is this without the freight
    REFUNDED = "refunded_amount"
    ITEMS = "items"
    PAYMENT = "payment"
    CUSTOMER = "customer"
    BUSINESS_UNIT = "business_unit"
    PROMISED_ON = "promised_on"
    COMMITMENT = "commitment"
    PAYMENT_CONFIRMED = "payment_confirmed"
    ADDRESS_CONFIRMED = "address_confirmed"
    STOCK_ALLOCATED = "stock_allocated"
    PICKED = "picked"
    CARRIER_BOOKED = "carrier_booked"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURN_REGISTERED = "return_registered"
    REFUNDED_AT = "refunded"
    INVOICE_ISSUED = "invoice_issued"
    CANCELLED_AT = "cancelled_at"
    SCORE = "score"


_F = OrderField
WHAT = (_F.NUMBER, _F.CHANNEL, _F.PLACED_AT, _F.STATUS, _F.CUSTOMER, _F.BUSINESS_UNIT)
AMOUNTS = (_F.VALUE, _F.DISCOUNT, _F.FREIGHT, _F.PAID, _F.REFUNDED)
HOW_MUCH = (*AMOUNTS, _F.CURRENCY, _F.ITEMS, _F.PAYMENT)
PROMISED = (_F.PROMISED_ON, _F.COMMITMENT, _F.SCORE)
HAPPENINGS = {OrderField(str(each)): each for each in Happening}
MOMENTS = (_F.PLACED_AT, *HAPPENINGS, _F.CANCELLED_AT)
ALWAYS_NEEDED = (_F.NUMBER, _F.CHANNEL, _F.PLACED_AT)
EITHER_NEEDED = (_F.VALUE, _F.PAID)
