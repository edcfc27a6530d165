"""An order as a source tells it: a file, a shop, a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from domain.ids import ReferenceId
from domain.orders.order import Happening


class Standing(StrEnum):
    """What a source's word for the state of an order says."""

    RECEIVED = "received"
    PAID = "paid"
    INVOICED = "invoiced"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    UNAVAILABLE = "unavailable"  # cancelled because there was nothing to send


CANCELLING = (Standing.CANCELLED, Standing.UNAVAILABLE)


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One order as a source says it.

    `silent` names the fields of which it says nothing (the file has no such column, the call no such key): what is
    here stays. A None, an empty text and a happening that is not among `happened` say nothing either.
    """

    number: str
    channel: str
    placed_at: datetime
    currency: str
    value: Decimal  # of the goods
    discount: Decimal = Decimal("0.00")
    freight: Decimal = Decimal("0.00")
    items: int = 0
    payment: str = ""
    customer: str = ""
    business_unit: ReferenceId | None = None
    promised_on: date | None = None
    commitment: str = ""
    status: Standing | None = None
    cancelled_at: datetime | None = None
    happened: Mapping[Happening, datetime] = field(default_factory=dict)
    paid: Decimal | None = None  # by the customer, freight included
    refunded: Decimal | None = None
    score: int | None = None  # the customer's, 1 is worst
    silent: frozenset[str] = frozenset()

    @property
    def is_cancelled(self) -> bool:
        return self.status in CANCELLING or self.cancelled_at is not None

    @property
    def last_heard(self) -> datetime:
        """The latest moment that the source names."""
        return max((self.placed_at, *self.happened.values(), *([self.cancelled_at] if self.cancelled_at else [])))
