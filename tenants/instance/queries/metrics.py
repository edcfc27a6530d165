"""The figures an instance publishes about itself: counts and sums of the whole, never a record. Five statements."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select

from domain.approvals.request import RequestState
from domain.months import FiscalYear, Month
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.sight import price, with_subject
from tenants.platform.figures import EngagementFigures, MonthFigures, StageFigures

ZERO, TENTH = Decimal("0.00"), Decimal("0.1")
DECIDED = (RequestState.APPROVED, RequestState.REJECTED, RequestState.RETURNED)


def engagement_figures(work: Work) -> EngagementFigures:
    """The whole instance as of now, without any reader's scope: what it says holds no record."""
    governance, today = get_governance(work), work.now().date()
    year = governance.year_of(today)
    stages, sums = _stages(work), _sums(work)
    amounts: dict[str, Any] = {name: sums[name] for name in SUMS}
    return EngagementFigures(
        as_of=work.now(),
        currency=governance.currency,
        fiscal_year=year.start.year,
        measures=sum(row.count for row in stages),
        stages=stages,
        **amounts,
        leakage_percent=_percent(sums["plan_full_year"] - sums["forecast_full_year"], sums["plan_full_year"]),
        realisation_percent=_percent(sums["actual_to_date"], sums["plan_to_date"]),
        **_waiting(work, today),
        median_days_to_decide=_median_days(work),
        curve=_curve(work, governance, year),
    )


SUMS = ("plan_year", "forecast_year", "plan_to_date", "actual_to_date", "plan_full_year", "forecast_full_year")


def _stages(work: Work) -> tuple[StageFigures, ...]:
    """Active measures by stage, all six."""
    statement = (
        select(MeasureRow.stage, func.count(), func.sum(FiguresRow.forecast_full_year))
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(MeasureRow.state == MeasureState.ACTIVE)
        .group_by(MeasureRow.stage)
    )
    found = {stage: (count, value) for stage, count, value in work.session.execute(statement)}
    rows = [(stage, *found.get(int(stage), (0, ZERO))) for stage in Stage]
    return tuple(StageFigures(stage=int(stage), count=count, value=value) for stage, count, value in rows)


def _sums(work: Work) -> Mapping[str, Decimal]:
    """Effect of the year and to date, before one-off cost, and the full year of what is locked: as locked first."""
    row = FiguresRow
    columns: dict[str, Any] = {
        "plan_year": row.plan_year,
        "forecast_year": row.forecast_year,
        "plan_to_date": row.plan_to_date,
        "actual_to_date": row.actual_to_date,
        "plan_full_year": case((row.is_locked, row.forecast_full_year + row.leakage)),
        "forecast_full_year": case((row.is_locked, row.forecast_full_year)),
    }
    statement = select(*(func.coalesce(func.sum(column), ZERO).label(name) for name, column in columns.items()))
    return dict(work.session.execute(statement).one()._mapping)


def _waiting(work: Work, today: date) -> dict[str, Any]:
    """Open requests, those past their day, and what a week of them costs: gates and decisions on orders."""
    statement = with_subject(
        select(
            func.count().label("waiting"),
            func.count(case((RequestRow.due_on < today, 1))).label("overdue"),
            func.coalesce(func.sum(price()), ZERO).label("waiting_cost_week"),
        ).select_from(RequestRow)
    )
    return dict(work.session.execute(statement.where(RequestRow.state == RequestState.OPEN)).one()._mapping)


def _median_days(work: Work) -> Decimal | None:
    days = func.extract("epoch", RequestRow.closed_at - RequestRow.requested_at) / 86_400
    statement = select(func.percentile_cont(0.5).within_group(days)).where(RequestRow.state.in_(DECIDED))
    median = work.session.scalar(statement)
    return None if median is None else Decimal(str(median)).quantize(TENTH)


def _curve(work: Work, governance: Governance, year: FiscalYear) -> tuple[MonthFigures, ...]:
    """Effect of every month of the year, before one-off cost; `actual` only for closed months."""
    row = MeasureMonthRow
    columns = {
        "plan": row.plan,
        "forecast": row.outlook,
        "actual": func.coalesce(row.actual, 0),
    }
    statement = (
        select(row.month, *(func.sum(column).label(name) for name, column in columns.items()))
        .where(row.month.between(year.start.first, year.end.first))
        .group_by(row.month)
    )
    found = {Month.of(each.month): each for each in work.session.execute(statement)}
    return tuple(_month(month, found.get(month), governance.closed_through) for month in year.months)


def _month(month: Month, row: Any, closed: Month | None) -> MonthFigures:
    is_closed = closed is not None and month <= closed
    if row is None:
        return MonthFigures(month=str(month), plan=ZERO, forecast=ZERO, actual=ZERO if is_closed else None)
    actual = row.actual if is_closed else None
    return MonthFigures(month=str(month), plan=row.plan, forecast=row.forecast, actual=actual)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole * 100).quantize(TENTH) if whole > 0 else None
