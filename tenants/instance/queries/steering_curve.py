"""The amounts of a steering pack over time: effect by month of the fiscal year, cost by fiscal year."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from domain.access import Scope
from domain.months import FiscalYear, Month
from domain.reporting.pack import ZERO, MonthRow, YearRow
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import MeasureMonthRow
from tenants.instance.queries.scoping import below
from tenants.instance.queries.steering_measures import Period


def month_rows(work: Work, scope: Scope, path: str, period: Period) -> tuple[MonthRow, ...]:
    """Effect of every month of the year: plan, outlook, and the actual of closed months."""
    row, actual = MeasureMonthRow, func.coalesce(MeasureMonthRow.actual, 0)
    effects = {
        "plan": period.effect(row.plan, row.one_off_plan),
        "forecast": period.effect(row.outlook, row.one_off_outlook),
        "actual": period.effect(actual, func.coalesce(row.one_off_actual, 0)),
    }
    inside = row.month.between(period.year.start.first, period.year.end.first)
    found = _by_month(work, scope, path, effects, inside)
    return tuple(_month_row(month, found.get(month), period.is_closed(month)) for month in period.year.months)


def year_rows(work: Work, scope: Scope, path: str, period: Period) -> tuple[YearRow, ...]:
    """One-off cost of every fiscal year from the first to the last that has any."""
    row = MeasureMonthRow
    costs = {
        "plan": row.one_off_plan,
        "forecast": row.one_off_outlook,
        "actual": func.coalesce(row.one_off_actual, 0),
    }
    years: dict[FiscalYear, list[Any]] = defaultdict(list)
    for month, sums in _by_month(work, scope, path, costs).items():
        if sums.plan or sums.forecast or sums.actual:
            years[FiscalYear.containing(month, period.year.start.month)].append(sums)
    if not years:
        return ()
    whole, last = [min(years)], max(years)
    while whole[-1] < last:
        whole.append(whole[-1].next)
    return tuple(_year_row(year, years[year], period.is_closed(year.end)) for year in whole)


def _by_month(work: Work, scope: Scope, path: str, sums: Mapping[str, Any], *only: Any) -> dict[Month, Any]:
    statement = (
        select(MeasureMonthRow.month, *(func.sum(column).label(name) for name, column in sums.items()))
        .join(MeasureRow, MeasureRow.id == MeasureMonthRow.measure_id)
        .where(below(MeasureRow.path, scope), MeasureRow.path.startswith(path, autoescape=True), *only)
        .group_by(MeasureMonthRow.month)
    )
    return {Month.of(row.month): row for row in work.session.execute(statement)}


def _month_row(month: Month, row: Any, is_closed: bool) -> MonthRow:
    if row is None:
        return MonthRow(month=str(month), actual=ZERO if is_closed else None)
    return MonthRow(month=str(month), plan=row.plan, forecast=row.forecast, actual=row.actual if is_closed else None)


def _year_row(year: FiscalYear, months: list[Any], is_closed: bool) -> YearRow:
    plan, forecast, actual = (
        sum((getattr(row, name) for row in months), ZERO) for name in ("plan", "forecast", "actual")
    )
    return YearRow(year=year.label, plan=plan, forecast=forecast, actual=actual if is_closed else None)
