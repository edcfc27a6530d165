"""What follows from an order as its source tells it: lateness, freight, cancellation, refund, complaint.

Which of them do, the mapping (or the channel) chooses; nothing follows twice from the same statement.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from domain.governance.template import OrderRules
from domain.orders.incoming import Incoming, Standing
from domain.orders.order import Happening, Order, OrderState

LATE = "delivery_date"  # type of the exception
CARRIER, CANCELLATION, REFUND = "carrier", "cancellation", "refund"
DISPATCH = "dispatch"  # the stage that freight is a cost of
DELIVERED = "delivered_after_all"  # resolution
REVIEW = "review"  # channel of the ticket
LEFT = (Happening.DISPATCHED, Happening.DELIVERED)  # either of them says that the order left, the first of them when
ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class IntakeChoices:
    """`ticket_up_to`: scores so low or lower open a ticket, 0 for none; `closes`: what is complete comes in closed."""

    late_is_exception: bool = True
    freight_is_cost: bool = True
    cancelled_is_effect: bool = True
    ticket_up_to: int = 0
    closes: bool = True


@dataclass(frozen=True, kw_only=True)
class LateDelivery:
    """Open from the end of the promised day; resolved by the delivery."""

    promised_on: date
    opened_at: datetime
    due_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class FreightCost:
    """What the carrier costs: actual once the order left, a forecast before."""

    forecast: Decimal
    actual: Decimal | None
    on: date


@dataclass(frozen=True, kw_only=True)
class Loss:
    """`kind` of the effect and why; for a refund the whole refunded amount."""

    kind: str
    amount: Decimal
    reason: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Complaint:
    score: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Consequences:
    late: LateDelivery | None = None
    freight: FreightCost | None = None
    losses: tuple[Loss, ...] = ()
    complaint: Complaint | None = None


def consequences(
    order: Order, incoming: Incoming, rules: OrderRules, choices: IntakeChoices, now: datetime
) -> Consequences:
    """What follows for the order, which is as it is with what the source says applied to it."""
    return Consequences(
        late=lateness(order, rules, now)
        if choices.late_is_exception and order.state is not OrderState.CANCELLED
        else None,
        freight=_freight(order) if choices.freight_is_cost else None,
        losses=_losses(order, incoming, choices, now),
        complaint=_complaint(incoming, choices),
    )


def cancel_reason(incoming: Incoming) -> str:
    return str(Standing.UNAVAILABLE if incoming.status is Standing.UNAVAILABLE else Standing.CANCELLED)


def lateness(order: Order, rules: OrderRules, now: datetime) -> LateDelivery | None:
    """None where the promise was kept, or still may be."""
    if order.promised_on is None:
        return None
    broken_at = datetime.combine(order.promised_on + timedelta(days=1), time(), UTC)
    delivered = order.happened.get(Happening.DELIVERED)
    if (delivered or now) < broken_at or (delivered is None and order.state is not OrderState.OPEN):
        return None
    hours = next((each.due_hours for each in rules.exception_types if each.key == LATE), 24)
    return LateDelivery(
        promised_on=order.promised_on,
        opened_at=broken_at,
        due_at=broken_at + timedelta(hours=hours),
        resolved_at=delivered,
    )


def _freight(order: Order) -> FreightCost | None:
    """None where there is nothing to carry: an order that was cancelled before it left never goes."""
    left = next((order.happened[each] for each in LEFT if each in order.happened), None)
    if order.freight == 0 or (order.state is OrderState.CANCELLED and left is None):
        return None
    return FreightCost(
        forecast=order.freight,
        actual=order.freight if left else None,
        on=(left or order.placed_at).astimezone(UTC).date(),
    )


def _losses(order: Order, incoming: Incoming, choices: IntakeChoices, now: datetime) -> tuple[Loss, ...]:
    """What a cancelled order would have brought: its goods, or what was paid where the source lists none any more."""
    losses: list[Loss] = []
    if incoming.is_cancelled and choices.cancelled_is_effect:
        on = (incoming.cancelled_at or incoming.last_heard).astimezone(UTC).date()
        amount = order.value or incoming.paid or ZERO
        losses.append(Loss(kind=CANCELLATION, amount=amount, reason=cancel_reason(incoming), on=on))
    if incoming.refunded:
        at = incoming.happened.get(Happening.REFUNDED, now)
        losses.append(Loss(kind=REFUND, amount=incoming.refunded, reason=REFUND, on=at.astimezone(UTC).date()))
    return tuple(losses)


def _complaint(incoming: Incoming, choices: IntakeChoices) -> Complaint | None:
    if incoming.score is None or incoming.score > choices.ticket_up_to:
        return None
    return Complaint(score=incoming.score, at=incoming.last_heard)
