"""What the rows of a pack add up to, and whether it speaks of effect or of cost alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from functools import reduce

from domain.reporting.pack import NodeRow, SteeringPack


class Lens(StrEnum):
    """What the amounts of an instance are about."""

    EFFECT = "effect"
    COST = "cost"  # one-off cost only: public projects, say; less is better
    NOTHING = "nothing"  # no amount yet


def lens_of(pack: SteeringPack) -> Lens:
    """Cost where there is cost and no sign of a benefit anywhere."""
    total = total_of(pack)
    rows = [*pack.programs, *(child for row in pack.programs for child in row.children)]
    if any(row.full_year_plan or row.full_year_forecast or row.plan_year > 0 or row.forecast_year > 0 for row in rows):
        return Lens.EFFECT
    if any(row.actual_to_date > 0 for row in rows):
        return Lens.EFFECT
    if total.cost_plan or total.cost_forecast or total.plan_year or total.forecast_year:
        return Lens.COST
    return Lens.NOTHING


def total_of(pack: SteeringPack) -> NodeRow:
    """The programme as one row."""
    return add_up(pack.programs, pack.meta.programme)


def add_up(rows: Iterable[NodeRow], name: str) -> NodeRow:
    """One row that is the sum of `rows`, without children."""
    return reduce(_add, rows, NodeRow(name=name, measures=0))


def _add(total: NodeRow, row: NodeRow) -> NodeRow:
    return replace(total, **{name: getattr(total, name) + getattr(row, name) for name in _SUMMED})


_SUMMED = [each.name for each in fields(NodeRow) if each.name not in ("name", "children")]


@dataclass(frozen=True, kw_only=True)
class Basis:
    """The pair of amounts that this pack compares, and which way is worse."""

    lens: Lens
    plan: Callable[[NodeRow], Decimal]
    forecast: Callable[[NodeRow], Decimal]
    is_year: bool = False  # amounts of the fiscal year
    sign: int = 1  # turns effects into what the pack speaks of: -1 makes costs positive

    def gap(self, row: NodeRow) -> Decimal:
        return self.forecast(row) - self.plan(row)

    def loss(self, row: NodeRow) -> Decimal:
        """By how much forecast is worse than plan; negative where it is better."""
        return -self.gap(row) * self.sign


def has_actual(pack: SteeringPack) -> bool:
    """Whether closed months of this fiscal year have anything to compare: else a column of it would be empty."""
    total = total_of(pack)
    return bool(pack.meta.closed_through and (total.plan_to_date or total.actual_to_date))


def basis_of(pack: SteeringPack) -> Basis:
    """Effect of the fiscal year; of a full year where nothing falls into this one; else one-off cost."""
    lens, total = lens_of(pack), total_of(pack)
    if lens is Lens.COST:
        return Basis(lens=lens, plan=lambda row: row.cost_plan, forecast=lambda row: row.cost_forecast, sign=-1)
    if total.plan_year or total.forecast_year or lens is Lens.NOTHING:
        return Basis(lens=lens, plan=lambda row: row.plan_year, forecast=lambda row: row.forecast_year, is_year=True)
    return Basis(lens=lens, plan=lambda row: row.full_year_plan, forecast=lambda row: row.full_year_forecast)
