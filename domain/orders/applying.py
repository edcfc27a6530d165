"""What an approved decision does to its order: the events it makes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.approvals.request import ApprovalRequest, RequestState
from domain.ids import OrderExceptionId, OrderId, RequestId
from domain.orders.asking import (
    CANCELLATION,
    DISCOUNT,
    PRICED,
    PRIORITY_DISPATCH,
    PROMISE_CHANGE,
    REFUND,
    RELEASE,
    REPLACEMENT,
    WRITE_OFF,
    OrderAsk,
    exception_of,
    promised,
    stake,
)
from domain.orders.order import Happening, Order

CANCELLED = "cancelled"
RESOLUTIONS = {  # codes of the template
    RELEASE: "released",
    DISCOUNT: "released",
    REFUND: "refunded",
    REPLACEMENT: "replaced",
    PRIORITY_DISPATCH: "released",
    PROMISE_CHANGE: "released",
    CANCELLATION: CANCELLED,
    WRITE_OFF: "written_off",
}


@dataclass(frozen=True, kw_only=True)
class ExceptionDecided:
    """A hold was released or an exception resolved by an approved decision."""

    order: OrderId
    request: RequestId
    exception: OrderExceptionId
    type: str
    is_hold: bool
    resolution: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class EffectGranted:
    """What the decision takes from the order. `kind` is a code of the template's effects."""

    order: OrderId
    request: RequestId
    exception: OrderExceptionId | None
    kind: str
    amount: Decimal
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReplacementCostExpected:
    """Delivering again will cost so much."""

    order: OrderId
    request: RequestId
    exception: OrderExceptionId | None
    stage: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PromiseChanged:
    """`field` is priority, promised_on or commitment."""

    order: OrderId
    request: RequestId
    field: str
    before: str
    after: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderRefunded:
    order: OrderId
    request: RequestId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderCancelled:
    order: OrderId
    request: RequestId
    reason: str
    at: datetime


Applied = ExceptionDecided | EffectGranted | ReplacementCostExpected | PromiseChanged | OrderRefunded | OrderCancelled


def apply_approved_decision(
    order: Order, request: ApprovalRequest, ask: OrderAsk, now: datetime
) -> tuple[Applied, ...]:
    """What follows from the approval, in the order in which it happens. `ask` is what the request asks for."""
    if request.state is not RequestState.APPROVED or request.order != order.id:
        raise ValueError(f"request {request.id} is not an approved one on order {order.id}")
    known: dict[str, Any] = {"order": order.id, "request": request.id, "at": now}
    events: list[Applied] = []
    if ask.kind in PRICED:
        more: dict[str, Any] = {"kind": ask.kind, "amount": stake(order, ask), "reason": ask.reason}
        events.append(EffectGranted(**known, exception=ask.exception, **more))
    if ask.kind == REPLACEMENT and ask.cost is not None:
        again: dict[str, Any] = {"stage": order.stage, "amount": ask.cost}
        events.append(ReplacementCostExpected(**known, exception=ask.exception, **again))
    if ask.kind == REFUND and Happening.REFUNDED not in order.happened:
        events.append(OrderRefunded(**known))
    for name, (before, after) in promised(order, ask).items():
        events.append(PromiseChanged(**known, field=name, before=before, after=after, reason=ask.reason))
    events += settled(order, request, ask, now)
    if ask.kind == CANCELLATION:
        events.append(OrderCancelled(**known, reason=ask.reason))
    return tuple(events)


def settled(order: Order, request: ApprovalRequest, ask: OrderAsk, now: datetime) -> list[ExceptionDecided]:
    """The exception the request is about; a cancelled order keeps none that is open."""
    one = exception_of(order, ask)
    ends = order.exceptions if ask.kind == CANCELLATION else (one,) if one else ()
    return [
        ExceptionDecided(
            order=order.id,
            request=request.id,
            exception=each.id,
            type=each.type,
            is_hold=each.is_hold,
            resolution=RESOLUTIONS[ask.kind],
            at=now,
        )
        for each in ends
        if each.is_open
    ]
