"""What the overview draws and says: titles, scales and charts, made of the figures that the query gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import accumulate

from flask_babel import gettext as _

from domain.hierarchy import Level
from domain.months import FiscalYear
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.hierarchy import PartLine
from tenants.instance.queries.overview import MonthSums, Overview
from tenants.instance.queries.tolls import READER, Toll
from web import charts
from web.formats import MONTHS, SCALES, scale_of
from web.instance.overview import findings

LEAST_MILLIONS = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The fiscal year cumulated; `actual` ends with the last closed month."""

    months: tuple[str, ...]
    plan: tuple[Decimal, ...]
    expected: tuple[Decimal, ...]
    actual: tuple[Decimal | None, ...]

    @property
    def closed(self) -> int | None:
        """Index of the last closed month."""
        return max((i for i, value in enumerate(self.actual) if value is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the page says and draws. Scales ("m", "k", ""): of key figures and sentences, and of tables."""

    year: FiscalYear
    is_cost: bool
    scale: str
    table_scale: str
    waiting_title: str
    waiting_count: int
    curve: Curve
    curve_title: str
    curve_chart: charts.Chart
    funnel_title: str
    funnel_chart: charts.Chart
    matrix_title: str
    contradictions_title: str
    parts_title: str
    toll_price: Decimal
    toll_count: int
    toll_others: int


def sheet_of(
    overview: Overview,
    parts: Sequence[PartLine],
    tolls: Sequence[Toll],
    waiting: int,
    governance: Governance,
    now: datetime,
) -> Sheet:
    year, total, currency = governance.year_of(now.date()), overview.total, governance.currency
    is_cost = total.is_cost_only
    largest = [total.plan_full_year, total.forecast_full_year, total.one_off_plan, total.one_off_forecast]
    scale = "m" if max(abs(value) for value in largest) >= LEAST_MILLIONS else scale_of(largest)
    table_scale = scale_of(largest)
    curve = _curve(overview.months, is_cost)
    level = _("By %(level)s", level=_level(parts, governance)) if parts else ""
    return Sheet(
        year=year,
        is_cost=is_cost,
        scale=scale,
        table_scale=table_scale,
        waiting_title=findings.waiting_title(waiting),
        waiting_count=waiting,
        curve=curve,
        curve_title=(title := _curve_title(curve, is_cost, year.label, currency, scale)),
        curve_chart=_curve_chart(curve, title, is_cost, scale, currency),
        funnel_title=(pipe := findings.pipeline_title(overview.stages, is_cost, currency, scale)),
        funnel_chart=_funnel(overview, governance, pipe, is_cost, table_scale),
        matrix_title=findings.matrix_title(overview.matrix),
        contradictions_title=findings.contradictions_title(overview.attention_count),
        parts_title=findings.parts_title(parts, is_cost, level, currency, table_scale),
        toll_price=sum((toll.price for toll in tolls), Decimal(0)),
        toll_count=sum(toll.count for toll in tolls),
        toll_others=sum(toll.count for toll in tolls if toll.who != READER),
    )


def _curve(months: Sequence[MonthSums], is_cost: bool) -> Curve:
    plan = [month.one_off_plan if is_cost else month.plan for month in months]
    expected = [month.one_off_outlook if is_cost else month.outlook for month in months]
    closed = [month.one_off_actual if is_cost else month.actual for month in months]
    known = [value for value in closed if value is not None]
    return Curve(
        months=tuple(str(month.month) for month in months),
        plan=tuple(accumulate(plan)),
        expected=tuple(accumulate(expected)),
        actual=(*accumulate(known), *[None] * (len(months) - len(known))),
    )


def _curve_title(curve: Curve, is_cost: bool, year: str, currency: str, scale: str) -> str:
    if is_cost:
        return findings.cost_title(curve.plan[-1], curve.expected[-1], year, currency, scale)
    at = curve.closed
    plan_closed = curve.plan[at] if at is not None else Decimal(0)
    actual = curve.actual[at] if at is not None else None
    return findings.curve_title(curve.plan[-1], curve.expected[-1], plan_closed, actual, year, currency, scale)


def _curve_chart(curve: Curve, title: str, is_cost: bool, scale: str, currency: str) -> charts.Chart:
    by = SCALES[scale]
    at = curve.closed
    return charts.s_curve(
        [_short(month) for month in curve.months],
        [value / by for value in curve.plan],
        [value / by for value in curve.expected],
        [None if value is None else value / by for value in curve.actual],
        title=title,
        desc=_("Cumulative one-off cost by month, in %(unit)s", unit=f"{scale} {currency}".strip())
        if is_cost
        else _("Cumulative effect by month, in %(unit)s", unit=f"{scale} {currency}".strip()),
        digits=2 if scale == "m" else 0,
        closed_words=_("closed to %(month)s", month=_short(curve.months[at])) if at is not None else "",
    )


def _funnel(overview: Overview, governance: Governance, title: str, is_cost: bool, scale: str) -> charts.Chart:
    scale = "k" if scale == "m" else scale  # its figures are whole: thousands tell small stages apart
    by = SCALES[scale]
    rows = [
        charts.FunnelRow(
            f"{int(row.stage)} {governance.template.stages[row.stage].label}",
            row.sums.measures,
            (row.sums.one_off_forecast if is_cost else row.sums.forecast_full_year) / by,
            Decimal(0) if is_cost else row.sums.risk_adjusted / by,
            row.median_days,
        )
        for row in overview.stages
    ]
    unit = f"{scale} {governance.currency}".strip()
    value = _("one-off cost forecast") if is_cost else _("full-year effect, of which risk-weighted")
    heads = (_("measures"), value, _("median days"))
    return charts.funnel(rows, title=title, desc=_("Active measures by stage"), unit=unit, heads=heads)


def _short(month: str) -> str:
    return MONTHS[int(month[5:]) - 1]


def _level(parts: Sequence[PartLine], governance: Governance) -> str:
    level: Level = parts[0].level
    return governance.template.levels[level].lower()
