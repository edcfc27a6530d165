"""The figures that lead a summary, each with the line that says how to take it."""

from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.findings import open_requests, overdue, price_week
from domain.reporting.pack import NodeRow, SteeringPack
from domain.reporting.totals import Lens, basis_of, has_actual, total_of
from domain.reporting.words import DASH, NBSP, amount, count, figure, month, percent


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """`before` and `after` stand small beside the figure; `chart` names the small drawing below it."""

    label: str
    figure: str
    detail: str
    before: str = ""
    after: str = ""
    chart: str = ""


def leading(pack: SteeringPack) -> list[Kpi]:
    """Four figures: where we end, where we are, what it is worth, what waiting costs."""
    lens, total = basis_of(pack).lens, total_of(pack)
    if lens is Lens.NOTHING:
        return [_measures(pack, total), _milestones(total), _requests(pack)]
    if lens is Lens.COST:
        second = _actual(pack, total) if has_actual(pack) else _planned_cost(pack, total)
        return [_forecast_cost(pack, total), second, _measures(pack, total), _requests(pack)]
    return [_forecast(pack, total), _actual(pack, total), _full_year(pack, total), _requests(pack)]


def supporting(pack: SteeringPack) -> list[Kpi]:
    """Four smaller figures below."""
    basis, total, money = basis_of(pack), total_of(pack), pack.meta.currency
    if basis.lens is Lens.NOTHING:
        return []
    plan, actual = total.plan_to_date * basis.sign, total.actual_to_date * basis.sign
    share = percent(actual, plan) if pack.meta.closed_through else DASH
    until = month(pack.meta.closed_through) if pack.meta.closed_through else "the first closed month"
    if basis.lens is Lens.COST:
        spent = _small("Spent against plan", share, f"{pack.meta.fiscal_year} to {until}")
        if not has_actual(pack):
            spent = _small("Forecast / plan", percent(total.cost_forecast, total.cost_plan, 1), "of the planned cost")
        return [*_both_ways(pack), spent, _milestones(total)]
    return [
        _small(f"Plan {pack.meta.fiscal_year}", amount(total.plan_year, money), "effect of the fiscal year"),
        _small("Realisation", share, f"actual / plan to {until}"),
        _small("Leakage since lock", amount(total.leakage, money), "locked plan less forecast, all months"),
        _small("One-off cost", amount(total.cost_forecast, money), f"forecast; plan {amount(total.cost_plan)}"),
    ]


def _forecast(pack: SteeringPack, total: NodeRow) -> Kpi:
    gap = total.forecast_year - total.plan_year
    against = f"{_difference(gap)} the plan of {amount(total.plan_year)}"
    return _money(pack, f"Forecast {pack.meta.fiscal_year}", total.forecast_year, against, chart="forecast")


def _forecast_cost(pack: SteeringPack, total: NodeRow) -> Kpi:
    against = f"{_difference(total.cost_forecast - total.cost_plan)} the plan of {amount(total.cost_plan)}"
    return _money(pack, "Forecast cost, all years", total.cost_forecast, against)


def _planned_cost(pack: SteeringPack, total: NodeRow) -> Kpi:
    return _money(pack, "Planned cost, all years", total.cost_plan, "No month of this year is closed, so no actual")


def _both_ways(pack: SteeringPack) -> list[Kpi]:
    """What programs forecast above their plan, and what others below it: the two never cancel out unseen."""
    gaps = [row.cost_forecast - row.cost_plan for row in pack.programs]
    over, under = [gap for gap in gaps if gap > 0], [-gap for gap in gaps if gap < 0]
    return [_of_programs(pack, "Above plan", over), _of_programs(pack, "Below plan", under)]


def _of_programs(pack: SteeringPack, label: str, gaps: list[Decimal]) -> Kpi:
    where = f"in {count(len(gaps), pack.meta.program, pack.meta.programs)}"
    return _small(label, amount(sum(gaps, Decimal(0)), pack.meta.currency) if gaps else DASH, where)


def _actual(pack: SteeringPack, total: NodeRow) -> Kpi:
    if not pack.meta.closed_through:
        return Kpi(label="Actual to date", figure=DASH, detail="No month is closed yet")
    sign = basis_of(pack).sign
    plan, until = total.plan_to_date * sign, month(pack.meta.closed_through)
    share = percent(total.actual_to_date * sign, plan)
    detail = (
        f"against a plan to date of {amount(plan)}"
        if share == DASH
        else f"{share} of the plan to date ({amount(plan)})"
    )
    return _money(pack, f"Actual to {until}", total.actual_to_date * sign, detail, chart="actual")


def _full_year(pack: SteeringPack, total: NodeRow) -> Kpi:
    weighted = sum((row.risk_adjusted for row in pack.stages), Decimal(0))
    detail = f"Plan {amount(total.full_year_plan)}; risk-adjusted {amount(weighted)}"
    return _money(pack, "Full-year effect, forecast", total.full_year_forecast, detail, chart="stages")


def _requests(pack: SteeringPack) -> Kpi:
    number, price = open_requests(pack), price_week(pack)
    if not number:
        return Kpi(label="Waiting for a decision", figure=figure(0), detail="No request is open")
    late = overdue(pack)
    waits = count(number, "request waits", "requests wait") + (f", {late} past due" if late else "")
    if not price:
        return Kpi(
            label="Waiting for a decision", figure=figure(number), detail="Waiting has no price, or none is known"
        )
    kpi = _money(pack, "Price of waiting", price, waits[:1].upper() + waits[1:])
    return Kpi(label=kpi.label, figure=kpi.figure, detail=kpi.detail, before=kpi.before, after="a week")


def _measures(pack: SteeringPack, total: NodeRow) -> Kpi:
    projects = sum(len(row.children) for row in pack.programs)
    where = count(len(pack.programs), pack.meta.program, pack.meta.programs)
    where += f" and {count(projects, pack.meta.project, pack.meta.projects)}" if projects else ""
    return Kpi(label="Active measures", figure=figure(total.measures), detail=f"in {where}")


def _milestones(total: NodeRow) -> Kpi:
    detail = f"of {figure(total.milestones)} milestones, {figure(total.milestones_done)} done"
    if not total.milestones:
        return Kpi(label="Late milestones", figure=DASH, detail="No milestone is set yet")
    return Kpi(label="Late milestones", figure=figure(total.milestones_late), detail=detail)


def _money(pack: SteeringPack, label: str, value: Decimal, detail: str, chart: str = "") -> Kpi:
    return Kpi(label=label, figure=amount(value), detail=detail, before=pack.meta.currency, chart=chart)


def _small(label: str, value: str, detail: str) -> Kpi:
    return Kpi(label=label, figure=value, detail=detail)


def _difference(gap: Decimal) -> str:
    if not gap:
        return "equal to"
    return f"{amount(abs(gap))}{NBSP}{'above' if gap > 0 else 'below'}"
