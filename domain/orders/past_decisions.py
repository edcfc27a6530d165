"""What policies saw of requests of the past, and would have seen of requests that nobody made.

A request that was never made has facts all the same: the exception needs a decision of a kind, on the amount that is
usual for it; how far a date would have been moved is taken from how late the order was. Source: DOMAIN.md, 3 and 5.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.access import Role
from domain.governance.policies import ORDER_PREFIX, Fact, Policy
from domain.ids import OrderExceptionId, OrderId
from domain.orders.asking import DISCOUNT, PRICED, REFUND, WRITE_OFF, OrderAsk
from domain.orders.deciding import DecidedBefore, decision_facts
from domain.orders.order import Happening, Order, OrderException
from domain.orders.replay import Past, stage_at

Place = tuple[str, UUID | None]  # a channel and a business unit


@dataclass(frozen=True, kw_only=True)
class PastRequest:
    """A request that was made, with the facts that its policy was chosen by."""

    order: UUID
    number: str
    at: datetime
    amount: Decimal
    place: Place
    facts: Mapping[str, Fact]


def chosen(policies: Sequence[Policy], kind: str, facts: Mapping[str, Fact]) -> Policy | None:
    return next((policy for policy in policies if policy.applies(kind, facts)), None)


def looks_at_days(policies: Sequence[Policy], kind: str) -> bool:
    conditions = (condition for policy in policies if policy.governs == kind for condition in policy.when)
    return any(condition.field == "days" for condition in conditions)


def facts_then(past: Past, exception: str, decision: str, at: datetime, now: datetime) -> Mapping[str, Fact]:
    """What the policies would have seen of a decision on the exception that a rule had opened at that moment."""
    return {
        "amount": usual_amount(past, decision),
        "order_value": past.value,
        "discount_percent": past.discount_percent,
        "days": days_late(past, at, now),
        "stage": stage_at(past, at),
        "channel": past.channel,
        "exception_type": exception,
    }


def usual_amount(past: Past, decision: str) -> Decimal:
    """What a decision of this kind is about if nothing else is said."""
    if decision == DISCOUNT:
        return past.discount
    return past.value + past.freight if decision in (REFUND, WRITE_OFF) else past.value


def days_late(past: Past, at: datetime, now: datetime) -> int | None:
    """How many days after what was promised at that moment it was delivered, or is not yet; None without a promise."""
    promised = past.promised_at(at)
    if promised is None:
        return None
    arrived = past.happened.get(Happening.DELIVERED) or past.ended or now
    return max(0, (arrived.date() - promised).days)


def facts_of_request(
    kind: str, subject: str, proposal: str, *, stage: str, exception_type: str, before: DecidedBefore, at: datetime
) -> Mapping[str, Fact]:
    """What the policies saw of a request: its sealed subject and proposal keep the order as it was, `stage` where the
    seal does not, `before` what decisions of the kind had done to the order by then."""
    sealed: dict[str, str] = json.loads(subject)
    said: dict[str, str] = json.loads(proposal or "{}")
    exception = OrderExceptionId(UUID(said["exception"])) if "exception" in said else None
    type_ = sealed.get("exception_type") or exception_type
    held = _exception(exception, type_, at) if exception and type_ else ()
    order = Order(
        id=OrderId(UUID(int=0)),
        number=sealed.get("number", ""),
        channel=sealed.get("channel", ""),
        placed_at=at,
        currency=sealed.get("currency", ""),
        value=Decimal(sealed.get("value", "0")),
        discount=Decimal(sealed.get("discount", "0")),
        stage=sealed.get("stage") or stage,
        stage_since=at,
        promised_on=_day(sealed.get("promised_on", "")),
        exceptions=held,
    )
    key = kind.removeprefix(ORDER_PREFIX)
    amount = Decimal(said["amount"]) if key in PRICED and "amount" in said else None
    ask = OrderAsk(
        kind=key, reason="", exception=exception, amount=amount, promised_on=_day(said.get("promised_on", ""))
    )
    return decision_facts(order, ask, before)


def _exception(known: OrderExceptionId, type_: str, at: datetime) -> tuple[OrderException, ...]:
    return (OrderException(id=known, type=type_, is_hold=False, owner_role=Role.ORDER_DESK, opened_at=at, due_at=at),)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
