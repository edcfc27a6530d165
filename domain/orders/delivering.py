"""What a shop delivers of an order: taken in when it is new, else held against what stands here. DOMAIN.md, 5."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.governance.template import OrderRules
from domain.ids import OrderId, ReferenceId
from domain.orders.arriving import Arrival, arrive
from domain.orders.consequences import IntakeChoices
from domain.orders.incoming import Incoming
from domain.orders.intake import Merged, applied, merge
from domain.orders.order import Order, OrderState, Source
from domain.orders.reaching import held_back, moved_on
from domain.orders.receiving import unacceptable
from domain.references import EntryRetired
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms orders come in: by which channel, in which currency, under which rules, and when."""

    channel: str
    currency: str
    rules: OrderRules
    choices: IntakeChoices
    now: datetime
    retired: Mapping[ReferenceId, str] = field(default_factory=dict)  # business units, with their names


@dataclass(frozen=True, kw_only=True)
class Known:
    """An order that is here already, and what its source said of it last."""

    order: Order
    imported: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Change:
    """An order that was here: `after` is how it stands then, `merged` what is new and what is in conflict."""

    known: Known
    merged: Merged
    after: Order


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


Delivered = Arrival | Change


def decide_deliver(incoming: Incoming, known: Known | None, order_id: OrderId, terms: Terms) -> Delivered | Refusal:
    """Take in what a source says of one order. `order_id` is for an order that is new."""
    if incoming.channel != terms.channel:
        return ForeignChannel(channel=incoming.channel, own=terms.channel)
    if incoming.currency != terms.currency:
        return ForeignCurrency(currency=incoming.currency, own=terms.currency)
    unit = incoming.business_unit
    if unit and unit in terms.retired and (known is None or known.order.business_unit != unit):
        return EntryRetired(name=terms.retired[unit])
    if known is None:
        return arrive(incoming, terms.rules, terms.choices, order_id, Source.API, terms.now)
    return decide_change(incoming, known, terms)


def decide_change(incoming: Incoming, known: Known, terms: Terms) -> Change | Refusal:
    """Three-way, field by field. An order is never moved past a hold or a constraint; one that ended stays ended."""
    if refusal := unacceptable(incoming, terms.rules, terms.now):
        return refusal
    merged = merge(known.imported, known.order, incoming)
    after = applied(known.order, {each.field: each.after for each in merged.updates})
    if after.state is OrderState.OPEN:
        to = moved_on(after, after.happened, terms.rules)
        if stopped := held_back(after, to, terms.rules):
            return stopped
        after = replace(after, stage=to)
    return Change(known=known, merged=merged, after=after)
