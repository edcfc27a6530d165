"""Carry out on an order what was approved: holds released, effects and promises kept, the order cancelled."""

from domain.approvals.request import ApprovalRequest
from domain.orders.applying import (
    Applied,
    EffectGranted,
    ExceptionDecided,
    OrderCancelled,
    OrderRefunded,
    PromiseChanged,
    ReplacementCostExpected,
    apply_approved_decision,
)
from domain.orders.asking import read_ask
from domain.orders.order import Happening, OrderState
from tenants.instance.actions.order_freight import freight_spared
from tenants.instance.actions.order_rows import (
    add_cost,
    add_effect,
    add_promise,
    end_order,
    resolve_exception,
    set_happened,
)
from tenants.instance.actions.order_taking import TakenOrder, put_back_order
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow
from tenants.instance.transaction import Transaction

ONE_TIME = "one_time"  # the kind of cost that delivering again is


def apply_to_order(tx: Transaction, taken: TakenOrder, request: ApprovalRequest) -> tuple[Applied, ...]:
    """Apply an approved decision; the caller records its events. Who asked for a promise counts as its editor."""
    events = apply_approved_decision(taken.order, request, read_ask(request), tx.work.now())
    for event in events:
        write(tx, taken, request, event)
    put_back_order(tx, taken.row, None, is_edit=False)
    return events


def write(tx: Transaction, taken: TakenOrder, request: ApprovalRequest, event: Applied) -> None:
    row = taken.row
    match event:
        case ExceptionDecided(exception=exception, resolution=code):
            resolve_exception(tx, row, exception, code, request.comment, None, event.at)
        case EffectGranted():
            add_effect(tx, row, effect_row(tx, request, event))
        case ReplacementCostExpected():
            add_cost(tx, row, cost_row(tx, request, event))
        case PromiseChanged(field=field, after=after, reason=reason):
            add_promise(tx, row, field, after, reason, request.requested_by, request.id)
            row.last_edited_by = request.requested_by
        case OrderRefunded(at=at):
            set_happened(row, Happening.REFUNDED, at)
        case OrderCancelled(at=at, reason=reason):
            end_order(tx, row, OrderState.CANCELLED, at, reason)
            freight_spared(tx, row)


def effect_row(tx: Transaction, request: ApprovalRequest, event: EffectGranted) -> OrderEffectRow:
    return OrderEffectRow(
        id=tx.work.new_id(),
        order_id=event.order,
        exception_id=event.exception,
        request_id=request.id,
        kind=event.kind,
        amount=event.amount,
        days=None,
        reason=event.reason,
        on=event.at.date(),
        by=request.requested_by,
        at=event.at,
    )


def cost_row(tx: Transaction, request: ApprovalRequest, event: ReplacementCostExpected) -> OrderCostRow:
    return OrderCostRow(
        id=tx.work.new_id(),
        order_id=event.order,
        exception_id=event.exception,
        stage=event.stage,
        kind=ONE_TIME,
        forecast=event.amount,
        actual=None,
        words=request.reason,
        on=event.at.date(),
        by=request.requested_by,
        at=event.at,
    )
