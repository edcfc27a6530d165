"""What must add up before a pack is believed: each check names two sums that come from different rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.pack import ZERO, NodeRow, SteeringPack
from domain.reporting.totals import Lens, basis_of, lens_of, total_of


@dataclass(frozen=True, kw_only=True)
class Check:
    name: str
    left: Decimal | int
    right: Decimal | int

    @property
    def holds(self) -> bool:
        return self.left == self.right

    @property
    def residual(self) -> Decimal | int:
        return self.left - self.right

    @property
    def is_money(self) -> bool:
        return isinstance(self.right, Decimal)


def checks(pack: SteeringPack) -> list[Check]:
    """All checks that this pack has the rows for."""
    return [*_of_nodes(pack), *_of_months(pack), *_of_years(pack), *_of_stages(pack), *_of_statuses(pack)]


def _of_nodes(pack: SteeringPack) -> Iterable[Check]:
    parents = [row for row in pack.programs if row.children]
    if not parents:
        return
    children = [child for row in parents for child in row.children]
    upper, lower = pack.meta.programs, pack.meta.projects
    first = ("planned cost", "cost_plan") if lens_of(pack) is Lens.COST else ("forecast of the year", "forecast_year")
    for what, name in (("measures", "measures"), first, ("forecast cost", "cost_forecast")):
        yield Check(
            name=f"{lower.capitalize()} add up to their {upper}, {what}",
            left=_total(children, name),
            right=_total(parents, name),
        )


def _of_months(pack: SteeringPack) -> Iterable[Check]:
    if not pack.curve:
        return
    total, upper, sign = total_of(pack), pack.meta.programs, basis_of(pack).sign
    closed = sum((row.plan for row in pack.curve if row.actual is not None), ZERO)
    actual = sum((row.actual or ZERO for row in pack.curve), ZERO)
    to_date = [("plan to date", closed, total.plan_to_date), ("actual to date", actual, total.actual_to_date)]
    for what, left, right in (
        ("plan", sum((row.plan for row in pack.curve), ZERO), total.plan_year),
        ("forecast", sum((row.forecast for row in pack.curve), ZERO), total.forecast_year),
        *(to_date if pack.meta.closed_through else ()),
    ):
        name = f"Months of {pack.meta.fiscal_year} equal the {upper}, {what}"
        yield Check(name=name, left=left * sign, right=(ZERO + right) * sign)


def _of_years(pack: SteeringPack) -> Iterable[Check]:
    if not pack.years:
        return
    total, upper = total_of(pack), pack.meta.programs
    for what, left, right in (
        ("planned cost", sum((row.plan for row in pack.years), ZERO), total.cost_plan),
        ("forecast cost", sum((row.forecast for row in pack.years), ZERO), total.cost_forecast),
    ):
        yield Check(name=f"Fiscal years equal the {upper}, {what}", left=left, right=ZERO + right)


def _of_stages(pack: SteeringPack) -> Iterable[Check]:
    if not pack.stages:
        return
    total = total_of(pack)
    yield Check(
        name="Measures by stage equal measures", left=sum(row.count for row in pack.stages), right=total.measures
    )
    if lens_of(pack) is Lens.COST:
        cost = sum((row.cost for row in pack.stages), ZERO)
        yield Check(name="Cost by stage equals the forecast cost", left=cost, right=ZERO + total.cost_forecast)
        return
    full_year = sum((row.full_year for row in pack.stages), ZERO)
    yield Check(
        name="Full-year effect by stage equals the forecast", left=full_year, right=ZERO + total.full_year_forecast
    )


def _of_statuses(pack: SteeringPack) -> Iterable[Check]:
    total = total_of(pack)
    if not total.measures:
        return
    both = sum(cell.count for cell in pack.matrix)
    yield Check(name="Implementation statuses equal measures", left=total.implementation.total, right=total.measures)
    yield Check(name="Measures by both statuses equal measures", left=both, right=total.measures)


def _total(rows: Iterable[NodeRow], name: str) -> Decimal | int:
    values: list[Decimal | int] = [getattr(row, name) for row in rows]
    return sum(values[1:], values[0])
