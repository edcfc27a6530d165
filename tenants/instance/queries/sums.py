"""Sums over many measures: the same columns, whatever they are grouped by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func

from tenants.instance.models.values import FiguresRow

SUMMED = (
    "plan_year",
    "forecast_year",
    "actual_year",
    "plan_to_date",
    "actual_to_date",
    "plan_full_year",
    "forecast_full_year",
    "one_off_plan",
    "one_off_forecast",
    "one_off_actual",
    "one_off_benefit_plan",
    "one_off_benefit_forecast",
    "risk_adjusted",
    "leakage",
)
FIELDS = ("measures", *SUMMED)
ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Sums in the instance's currency; the fiscal year is the one of the figures."""

    measures: int = 0
    plan_year: Decimal = ZERO
    forecast_year: Decimal = ZERO
    actual_year: Decimal = ZERO
    plan_to_date: Decimal = ZERO
    actual_to_date: Decimal = ZERO
    plan_full_year: Decimal = ZERO
    forecast_full_year: Decimal = ZERO
    one_off_plan: Decimal = ZERO
    one_off_forecast: Decimal = ZERO
    one_off_actual: Decimal = ZERO
    one_off_benefit_plan: Decimal = ZERO
    one_off_benefit_forecast: Decimal = ZERO
    risk_adjusted: Decimal = ZERO
    leakage: Decimal = ZERO

    @property
    def gap_full_year(self) -> Decimal:
        return self.forecast_full_year - self.plan_full_year

    @property
    def realisation(self) -> Decimal | None:
        """Actual to date / plan to date, a share; None where nothing was planned."""
        return self.actual_to_date / self.plan_to_date if self.plan_to_date > 0 else None

    @property
    def is_cost_only(self) -> bool:
        """Nothing but one-off cost: public projects, say."""
        benefits = (self.plan_full_year, self.forecast_full_year, self.one_off_benefit_plan)
        return not any(benefits) and bool(self.one_off_plan or self.one_off_forecast)

    def __add__(self, other: "Sums") -> "Sums":
        added = {name: getattr(self, name) + getattr(other, name) for name in FIELDS}
        return Sums(**added)


def added(many: Iterable[Sums]) -> Sums:
    """Many sums as one."""
    kept = tuple(many)
    totals = {name: sum((getattr(each, name) for each in kept), ZERO) for name in SUMMED}
    return Sums(measures=sum(each.measures for each in kept), **totals)


def to_sums(values: Sequence[Any]) -> Sums:
    """From the values of SUM_COLUMNS, in their order: a hierarchy has hundreds of them."""
    return Sums(**dict(zip(FIELDS, values, strict=True)))


# Count and sums, labelled as the fields of Sums; the statement joins `figures` to `measures`.
SUM_COLUMNS: tuple[ColumnElement[Any], ...] = (
    func.count(FiguresRow.measure_id).label("measures"),
    *(func.coalesce(func.sum(getattr(FiguresRow, name)), 0).label(name) for name in SUMMED),
)
