"""What must add up before a pack is believed: each check names two sums that come from different rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.pack import ZERO, NodeRow, SteeringPack
from domain.reporting.totals import total_of


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
    return [*_of_nodes(pack), *_of_months(pack), *_of_stages(pack), *_of_statuses(pack)]


def _of_nodes(pack: SteeringPack) -> Iterable[Check]:
    parents = [row for row in pack.programs if row.children]
    if not parents:
        return
    children = [child for row in parents for child in row.children]
    upper, lower = pack.meta.programs, pack.meta.projects
    for what, name in (
        ("measures", "measures"),
        ("forecast of the year", "forecast_year"),
        ("forecast cost", "cost_forecast"),
    ):
        yield Check(
            name=f"{lower.capitalize()} add up to their {upper}, {what}",
            left=_total(children, name),
            right=_total(parents, name),
        )


def _of_months(pack: SteeringPack) -> Iterable[Check]:
    if not pack.curve:
        return
    total, upper = total_of(pack), pack.meta.programs
    closed = sum((row.plan for row in pack.curve if row.actual is not None), ZERO)
    actual = sum((row.actual or ZERO for row in pack.curve), ZERO)
    for what, left, right in (
        ("plan", sum((row.plan for row in pack.curve), ZERO), total.plan_year),
        ("forecast", sum((row.forecast for row in pack.curve), ZERO), total.forecast_year),
        ("plan to date", closed, total.plan_to_date),
        ("actual to date", actual, total.actual_to_date),
    ):
        yield Check(name=f"Months of {pack.meta.fiscal_year} equal the {upper}, {what}", left=left, right=ZERO + right)


def _of_stages(pack: SteeringPack) -> Iterable[Check]:
    if not pack.stages:
        return
    total = total_of(pack)
    yield Check(
        name="Measures by stage equal measures", left=sum(row.count for row in pack.stages), right=total.measures
    )
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
