"""Checks after a closure: those of a measure, those that wait for a controller, and what is overdue in scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.checks import AHEAD, CheckOutcome, SustainCheck
from domain.ids import PersonId, RequestId, SustainCheckId
from domain.stages import MeasureState, Stage
from tenants.database import NotFound, Work
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.queries.scoping import seen


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """A check that waits for the reader."""

    id: UUID
    code: str
    title: str
    due: date


def checks_of(session: Session, measure: UUID) -> tuple[SustainCheck, ...]:
    """Every check of a measure, of each closure it had, the earliest due first. One statement."""
    statement = select(SustainCheckRow).where(SustainCheckRow.measure_id == measure)
    rows = session.scalars(statement.order_by(SustainCheckRow.due_on, SustainCheckRow.id))
    return tuple(to_check(row) for row in rows)


def measure_of_check(session: Session, check: UUID) -> UUID:
    """Raises NotFound."""
    found = session.scalar(select(SustainCheckRow.measure_id).where(SustainCheckRow.id == check))
    if found is None:
        raise NotFound(f"check {check}")
    return found


def to_check(row: SustainCheckRow) -> SustainCheck:
    return SustainCheck(
        id=SustainCheckId(row.id),
        request=RequestId(row.request_id),
        due=row.due_on,
        outcome=CheckOutcome(row.outcome),
        checked_on=row.checked_on,
        checked_by=PersonId(row.checked_by) if row.checked_by else None,
        words=row.words,
    )


def checks_for(work: Work, controller: UUID) -> Sequence[CheckLine]:
    """Checks that wait for the controller, the earliest due first."""
    columns = (SustainCheckRow.id, MeasureRow.code, MeasureRow.title, SustainCheckRow.due_on)
    statement = (
        _open(select(*columns))
        .where(MeasureRow.controller_id == controller, SustainCheckRow.due_on <= work.now().date() + AHEAD)
        .order_by(SustainCheckRow.due_on, MeasureRow.code)
    )
    rows = work.session.execute(statement)
    return [CheckLine(id=row.id, code=row.code, title=row.title, due=row.due_on) for row in rows]


def overdue_checks(work: Work, scope: Scope, path: str) -> int:
    """On how many measures that the reader sees below `path` a check is overdue."""
    statement = _open(select(func.count(SustainCheckRow.measure_id.distinct()))).where(
        SustainCheckRow.due_on < work.now().date(), seen(scope), MeasureRow.path.startswith(path, autoescape=True)
    )
    return int(work.session.scalar(statement) or 0)


def due_checks(work: Work, day: date) -> Sequence[tuple[UUID, date]]:
    """Checks due by that day with a controller to remind: (id, due)."""
    statement = _open(select(SustainCheckRow.id, SustainCheckRow.due_on)).where(
        SustainCheckRow.due_on <= day, MeasureRow.controller_id.is_not(None)
    )
    found = work.session.execute(statement.order_by(SustainCheckRow.due_on, SustainCheckRow.id))
    return [(row.id, row.due_on) for row in found]


def _open(statement: Select) -> Select:  # type: ignore[type-arg]
    """Checks not made yet, of measures that are closed now."""
    return (
        statement.select_from(SustainCheckRow)
        .join(MeasureRow, MeasureRow.id == SustainCheckRow.measure_id)
        .where(
            SustainCheckRow.outcome == CheckOutcome.DUE,
            MeasureRow.stage == int(Stage.CLOSED),
            MeasureRow.state == MeasureState.ACTIVE,
        )
    )
