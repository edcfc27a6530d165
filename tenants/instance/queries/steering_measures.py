"""One line for every measure below a node, with all the amounts, statuses and milestones a steering pack sums up."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.sql.selectable import Subquery

from domain.access import Scope
from domain.months import FiscalYear, Month
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow
from tenants.instance.queries.scoping import below


@dataclass(frozen=True, kw_only=True)
class Period:
    """The fiscal year a pack speaks of, and the last closed month (None before the first)."""

    year: FiscalYear
    closed: Month | None
    is_cost_only: bool = False

    def is_closed(self, month: Month) -> bool:
        return self.closed is not None and month <= self.closed

    def effect(self, effect: Any, one_off_cost: Any) -> Any:
        """Effects are shown before one-off cost, as on the pages; where there is nothing but cost, it is the effect."""
        return -one_off_cost if self.is_cost_only else effect


@dataclass(frozen=True, kw_only=True)
class Line:
    """A measure. Effects as in `Period.effect`; `plan_to_date` and `actual_to_date` are of this fiscal year."""

    id: UUID
    code: str
    title: str
    path: str
    owner: str
    stage: Stage
    state: MeasureState
    implementation: str
    potential: str
    updated_at: datetime
    plan_year: Decimal
    forecast_year: Decimal
    plan_to_date: Decimal
    actual_to_date: Decimal
    full_year_plan: Decimal
    full_year_forecast: Decimal
    cost_plan: Decimal
    cost_forecast: Decimal
    leakage: Decimal
    risk_adjusted: Decimal
    milestones: int
    milestones_done: int
    milestones_late: int
    slips: int

    @property
    def is_active(self) -> bool:
        return self.state is MeasureState.ACTIVE


def read_lines(work: Work, scope: Scope, path: str, period: Period, today: date) -> list[Line]:
    """Every measure below `path` inside the scope, by code. One statement."""
    dated, walked = _to_date(period), _milestones(today)
    statement = (
        _columns(period, dated, walked)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .outerjoin(MemberRow, MemberRow.id == MeasureRow.owner_id)
        .outerjoin(dated, dated.c.measure_id == MeasureRow.id)
        .outerjoin(walked, walked.c.measure_id == MeasureRow.id)
        .where(below(MeasureRow.path, scope), MeasureRow.path.startswith(path, autoescape=True))
        .order_by(MeasureRow.code)
    )
    return [_line(row) for row in work.session.execute(statement)]


def late(today: date) -> Any:
    """An open milestone that is past its day, or forecast to be."""
    is_open = and_(MilestoneRow.done_on.is_(None), MilestoneRow.waived_because == "")
    return and_(is_open, func.greatest(today, MilestoneRow.forecast_on) > MilestoneRow.due_on + MilestoneRow.held_days)


def _columns(period: Period, dated: Subquery, walked: Subquery) -> Select[Any]:
    measure, figures = MeasureRow, FiguresRow
    own = ("id", "code", "title", "path", "stage", "state", "implementation", "potential", "updated_at")
    return select(
        *(getattr(measure, name) for name in own),
        func.coalesce(MemberRow.name, "").label("owner"),
        period.effect(figures.plan_year, figures.one_off_plan_year).label("plan_year"),
        period.effect(figures.forecast_year, figures.one_off_forecast_year).label("forecast_year"),
        func.coalesce(dated.c.plan, 0).label("plan_to_date"),
        func.coalesce(dated.c.actual, 0).label("actual_to_date"),
        figures.plan_full_year.label("full_year_plan"),
        figures.forecast_full_year.label("full_year_forecast"),
        figures.one_off_plan.label("cost_plan"),
        figures.one_off_forecast.label("cost_forecast"),
        figures.leakage,
        figures.risk_adjusted,
        *(
            func.coalesce(walked.c[name], 0).label(name)
            for name in ("milestones", "milestones_done", "milestones_late", "slips")
        ),
    ).select_from(measure)


def _to_date(period: Period) -> Subquery:
    """Effect of the closed months of the year, by measure; no rows before a month of it is closed."""
    month = MeasureMonthRow
    last = period.closed.first if period.closed else period.year.previous.start.first
    actual = period.effect(func.coalesce(month.actual, 0), func.coalesce(month.one_off_actual, 0))
    return (
        select(
            month.measure_id,
            func.sum(period.effect(month.plan, month.one_off_plan)).label("plan"),
            func.sum(actual).label("actual"),
        )
        .where(month.month.between(period.year.start.first, min(last, period.year.end.first)))
        .group_by(month.measure_id)
        .subquery("to_date")
    )


def _milestones(today: date) -> Subquery:
    is_done = case((or_(MilestoneRow.done_on.is_not(None), MilestoneRow.waived_because != ""), 1))
    return (
        select(
            MilestoneRow.measure_id,
            func.count().label("milestones"),
            func.count(is_done).label("milestones_done"),
            func.count(case((late(today), 1))).label("milestones_late"),
            func.max(MilestoneRow.slips).label("slips"),
        )
        .group_by(MilestoneRow.measure_id)
        .subquery("walked")
    )


def _line(row: Any) -> Line:
    values = dict(row._mapping)
    return Line(**values | {"stage": Stage(values["stage"]), "state": MeasureState(values["state"])})
