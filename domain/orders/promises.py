"""What a customer may expect. Priority changes with a reason; promised date and commitment only by decision."""

from dataclasses import dataclass
from datetime import datetime

from domain.access import Actor, Capability
from domain.changes.requesting import NothingChanges
from domain.ids import OrderId, PersonId
from domain.orders.order import Order, Priority
from domain.orders.rights import not_workable, too_long, wordless
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class PriorityChanged:
    order: OrderId
    number: str
    before: Priority
    after: Priority
    reason: str
    person: PersonId | None
    at: datetime


def decide_change_priority(
    order: Order, priority: Priority, reason: str, actor: Actor | None, now: datetime
) -> PriorityChanged | Refusal:
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    if priority is order.priority:
        return NothingChanges()
    if refusal := wordless("reason", reason) or too_long("reason", reason):
        return refusal
    return PriorityChanged(
        order=order.id,
        number=order.number,
        before=order.priority,
        after=priority,
        reason=reason.strip(),
        person=actor.person if actor else None,
        at=now,
    )
