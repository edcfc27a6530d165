"""The order desk: orders filtered, sorted and paged, with counts by stage and by exception that agree with the list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased

from domain.access import OrderScope
from domain.ids import OrderId
from domain.orders.order import OrderState, Priority
from domain.paging import paged
from tenants.database import NotFound, Work
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.order_filters import OrderFilters, conditions
from tenants.instance.queries.order_scope import in_scope

PAGE = 50
REACH = 10_000  # orders that can be paged through; beyond, the filter has to say more
MOST_EXPORTED = 20_000
Owner = aliased(MemberRow, name="owner")
ZERO = Decimal("0.00")
# Sort keys of the address; the sign in front of one turns it round.
SORTS: dict[str, Any] = {
    "due": OrderRow.due_at,
    "number": OrderRow.number,
    "placed": OrderRow.placed_at,
    "promised": OrderRow.promised_on,
    "value": OrderRow.value,
    "cost": OrderRow.cost_actual,
    "since": OrderRow.stage_since,
}
SHOWN = (
    *("id", "number", "channel", "customer", "placed_at", "currency", "value", "priority", "promised_on", "stage"),
    *("stage_since", "due_at", "state", "owner_id", "delivered_at", "open_holds", "open_exceptions", "open_tickets"),
    *("open_constraints", "open_requests", "cost_forecast", "cost_actual", "effects", "version"),
)
NAMES = (*SHOWN, "owner")  # what a line is read from, in this order
LINES = (
    select(*(getattr(OrderRow, name) for name in SHOWN), func.coalesce(Owner.name, "").label("owner"))
    .select_from(OrderRow)
    .outerjoin(Owner, Owner.id == OrderRow.owner_id)
)


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One row of the desk. `types` are its open exceptions, holds first; amounts are in `currency`."""

    id: UUID
    number: str
    channel: str
    customer: str
    placed_at: datetime
    currency: str
    value: Decimal
    priority: Priority
    promised_on: date | None
    delivered_at: datetime | None
    stage: str
    stage_since: datetime
    due_at: datetime | None
    state: OrderState
    owner_id: UUID | None
    owner: str
    open_holds: int
    open_exceptions: int
    open_tickets: int
    open_constraints: int
    open_requests: int
    cost_forecast: Decimal
    cost_actual: Decimal
    effects: Decimal
    version: int
    types: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageCount:
    """Orders in a stage, those whose target has passed, and what they are worth."""

    orders: int = 0
    late: int = 0
    value: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A page of the desk. `stages` and `types` count what choosing one of them would list, the other filters kept."""

    lines: tuple[OrderLine, ...]
    stages: Mapping[str, StageCount]
    types: Mapping[str, int]
    total: StageCount  # of all that the filter lets through
    everywhere: StageCount  # the same in all stages
    page: int
    pages: int


def get_desk(work: Work, scope: OrderScope, wanted: OrderFilters, sort: str = "due", page: int = 1) -> Desk:
    """Four statements, whatever the number of orders."""
    now = work.now()
    stages = stage_counts(work, scope, wanted)
    everywhere = _sum(stages.values())
    total = stages.get(wanted.stage, StageCount()) if wanted.stage else everywhere
    page, pages = paged(page, min(total.orders, REACH), PAGE)
    statement = _lines(scope, wanted, now).order_by(*order_by(sort)).limit(PAGE).offset((page - 1) * PAGE)
    return Desk(
        lines=_read(work, statement),
        stages=stages,
        types=type_counts(work, scope, wanted),
        total=total,
        everywhere=everywhere,
        page=page,
        pages=pages,
    )


def stage_counts(work: Work, scope: OrderScope, wanted: OrderFilters) -> Mapping[str, StageCount]:
    """Orders by stage under the filter, whatever stage it names."""
    now = work.now()
    late = func.count().filter(OrderRow.due_at < now)
    statement = (
        select(OrderRow.stage, func.count(), late, func.coalesce(func.sum(OrderRow.value), 0))
        .where(in_scope(scope), *conditions(replace(wanted, stage=""), now))
        .group_by(OrderRow.stage)
    )
    rows = work.session.execute(statement)
    return {stage: StageCount(orders=orders, late=passed, value=value) for stage, orders, passed, value in rows}


def type_counts(work: Work, scope: OrderScope, wanted: OrderFilters) -> Mapping[str, int]:
    """Orders by the type of an open exception under the filter, whatever type it names."""
    open_ones = replace(wanted, type="", cause="", opened="")
    statement = (
        select(OrderExceptionRow.type, func.count(OrderRow.id.distinct()))
        .join(OrderRow, OrderRow.id == OrderExceptionRow.order_id)
        .where(OrderExceptionRow.resolved_at.is_(None), in_scope(scope), *conditions(open_ones, work.now()))
        .group_by(OrderExceptionRow.type)
    )
    return {kind: orders for kind, orders in work.session.execute(statement)}


def all_orders(work: Work, scope: OrderScope, wanted: OrderFilters, sort: str = "due") -> tuple[OrderLine, ...]:
    """Every line that the filter lets through, at most MOST_EXPORTED, for exports."""
    return _read(work, _lines(scope, wanted, work.now()).order_by(*order_by(sort)).limit(MOST_EXPORTED))


def lines_of(work: Work, scope: OrderScope, orders: Sequence[UUID]) -> tuple[OrderLine, ...]:
    """These orders as far as the reader sees them, by number."""
    ids = [] if not orders else list(orders)
    return _read(work, LINES.where(OrderRow.id.in_(ids), in_scope(scope)).order_by(OrderRow.number))


def matching_ids(work: Work, scope: OrderScope, wanted: OrderFilters, limit: int) -> tuple[OrderId, ...]:
    """The ids of what the filter lets through, oldest target first, at most `limit`."""
    found = select(OrderRow.id).where(in_scope(scope), *conditions(wanted, work.now()))
    return tuple(OrderId(each) for each in work.session.scalars(found.order_by(*order_by("due")).limit(limit)))


def get_order_row(work: Work, scope: OrderScope, order_id: UUID) -> OrderRow:
    """Raises NotFound where it is absent or outside the reader's scope."""
    row = work.session.scalars(select(OrderRow).where(OrderRow.id == order_id, in_scope(scope))).one_or_none()
    if row is None:
        raise NotFound(f"order {order_id}")
    return row


def order_by(sort: str) -> tuple[ColumnElement[Any], ...]:
    """What has no target sorts behind what has one, both ways. An unknown key sorts by target, late first."""
    column = SORTS.get(sort.removeprefix("-"), OrderRow.due_at)
    if not sort.startswith("-"):
        return column.asc(), OrderRow.id.asc()  # nulls come last by themselves
    # Said of columns without nulls, it would keep their index from being read backwards.
    return column.desc().nulls_last() if column.nullable else column.desc(), OrderRow.id.desc()


def _lines(scope: OrderScope, wanted: OrderFilters, now: datetime) -> Select[Any]:
    return LINES.where(in_scope(scope), *conditions(wanted, now))


def _read(work: Work, statement: Select[Any]) -> tuple[OrderLine, ...]:
    """The lines of a statement made of LINES. Two statements."""
    rows = work.session.execute(statement).all()
    types = _open_types(work, [row.id for row in rows if row.open_holds or row.open_exceptions])
    return tuple(_line(row, types.get(row.id, {})) for row in rows)


def _line(row: Any, types: Mapping[str, bool]) -> OrderLine:
    known = dict(zip(NAMES, row, strict=True))
    state, priority = OrderState(row.state), Priority(row.priority)
    return OrderLine(**known | {"state": state, "priority": priority, "types": tuple(types.items())})


def _open_types(work: Work, orders: Sequence[UUID]) -> Mapping[UUID, Mapping[str, bool]]:
    """The types of the open exceptions of each, with whether they are holds, holds first."""
    found: dict[UUID, dict[str, bool]] = defaultdict(dict)
    if not orders:
        return found
    first = case((OrderExceptionRow.is_hold, 0), else_=1)
    statement = (
        select(OrderExceptionRow.order_id, OrderExceptionRow.type, OrderExceptionRow.is_hold)
        .where(OrderExceptionRow.order_id.in_(orders), OrderExceptionRow.resolved_at.is_(None))
        .order_by(first, OrderExceptionRow.opened_at)
    )
    for order_id, kind, is_hold in work.session.execute(statement):
        found[order_id][kind] = is_hold
    return found


def _sum(counts: Any) -> StageCount:
    known = list(counts)
    return StageCount(
        orders=sum(each.orders for each in known),
        late=sum(each.late for each in known),
        value=sum((each.value for each in known), ZERO),
    )
