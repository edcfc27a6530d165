"""The end of an order's way: closed with its evidence, opened again when something comes after."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor, Capability
from domain.governance.template import OrderRules
from domain.ids import OrderId, PersonId
from domain.orders.entry import target_of, unmet
from domain.orders.order import Order, OrderState
from domain.orders.rights import not_workable, wordless
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class OrderClosed:
    order: OrderId
    number: str
    evidence: tuple[str, ...]  # the conditions that held
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderReopened:
    """A closed order is open again, at the stage it was closed at."""

    order: OrderId
    number: str
    stage: str
    due_at: datetime
    reason: str
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NotAtLastStage(Refusal):
    stage: str
    last: str


@dataclass(frozen=True, kw_only=True)
class ClosureNotMet(Refusal):
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OrderNotClosed(Refusal):
    number: str


def closure_missing(order: Order, rules: OrderRules) -> tuple[str, ...]:
    """What closure asks for and the order has not."""
    return unmet(rules.closure, order)


def decide_close(order: Order, rules: OrderRules, actor: Actor | None, now: datetime) -> OrderClosed | Refusal:
    """Only at the last stage, and only with its evidence."""
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    last = rules.stages[-1]
    if order.stage != last.key:
        return NotAtLastStage(stage=rules.stage_label(order.stage), last=last.label)
    if missing := closure_missing(order, rules):
        return ClosureNotMet(missing=missing)
    return OrderClosed(
        order=order.id, number=order.number, evidence=rules.closure, person=actor.person if actor else None, at=now
    )


def decide_reopen(
    order: Order, reason: str, rules: OrderRules, actor: Actor | None, now: datetime
) -> OrderReopened | Refusal:
    """A chargeback or a late return comes after the closure: the order is open again where it was closed."""
    opened = replace(order, state=OrderState.OPEN) if order.state is OrderState.CLOSED else order
    if refusal := not_workable(opened, Capability.WORK_ORDERS, actor):
        return refusal
    if order.state is not OrderState.CLOSED:
        return OrderNotClosed(number=order.number)
    if refusal := wordless("reason", reason):
        return refusal
    return OrderReopened(
        order=order.id,
        number=order.number,
        stage=order.stage,
        due_at=target_of(order.stage, rules, now),
        reason=reason.strip(),
        person=actor.person if actor else None,
        at=now,
    )
