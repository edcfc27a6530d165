"""What the comparison page shows: its finding, rows with their drawings, and how each year is going."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.months import Month
from tenants.platform.figures import EngagementFigures
from tenants.platform.queries.comparison import Compared, Comparison, CurrencyGroup, Spread
from web import charts
from web.firm.sorting import Sorting
from web.formats import DASH, money, number, percent, scale_of
from web.formats import month as month_words

LEAK_LIMIT = Decimal(10)
SLOW_DAYS = Decimal(10)
COUNT_WORDS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
)  # fmt: skip
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One line, formatted."""

    name: str
    href: str
    template: str
    running: str
    manager: str
    measures: str
    plan: str
    forecast: str
    leakage: str
    leakage_band: charts.Inline | None
    trend: charts.Inline | None
    realisation: str
    realisation_band: charts.Inline | None
    decide: str
    decide_band: charts.Inline | None
    overdue: str
    waiting: str


@dataclass(frozen=True, kw_only=True)
class GroupView:
    currency: str
    unit: str
    title: str
    rows: tuple[RowView, ...]
    measures: str
    plan: str
    forecast: str
    leakage: str
    realisation: str
    overdue: str
    waiting: str


@dataclass(frozen=True, kw_only=True)
class YearView:
    """A small multiple: the fiscal year as shares of its full plan."""

    name: str
    words: str
    chart: charts.Chart


def finding(compared: Comparison) -> str:
    """The title: how many there are, and what stands out."""
    figures = [row.figures for row in compared.rows]
    if not figures:
        return _("No engagement has published figures yet")
    leaking = sum(1 for one in figures if (one.leakage_percent or 0) > LEAK_LIMIT)
    slow = sum(1 for one in figures if (one.median_days_to_decide or 0) > SLOW_DAYS)
    overdue = sum(one.overdue for one in figures)
    parts = [
        ngettext(
            "%(words)s leaks more than a tenth", "%(words)s leak more than a tenth", leaking, words=_count(leaking)
        )
        if leaking
        else "",
        ngettext("%(words)s decides slowly", "%(words)s decide slowly", slow, words=_count(slow)) if slow else "",
    ]
    if not any(parts) and overdue:
        parts = [ngettext("%(num)d decision is overdue", "%(num)d decisions are overdue", overdue)]
    start = ngettext("%(words)s engagement", "%(words)s engagements", len(figures), words=_count(len(figures), True))
    said = ", ".join(part for part in parts if part)
    return f"{start}: {said}" if said else _("%(start)s: all on course", start=start)


def groups_of(compared: Comparison, sorting: Sorting, today: date) -> list[GroupView]:
    spreads = {
        "leakage": compared.spread(lambda one: one.leakage_percent),
        "realisation": compared.spread(lambda one: one.realisation_percent),
        "decide": compared.spread(lambda one: one.median_days_to_decide),
    }
    return [_group(group, sorting, spreads, today) for group in compared.groups]


def years_of(compared: Comparison, sorting: Sorting) -> list[YearView]:
    """Engagements with a plan for this year, in the order of the tables."""
    rows = [row for group in compared.groups for row in sorting.sort(group.rows)]
    return [_year(row) for row in rows if row.figures.plan_year > 0 and row.figures.curve]


def _group(group: CurrencyGroup, sorting: Sorting, spreads: Mapping[str, Spread | None], today: date) -> GroupView:
    scale = scale_of([one.figures.plan_full_year for one in group.rows])
    rows = sorting.sort(group.rows)
    return GroupView(
        currency=group.currency,
        unit=f"{scale} {group.currency}".strip(),
        title=_group_title(group, sorting),
        rows=tuple(_row(row, scale, spreads, today) for row in rows),
        measures=number(group.measures),
        plan=money(group.plan, scale),
        forecast=money(group.forecast, scale),
        leakage=number(group.leakage_percent, 1),
        realisation=number(group.realisation_percent),
        overdue=number(group.overdue),
        waiting=number(group.waiting_cost_week),
    )


def _group_title(group: CurrencyGroup, sorting: Sorting) -> str:
    start = ngettext(
        "%(num)d engagement in %(currency)s",
        "%(num)d engagements in %(currency)s",
        len(group.rows),
        currency=group.currency,
    )
    order = {
        ("leakage", True): _("largest leakage first"),
        ("realisation", False): _("lowest realisation first"),
        ("decide", True): _("slowest first"),
        ("waiting", True): _("dearest waiting first"),
    }.get((sorting.column, sorting.is_descending), "")
    return f"{start}, {order}" if order and len(group.rows) > 1 else start


def _row(row: Compared, scale: str, spreads: Mapping[str, Spread | None], today: date) -> RowView:
    one, figures = row.engagement, row.figures
    return RowView(
        name=one.name,
        href=f"/clients/{one.slug}/" if one.is_mine else "",
        template=f"{one.template_name}, v{one.template_number}",
        running=_running(one.since.date(), today),
        manager=one.manager or DASH,
        measures=number(figures.measures),
        plan=money(figures.plan_full_year, scale),
        forecast=money(figures.forecast_full_year, scale),
        leakage=number(figures.leakage_percent, 1),
        leakage_band=_band(figures.leakage_percent, spreads["leakage"], "%", 1),
        trend=_trend(figures),
        realisation=number(figures.realisation_percent),
        realisation_band=_band(figures.realisation_percent, spreads["realisation"], "%", 0),
        decide=number(figures.median_days_to_decide),
        decide_band=_band(figures.median_days_to_decide, spreads["decide"], _("days"), 0),
        overdue=number(figures.overdue),
        waiting=number(figures.waiting_cost_week),
    )


def _running(since: date, today: date) -> str:
    """How long an engagement has run: in its first year its figures say less."""
    begun = Month.of(since)
    months = begun.months_until(Month.of(today))
    return ngettext(
        "since %(begun)s, %(num)d month", "since %(begun)s, %(num)d months", months, begun=month_words(str(begun))
    )


def _band(value: Decimal | None, spread: Spread | None, unit: str, digits: int) -> charts.Inline | None:
    if value is None or spread is None:
        return None
    label = _(
        "%(value)s %(unit)s, firm median %(median)s",
        value=number(value, digits),
        unit=unit,
        median=number(spread.median, digits),
    )
    return charts.spread(
        value, low=spread.low, high=spread.high, q1=spread.q1, median=spread.median, q3=spread.q3, label=label
    )


def _trend(figures: EngagementFigures) -> charts.Inline | None:
    """Realisation, cumulative, month by month as far as actuals go."""
    plan = list(accumulate(month.plan for month in figures.curve if month.actual is not None))
    actual = list(accumulate(month.actual for month in figures.curve if month.actual is not None))
    values = [have / want * HUNDRED if want > 0 else None for have, want in zip(actual, plan, strict=True)]
    if sum(value is not None for value in values) < 2:
        return None
    label = _("Realisation over %(n)s months, now %(now)s", n=len(values), now=percent(values[-1]))
    return charts.sparkline(values, label=label, level=HUNDRED)


def _year(row: Compared) -> YearView:
    figures = row.figures
    whole = sum((month.plan for month in figures.curve), Decimal(0)) or figures.plan_year
    closes = figures.forecast_year / figures.plan_year * HUNDRED
    words = _("closes at %(share)s of plan", share=percent(closes))
    actuals = [month.actual for month in figures.curve]
    chart = charts.mini_curve(
        _shares((month.plan for month in figures.curve), whole),
        _shares((m.forecast if m.actual is None else m.actual for m in figures.curve), whole),
        [*_shares((a for a in actuals if a is not None), whole), *[None] * actuals.count(None)],
        title=f"{row.engagement.name}: {words}",
    )
    return YearView(name=row.engagement.name, words=words, chart=chart)


def _shares(values: Iterable[Decimal], whole: Decimal) -> list[Decimal]:
    return [total / whole for total in accumulate(values)]


def _count(count: int, at_start: bool = False) -> str:
    words = COUNT_WORDS[count] if count < len(COUNT_WORDS) else number(count)
    return words if at_start else words.lower()
