"""Who may act on an order, and what every act on one asks first."""

from dataclasses import dataclass

from domain.access import Actor, Capability, NotAllowed
from domain.orders.order import Order, OrderState
from domain.refusals import FieldMissing, FieldTooLong, Refusal

WORDS_LIMIT = 2_000
TITLE_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class OrderNotOpen(Refusal):
    """A closed or cancelled order stays as it is."""

    number: str
    state: OrderState


def not_allowed(order: Order, capability: Capability, actor: Actor | None) -> Refusal | None:
    """`actor` is None where no person acts: an import, a shop's call, the clock."""
    if actor is None or actor.orders(capability).covers(order.channel, order.business_unit):
        return None
    return NotAllowed(capability=capability)


def not_workable(order: Order, capability: Capability, actor: Actor | None) -> Refusal | None:
    """The right to do it, then an order that is open."""
    if refusal := not_allowed(order, capability, actor):
        return refusal
    return None if order.state is OrderState.OPEN else OrderNotOpen(number=order.number, state=order.state)


def wordless(field: str, words: str) -> Refusal | None:
    """Words that must be there, and fit."""
    return too_long(field, words) if words.strip() else FieldMissing(field=field)


def too_long(field: str, words: str, limit: int = WORDS_LIMIT) -> Refusal | None:
    return FieldTooLong(field=field, limit=limit) if len(words.strip()) > limit else None
