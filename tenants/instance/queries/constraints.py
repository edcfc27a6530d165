"""What blocks many orders at once: each constraint with the orders it blocks in the reader's scope, and their value."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select

from domain.access import OrderScope
from domain.orders.order import OrderState
from tenants.database import NotFound, Work
from tenants.instance.models.exceptions import ConstrainedOrderRow, ConstraintRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.order_filters import delayed
from tenants.instance.queries.order_scope import in_scope

MOST = 200


@dataclass(frozen=True, kw_only=True)
class ConstraintLine:
    """A constraint. Counts and value are of open orders in the reader's scope; `delayed`: past their promise."""

    id: UUID
    kind: str
    title: str
    words: str
    stops: tuple[str, ...]
    owner_id: UUID | None
    owner: str
    needs_attention: bool
    forecast_end: date | None
    opened_at: datetime
    ended_at: datetime | None
    version: int
    orders: int
    value: Decimal
    delayed: int

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def list_constraints(
    work: Work, scope: OrderScope, *, ended: bool = False, attention: bool = False
) -> tuple[ConstraintLine, ...]:
    """Those in force, or those that ended; the ones that block the most first. One statement."""
    wanted = ConstraintRow.ended_at.is_not(None) if ended else ConstraintRow.ended_at.is_(None)
    statement = _lines(work, scope).where(wanted)
    if attention:
        statement = statement.where(ConstraintRow.needs_attention)
    order = ConstraintRow.ended_at.desc() if ended else func.coalesce(func.sum(_OPEN_VALUE), 0).desc()
    return tuple(_line(row) for row in work.session.execute(statement.order_by(order).limit(MOST)).mappings())


def get_constraint(work: Work, scope: OrderScope, constraint: UUID) -> ConstraintLine:
    """Raises NotFound."""
    found = work.session.execute(_lines(work, scope).where(ConstraintRow.id == constraint)).mappings().one_or_none()
    if found is None:
        raise NotFound(f"constraint {constraint}")
    return _line(found)


_OPEN = OrderRow.state == OrderState.OPEN
_OPEN_VALUE = case((_OPEN, OrderRow.value), else_=0)


def _lines(work: Work, scope: OrderScope) -> Select[Any]:
    columns = ("id", "kind", "title", "words", "stops", "owner_id", "needs_attention", "forecast_end")
    times = ("opened_at", "ended_at", "version")
    mine = and_(OrderRow.id == ConstrainedOrderRow.order_id, in_scope(scope))
    # One that blocks only orders outside the scope is outside it too; one that blocks none is nobody's in particular.
    is_seen = or_(func.count(OrderRow.id) > 0, func.count(ConstrainedOrderRow.order_id) == 0)
    lines = (
        select(
            *(getattr(ConstraintRow, name) for name in (*columns, *times)),
            func.coalesce(MemberRow.name, "").label("owner"),
            func.count(OrderRow.id).filter(_OPEN).label("orders"),
            func.coalesce(func.sum(_OPEN_VALUE), 0).label("value"),
            func.count(OrderRow.id).filter(delayed(work.now())).label("delayed"),
        )
        .select_from(ConstraintRow)
        .outerjoin(MemberRow, MemberRow.id == ConstraintRow.owner_id)
        .outerjoin(ConstrainedOrderRow, ConstrainedOrderRow.constraint_id == ConstraintRow.id)
        .outerjoin(OrderRow, mine)
        .group_by(ConstraintRow.id, MemberRow.name)
    )
    return lines if scope.everything else lines.having(is_seen)


def _line(row: Any) -> ConstraintLine:
    known = {name: row[name] for name in ConstraintLine.__dataclass_fields__ if name != "stops"}
    return ConstraintLine(**known, stops=tuple(row["stops"]))
