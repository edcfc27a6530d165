"""A delivery after the promised day is an exception; the delivery itself resolves it."""

from domain.governance.template import OrderRules
from domain.orders.consequences import DELIVERED, LATE, LateDelivery
from domain.orders.order import Happening, Order
from tenants.instance.actions.order_arrivals import late_exception
from tenants.instance.actions.order_rows import add_exception, resolve_exception
from tenants.instance.models.orders import OrderRow
from tenants.instance.transaction import Transaction


def keep_lateness(tx: Transaction, row: OrderRow, after: Order, late: LateDelivery | None, rules: OrderRules) -> None:
    """`after` is the order with what its source says by now; `late` what follows from that. Never a second one."""
    delivered = after.happened.get(Happening.DELIVERED)
    known = [each for each in after.exceptions if each.type == LATE]
    for each in known:
        if delivered and each.is_open:
            resolve_exception(tx, row, each.id, DELIVERED, "", None, max(delivered, each.opened_at))
    if late and not known:
        exception = late_exception(tx, late, rules)
        added = add_exception(tx, row, exception)
        tx.flush()
        if exception.resolved_at:
            resolve_exception(tx, row, added.id, DELIVERED, "", None, exception.resolved_at)
