"""A pack made ready to lay out: sentences written, lists cut to what a page holds, figures rounded to add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.reporting import findings
from domain.reporting.checks import Check, checks
from domain.reporting.curve import Curve, curve_of, printed
from domain.reporting.figures import Kpi, leading, supporting
from domain.reporting.frozen import digest
from domain.reporting.pack import (
    ZERO,
    ContradictionRow,
    DecisionRow,
    MeasureRow,
    MilestoneRow,
    NodeRow,
    RequestRow,
    SteeringPack,
)
from domain.reporting.pipeline import FunnelRow, MatrixSquare, funnel, matrix, without_status
from domain.reporting.rounding import Unit, rounded, split, unit_for
from domain.reporting.tables import (
    Column,
    Table,
    difference,
    gaps,
    nested_table,
    program_table,
    project_table,
    unit_of,
)
from domain.reporting.totals import Lens, basis_of, has_actual, total_of
from domain.reporting.words import NBSP

PROGRAMS_FIRST, PROGRAMS, PROJECTS, NESTED, GAPS = 8, 16, 14, 26, 13
NOTICEABLE = Decimal("0.01")  # share of the whole
REQUESTS, DECISIONS, MILESTONES, CONTRADICTIONS, MEASURES = 20, 8, 5, 6, 10


@dataclass(frozen=True, kw_only=True)
class Titles:
    summary: str
    summary_lede: str
    pipeline: str
    value: str
    decisions: str
    contradictions: str
    measures_lede: str


@dataclass(frozen=True, kw_only=True)
class View:
    """All that the templates read, besides the pack itself."""

    pack: SteeringPack
    lens: Lens
    unit: Unit
    total: NodeRow
    digest: str
    titles: Titles
    leading: list[Kpi]
    supporting: list[Kpi]
    programs: Table
    rollups: list[Table]
    gaps: Table
    curve: Curve
    curve_rows: list[tuple[str, list[Decimal]]]
    funnel: list[FunnelRow]
    matrix: list[MatrixSquare]
    without_status: int
    requests: list[RequestRow]
    requests_open: int
    price_unit: Unit
    prices: list[Decimal]  # of `requests`, then of those not shown, then of all
    decisions: Sequence[DecisionRow]
    milestones: Sequence[MilestoneRow]
    contradictions: Sequence[ContradictionRow]
    contradictions_open: int
    measures: Sequence[MeasureRow]
    measure_columns: list[tuple[str, list[Decimal]]]  # head and figures: the measures shown, the others, all
    checks: list[Check]


def view_of(pack: SteeringPack) -> View:
    """Everything that is laid out, from the pack alone."""
    basis, unit, curve = basis_of(pack), unit_of(pack), curve_of(pack)
    requests = _ranked(pack)
    price_unit = unit_for([findings.price_week(pack)])
    return View(
        pack=pack,
        lens=basis.lens,
        unit=unit,
        total=total_of(pack),
        digest=digest(pack),
        titles=_titles(pack),
        leading=leading(pack),
        supporting=supporting(pack),
        programs=program_table(pack, _summary_columns(pack), PROGRAMS_FIRST),
        rollups=_rollups(pack),
        gaps=gaps(pack, GAPS),
        curve=curve,
        curve_rows=_curve_rows(curve, unit),
        funnel=funnel(pack, unit),
        matrix=matrix(pack, unit),
        without_status=without_status(pack),
        requests=requests,
        requests_open=findings.open_requests(pack),
        price_unit=price_unit,
        prices=_prices(pack, requests, price_unit),
        decisions=pack.decisions[:DECISIONS],
        milestones=sorted(pack.milestones, key=lambda row: -row.days_late)[:MILESTONES],
        contradictions=pack.contradictions[:CONTRADICTIONS],
        contradictions_open=findings.open_contradictions(pack),
        measures=findings.largest(pack, MEASURES),
        measure_columns=_measure_columns(pack, unit),
        checks=checks(pack),
    )


def _titles(pack: SteeringPack) -> Titles:
    return Titles(
        summary=findings.summary_title(pack),
        summary_lede=findings.summary_lede(pack),
        pipeline=findings.pipeline_title(pack),
        value=findings.value_title(pack),
        decisions=findings.decisions_title(pack),
        contradictions=findings.contradictions_title(pack),
        measures_lede=findings.measures_lede(pack, MEASURES),
    )


def _summary_columns(pack: SteeringPack) -> tuple[Column, ...]:
    basis = basis_of(pack)
    of_effect = pack.meta.fiscal_year.replace(" ", NBSP) if basis.is_year else "full year"
    what = "Planned cost" if basis.lens is Lens.COST else f"Plan {of_effect}"
    columns = (
        Column(head=what, amount=basis.plan),
        Column(head="Forecast", amount=basis.forecast),
        difference(1, 0),
    )
    actual = Column(head="Actual to date", amount=lambda row: row.actual_to_date * basis.sign)
    return (*columns, actual) if has_actual(pack) else columns


def _rollups(pack: SteeringPack) -> list[Table]:
    is_cost = basis_of(pack).lens is Lens.COST
    columns = _cost_columns(pack) if is_cost else _effect_columns(pack)
    children = sum(len(row.children) for row in pack.programs)
    if not children:
        return [program_table(pack, columns, PROGRAMS)]
    if len(pack.programs) + children <= NESTED:
        return [nested_table(pack, columns)]
    of_projects = columns if is_cost else (*columns[:-3], columns[-1])
    return [program_table(pack, columns, PROGRAMS), project_table(pack, of_projects, PROJECTS)]


def _effect_columns(pack: SteeringPack) -> tuple[Column, ...]:
    year = pack.meta.fiscal_year.replace(" ", NBSP)
    actual = (Column(head="Actual to date", amount=lambda row: row.actual_to_date),) if has_actual(pack) else ()
    return (
        Column(head=f"Plan {year}", amount=lambda row: row.plan_year),
        Column(head=f"Forecast {year}", amount=lambda row: row.forecast_year),
        difference(1, 0),
        *actual,
        Column(head="Full-year plan", amount=lambda row: row.full_year_plan),
        Column(head="Full-year forecast", amount=lambda row: row.full_year_forecast),
        Column(head="One-off cost", amount=lambda row: row.cost_forecast),
    )


def _cost_columns(pack: SteeringPack) -> tuple[Column, ...]:
    """With the fiscal year where a noticeable part falls into it: else its columns would be full of noughts."""
    year, total = pack.meta.fiscal_year.replace(" ", NBSP), total_of(pack)
    columns = [
        Column(head="Planned cost", amount=lambda row: row.cost_plan),
        Column(head="Forecast cost", amount=lambda row: row.cost_forecast),
        difference(1, 0),
    ]
    if abs(total.forecast_year) >= total.cost_forecast * NOTICEABLE:
        columns.append(Column(head=f"Forecast in {year}", amount=lambda row: -row.forecast_year))
    if has_actual(pack):
        columns.append(Column(head=f"Actual in {year}", amount=lambda row: -row.actual_to_date))
    return tuple(columns)


def _curve_rows(curve: Curve, unit: Unit) -> list[tuple[str, list[Decimal]]]:
    if curve.is_empty:
        return []
    plan, forecast = printed(curve.plan, unit), printed(curve.forecast, unit)
    gap = [f - p for f, p in zip(forecast, plan, strict=True)]
    rows = [("Plan", plan), ("Forecast", forecast), ("Forecast less plan", gap)]
    return [*rows, ("Actual", printed(curve.actual, unit))] if curve.actual else rows


def _ranked(pack: SteeringPack) -> list[RequestRow]:
    ranked = sorted(
        pack.requests, key=lambda row: (-(row.price_week or ZERO), -row.days_overdue, -row.days_open, row.code)
    )
    return ranked[:REQUESTS]


def _prices(pack: SteeringPack, shown: Sequence[RequestRow], unit: Unit) -> list[Decimal]:
    amounts, whole = [row.price_week or ZERO for row in shown], findings.price_week(pack)
    return [*split([*amounts, whole - sum(amounts, ZERO)], unit), rounded(whole, unit)]


def _measure_columns(pack: SteeringPack, unit: Unit) -> list[tuple[str, list[Decimal]]]:
    """Plan and forecast, and where months are closed both to date; each with the shown measures, the others, all."""
    basis, total, top = basis_of(pack), total_of(pack), findings.largest(pack, MEASURES)
    names = {"full_year_plan": "Full-year plan", "full_year_forecast": "Full-year forecast"}
    if basis.lens is Lens.COST:
        names = {"cost_plan": "Planned cost", "cost_forecast": "Forecast cost"}
    if has_actual(pack):
        names |= {"plan_to_date": "Plan to date", "actual_to_date": "Actual to date"}
    columns = []
    for name, head in names.items():
        sign = basis.sign if name.endswith("to_date") else 1
        amounts = [getattr(row, name) * sign for row in top]
        whole = getattr(total, name) * sign
        figures = [*split([*amounts, whole - sum(amounts, ZERO)], unit), rounded(whole, unit)]
        columns.append((head, figures))
    return columns
