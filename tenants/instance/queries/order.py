"""One order as its page shows it: the journey, what hangs on it, what it costs, what was promised, what proves it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.access import OrderScope
from domain.governance.template import OrderRules
from domain.orders.order import Order, OrderException
from tenants.database import NotFound, Work
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderEvidenceRow, OrderPromiseRow, OrderStageRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_aggregates import load_order
from tenants.instance.queries.orders import get_order_row


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One stay in a stage. `left_at` is None where the order is now."""

    stage: str
    entered_at: datetime
    due_at: datetime | None
    left_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ExceptionLine:
    """An exception with what came of it and what it has cost so far."""

    exception: OrderException
    cost: Decimal
    resolution: str
    resolution_words: str
    resolved_by: UUID | None


@dataclass(frozen=True, kw_only=True)
class TicketLine:
    id: UUID
    exception_id: UUID | None
    channel: str
    title: str
    words: str
    owner_id: UUID | None
    escalation: str
    decision: str
    opened_at: datetime
    answer: str
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CostLine:
    id: UUID
    exception_id: UUID | None
    stage: str
    kind: str
    forecast: Decimal | None
    actual: Decimal | None
    words: str
    on: date


@dataclass(frozen=True, kw_only=True)
class EffectLine:
    id: UUID
    exception_id: UUID | None
    kind: str
    amount: Decimal
    days: int | None
    reason: str
    on: date
    request_id: UUID | None  # the decision that granted it
    by: UUID | None  # who recorded it; neither: the source said so


@dataclass(frozen=True, kw_only=True)
class PromiseLine:
    """A change of priority, promised_on or commitment."""

    field: str
    before: str
    after: str
    reason: str
    request_id: UUID | None
    by: UUID | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ProofLine:
    id: UUID
    title: str
    url: str
    note: str
    file_name: str  # empty without a file
    size: int | None
    added_by: UUID
    added_at: datetime


@dataclass(frozen=True, kw_only=True)
class ConflictLine:
    """A field that the source and somebody here both changed; it waits for a choice."""

    id: UUID
    field: str
    ours: str
    theirs: str
    found_at: datetime


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """A decision that was asked for."""

    id: UUID
    kind: str
    state: str
    amount: Decimal | None
    daily_cost: Decimal | None
    exception_id: UUID | None
    comment: str
    requested_by: UUID
    requested_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderSheet:
    """All that the page of one order shows; lists in the order in which things happened, requests newest first."""

    order: Order
    governance: Governance
    rules: OrderRules
    stays: tuple[Stay, ...]
    exceptions: tuple[ExceptionLine, ...]
    tickets: tuple[TicketLine, ...]
    costs: tuple[CostLine, ...]
    effects: tuple[EffectLine, ...]
    promises: tuple[PromiseLine, ...]
    evidence: tuple[ProofLine, ...]
    conflicts: tuple[ConflictLine, ...]
    requests: tuple[AskedLine, ...]
    cost_forecast: Decimal
    cost_actual: Decimal
    effects_sum: Decimal
    closed_at: datetime | None
    cancel_reason: str
    source: str
    updated_at: datetime
    version: int


def get_order(work: Work, scope: OrderScope, order_id: UUID) -> tuple[Order, OrderRules, Governance, int]:
    """Only the state of an order, what governs it, and its version. Raises NotFound outside the scope."""
    rules, governance = _governing(work)
    row = get_order_row(work, scope, order_id)
    return load_order(work.session, row), rules, governance, row.version


def get_order_sheet(work: Work, scope: OrderScope, order_id: UUID) -> OrderSheet:
    """Raises NotFound where it is absent or outside the reader's scope."""
    rules, governance = _governing(work)
    row = get_order_row(work, scope, order_id)
    order = load_order(work.session, row)
    return OrderSheet(
        order=order,
        governance=governance,
        rules=rules,
        stays=_read(work, Stay, OrderStageRow, order_id, OrderStageRow.position),
        exceptions=_exceptions(work, order),
        tickets=_read(work, TicketLine, OrderTicketRow, order_id, OrderTicketRow.opened_at),
        costs=_read(work, CostLine, OrderCostRow, order_id, OrderCostRow.at),
        effects=_read(work, EffectLine, OrderEffectRow, order_id, OrderEffectRow.at),
        promises=_read(work, PromiseLine, OrderPromiseRow, order_id, OrderPromiseRow.at),
        evidence=_read(work, ProofLine, OrderEvidenceRow, order_id, OrderEvidenceRow.added_at),
        conflicts=_conflicts(work, order_id),
        requests=_read(work, AskedLine, RequestRow, order_id, RequestRow.requested_at.desc()),
        cost_forecast=row.cost_forecast,
        cost_actual=row.cost_actual,
        effects_sum=row.effects,
        closed_at=row.closed_at,
        cancel_reason=row.cancel_reason,
        source=row.source,
        updated_at=row.updated_at,
        version=row.version,
    )


def _governing(work: Work) -> tuple[OrderRules, Governance]:
    governance = get_governance(work)
    if governance.template.orders is None:
        raise NotFound("orders: the template governs none")
    return governance.template.orders, governance


def _read(work: Work, line: Any, row: Any, order_id: UUID, by: Any) -> tuple[Any, ...]:
    """What hangs on the order in one table, in its order: the columns that the line names."""
    columns = _columns(line, row)
    found = work.session.execute(select(*columns).where(row.order_id == order_id).order_by(by))
    return tuple(line(**each) for each in found.mappings())


def _conflicts(work: Work, order_id: UUID) -> tuple[ConflictLine, ...]:
    waiting = select(*_columns(ConflictLine, OrderConflictRow)).where(OrderConflictRow.choice == "")
    statement = waiting.where(OrderConflictRow.order_id == order_id)
    found = work.session.execute(statement.order_by(OrderConflictRow.found_at, OrderConflictRow.field))
    return tuple(ConflictLine(**each) for each in found.mappings())


def _columns(line: Any, row: Any) -> list[Any]:
    return [getattr(row, name) for name in line.__dataclass_fields__]


def _exceptions(work: Work, order: Order) -> tuple[ExceptionLine, ...]:
    if not order.exceptions:
        return ()
    row = OrderExceptionRow
    statement = select(row.id, row.cost, row.resolution, row.resolution_words, row.resolved_by)
    known = {each.id: each for each in work.session.execute(statement.where(row.order_id == order.id))}
    return tuple(
        ExceptionLine(
            exception=each,
            cost=known[each.id].cost,
            resolution=known[each.id].resolution,
            resolution_words=known[each.id].resolution_words,
            resolved_by=known[each.id].resolved_by,
        )
        for each in order.exceptions
    )
