"""Measures that somebody ticked in the list, to act on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from domain.access import Scope
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.scoping import seen


@dataclass(frozen=True, kw_only=True)
class TickedMeasure:
    """A measure that was ticked in the list."""

    id: UUID
    code: str
    title: str
    owner: str


def list_ticked(work: Work, scope: Scope, codes: Sequence[str]) -> tuple[TickedMeasure, ...]:
    """Those of these codes that the reader sees, by code."""
    statement = (
        select(MeasureRow.id, MeasureRow.code, MeasureRow.title, func.coalesce(MemberRow.name, "").label("owner"))
        .outerjoin(MemberRow, MemberRow.id == MeasureRow.owner_id)
        .where(MeasureRow.code.in_(codes), seen(scope))
        .order_by(MeasureRow.code)
    )
    return tuple(TickedMeasure(**row._mapping) for row in work.session.execute(statement))
