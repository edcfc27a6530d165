"""What a chart says in words, for those who cannot see it: every figure that is drawn."""

from decimal import Decimal

from domain.reporting.totals import Lens
from domain.reporting.view import View
from domain.reporting.words import amount, count, figure, signed


def alternatives(view: View) -> dict[str, str]:
    """One text by chart: funnel, matrix, curve, gaps."""
    return {"funnel": _funnel(view), "matrix": _matrix(view), "curve": _curve(view), "gaps": _gaps(view)}


def _funnel(view: View) -> str:
    parts = [
        f"Stage {each.row.stage} {each.row.label}: {_size(view, each.row.count, each.value)}" for each in view.funnel
    ]
    return "Funnel by stage. " + ". ".join(parts) + "."


def _matrix(view: View) -> str:
    parts = [
        f"Implementation {each.implementation} and potential {each.potential}: {_size(view, each.count, each.value)}"
        for each in view.matrix
        if each.count
    ]
    return "Matrix of both statuses. " + ". ".join(parts) + "."


def _curve(view: View) -> str:
    curve, money = view.curve, view.pack.meta.currency
    if curve.is_empty:
        return "No amounts"
    what = "cost" if view.lens is Lens.COST else "effect"
    span = "by fiscal year" if curve.by_year else f"of {view.pack.meta.fiscal_year}"
    text = f"Cumulated {what} {span}. In {curve.periods[-1]} plan reaches "
    text += f"{amount(curve.plan[-1], money)} and forecast {amount(curve.forecast[-1], money)}."
    if not curve.actual:
        return text
    last = curve.closed - 1
    against = f"{amount(curve.actual[last], money)} against a plan of {amount(curve.plan[last], money)}"
    return f"{text} Actual to {curve.periods[last]}: {against}."


def _gaps(view: View) -> str:
    unit = f"{view.pack.meta.currency} {view.unit.name}".strip()
    parts = [f"{line.node.name}: {signed(line.cells[2], view.unit.digits)}" for line in view.gaps.lines]
    return f"Forecast less plan by {view.pack.meta.program}, in {unit}. " + ". ".join(parts) + "."


def _size(view: View, number: int, value: Decimal) -> str:
    measures = count(number, "measure", "measures")
    if view.lens is Lens.NOTHING:
        return measures
    return f"{measures}, {view.pack.meta.currency} {figure(value, view.unit.digits)} {view.unit.name}".strip()
