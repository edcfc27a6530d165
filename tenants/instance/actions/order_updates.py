"""What a source says anew of an order that is here: applied to its row, and to what follows from it."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from domain.governance.template import OrderRules
from domain.ids import OrderId
from domain.imports.order_lines import OrderLine
from domain.orders.applying import CANCELLED
from domain.orders.arriving import OrderUpdated, is_complete, stays_of
from domain.orders.consequences import (
    CANCELLATION,
    LATE,
    LEFT,
    REFUND,
    REVIEW,
    ZERO,
    Consequences,
    IntakeChoices,
    Loss,
    cancel_reason,
    consequences,
)
from domain.orders.entry import target_of
from domain.orders.incoming import Incoming
from domain.orders.intake import COLUMNS, REFUNDED_AMOUNT, STATE, Merged, value_of
from domain.orders.order import Happening, Order, OrderState, Source
from tenants.instance.actions.order_arrivals import (
    effect_values,
    ticket_values,
)
from tenants.instance.actions.order_freight import keep_freight
from tenants.instance.actions.order_lateness import keep_lateness
from tenants.instance.actions.order_rows import (
    add_effect,
    add_promise,
    add_ticket,
    end_order,
    move_through,
    resolve_exception,
)
from tenants.instance.actions.order_taking import put_back_order
from tenants.instance.models.exceptions import OrderEffectRow, OrderTicketRow
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.transaction import Transaction

PROMISES = ("promised_on", "commitment")
PRICING = frozenset({"freight", STATE, *map(str, LEFT)})  # what the freight's cost is of
BY_SOURCE = "source"


def update_order(
    tx: Transaction,
    row: OrderRow,
    line: OrderLine,
    rules: OrderRules,
    choices: IntakeChoices,
    source: Source,
    upload: UUID | None,
) -> OrderUpdated | None:
    """Write what is new of the order; None where nothing is. Conflicts wait for somebody to decide them."""
    merged, incoming, after = line.merged, line.incoming, line.after
    assert merged is not None and incoming is not None and after is not None and line.known is not None
    if merged.is_unchanged:
        return None
    _set_fields(tx, row, merged)
    _keep_conflicts(tx, row, merged, upload)
    _move(tx, row, after, rules)
    follows = consequences(after, _newly(tx, row, incoming, merged), rules, choices, tx.work.now())
    _follow(tx, row, after, follows, rules, choices, frozenset(update.field for update in merged.updates))
    losses = _lose(tx, row, follows)
    _end(tx, row, after, incoming, follows, rules, choices)
    row.imported = dict(merged.imported)
    if row.open_requests:
        put_back_order(tx, row, None, is_edit=False)
    else:
        row.version, row.updated_at = row.version + 1, tx.work.now()
    return OrderUpdated(
        order=OrderId(row.id),
        number=row.number,
        source=source,
        upload=upload,
        row=line.row.number,
        updates=merged.updates,
        conflicts=merged.conflicts,
        stage=row.stage,
        state=OrderState(row.state),
        at=tx.work.now(),
        losses=losses,
    )


def _set_fields(tx: Transaction, row: OrderRow, merged: Merged) -> None:
    for update in merged.updates:
        if update.field in PROMISES:
            add_promise(tx, row, update.field, update.after, BY_SOURCE, None)
        elif update.field != STATE and hasattr(row, column := COLUMNS.get(update.field, update.field)):
            setattr(row, column, value_of(update.field, update.after))


def _move(tx: Transaction, row: OrderRow, after: Order, rules: OrderRules) -> None:
    """Through the stages that the moments of the source speak for, up to where the order stands now."""
    here, there = rules.position(row.stage), rules.position(after.stage)
    passed, since = [], row.stage_since
    for stay in stays_of(after.placed_at, after.happened, rules):
        if here < rules.position(stay.stage) <= there:
            since = max(stay.entered_at, since)
            passed.append((stay.stage, since, target_of(stay.stage, rules, since)))
    move_through(tx, row, passed, None)


def _keep_conflicts(tx: Transaction, row: OrderRow, merged: Merged, upload: UUID | None) -> None:
    """A conflict that waits already is brought up to date; one that the source gave up is settled."""
    if not (merged.conflicts or merged.agreed):
        return
    waiting = {
        each.field: each
        for each in tx.lock_all(OrderConflictRow, OrderConflictRow.order_id == row.id, OrderConflictRow.choice == "")
    }
    for conflict in merged.conflicts:
        kept = waiting.get(conflict.field) or tx.add(
            OrderConflictRow(id=tx.work.new_id(), order_id=row.id, field=conflict.field, choice="")
        )
        kept.import_id, kept.ours, kept.theirs = upload, conflict.ours, conflict.theirs
        kept.found_at = tx.work.now()
    for field in merged.agreed:
        if settled := waiting.get(field):
            settled.choice, settled.decided_at = "theirs", tx.work.now()


def _newly(tx: Transaction, row: OrderRow, incoming: Incoming, merged: Merged) -> Incoming:
    """The source's words of which only what is new has consequences: a cancellation, a refund, a score."""
    new = {update.field for update in merged.updates}
    cancels = STATE in new
    refunded = incoming.refunded if REFUNDED_AMOUNT in new else None
    return replace(
        incoming,
        status=incoming.status if cancels else None,
        cancelled_at=incoming.cancelled_at if cancels else None,
        refunded=None if refunded is None else max(refunded - _refunded(tx, row), ZERO),
        score=incoming.score if "score" in new else None,
    )


def _refunded(tx: Transaction, row: OrderRow) -> Decimal:
    """In all by now: what was decided here is not lost again when the shop says that it paid it back."""
    refunds = (OrderEffectRow.order_id == row.id, OrderEffectRow.kind == REFUND)
    return tx.session.scalar(select(func.sum(OrderEffectRow.amount)).where(*refunds)) or ZERO


def _follow(
    tx: Transaction,
    row: OrderRow,
    after: Order,
    follows: Consequences,
    rules: OrderRules,
    choices: IntakeChoices,
    new: frozenset[str],
) -> None:
    keep_lateness(tx, row, after, follows.late, rules)
    if choices.freight_is_cost and new & PRICING:
        keep_freight(tx, row, follows.freight)
    if follows.complaint and not _has_review(tx, row):
        ticket = ticket_values(tx, row.id, follows.complaint.score) | {"opened_at": follows.complaint.at}
        add_ticket(tx, row, OrderTicketRow(**ticket))


def _lose(tx: Transaction, row: OrderRow, follows: Consequences) -> tuple[Loss, ...]:
    """Book what the source says is lost; a cancellation also where it loses nothing."""
    losses = tuple(loss for loss in follows.losses if loss.amount or loss.kind == CANCELLATION)
    for loss in losses:
        lost = {"kind": loss.kind, "amount": loss.amount, "reason": loss.reason, "on": loss.on}
        add_effect(tx, row, OrderEffectRow(**effect_values(tx, row.id) | lost))
    return losses


def _has_review(tx: Transaction, row: OrderRow) -> bool:
    ticket = select(OrderTicketRow.id).where(OrderTicketRow.order_id == row.id, OrderTicketRow.channel == REVIEW)
    return tx.session.scalar(ticket.limit(1)) is not None


def _end(
    tx: Transaction,
    row: OrderRow,
    after: Order,
    incoming: Incoming,
    follows: Consequences,
    rules: OrderRules,
    choices: IntakeChoices,
) -> None:
    at: datetime = incoming.last_heard
    if after.state is OrderState.CANCELLED and row.state == OrderState.OPEN:
        end_order(tx, row, OrderState.CANCELLED, at, cancel_reason(incoming))
        for each in after.exceptions:  # as after a decision: a cancelled order keeps none that is open
            if each.is_open:
                resolve_exception(tx, row, each.id, CANCELLED, "", None, max(at, each.opened_at))
        return
    delivered = Happening.DELIVERED in after.happened
    exceptions = tuple(each for each in after.exceptions if not (delivered and each.type == LATE))
    stood = replace(after, exceptions=exceptions, open_tickets=row.open_tickets)
    if (
        row.state == OrderState.OPEN
        and choices.closes
        and is_complete(stood, replace(follows, complaint=None), rules, at)
    ):
        end_order(tx, row, OrderState.CLOSED, at)
