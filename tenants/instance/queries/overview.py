"""The overview and every roll-up: stages, both statuses, curves and sums below a node. A fixed number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from domain.access import Scope
from domain.governance.template import StatusThresholds
from domain.months import FiscalYear, Month
from domain.stages import MeasureState, Stage
from domain.status import Cell, Status, StatusMatrix
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.scoping import seen
from tenants.instance.queries.sums import ZERO, Sums, sum_columns, to_sums

ATTENTION = 6


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


def get_overview(work: Work, scope: Scope, path: str, governance: Governance) -> Overview:
    """The roll-up of all that the reader sees below `path`, in the fiscal year of today. Five statements."""
    inside = (seen(scope), MeasureRow.path.startswith(path, autoescape=True))
    today = work.now().date()
    stages, states, total = _stages(work, inside)
    contradictions, count = _attention(work, inside, today, governance.template.thresholds)
    return Overview(
        total=total,
        stages=stages,
        on_hold=states.get(MeasureState.ON_HOLD, 0),
        cancelled=states.get(MeasureState.CANCELLED, 0),
        matrix=_matrix(work, inside),
        months=_months(work, inside, governance.year_of(today), governance.closed_through),
        attention=contradictions,
        attention_count=count,
    )


def get_sums(work: Work, scope: Scope, path: str) -> Sums:
    """Only the sums below a node."""
    statement = select(*sum_columns()).select_from(MeasureRow).join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
    inside = (seen(scope), MeasureRow.path.startswith(path, autoescape=True))
    return to_sums(work.session.execute(statement.where(*inside)).one())


Inside = tuple[ColumnElement[bool], ...]


def _stages(work: Work, inside: Inside) -> tuple[tuple[StageSums, ...], Mapping[str, int], Sums]:
    days = func.extract("epoch", work.now() - MeasureRow.stage_since) / 86400
    statement = (
        select(
            MeasureRow.stage,
            MeasureRow.state,
            func.percentile_cont(0.5).within_group(days).label("median_days"),
            *sum_columns(),
        )
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(*inside)
        .group_by(MeasureRow.stage, MeasureRow.state)
    )
    rows = work.session.execute(statement).all()
    active = {row.stage: row for row in rows if row.state == MeasureState.ACTIVE}
    states: dict[str, int] = {}
    for row in rows:
        states[row.state] = states.get(row.state, 0) + row.measures
    stages = tuple(_stage_sums(stage, active.get(stage)) for stage in Stage)
    return stages, states, sum((to_sums(row) for row in rows), Sums())


def _stage_sums(stage: Stage, row) -> StageSums:  # type: ignore[no-untyped-def]
    if row is None:
        return StageSums(stage=stage, sums=Sums(), median_days=None)
    return StageSums(stage=stage, sums=to_sums(row), median_days=int(row.median_days))


def _matrix(work: Work, inside: Inside) -> StatusMatrix:
    """Active measures by both statuses; the value is the forecast full-year effect, or the one-off cost forecast."""
    value = func.coalesce(
        func.nullif(FiguresRow.forecast_full_year, 0),
        func.nullif(FiguresRow.one_off_benefit_forecast, 0),
        FiguresRow.one_off_forecast,
    )
    statement = (
        select(MeasureRow.implementation, MeasureRow.potential, func.count(), func.sum(value))
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(*inside, MeasureRow.state == MeasureState.ACTIVE)
        .group_by(MeasureRow.implementation, MeasureRow.potential)
    )
    cells = {(Status(i), Status(p)): Cell(count=n, value=amount) for i, p, n, amount in work.session.execute(statement)}
    return StatusMatrix(cells=cells)


def _months(work: Work, inside: Inside, year: FiscalYear, closed: Month | None) -> tuple[MonthSums, ...]:
    columns = ("plan", "outlook", "actual", "one_off_plan", "one_off_outlook", "one_off_actual")
    statement = (
        select(MeasureMonthRow.month, *(func.sum(getattr(MeasureMonthRow, name)).label(name) for name in columns))
        .join(MeasureRow, MeasureRow.id == MeasureMonthRow.measure_id)
        .where(*inside, MeasureMonthRow.month.between(year.start.first, year.end.first))
        .group_by(MeasureMonthRow.month)
    )
    found = {Month.of(row.month): row for row in work.session.execute(statement)}
    return tuple(_month_sums(month, found.get(month), closed) for month in year.months)


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
    work: Work, inside: Inside, today: date, thresholds: StatusThresholds
) -> tuple[tuple[Attention, ...], int]:
    """Active measures whose two statuses contradict, that nobody updated for long, or that slipped again and again."""
    slips = (
        select(func.coalesce(func.max(MilestoneRow.slips), 0))
        .where(MilestoneRow.measure_id == MeasureRow.id)
        .correlate(MeasureRow)
        .scalar_subquery()
    )
    silent_since = datetime.combine(today - timedelta(days=thresholds.stale_after_days), time.max, UTC)
    falls = (MeasureRow.implementation == Status.GREEN) & MeasureRow.potential.in_([Status.AMBER, Status.RED])
    conditions = (
        *inside,
        MeasureRow.state == MeasureState.ACTIVE,
        MeasureRow.stage < int(Stage.CLOSED),
        or_(falls, MeasureRow.updated_at <= silent_since, slips >= thresholds.slips_in_a_row),
    )
    count = work.session.scalar(select(func.count()).select_from(MeasureRow).where(*conditions)) or 0
    statement = (
        select(MeasureRow, slips.label("slips"))
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(*conditions)
        .order_by(FiguresRow.leakage.desc(), MeasureRow.code)
        .limit(ATTENTION)
    )
    return tuple(_to_attention(row.MeasureRow, row.slips) for row in work.session.execute(statement)), count


def _to_attention(row: MeasureRow, slips: int) -> Attention:
    return Attention(
        id=row.id,
        code=row.code,
        title=row.title,
        implementation=Status(row.implementation),
        potential=Status(row.potential),
        slips=slips,
        updated_at=row.updated_at,
    )
