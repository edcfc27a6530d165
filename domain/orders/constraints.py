"""What blocks many orders at once: stock, warehouse, carrier, supplier. Source: DOMAIN.md, 5."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.access import Actor, Capability, NotAllowed
from domain.changes.requesting import NothingChanges
from domain.governance.template import OrderRules
from domain.ids import ConstraintId, OrderId, PersonId, ReferenceId
from domain.orders.money import UnknownOrderStage, codes, labels
from domain.orders.order import Order
from domain.orders.rights import TITLE_LIMIT, not_workable, too_long, wordless
from domain.refusals import Refusal

KINDS = ("stock", "warehouse", "carrier", "supplier")  # where the template names none
C = Capability.MANAGE_CONSTRAINTS
OrderPlace = tuple[str, ReferenceId | None]  # the channel and the business unit of an order


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """In force until `ended_at`; it keeps the orders it blocks out of the stages it `stops`."""

    id: ConstraintId
    kind: str
    title: str
    stops: tuple[str, ...]
    opened_at: datetime
    words: str = ""
    owner: PersonId | None = None
    needs_attention: bool = False
    forecast_end: date | None = None
    opened_by: PersonId | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ConstraintOpened:
    constraint: Constraint
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConstraintChanged:
    before: Constraint
    constraint: Constraint
    reason: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrdersBlocked:
    constraint: ConstraintId
    title: str
    orders: tuple[OrderId, ...]
    numbers: tuple[str, ...]
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrdersFreed:
    """Orders that a constraint in force does not block any more."""

    constraint: ConstraintId
    title: str
    orders: tuple[OrderId, ...]
    numbers: tuple[str, ...]
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConstraintEnded:
    constraint: Constraint
    reason: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UnknownConstraintKind(Refusal):
    kind: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ConstraintStopsNothing(Refusal):
    """It names the stages that it keeps orders from."""


@dataclass(frozen=True, kw_only=True)
class ForecastEndPast(Refusal):
    day: date


@dataclass(frozen=True, kw_only=True)
class ConstraintOver(Refusal):
    title: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NoOrdersToBlock(Refusal):
    """None of the orders given is open and not blocked already (or, to be freed, blocked)."""

    title: str


def decide_open_constraint(constraint: Constraint, rules: OrderRules, actor: Actor) -> ConstraintOpened | Refusal:
    if not actor.orders(C):
        return NotAllowed(capability=C)
    if refusal := unusable(constraint, rules, constraint.opened_at):
        return refusal
    opened = replace(constraint, title=constraint.title.strip(), words=constraint.words.strip(), ended_at=None)
    return ConstraintOpened(constraint=replace(opened, opened_by=actor.person), at=constraint.opened_at)


def unusable(constraint: Constraint, rules: OrderRules, now: datetime) -> Refusal | None:
    kinds = codes(rules.constraint_kinds) or KINDS
    if constraint.kind not in kinds:
        return UnknownConstraintKind(kind=constraint.kind, known=labels(rules.constraint_kinds) or KINDS)
    if not constraint.stops:
        return ConstraintStopsNothing()
    for stage in constraint.stops:
        if rules.position(stage) < 0:
            return UnknownOrderStage(stage=stage)
    if constraint.forecast_end and constraint.forecast_end < now.date():
        return ForecastEndPast(day=constraint.forecast_end)
    refusal = wordless("title", constraint.title) or too_long("title", constraint.title, TITLE_LIMIT)
    return refusal or too_long("description", constraint.words)


def decide_change_constraint(
    before: Constraint,
    after: Constraint,
    places: Iterable[OrderPlace],
    reason: str,
    rules: OrderRules,
    actor: Actor,
    now: datetime,
) -> ConstraintChanged | Refusal:
    """Everything but when it began and by whom; always with a reason, and by who reaches all that it blocks."""
    if refusal := closed_to(before, actor) or out_of_reach(places, actor):
        return refusal
    after = replace(
        after, id=before.id, opened_at=before.opened_at, opened_by=before.opened_by, ended_at=None,
        title=after.title.strip(), words=after.words.strip(),
    )  # fmt: skip
    if after == before:
        return NothingChanges()
    refusal = unusable(after, rules, now) or wordless("reason", reason)
    if refusal := refusal or too_long("reason", reason):
        return refusal
    return ConstraintChanged(before=before, constraint=after, reason=reason.strip(), person=actor.person, at=now)


def decide_block_orders(
    constraint: Constraint, orders: Sequence[Order], actor: Actor, now: datetime
) -> OrdersBlocked | Refusal:
    """All of them or none: orders that are open and the actor's to block; what is blocked already is passed over."""
    if refusal := closed_to(constraint, actor):
        return refusal
    new = [order for order in orders if not is_blocked(order, constraint)]
    for order in new:
        if refusal := not_workable(order, C, actor):
            return refusal
    if not new:
        return NoOrdersToBlock(title=constraint.title)
    return OrdersBlocked(
        constraint=constraint.id, title=constraint.title, orders=tuple(order.id for order in new),
        numbers=tuple(order.number for order in new), person=actor.person, at=now,
    )  # fmt: skip


def decide_free_orders(
    constraint: Constraint, orders: Sequence[Order], actor: Actor, now: datetime
) -> OrdersFreed | Refusal:
    """Take single orders out of a constraint that stays in force."""
    if refusal := closed_to(constraint, actor):
        return refusal
    blocked = [order for order in orders if is_blocked(order, constraint)]
    if any(not actor.orders(C).covers(order.channel, order.business_unit) for order in blocked):
        return NotAllowed(capability=C)
    if not blocked:
        return NoOrdersToBlock(title=constraint.title)
    return OrdersFreed(
        constraint=constraint.id, title=constraint.title, orders=tuple(order.id for order in blocked),
        numbers=tuple(order.number for order in blocked), person=actor.person, at=now,
    )  # fmt: skip


def decide_end_constraint(
    constraint: Constraint, places: Iterable[OrderPlace], reason: str, actor: Actor, now: datetime
) -> ConstraintEnded | Refusal:
    """It frees every order it blocks: only by who may free each of them."""
    refusal = closed_to(constraint, actor) or out_of_reach(places, actor) or wordless("reason", reason)
    if refusal := refusal or too_long("reason", reason):
        return refusal
    ended = replace(constraint, ended_at=now)
    return ConstraintEnded(constraint=ended, reason=reason.strip(), person=actor.person, at=now)


def is_blocked(order: Order, constraint: Constraint) -> bool:
    return any(each.id == constraint.id for each in order.constraints)


def out_of_reach(places: Iterable[OrderPlace], actor: Actor) -> Refusal | None:
    scope = actor.orders(C)
    return None if all(scope.covers(channel, unit) for channel, unit in places) else NotAllowed(capability=C)


def closed_to(constraint: Constraint, actor: Actor) -> Refusal | None:
    if not actor.orders(C):
        return NotAllowed(capability=C)
    return None if constraint.ended_at is None else ConstraintOver(title=constraint.title, at=constraint.ended_at)
