"""The priority of an order. Promised date and commitment change by an approved decision only."""

from uuid import UUID

from domain.access import Actor
from domain.orders.order import Priority
from domain.orders.promises import PriorityChanged, decide_change_priority
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.order_rows import add_promise
from tenants.instance.actions.order_taking import put_back_order, take_order


@action
def change_priority(
    work: Work, order_id: UUID, priority: Priority, reason: str, actor: Actor, seen: int
) -> PriorityChanged | Refusal:
    """With a reason; what it was is kept. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_change_priority(taken.order, priority, reason, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        add_promise(tx, taken.row, "priority", str(outcome.after), outcome.reason, actor.person)
        put_back_order(tx, taken.row, actor, is_edit=True)
        tx.record(outcome, actor, taken.subject, reason=outcome.reason)
    return outcome
