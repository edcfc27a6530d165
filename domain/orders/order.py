"""An order as the rules see it: where it stands, what happened to it, what is open on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from domain.access import Role
from domain.ids import ConstraintId, OrderExceptionId, OrderId, PersonId, ReferenceId


class OrderState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Source(StrEnum):
    IMPORT = "import"
    API = "api"
    HAND = "hand"


class Happening(StrEnum):
    """What happens to an order once, at a moment. Stages and closure ask for some of them."""

    PAYMENT_CONFIRMED = "payment_confirmed"
    ADDRESS_CONFIRMED = "address_confirmed"
    STOCK_ALLOCATED = "stock_allocated"
    PICKED = "picked"
    CARRIER_BOOKED = "carrier_booked"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURN_REGISTERED = "return_registered"
    REFUNDED = "refunded"
    INVOICE_ISSUED = "invoice_issued"


@dataclass(frozen=True, kw_only=True)
class OrderException:
    """An exception that is open or was; with `is_hold` it keeps the order out of the stages it `stops`.

    `decision` is the kind of decision it needs ("refund"), empty for none; `rule` opened it, empty for a person.
    """

    id: OrderExceptionId
    type: str
    is_hold: bool
    owner_role: Role
    opened_at: datetime
    due_at: datetime
    cause: str = ""
    stops: tuple[str, ...] = ()
    owner: PersonId | None = None
    opened_by: PersonId | None = None
    reason: str = ""
    decision: str = ""
    rule: str = ""
    escalated_at: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None


@dataclass(frozen=True, kw_only=True)
class Blocking:
    """A constraint in force that the order is subject to; it stops the stages it names."""

    id: ConstraintId
    title: str
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order. `stage` is a key of the template; money is in `currency`, two places."""

    id: OrderId
    number: str
    channel: str
    placed_at: datetime
    currency: str
    value: Decimal  # of the goods
    stage: str
    stage_since: datetime
    discount: Decimal = Decimal("0.00")
    freight: Decimal = Decimal("0.00")
    items: int = 0
    payment: str = ""
    customer: str = ""
    business_unit: ReferenceId | None = None
    priority: Priority = Priority.NORMAL
    promised_on: date | None = None
    commitment: str = ""
    state: OrderState = OrderState.OPEN
    due_at: datetime | None = None
    owner: PersonId | None = None
    happened: Mapping[Happening, datetime] = field(default_factory=dict)
    exceptions: tuple[OrderException, ...] = ()
    constraints: tuple[Blocking, ...] = ()
    open_tickets: int = 0
    created_by: PersonId | None = None
    last_edited_by: PersonId | None = None  # who changed last what decisions on it are sealed on

    @property
    def holds(self) -> tuple[OrderException, ...]:
        """The holds that stand."""
        return tuple(each for each in self.exceptions if each.is_hold and each.is_open)

    @property
    def open_exceptions(self) -> tuple[OrderException, ...]:
        """What is open and no hold."""
        return tuple(each for each in self.exceptions if not each.is_hold and each.is_open)

    @property
    def discount_percent(self) -> Decimal:
        """Of what the goods cost before the discount; 0 for an order without goods."""
        before = self.value + self.discount
        return (self.discount / before * 100).quantize(Decimal("0.01")) if before > 0 else Decimal("0.00")
