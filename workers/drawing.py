"""What the report templates draw and write with: numbers for the charts, pictures as data addresses, filters."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from domain.reporting import words
from domain.reporting.curve import Curve, ticks
from domain.reporting.findings import against_plan, contradiction
from domain.reporting.pack import ContradictionRow
from domain.reporting.rounding import Unit
from domain.reporting.totals import basis_of
from domain.reporting.view import View


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The curve and the gaps as plain numbers in the pack's unit, with the labels they carry."""

    is_empty: bool
    months: list[str]
    span: str
    plan: list[float]
    forecast: list[float]
    actual: list[float]
    axis: list[tuple[float, str]]
    plan_label: str
    forecast_label: str
    actual_label: str
    closed_label: str
    stages: list[float]
    gaps: list[tuple[str, Decimal, bool]]


def drawing_of(view: View) -> Drawing:
    curve, unit, months = view.curve, view.unit, view.pack.curve
    plan, forecast, actual = (_numbers(each, unit) for each in (curve.plan, curve.forecast, curve.actual))
    last = [each[-1] if each else Decimal(0) for each in (curve.plan, curve.forecast, curve.actual)]
    return Drawing(
        is_empty=curve.is_empty,
        months=list(curve.labels),
        span=f"{words.month(months[0].month)} to {words.month(months[-1].month)}" if months else "",
        plan=plan,
        forecast=forecast,
        actual=actual,
        axis=_axis(curve, unit),
        plan_label=f"Plan {words.amount(last[0])}",
        forecast_label=f"Forecast {words.amount(last[1])}",
        actual_label=f"Actual {words.amount(last[2])}",
        closed_label=_closed_label(view),
        stages=[float(each.risk_adjusted) for each in view.funnel],
        gaps=_gaps(view),
    )


def picture(svg: str, alt: str = "", cls: str = "") -> Markup:
    """An SVG as an image with alternative text; a data address, so nothing is fetched."""
    data = base64.b64encode(str(svg).strip().encode()).decode()
    return Markup('<img class="{}" alt="{}" src="data:image/svg+xml;base64,{}">').format(cls, alt, data)


def colours(tokens: str) -> dict[str, str]:
    """The colours of the style sheet by name, for the charts: one source for both."""
    return {name.replace("-", "_"): value for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", tokens)}


def fit(text: str, width: float, size: float) -> str:
    """The text cut to a width in points, for drawings, where nothing wraps."""
    return words.clip(text, max(4, int(width / (size * 0.55))))


def _numbers(series: tuple[Decimal, ...], unit: Unit) -> list[float]:
    return [float(each / unit.factor) for each in series]


def _closed_label(view: View) -> str:
    if not view.curve.closed:
        return ""
    last = view.curve.closed - 1
    name = view.curve.periods[last] if view.curve.by_year else words.month(view.pack.curve[last].month, short=True)
    return f"closed to {name}"


def _axis(curve: Curve, unit: Unit) -> list[tuple[float, str]]:
    amounts = [*curve.plan, *curve.forecast, *curve.actual]
    marks = ticks(min(amounts, default=Decimal(0)), max(amounts, default=Decimal(0)))
    step = (marks[1] - marks[0]) / unit.factor if len(marks) > 1 else Decimal(1)
    digits = max(0, -int(step.normalize().as_tuple().exponent))
    return [(float(each / unit.factor), words.figure(each / unit.factor, digits)) for each in marks]


def _gaps(view: View) -> list[tuple[str, Decimal, bool]]:
    basis = basis_of(view.pack)
    rows = [
        (line.node.name, line.cells[2], basis.loss(line.node) > 0) for line in view.gaps.lines if line.kind != "total"
    ]
    return rows if any(value for _, value, _ in rows) else []


@pass_context
def _fig(context: Context, value: Decimal | int) -> str:
    """A figure in the pack's unit; a count, which has no decimals, as it is."""
    return words.figure(value, 0 if isinstance(value, int) else context["view"].unit.digits)


@pass_context
def _sig(context: Context, value: Decimal) -> str:
    return words.signed(value, context["view"].unit.digits)


@pass_context
def _price(context: Context, value: Decimal) -> str:
    return words.figure(value, context["view"].price_unit.digits) if value else words.DASH


@pass_context
def _against_plan(context: Context, row: ContradictionRow) -> str:
    return against_plan(row, context["meta"].currency)


FILTERS: dict[str, Callable[..., Any]] = {
    "against_plan": _against_plan,
    "clip": words.clip,
    "contradiction": contradiction,
    "count": words.count,
    "count_days": lambda number: words.figure(number) + words.NBSP + ("day" if number == 1 else "days"),
    "day": lambda value: words.day(value, short=True),
    "day_in_full": lambda value: f"{value.day}{words.NBSP}{words.MONTHS[value.month - 1][:3]}{words.NBSP}{value.year}",
    "decimals": words.figure,
    "fig": _fig,
    "fit": fit,
    "moment": words.moment,
    "month": words.month,
    "numeral": words.numeral,
    "price": _price,
    "sentence": words.sentence,
    "sig": _sig,
    "whole": words.figure,
    "xy": lambda value: f"{value:.2f}",
}
