"""What waiting costs, by who decides: every open request counted once, where its current step stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, any_, case, func, literal, or_, select

from domain.approvals.request import RequestState
from tenants.database import Work
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.scoping import inside, seen_below
from tenants.instance.queries.sight import Sight, price, with_subject

READER = "reader"


@dataclass(frozen=True, kw_only=True)
class Toll:
    """Open requests that wait for the same people. `who`: READER for the reader, else the step's selector."""

    who: str
    count: int
    late: int
    oldest: datetime
    price: Decimal  # of a week, in the instance's currency; of orders seven of their stated days

    def oldest_days(self, now: datetime) -> int:
        return (now - self.oldest).days


def list_tolls(work: Work, sight: Sight, path: str) -> Sequence[Toll]:
    """On measures below `path` and on orders, of those that the reader sees; the dearest first. One statement."""
    current = (
        select(StepRow.request_id, func.min(StepRow.position).label("position"))
        .where(StepRow.settled.is_(None))
        .group_by(StepRow.request_id)
        .subquery()
    )
    who = case((literal(sight.person) == any_(RequestRow.waiting), READER), else_=StepRow.selector)
    on_measures = and_(RequestRow.measure_id.is_not(None), seen_below(sight.measures, path))
    on_orders = and_(RequestRow.order_id.is_not(None), inside(RequestRow.path, path), in_scope(sight.orders))
    statement = with_subject(
        select(
            who.label("who"),
            func.count().label("count"),
            func.count(case((RequestRow.due_on < work.now().date(), 1))).label("late"),
            func.min(RequestRow.requested_at).label("oldest"),
            func.sum(price()).label("price"),
        ).select_from(RequestRow)
    )
    statement = (
        statement.join(current, current.c.request_id == RequestRow.id)
        .join(StepRow, (StepRow.request_id == RequestRow.id) & (StepRow.position == current.c.position))
        .where(RequestRow.state == RequestState.OPEN, or_(on_measures, on_orders))
        .group_by(who)
    )
    rows = work.session.execute(statement).all()
    return sorted((Toll(**row._mapping) for row in rows), key=lambda toll: (-toll.price, -toll.count))
