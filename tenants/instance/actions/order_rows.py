"""Orders in hand for a change: locked, loaded whole, written back. The only place that writes the ledger's sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.choosing import Place
from domain.approvals.request import ApprovalRequest
from domain.approvals.requesting import Subject as SealedSubject
from domain.governance.template import OrderRules
from domain.ids import PersonId
from domain.orders.deciding import order_place, subject_of_order
from domain.orders.order import Happening, Order, OrderException, OrderState, Source
from domain.refusals import Stale
from tenants.database import NotFound
from tenants.instance.actions.voiding import void_changed
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow, OrderStageRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_aggregates import load_order
from tenants.instance.transaction import Subject, Transaction

ZERO = Decimal("0.00")
PUBLISHED_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True)
class TakenOrder:
    """An order in hand: its locked row, its state, what governs it, and how the trail calls it."""

    row: OrderRow
    order: Order
    governance: Governance
    rules: OrderRules
    subject: Subject

    @property
    def code(self) -> str:
        return self.row.number

    @property
    def place(self) -> Place:
        return order_place(self.order, self.subject.path)

    def sealed(self, request: ApprovalRequest) -> SealedSubject:
        """What the request is about, as it is now."""
        return subject_of_order(self.order, request)

    def stale(self, seen: int | None) -> Stale | None:
        """None while the page's version is the newest; `seen` None is for entries that cannot overwrite anything."""
        current = self.row.version
        return None if seen in (None, current) else Stale(seen=seen or 0, current=current)


def take_order(tx: Transaction, order_id: UUID) -> TakenOrder:
    """Lock the order. Raises NotFound, also where the template governs no orders."""
    governance = get_governance(tx.work)
    rules = rules_of(governance)
    row = tx.lock(OrderRow, order_id)
    return in_hand(tx, row, governance, rules)


def in_hand(tx: Transaction, row: OrderRow, governance: Governance, rules: OrderRules) -> TakenOrder:
    order, subject = load_order(tx.session, row), subject_of(row, governance)
    return TakenOrder(row=row, order=order, governance=governance, rules=rules, subject=subject)


def put_back_order(tx: Transaction, row: OrderRow, actor: Actor | None, *, is_edit: bool) -> None:
    """After a change: a new version, open requests whose subject changed are voided, figures are published anew.

    `is_edit`: the actor changed what decisions on the order look at (money, promise, channel, customer ...), and so
    decides none on it; moving it, or opening and resolving exceptions, is none. `actor` None: the service or a source.
    """
    row.version += 1
    row.updated_at = tx.work.now()
    if is_edit:
        row.last_edited_by = actor.person if actor else None
    if row.open_requests:
        tx.flush()
        governance = get_governance(tx.work)
        taken = in_hand(tx, row, governance, rules_of(governance))
        row.open_requests -= void_changed(tx, RequestRow.order_id == row.id, taken.sealed, taken, actor)
    publish_soon(tx)


def publish_soon(tx: Transaction) -> None:
    """After a change of an order, by whatever way it came in: once for all changes of some seconds."""
    tx.later_once("publish_metrics", PUBLISHED_WITHIN)


def rules_of(governance: Governance) -> OrderRules:
    """What the template says of orders. Raises NotFound where it says nothing."""
    if governance.template.orders is None:
        raise NotFound("orders: the template governs none")
    return governance.template.orders


def subject_of(row: OrderRow, governance: Governance) -> Subject:
    return order_subject(row.id, row.number, governance)


def order_subject(order_id: UUID, number: str, governance: Governance) -> Subject:
    return Subject(kind="order", id=order_id, label=number, path=f"/{governance.organization}/")


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
    tx: Transaction,
    row: OrderRow,
    field: str,
    after: str,
    reason: str,
    by: UUID | None,
    request_id: UUID | None = None,
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
