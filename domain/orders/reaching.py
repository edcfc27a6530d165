"""How far an order has come by what happened to it, and what keeps it from being there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from domain.governance.template import OrderRules
from domain.ids import ConstraintId, OrderExceptionId
from domain.orders.order import Happening, Order
from domain.refusals import Refusal

H = Happening
Entries = tuple[tuple[str, tuple[str, ...]], ...]
RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class HeldBack(Refusal):
    """The source says that the order is in `stage`, but what stands here keeps it from entering `stops`."""

    number: str
    stage: str
    stops: str
    holds: tuple[OrderExceptionId, ...] = ()
    types: tuple[str, ...] = ()  # of these holds
    constraints: tuple[ConstraintId, ...] = ()
    titles: tuple[str, ...] = ()  # of these constraints


# What one moment says of others: a parcel that left was picked, and its address was good enough to send it.
_IMPLIED = {
    H.DELIVERED: (H.DISPATCHED,),
    H.RETURN_REGISTERED: (H.DISPATCHED,),
    H.DISPATCHED: (H.CARRIER_BOOKED, H.PICKED),
    H.PICKED: (H.STOCK_ALLOCATED,),
    H.STOCK_ALLOCATED: (H.ADDRESS_CONFIRMED,),
    H.PAYMENT_CONFIRMED: (H.ADDRESS_CONFIRMED,),
}


@cache
def implied(happened: frozenset[Happening]) -> frozenset[Happening]:
    """What must have happened when this did. A file of 100,000 orders knows a few dozen such sets."""
    known: set[Happening] = set()
    open_ = list(happened)
    while open_:
        each = open_.pop()
        if each not in known:
            known.add(each)
            open_ += _IMPLIED.get(each, ())
    return frozenset(known)


def stage_from(happened: Mapping[Happening, datetime], rules: OrderRules) -> str:
    """The furthest stage whose entry conditions are met by what happened; the first one where nothing did.

    Return is passed over unless a return is registered; one that is not refunded yet is where the order stands. Holds
    are looked at by `held_back`.
    """
    return _furthest(frozenset(happened), rules.stages[0].key, rules.entries)


@cache
def _furthest(happened: frozenset[Happening], first: str, entries: Entries) -> str:
    known, reached = implied(happened), first
    for key, asked in entries:
        if all(_is_met(condition, known) for condition in asked):
            reached = key
            if key == RETURN and H.REFUNDED not in known:
                break
    return reached


def _is_met(condition: str, known: frozenset[Happening]) -> bool:
    if condition == "delivered_or_refunded":
        return H.DELIVERED in known or H.REFUNDED in known
    return condition in known  # conditions are called as what happened is


def held_back(order: Order, to: str, rules: OrderRules) -> HeldBack | None:
    """What keeps the order from going from where it is to the stage `to`, or None. Going nowhere is never stopped."""
    keys = [stage.key for stage in rules.stages]
    here, there = _place(keys, order.stage), _place(keys, to)
    for stage in rules.stages[here + 1 : there + 1]:
        if stage.key == RETURN != to:
            continue
        holds = tuple(each for each in order.holds if stage.key in each.stops or "no_hold" in stage.entry)
        constraints = tuple(each for each in order.constraints if stage.key in each.stops)
        if holds or constraints:
            return HeldBack(
                number=order.number,
                stage=to,
                stops=stage.key,
                holds=tuple(each.id for each in holds),
                types=tuple(each.type for each in holds),
                constraints=tuple(each.id for each in constraints),
                titles=tuple(each.title for each in constraints),
            )
    return None


def moved_on(order: Order, happened: Mapping[Happening, datetime], rules: OrderRules) -> str:
    """Where the order stands once this happened: further on, or where it is; a source never moves it back."""
    keys = [stage.key for stage in rules.stages]
    reached = stage_from(happened, rules)
    return reached if _place(keys, reached) > _place(keys, order.stage) else order.stage


def _place(keys: Sequence[str], stage: str) -> int:
    return keys.index(stage) if stage in keys else 0
