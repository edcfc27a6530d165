"""Rows of what a shop delivered: new orders all at once, changes field by field, conflicts kept for somebody."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from domain.orders.consequences import cancel_reason
from domain.orders.delivering import Change, Delivered, OrderUpdated
from domain.orders.incoming import Incoming
from domain.orders.intake import COLUMNS, STATE, said, value_of
from domain.orders.order import Order, OrderState, Source
from domain.orders.receiving import OrderReceived
from tenants.instance.actions.order_rows import add_promise, end_order, move_order, order_values
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.transaction import Transaction

PROMISES = ("promised_on", "commitment")
BY_SOURCE = "Changed by the channel"
Written = OrderReceived | OrderUpdated


def write_delivered(
    tx: Transaction, delivered: Sequence[Delivered], incoming: Sequence[Incoming], rows: Mapping[str, OrderRow]
) -> list[Written]:
    """Write what was decided, in a few statements however many are new. Returns what there is to record."""
    events: list[Written] = []
    received: list[tuple[OrderReceived, Incoming]] = []
    for outcome, source in zip(delivered, incoming, strict=True):
        if isinstance(outcome, OrderReceived):
            received.append((outcome, source))
            events.append(outcome)
        elif isinstance(outcome, Change):
            _change(tx, rows[outcome.event.number], outcome, source)
            events.append(outcome.event)
    _receive(tx, received)
    _keep_conflicts(tx, [each for each in delivered if isinstance(each, Change)])
    if events:
        tx.later_once("publish_metrics")
    return events


def _receive(tx: Transaction, received: Sequence[tuple[OrderReceived, Incoming]]) -> None:
    now = tx.work.now()
    orders = [event.order for event, _source in received]
    values = [
        order_values(event.order, Source.API, said(source), now) | _ended(event.order, source, now)
        for event, source in received
    ]
    tx.insert_many(OrderRow, values)
    stays = [
        {"order_id": each.id, "position": 1, "stage": each.stage, "entered_at": each.stage_since, "due_at": each.due_at}
        for each in orders
    ]
    tx.insert_many(OrderStageRow, stays)


def _ended(order: Order, source: Incoming, now: datetime) -> dict[str, object]:
    """What an order has that came in cancelled; the same columns for every order."""
    if order.state is OrderState.OPEN:
        return {"closed_at": None}
    return {"closed_at": source.cancelled_at or now, "cancel_reason": cancel_reason(source)}


def _change(tx: Transaction, row: OrderRow, change: Change, source: Incoming) -> None:
    event = change.event
    for update in event.updates:
        if update.field in PROMISES:
            add_promise(tx, row, update.field, update.after, BY_SOURCE, None)
        elif hasattr(row, column := COLUMNS.get(update.field, update.field)) and update.field != STATE:
            setattr(row, column, value_of(update.field, update.after))
    row.imported = dict(change.merged.imported)
    if change.changed.state is OrderState.CANCELLED and row.state == OrderState.OPEN:
        end_order(tx, row, OrderState.CANCELLED, event.at, cancel_reason(source))
    elif event.before != event.after:
        move_order(tx, row, event.after, event.due_at, event.at, None)
    row.version += 1
    row.updated_at = event.at
    if event.updates:
        row.last_edited_by = None


def _keep_conflicts(tx: Transaction, changes: Sequence[Change]) -> None:
    """A conflict that is open already says what the source says now; one a field."""
    values = [
        {"id": tx.work.new_id(), "order_id": each.event.order, "field": conflict.field, "ours": conflict.ours,
         "theirs": conflict.theirs, "found_at": each.event.at, "choice": ""}
        for each in changes for conflict in each.event.conflicts
    ]  # fmt: skip
    if not values:
        return
    statement = insert(OrderConflictRow)
    newest = {name: statement.excluded[name] for name in ("ours", "theirs", "found_at")}
    open_ones = {"index_elements": ["order_id", "field"], "index_where": text("choice = ''")}
    tx.flush()
    tx.session.execute(statement.on_conflict_do_update(**open_ones, set_=newest), values)  # type: ignore[arg-type]
