"""What waiting costs, by who decides: every open request counted once, where its current step stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import any_, case, func, literal, select

from domain.access import Scope
from domain.approvals.request import RequestState
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.scoping import seen_below

READER = "reader"


@dataclass(frozen=True, kw_only=True)
class Toll:
    """Open requests that wait for the same people. `who`: READER for the reader, else the step's selector."""

    who: str
    count: int
    late: int
    oldest: datetime
    price: Decimal  # of a week, in the instance's currency

    def oldest_days(self, now: datetime) -> int:
        return (now - self.oldest).days


def list_tolls(work: Work, scope: Scope, path: str, person: UUID) -> Sequence[Toll]:
    """On measures that the reader sees below `path`, the dearest first. One statement."""
    current = (
        select(StepRow.request_id, func.min(StepRow.position).label("position"))
        .where(StepRow.settled.is_(None))
        .group_by(StepRow.request_id)
        .subquery()
    )
    who = case((literal(person) == any_(RequestRow.waiting), READER), else_=StepRow.selector)
    price = case((RequestRow.target_stage.is_not(None), func.greatest(FiguresRow.price_of_waiting, 0)), else_=0)
    statement = (
        select(
            who.label("who"),
            func.count().label("count"),
            func.count(case((RequestRow.due_on < work.now().date(), 1))).label("late"),
            func.min(RequestRow.requested_at).label("oldest"),
            func.sum(price).label("price"),
        )
        .select_from(RequestRow)
        .join(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .join(FiguresRow, FiguresRow.measure_id == RequestRow.measure_id)
        .join(current, current.c.request_id == RequestRow.id)
        .join(StepRow, (StepRow.request_id == RequestRow.id) & (StepRow.position == current.c.position))
        .where(RequestRow.state == RequestState.OPEN, seen_below(scope, path))
        .group_by(who)
    )
    rows = work.session.execute(statement).all()
    return sorted((Toll(**row._mapping) for row in rows), key=lambda toll: (-toll.price, -toll.count))
