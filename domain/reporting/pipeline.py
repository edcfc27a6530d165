"""The pipeline of a pack: the funnel of stages and the matrix of both statuses, as drawn and as printed."""

from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.pack import MatrixCell, StageRow, SteeringPack
from domain.reporting.rounding import Unit, split
from domain.reporting.totals import Lens, lens_of

ORDER = ("green", "amber", "red")


@dataclass(frozen=True, kw_only=True)
class FunnelRow:
    """A stage with what stands at it and what stands at it or beyond, amounts in the pack's unit."""

    row: StageRow
    count_beyond: int
    value: Decimal
    value_beyond: Decimal
    risk_adjusted: Decimal


@dataclass(frozen=True, kw_only=True)
class MatrixSquare:
    """One field of the matrix; `is_framed`: the work is green while the value is red."""

    implementation: str
    potential: str
    count: int
    value: Decimal
    is_framed: bool


def funnel(pack: SteeringPack, unit: Unit) -> list[FunnelRow]:
    """Stages in order; what is beyond is summed from the printed figures."""
    rows, is_cost = pack.stages, lens_of(pack) is Lens.COST
    values = split([row.cost if is_cost else row.full_year for row in rows], unit)
    weighted = split([row.risk_adjusted for row in rows], unit)
    return [
        FunnelRow(
            row=row,
            count_beyond=sum(each.count for each in rows[index:]),
            value=values[index],
            value_beyond=sum(values[index:], Decimal(0)),
            risk_adjusted=weighted[index],
        )
        for index, row in enumerate(rows)
    ]


def matrix(pack: SteeringPack, unit: Unit) -> list[MatrixSquare]:
    """Nine squares, implementation by row, potential by column; empty when no measure has both statuses."""
    is_cost = lens_of(pack) is Lens.COST
    cells = [_cell(pack, work, value) for work in ORDER for value in ORDER]
    values = split([cell.cost if is_cost else cell.full_year for cell in cells], unit)
    squares = [
        MatrixSquare(
            implementation=cell.implementation,
            potential=cell.potential,
            count=cell.count,
            value=value,
            is_framed=(cell.implementation, cell.potential) == ("green", "red"),
        )
        for cell, value in zip(cells, values, strict=True)
    ]
    return squares if any(square.count for square in squares) else []


def without_status(pack: SteeringPack) -> int:
    """Measures that lack one of the two statuses."""
    return sum(cell.count for cell in pack.matrix if "grey" in (cell.implementation, cell.potential))


def _cell(pack: SteeringPack, work: str, value: str) -> MatrixCell:
    found = [cell for cell in pack.matrix if (cell.implementation, cell.potential) == (work, value)]
    return found[0] if found else MatrixCell(implementation=work, potential=value, count=0)
