"""Conditions of approvals that stand on measures or are overdue; and the times a measure was on hold."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Date, func, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.approvals.request import RequestState
from domain.conditions import StandingCondition
from domain.ids import ConditionId, PersonId, RequestId
from domain.stages import MeasureState, Stage
from tenants.database import NotFound, Work
from tenants.instance.models.conditions import GateConditionRow, HoldPeriodRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.scoping import seen

MOST = 6


@dataclass(frozen=True, kw_only=True)
class OwnLine:
    """A condition that waits for its owner."""

    words: str
    code: str
    title: str
    due: date


@dataclass(frozen=True, kw_only=True)
class OverdueLine:
    """An overdue condition of one measure, as the overview lists it."""

    code: str
    title: str
    words: str
    owner: str
    due: date


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A time on hold; `resumed_on` is None while it lasts."""

    held_on: date
    resumed_on: date | None

    def days(self, today: date) -> int:
        return ((self.resumed_on or today) - self.held_on).days


def holds_of(work: Work, measure: UUID) -> tuple[Hold, ...]:
    """The first one first."""
    statement = select(HoldPeriodRow.held_on, HoldPeriodRow.resumed_on).where(HoldPeriodRow.measure_id == measure)
    rows = work.session.execute(statement.order_by(HoldPeriodRow.held_at))
    return tuple(Hold(held_on=held_on, resumed_on=resumed_on) for held_on, resumed_on in rows)


def standing_conditions(session: Session, measures: Iterable[UUID]) -> dict[UUID, list[StandingCondition]]:
    """Conditions of approved requests by measure, met ones too, the earliest due first. One statement."""
    statement = (
        select(GateConditionRow, RequestRow.requested_by)
        .join(RequestRow, RequestRow.id == GateConditionRow.request_id)
        .where(GateConditionRow.measure_id.in_(list(measures)), RequestRow.state == RequestState.APPROVED)
        .order_by(GateConditionRow.due_on, GateConditionRow.id)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[StandingCondition]] = defaultdict(list)
    for row, requested_by in session.execute(statement):
        found[row.measure_id].append(to_condition(row, requested_by))
    return found


def measure_of_condition(session: Session, condition: UUID) -> UUID:
    """Raises NotFound."""
    found = session.scalar(select(GateConditionRow.measure_id).where(GateConditionRow.id == condition))
    if found is None:
        raise NotFound(f"condition {condition}")
    return found


def to_condition(row: GateConditionRow, requested_by: UUID) -> StandingCondition:
    return StandingCondition(
        id=ConditionId(row.id),
        request=RequestId(row.request_id),
        requested_by=PersonId(requested_by),
        words=row.words,
        owner=PersonId(row.owner_id),
        due=row.due_on,
        set_by=PersonId(row.set_by),
        held_days=row.held_days,
        met_on=row.met_on,
        met_by=PersonId(row.met_by) if row.met_by else None,
        note=row.note,
    )


def conditions_for(work: Work, person: PersonId) -> Sequence[OwnLine]:
    """Conditions that wait for their owner to meet them, the earliest due first."""
    due = func.cast(GateConditionRow.due_on + GateConditionRow.held_days, Date)
    statement = (
        select(GateConditionRow.words, MeasureRow.code, MeasureRow.title, due.label("due"))
        .join(RequestRow, RequestRow.id == GateConditionRow.request_id)
        .join(MeasureRow, MeasureRow.id == GateConditionRow.measure_id)
        .where(
            GateConditionRow.owner_id == person,
            GateConditionRow.met_on.is_(None),
            RequestRow.state == RequestState.APPROVED,
            MeasureRow.state == MeasureState.ACTIVE,
            MeasureRow.stage < int(Stage.CLOSED),
        )
        .order_by(due, MeasureRow.code)
        .limit(MOST)
    )
    rows = work.session.execute(statement)
    return [OwnLine(words=row.words, code=row.code, title=row.title, due=row.due) for row in rows]


def overdue_in_scope(work: Work, scope: Scope, path: str) -> tuple[Sequence[OverdueLine], int]:
    """Overdue conditions on measures that the reader sees below `path`, the oldest first, and how many in all."""
    due = func.cast(GateConditionRow.due_on + GateConditionRow.held_days, Date)
    statement = (
        select(
            MeasureRow.code,
            MeasureRow.title,
            GateConditionRow.words,
            MemberRow.name,
            due.label("due"),
            func.count().over().label("total"),
        )
        .join(RequestRow, RequestRow.id == GateConditionRow.request_id)
        .join(MeasureRow, MeasureRow.id == GateConditionRow.measure_id)
        .join(MemberRow, MemberRow.id == GateConditionRow.owner_id)
        .where(
            GateConditionRow.met_on.is_(None),
            due < work.now().date(),
            RequestRow.state == RequestState.APPROVED,
            MeasureRow.state == MeasureState.ACTIVE,
            MeasureRow.stage < int(Stage.CLOSED),
            seen(scope),
            MeasureRow.path.startswith(path, autoescape=True),
        )
        .order_by(due, MeasureRow.code)
        .limit(MOST)
    )
    rows = work.session.execute(statement).all()
    lines = [OverdueLine(code=row.code, title=row.title, words=row.words, owner=row.name, due=row.due) for row in rows]
    return lines, rows[0].total if rows else 0
