"""What the clock does about orders: rules open exceptions, and overdue exceptions are escalated."""

from tenants.instance.actions.order_rules import apply_rules, escalate_exceptions
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_rules import (
    open_orders_after,
    orders_with_openings,
    overdue_exceptions,
    rule_switches,
)
from workers.task import Task

LOOKED_AT, ESCALATED = 500, 100  # orders read at once; exceptions in one transaction


def watch_orders(task: Task) -> None:
    """Every open order, some at a time, each batch in a transaction of its own: a second run goes on."""
    work = task.instance
    rules = get_governance(work).template.orders
    if rules is None:
        return
    switches, last = rule_switches(work), None
    while batch := open_orders_after(work, last, LOOKED_AT):
        if due := orders_with_openings(work, batch, rules, switches):
            apply_rules(work, due)
        last = batch[-1]
        work.session.expunge_all()
    while overdue := overdue_exceptions(work, work.now(), ESCALATED):
        escalate_exceptions(work, overdue)
