"""The beginning of an order's way: how it is taken in, and what is recorded as having happened to it."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from domain.access import Actor, Capability, NotAllowed
from domain.governance.template import OrderRules
from domain.ids import OrderId, PersonId
from domain.orders.consequences import Loss
from domain.orders.entry import target_of
from domain.orders.incoming import Incoming
from domain.orders.order import Happening, Order, Source
from domain.orders.reaching import stage_from
from domain.orders.rights import not_workable, too_long
from domain.refusals import FieldMissing, Refusal

SHARED = tuple({each.name for each in fields(Incoming)} & {each.name for each in fields(Order)})
MONEY = ("value", "discount", "freight")
NUMBER_LIMIT = 80


@dataclass(frozen=True, kw_only=True)
class OrderReceived:
    """An order came in; `order.created_by` is who entered it, None for an import or a shop's call.

    `losses`: the effects that were booked for it at once, as its source says that it was cancelled or refunded.
    """

    order: Order
    source: Source
    at: datetime
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HappeningRecorded:
    order: OrderId
    number: str
    happening: Happening
    happened_at: datetime
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderChannelUnknown(Refusal):
    channel: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NegativeOrderMoney(Refusal):
    """Amounts of an order are sizes: what lowers it has a field of its own."""

    field: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class HappenedAlready(Refusal):
    happening: Happening
    at: datetime


@dataclass(frozen=True, kw_only=True)
class BeforePlaced(Refusal):
    """Nothing happens to an order before it is placed."""

    at: datetime
    placed_at: datetime


@dataclass(frozen=True, kw_only=True)
class InFuture(Refusal):
    at: datetime


def decide_receive(
    incoming: Incoming, rules: OrderRules, order_id: OrderId, source: Source, actor: Actor | None, now: datetime
) -> OrderReceived | Refusal:
    """Take an order in at the stage that what happened to it speaks for."""
    if actor and not actor.orders(Capability.ENTER_ORDER).covers(incoming.channel, incoming.business_unit):
        return NotAllowed(capability=Capability.ENTER_ORDER)
    if refusal := unacceptable(incoming, rules, now):
        return refusal
    stage = stage_from(incoming.happened, rules)
    since = max((incoming.placed_at, *incoming.happened.values()))
    said = {name: getattr(incoming, name) for name in SHARED if getattr(incoming, name) is not None}
    order = Order(
        id=order_id,
        stage=stage,
        stage_since=since,
        due_at=target_of(stage, rules, since),
        created_by=actor.person if actor else None,
        **said,
    )
    return OrderReceived(order=order, source=source, at=now)


def unacceptable(incoming: Incoming, rules: OrderRules, now: datetime) -> Refusal | None:
    """What no order may be, whichever way it comes in."""
    if not incoming.number.strip():
        return FieldMissing(field="number")
    if refusal := too_long("number", incoming.number, NUMBER_LIMIT):
        return refusal
    if incoming.channel not in rules.channel_codes:
        return OrderChannelUnknown(channel=incoming.channel, known=rules.channel_codes)
    for name in MONEY:
        amount = getattr(incoming, name)
        if amount is not None and amount < 0:
            return NegativeOrderMoney(field=name, amount=amount)
    if incoming.placed_at > now:
        return InFuture(at=incoming.placed_at)
    refusals = (impossible(at, incoming.placed_at, now) for at in incoming.happened.values())
    return next((refusal for refusal in refusals if refusal), None)


def decide_record_happening(
    order: Order, happening: Happening, at: datetime, actor: Actor | None, now: datetime
) -> HappeningRecorded | Refusal:
    """Once each, after the order was placed, and not in the future."""
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    if happening in order.happened:
        return HappenedAlready(happening=happening, at=order.happened[happening])
    if refusal := impossible(at, order.placed_at, now):
        return refusal
    return HappeningRecorded(
        order=order.id,
        number=order.number,
        happening=happening,
        happened_at=at,
        person=actor.person if actor else None,
        at=now,
    )


def impossible(at: datetime, placed_at: datetime, now: datetime) -> Refusal | None:
    if at < placed_at:
        return BeforePlaced(at=at, placed_at=placed_at)
    return InFuture(at=at) if at > now else None
