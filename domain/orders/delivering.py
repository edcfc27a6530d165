"""What a source delivers of an order: taken in when it is new, else held against what stands here. DOMAIN.md, 5."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.governance.template import OrderRules
from domain.ids import OrderId
from domain.orders.entry import target_of
from domain.orders.incoming import Incoming
from domain.orders.intake import FieldConflict, FieldUpdate, Merged, applied, merge
from domain.orders.order import Order, OrderState, Source
from domain.orders.reaching import held_back, moved_on
from domain.orders.receiving import OrderReceived, decide_receive, unacceptable
from domain.orders.rights import OrderNotOpen
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms orders come in: by which channel, in which currency, under which rules, and when."""

    channel: str
    currency: str
    rules: OrderRules
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Known:
    """An order that is here already, and what its source said of it last."""

    order: Order
    imported: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class OrderUpdated:
    """Its source changed an order. What was changed here too stays as it is: `conflicts`, for somebody to decide."""

    order: OrderId
    number: str
    before: str  # stage
    after: str
    due_at: datetime | None
    updates: tuple[FieldUpdate, ...]
    conflicts: tuple[FieldConflict, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderUnchanged:
    """The source said nothing new. It is no event: nothing happened."""

    order: OrderId
    number: str


@dataclass(frozen=True, kw_only=True)
class Change:
    """An update with all that is written: `changed` is the order as it is then, `merged` what its source said."""

    event: OrderUpdated
    changed: Order
    merged: Merged


@dataclass(frozen=True, kw_only=True)
class ForeignChannel(Refusal):
    """A key delivers the orders of its own channel and of no other."""

    channel: str
    own: str


@dataclass(frozen=True, kw_only=True)
class ForeignCurrency(Refusal):
    """An instance takes orders in its own currency."""

    currency: str
    own: str


@dataclass(frozen=True, kw_only=True)
class UnknownOrderStage(Refusal):
    stage: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RefusedOrder:
    """One order of a call that was refused: its place in the call, its number, and why (`kind` for the trail)."""

    place: int
    number: str
    kind: str
    refusal: Refusal


@dataclass(frozen=True, kw_only=True)
class OrdersRefused(Refusal):
    """A call with these orders in it was refused whole."""

    orders: int
    refused: tuple[RefusedOrder, ...]


Delivered = OrderReceived | Change | OrderUnchanged


def decide_deliver(incoming: Incoming, known: Known | None, order_id: OrderId, terms: Terms) -> Delivered | Refusal:
    """Take in what a source says of one order. `order_id` is for an order that is new."""
    if incoming.channel != terms.channel:
        return ForeignChannel(channel=incoming.channel, own=terms.channel)
    if incoming.currency != terms.currency:
        return ForeignCurrency(currency=incoming.currency, own=terms.currency)
    return decide_new(incoming, order_id, terms) if known is None else decide_update(incoming, known, terms)


def decide_new(incoming: Incoming, order_id: OrderId, terms: Terms) -> OrderReceived | Refusal:
    """As any other order is received; one that its source has cancelled meanwhile comes in cancelled."""
    outcome = decide_receive(incoming, terms.rules, order_id, Source.API, None, terms.now)
    if isinstance(outcome, Refusal) or not incoming.is_cancelled:
        return outcome
    return replace(outcome, order=replace(outcome.order, state=OrderState.CANCELLED, due_at=None))


def decide_update(incoming: Incoming, known: Known, terms: Terms) -> Change | OrderUnchanged | Refusal:
    """Three-way, field by field. No order is moved past a hold or a constraint, and none that ended is changed."""
    order, rules = known.order, terms.rules
    if refusal := unacceptable(incoming, rules, terms.now):
        return refusal
    merged = merge(known.imported, order, incoming)
    if merged.is_unchanged:
        return OrderUnchanged(order=order.id, number=order.number)
    if order.state is not OrderState.OPEN and merged.updates:
        return OrderNotOpen(number=order.number, state=order.state)
    changed = applied(order, {each.field: each.after for each in merged.updates})
    stage = moved_on(order, changed.happened, rules) if changed.state is OrderState.OPEN else order.stage
    if stopped := held_back(order, stage, rules):
        return stopped
    event = OrderUpdated(
        order=order.id,
        number=order.number,
        before=order.stage,
        after=stage,
        due_at=order.due_at if stage == order.stage else target_of(stage, rules, terms.now),
        updates=merged.updates,
        conflicts=merged.conflicts,
        at=terms.now,
    )
    return Change(event=event, changed=changed, merged=merged)
