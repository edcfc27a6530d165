"""The overview and every roll-up: stages, both statuses, curves and sums below a node. A fixed number of statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Select, func, not_, or_, select

from domain.access import Scope
from domain.governance.template import StatusThresholds
from domain.matrix import Cell, StatusMatrix
from domain.months import FiscalYear, Month
from domain.stages import MeasureState, Stage
from domain.status import Status
from tenants.database import Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow, PackageMonthRow
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.rollup import Group, Part, roll_up
from tenants.instance.queries.scoping import below, inside, naming, seen_below
from tenants.instance.queries.sums import SUM_COLUMNS, ZERO, Sums, added, to_sums

ATTENTION = 6
SHOWN = ("id", "code", "title", "implementation", "potential", "updated_at")
DAY = 24 * 60 * 60
CURVES = ("plan", "outlook", "actual", "one_off_plan", "one_off_outlook", "one_off_actual")


@dataclass(frozen=True, kw_only=True)
class StageSums:
    """Active measures of one stage; the median of the days they have been in it."""

    stage: Stage
    sums: Sums
    median_days: int | None


@dataclass(frozen=True, kw_only=True)
class MonthSums:
    """One month of the curve, summed over measures; `actual` None for a month that is not closed."""

    month: Month
    plan: Decimal = ZERO
    outlook: Decimal = ZERO
    actual: Decimal | None = None
    one_off_plan: Decimal = ZERO
    one_off_outlook: Decimal = ZERO
    one_off_actual: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Attention:
    """A measure that says two things that do not go together."""

    id: UUID
    code: str
    title: str
    implementation: Status
    potential: Status
    slips: int
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Overview:
    """All that the overview of a node shows."""

    total: Sums  # without cancelled ones' forecast; their plan is in it
    stages: tuple[StageSums, ...]
    on_hold: int
    cancelled: int
    matrix: StatusMatrix  # of active measures
    months: tuple[MonthSums, ...]
    attention: tuple[Attention, ...]
    attention_count: int
    parts: Mapping[UUID, Part]  # by the node right below


def get_overview(work: Work, scope: Scope, path: str, governance: Governance) -> Overview:
    """The roll-up of all that the reader sees below `path`, in the fiscal year of today. Four statements."""
    today = work.now().date()
    whole = roll_up(work, scope, path)
    contradictions, count = _attention(work, seen_below(scope, path), today, governance.template.thresholds)
    return Overview(
        total=added(group.sums for group in whole.groups),
        stages=_stages(work, seen_below(scope, path), whole.groups),
        on_hold=_in_state(whole.groups, MeasureState.ON_HOLD),
        cancelled=_in_state(whole.groups, MeasureState.CANCELLED),
        matrix=_matrix(whole.groups),
        months=_months(work, scope, path, governance.year_of(today), governance.closed_through),
        attention=contradictions,
        attention_count=count,
        parts=whole.parts,
    )


def get_sums(work: Work, scope: Scope, path: str) -> Sums:
    """Only the sums below a node."""
    statement = select(*SUM_COLUMNS).select_from(MeasureRow).join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
    return to_sums(work.session.execute(statement.where(seen_below(scope, path))).one())


def _stages(work: Work, shown: ColumnElement[bool], groups: Sequence[Group]) -> tuple[StageSums, ...]:
    """Active measures by stage. The median is taken of moments as seconds: numbers sort faster than spans of time."""
    since = func.percentile_cont(0.5).within_group(func.date_part("epoch", MeasureRow.stage_since))
    statement = select(MeasureRow.stage, since).where(shown, MeasureRow.state == MeasureState.ACTIVE)
    now = work.now().timestamp()
    days = {
        stage: int((now - middle) // DAY)
        for stage, middle in work.session.execute(statement.group_by(MeasureRow.stage))
    }
    active = [group for group in groups if group.state is MeasureState.ACTIVE]
    return tuple(
        StageSums(
            stage=stage,
            sums=added(group.sums for group in active if group.stage is stage),
            median_days=days.get(stage),
        )
        for stage in Stage
    )


def _matrix(groups: Sequence[Group]) -> StatusMatrix:
    """Active measures by both statuses; the value is the forecast full-year effect, or the one-off cost forecast."""
    cells: dict[tuple[Status, Status], Cell] = defaultdict(Cell)
    for group in groups:
        if group.state is MeasureState.ACTIVE:
            cells[group.implementation, group.potential] += Cell(count=group.sums.measures, value=group.value)
    return StatusMatrix(cells=dict(cells))


def _in_state(groups: Sequence[Group], state: MeasureState) -> int:
    return sum(group.sums.measures for group in groups if group.state is state)


def _months(work: Work, scope: Scope, path: str, year: FiscalYear, closed: Month | None) -> tuple[MonthSums, ...]:
    """From the sums of whole packages in scope; measures elsewhere that name the reader are added one by one."""
    parts = _package_months(scope, path, year).union_all(_named_months(scope, path, year)).subquery()
    statement = select(parts.c.month, *(func.sum(parts.c[name]).label(name) for name in CURVES))
    found = {Month.of(row.month): row for row in work.session.execute(statement.group_by(parts.c.month))}
    return tuple(_month_sums(month, found.get(month), closed) for month in year.months)


def _package_months(scope: Scope, path: str, year: FiscalYear) -> Select[Any]:
    return (
        select(PackageMonthRow.month, *(getattr(PackageMonthRow, name) for name in CURVES))
        .join(NodeRow, NodeRow.id == PackageMonthRow.package_id)
        .where(below(NodeRow.path, scope), inside(NodeRow.path, path))
        .where(PackageMonthRow.month.between(year.start.first, year.end.first))
    )


def _named_months(scope: Scope, path: str, year: FiscalYear) -> Select[Any]:
    return (
        select(MeasureMonthRow.month, *(getattr(MeasureMonthRow, name) for name in CURVES))
        .join(MeasureRow, MeasureRow.id == MeasureMonthRow.measure_id)
        .where(naming(scope), not_(below(MeasureRow.path, scope)), inside(MeasureRow.path, path))
        .where(MeasureMonthRow.month.between(year.start.first, year.end.first))
    )


def _month_sums(month: Month, row, closed: Month | None) -> MonthSums:  # type: ignore[no-untyped-def]
    is_closed = closed is not None and month <= closed
    if row is None:
        nothing = ZERO if is_closed else None
        return MonthSums(month=month, actual=nothing, one_off_actual=nothing)
    return MonthSums(
        month=month,
        plan=row.plan or ZERO,
        outlook=row.outlook or ZERO,
        actual=(row.actual or ZERO) if is_closed else None,
        one_off_plan=row.one_off_plan or ZERO,
        one_off_outlook=row.one_off_outlook or ZERO,
        one_off_actual=(row.one_off_actual or ZERO) if is_closed else None,
    )


def _attention(
    work: Work, shown: ColumnElement[bool], today: date, thresholds: StatusThresholds
) -> tuple[tuple[Attention, ...], int]:
    """Active measures whose two statuses contradict, that nobody updated for long, or that slipped again and again."""
    silent_since = datetime.combine(today - timedelta(days=thresholds.stale_after_days), time.max, UTC)
    falls = (MeasureRow.implementation == Status.GREEN) & MeasureRow.potential.in_([Status.AMBER, Status.RED])
    slipped = select(MilestoneRow.measure_id).where(MilestoneRow.slips >= thresholds.slips_in_a_row)
    conditions = (
        shown,
        MeasureRow.state == MeasureState.ACTIVE,
        MeasureRow.stage < int(Stage.CLOSED),
        or_(falls, MeasureRow.updated_at <= silent_since, MeasureRow.id.in_(slipped)),
    )
    statement = (
        select(*(getattr(MeasureRow, name) for name in SHOWN), _slips(), func.count().over().label("total"))
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(*conditions)
        .order_by(FiguresRow.leakage.desc(), MeasureRow.code)
        .limit(ATTENTION)
    )
    rows = work.session.execute(statement).all()
    return tuple(_to_attention(row) for row in rows), rows[0].total if rows else 0


def _slips() -> Label[int]:
    most = select(func.coalesce(func.max(MilestoneRow.slips), 0)).where(MilestoneRow.measure_id == MeasureRow.id)
    return most.correlate(MeasureRow).scalar_subquery().label("slips")


def _to_attention(row: Any) -> Attention:
    return Attention(
        id=row.id,
        code=row.code,
        title=row.title,
        implementation=Status(row.implementation),
        potential=Status(row.potential),
        slips=row.slips,
        updated_at=row.updated_at,
    )
