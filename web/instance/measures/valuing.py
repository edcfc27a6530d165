"""The value of a measure for one fiscal year: key figures, the chart by month, and the table of every line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from domain.governance.template import GovernanceTemplate
from domain.measures import Measure
from domain.months import FiscalYear, Month
from domain.value import EffectLine, MonthFigures, Recurrence, Scenario, by_month, in_instance_currency
from tenants.instance.queries.measure import MeasureSheet
from web import charts
from web.formats import MONTHS, amount, money, scale_of

EMPTY = MonthFigures()
MARKS = {Scenario.BASELINE: "band", Scenario.PLAN: "plan", Scenario.FORECAST: "forecast", Scenario.ACTUAL: "actual"}
Text = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ValueView:
    """Everything of the value section, in the instance's currency. `scale` is that of every figure in it."""

    year: FiscalYear
    years: tuple[FiscalYear, ...]
    finding: str
    scale: str
    unit: str
    chart: charts.Chart | None
    months: tuple[Text, ...]
    groups: tuple[Text, ...]
    glance: tuple[tuple[str, str, str, str], ...]
    glance_heads: tuple[str, str, str]


def value_of(sheet: MeasureSheet, asked: FiscalYear | None, today: Month) -> ValueView:
    """The asked year, else this one, else the first that has an effect."""
    governance = sheet.governance
    curve = by_month(
        sheet.measure.lines,
        state=sheet.measure.state,
        closed_through=governance.closed_through,
        rates=governance.rates,
    )
    years = years_of(sheet.measure.lines, governance.fiscal_year_start, today)
    year = asked if asked in years else default_year(sheet.measure, governance.fiscal_year_start, today)
    lines = in_instance_currency(sheet.measure.lines, governance.rates)
    scale = scale_of([value for line in lines for series in line.series.values() for value in series.values()])
    unit = f"{scale} {governance.currency}".strip()
    closed = governance.closed_through if sheet.measure.plan_version else None
    heads = tuple(month_head(month, governance.closed_through) for month in year.months)
    glance = glance_of(sheet, scale)
    return ValueView(
        year=year,
        years=around(sorted({*years, year}), year),
        finding=finding_of(sheet),
        scale=scale,
        unit=unit,
        chart=_chart(curve, year, scale, unit, closed)
        if any(curve.get(each, EMPTY) != EMPTY for each in year.months)
        else None,
        months=heads,
        groups=(*(_group(sheet, line, year, scale) for line in lines), *_net(curve, year, scale)),
        glance=glance,
        glance_heads=(_("Plan"), _("Forecast or actual"), _("Gap")),
    )


def years_of(lines: Iterable[EffectLine], start: int, today: Month) -> tuple[FiscalYear, ...]:
    """Every fiscal year from the first entry to the last, and this one."""
    months = [month for line in lines for series in line.series.values() for month in series] + [today]
    year, last = FiscalYear.containing(min(months), start), FiscalYear.containing(max(months), start)
    found = [year]
    while year != last:
        year = year.next
        found.append(year)
    return tuple(found)


def around(years: Sequence[FiscalYear], year: FiscalYear, most: int = 5) -> tuple[FiscalYear, ...]:
    """At most so many years around the one that is shown."""
    at = years.index(year)
    first = max(0, min(at - most // 2, len(years) - most))
    return tuple(years[first : first + most])


def default_year(measure: Measure, start: int, today: Month) -> FiscalYear:
    """This year where the measure has figures in it, else the first that has; without figures the year it starts in."""
    now = FiscalYear.containing(today, start)
    counted = [series for line in measure.lines for name, series in line.series.items() if name != Scenario.BASELINE]
    months = [month for series in counted for month, amount in series.items() if amount]
    if not months:
        return FiscalYear.containing(Month.of(measure.start), start) if measure.start else now
    return now if any(month in now for month in months) else FiscalYear.containing(min(months), start)


def month_head(month: Month, closed: Month | None) -> Text:
    return {
        "label": MONTHS[month.month - 1],
        "closed": closed is not None and month <= closed,
        "last_closed": month == closed,
    }


def kind_label(template: GovernanceTemplate, kind: str) -> str:
    return next((each.label for each in template.effect_kinds if each.key == kind), kind)


def line_note(line: EffectLine, template: GovernanceTemplate) -> str:
    """Kind, recurrence and where it counts, as the table says it beside the name."""
    recurrence = _("recurring") if line.recurrence is Recurrence.RECURRING else _("one-off")
    counts = " and ".join(word for word, holds in ((_("P&L"), line.is_pnl), (_("cash"), line.is_cash)) if holds)
    label = kind_label(template, line.kind)
    recurring = recurrence if recurrence not in label.lower() else ""
    return ", ".join(filter(None, [label, recurring, counts]))


def _group(sheet: MeasureSheet, line: EffectLine, year: FiscalYear, scale: str) -> Text:
    scenarios = [Scenario.PLAN, Scenario.FORECAST, Scenario.ACTUAL]
    if sheet.measure.plan_version == 0:
        scenarios = [Scenario.BASELINE, Scenario.PLAN, Scenario.FORECAST]
    rows = [_row(line, scenario, year, scale) for scenario in scenarios if line.series.get(scenario)]
    return {
        "label": line.name,
        "note": line_note(line, sheet.governance.template),
        "rows": rows or [_row(line, Scenario.PLAN, year, scale)],
    }


def _row(line: EffectLine, scenario: Scenario, year: FiscalYear, scale: str) -> Text:
    factor = 1 if scenario is Scenario.BASELINE else line.sign.factor
    series = {month: factor * value for month, value in line.series.get(scenario, {}).items()}
    is_cost = line.is_one_off_cost and scenario is Scenario.ACTUAL
    return _months_row("cost" if is_cost else MARKS[scenario], scenario_word(scenario), series, year, scale)


def scenario_word(scenario: Scenario) -> str:
    return {
        Scenario.BASELINE: _("Baseline"),
        Scenario.PLAN: _("Plan"),
        Scenario.FORECAST: _("Forecast"),
        Scenario.ACTUAL: _("Actual"),
    }[scenario]


def _months_row(mark: str, label: str, series: Mapping[Month, Decimal], year: FiscalYear, scale: str) -> Text:
    cells = [{"text": money(series[m], scale) if m in series else "", "off": not series.get(m)} for m in year.months]
    totals = [_total(series, each, scale) for each in (year, year.next)]
    return {"mark": mark, "label": label, "cells": cells, "years": totals}


def _total(series: Mapping[Month, Decimal], year: FiscalYear, scale: str) -> str:
    inside = [value for month, value in series.items() if month in year]
    return money(sum(inside, Decimal(0)), scale) if inside else ""


def _net(curve: Mapping[Month, MonthFigures], year: FiscalYear, scale: str) -> tuple[Text, ...]:
    if not curve:
        return ()
    plan = {month: each.plan - each.one_off_plan for month, each in curve.items()}
    outlook = {month: each.outlook - each.one_off_outlook for month, each in curve.items()}
    rows = [
        _months_row("plan", _("Plan"), plan, year, scale),
        _months_row("forecast", _("Forecast"), outlook, year, scale),
    ]
    note = _("after one-off cost; the forecast takes the actuals of closed months")
    return ({"label": _("Net effect"), "note": note, "rows": rows},)


def _chart(
    curve: Mapping[Month, MonthFigures], year: FiscalYear, scale: str, unit: str, closed: Month | None
) -> charts.Chart:
    divisor = {"": 1, "k": 1_000, "m": 1_000_000}[scale]
    months = [curve.get(month, EMPTY) for month in year.months]
    is_closed = [closed is not None and month <= closed for month in year.months]
    plan, outlook = [each.plan / divisor for each in months], [each.outlook / divisor for each in months]
    words = [money(sum((getattr(each, name) for each in months), Decimal(0)), scale) for name in ("plan", "outlook")]
    return charts.month_bars(
        [MONTHS[month.month - 1] for month in year.months],
        plan,
        outlook,
        [(each.actual or 0) / divisor if shut else None for each, shut in zip(months, is_closed, strict=True)],
        [each.one_off_outlook / divisor or None for each in months],
        title=_("Effect and one-off cost by month, %(year)s", year=year.label),
        desc=_("Plan %(plan)s, forecast %(forecast)s %(unit)s.", plan=words[0], forecast=words[1], unit=unit),
    )


def finding_of(sheet: MeasureSheet) -> str:
    """What the figures say, in one sentence."""
    sums, currency = sheet.sums, sheet.governance.currency
    if not sheet.has_plan:
        return _("No plan has been entered yet")
    if sums.is_cost_only:
        return _cost_finding(sums.one_off_forecast - sums.one_off_plan, currency)
    year, full = sums.forecast_year - sums.plan_year, sums.gap_full_year
    if not year and not full:
        return _("The forecast is on plan")
    scale = scale_of([year, full])
    return _(
        "Against plan: %(year)s this year, %(full)s a full year",
        year=signed(year, currency, scale),
        full=signed(full, currency, scale),
    )


def _cost_finding(gap: Decimal, currency: str) -> str:
    if not gap:
        return _("One-off cost is on plan")
    words = amount(abs(gap), currency, scale_of([gap]))
    return (
        _("One-off cost is %(gap)s above plan", gap=words)
        if gap > 0
        else _("One-off cost is %(gap)s below plan", gap=words)
    )


def signed(value: Decimal, currency: str, scale: str) -> str:
    words = amount(value, currency, scale)
    return f"+{words}" if value > 0 else words


def glance_of(sheet: MeasureSheet, scale: str) -> tuple[tuple[str, str, str, str], ...]:
    """Plan, forecast or actual, and the gap of the four figures that matter."""
    sums, governance = sheet.sums, sheet.governance
    year = FiscalYear.containing(sheet.year_start, governance.fiscal_year_start).label
    closed = governance.closed_through
    rows = [
        (_("Effect %(year)s", year=year), sums.plan_year, sums.forecast_year),
        (_("Full-year effect"), sums.plan_full_year, sums.forecast_full_year),
    ]
    if closed and sheet.measure.plan_version:
        until = _("Actual to %(month)s", month=f"{MONTHS[closed.month - 1]} {closed.year}")
        rows.append((until, sums.plan_to_date, sums.actual_to_date))
    rows.append((_("One-off cost"), sums.one_off_plan, sums.one_off_forecast))
    return tuple(
        (label, money(plan, scale), money(now, scale), gap_words(now - plan, scale)) for label, plan, now in rows
    )


def gap_words(value: Decimal, scale: str) -> str:
    words = money(value, scale)
    return f"+{words}" if value > 0 and words != "0" else words


def line_of(measure: Measure, line_id: object) -> EffectLine | None:
    return next((line for line in measure.lines if line.id == line_id), None)
