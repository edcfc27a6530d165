"""Changes of an order in its rows: stays, exceptions, money, promises. The only place that writes their sums."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.ids import PersonId
from domain.orders.order import Happening, Order, OrderException, OrderState, Source
from tenants.database import NotFound
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow, OrderStageRow
from tenants.instance.transaction import Transaction

ZERO = Decimal("0.00")


def order_values(order: Order, source: Source, imported: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Columns of a new order's row: for add_order, and for many at once with insert_many."""
    same = ("id", "number", "channel", "customer", "placed_at", "currency", "value", "discount", "freight", "items")
    more = ("payment", "promised_on", "commitment", "stage", "stage_since", "due_at", "created_by", "last_edited_by")
    return {
        **{name: getattr(order, name) for name in (*same, *more)},
        **{f"{each}_at": order.happened.get(each) for each in Happening},
        "business_unit_id": order.business_unit,
        "owner_id": order.owner,
        "priority": str(order.priority),
        "state": str(order.state),
        "source": str(source),
        "imported": dict(imported),
        "cancel_reason": "",
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def add_order(tx: Transaction, order: Order, source: Source, imported: Mapping[str, str] | None = None) -> OrderRow:
    """A new order in its stage, without exceptions."""
    row = tx.add(OrderRow(**order_values(order, source, imported or {}, tx.work.now())))
    tx.flush()
    _enter(tx, row, order.created_by)
    return row


def move_order(
    tx: Transaction, row: OrderRow, stage: str, due_at: datetime | None, at: datetime, by: UUID | None
) -> None:
    """The stay in the stage ends, the next one begins."""
    tx.flush()
    move_through(tx, row, [(stage, at, due_at)], by)


def move_through(
    tx: Transaction, row: OrderRow, passed: Sequence[tuple[str, datetime, datetime | None]], by: UUID | None
) -> None:
    """The same through several stages: each with when it was entered and when it was due. Flush its stays before."""
    if not passed:
        return
    newest = select(OrderStageRow).where(OrderStageRow.order_id == row.id).order_by(OrderStageRow.position.desc())
    stay = tx.session.scalars(newest.limit(1)).first()
    for stage, at, due_at in passed:
        if stay is not None:
            stay.left_at = at
        row.stage, row.stage_since, row.due_at = stage, at, due_at
        stay = _enter(tx, row, by, (stay.position if stay else 0) + 1)


def end_order(tx: Transaction, row: OrderRow, state: OrderState, at: datetime, reason: str = "") -> None:
    """Closed or cancelled: the last stay ends too, and not before it began. A source may say late when it was."""
    tx.flush()
    at = max(at, row.stage_since)
    row.state, row.closed_at, row.due_at, row.cancel_reason = str(state), at, None, reason
    for stay in tx.session.scalars(
        select(OrderStageRow).where(OrderStageRow.order_id == row.id, OrderStageRow.left_at.is_(None))
    ):
        stay.left_at = at


def reopen_order(tx: Transaction, row: OrderRow, due_at: datetime, at: datetime, by: UUID | None) -> None:
    """Open again in the stage it ended in, as another stay there."""
    row.state, row.closed_at = str(OrderState.OPEN), None
    move_order(tx, row, row.stage, due_at, at, by)


def set_happened(row: OrderRow, happening: Happening, at: datetime) -> None:
    setattr(row, f"{happening}_at", at)


def exception_values(order_id: UUID, exception: OrderException) -> dict[str, Any]:
    """Columns of a new exception's row."""
    same = ("id", "type", "cause", "is_hold", "reason", "decision", "rule", "opened_by", "opened_at", "due_at")
    known = {name: getattr(exception, name) for name in same}
    more = {"stops": list(exception.stops), "owner_role": str(exception.owner_role), "owner_id": exception.owner}
    return {"order_id": order_id, **known, **more, "resolution": "", "resolution_words": "", "cost": ZERO}


def add_exception(tx: Transaction, row: OrderRow, exception: OrderException) -> OrderExceptionRow:
    added = tx.add(OrderExceptionRow(**exception_values(row.id, exception)))
    _count_exception(row, exception.is_hold, 1)
    return added


def resolve_exception(
    tx: Transaction, row: OrderRow, exception_id: UUID, resolution: str, words: str, by: UUID | None, at: datetime
) -> None:
    """`by` None: the service did, by an approved decision or a rule. Raises NotFound."""
    found = own_exception(tx, row, exception_id)
    if found.resolved_at is None:
        found.resolution, found.resolution_words = resolution, words
        found.resolved_by, found.resolved_at = by, at
        _count_exception(row, found.is_hold, -1)


def own_exception(tx: Transaction, row: OrderRow, exception_id: UUID) -> OrderExceptionRow:
    """An exception of this order. Raises NotFound."""
    found = tx.session.get(OrderExceptionRow, exception_id)
    if found is None or found.order_id != row.id:
        raise NotFound(f"exception {exception_id} of order {row.id}")
    return found


def add_cost(tx: Transaction, row: OrderRow, cost: OrderCostRow) -> None:
    tx.add(cost)
    row.cost_forecast += cost.forecast or ZERO
    row.cost_actual += cost.actual or ZERO
    if cost.exception_id and cost.actual:
        own_exception(tx, row, cost.exception_id).cost += cost.actual


def add_effect(tx: Transaction, row: OrderRow, effect: OrderEffectRow) -> None:
    tx.add(effect)
    row.effects += effect.amount
    if effect.exception_id:
        own_exception(tx, row, effect.exception_id).cost += effect.amount


def add_ticket(tx: Transaction, row: OrderRow, ticket: OrderTicketRow) -> None:
    tx.add(ticket)
    row.open_tickets += 1


def close_ticket(row: OrderRow, ticket: OrderTicketRow, answer: str, by: PersonId, at: datetime) -> None:
    if ticket.closed_at is None:
        ticket.answer, ticket.closed_by, ticket.closed_at = answer, by, at
        row.open_tickets -= 1


def add_promise(
    tx: Transaction, row: OrderRow, field: str, after: str, reason: str, by: UUID | None, request_id: UUID | None = None
) -> None:
    """Change what the customer may expect (priority, promised_on or commitment; `after` as text), and keep what was."""
    before = getattr(row, field)
    value = date.fromisoformat(after) if field == "promised_on" and after else after or None
    tx.add(
        OrderPromiseRow(
            id=tx.work.new_id(),
            order_id=row.id,
            field=field,
            before=str(before or ""),
            after=after,
            reason=reason,
            request_id=request_id,
            by=by,
            at=tx.work.now(),
        )
    )
    setattr(row, field, value if field == "promised_on" else after)


def _enter(tx: Transaction, row: OrderRow, by: UUID | None, position: int = 1) -> OrderStageRow:
    return tx.add(
        OrderStageRow(
            order_id=row.id,
            position=position,
            stage=row.stage,
            entered_at=row.stage_since,
            due_at=row.due_at,
            by=by,
        )
    )


def _count_exception(row: OrderRow, is_hold: bool, by: int) -> None:
    if is_hold:
        row.open_holds += by
    else:
        row.open_exceptions += by
