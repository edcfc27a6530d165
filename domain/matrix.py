"""Measures counted by both statuses, 3 x 3, with the value at stake; never an average. Source: DOMAIN.md, 4."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from domain.status import JUDGED, Status
from domain.value import ZERO


@dataclass(frozen=True, kw_only=True)
class MatrixItem:
    """One measure as the matrix sees it: both statuses as shown, and the value that is at stake."""

    implementation: Status
    potential: Status
    value: Decimal


@dataclass(frozen=True, kw_only=True)
class Cell:
    count: int = 0
    value: Decimal = ZERO

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(count=self.count + other.count, value=self.value + other.value)


@dataclass(frozen=True, kw_only=True)
class StatusMatrix:
    """Counts and values by both statuses: 3 x 3, and beside it what is grey in one of them. Never an average."""

    cells: Mapping[tuple[Status, Status], Cell]  # (implementation, potential), only the pairs that occur

    def cell(self, implementation: Status, potential: Status) -> Cell:
        return self.cells.get((implementation, potential), Cell())

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """Implementation down, potential across, each from green to red."""
        return tuple(tuple(self.cell(down, across) for across in JUDGED) for down in JUDGED)

    @property
    def grey(self) -> Cell:
        """Everything with at least one grey."""
        return sum((cell for pair, cell in self.cells.items() if Status.GREY in pair), Cell())

    @property
    def total(self) -> Cell:
        return sum(self.cells.values(), Cell())


def matrix(items: Iterable[MatrixItem]) -> StatusMatrix:
    """The measures counted by both statuses."""
    cells: dict[tuple[Status, Status], Cell] = {}
    for item in items:
        pair = (item.implementation, item.potential)
        cells[pair] = cells.get(pair, Cell()) + Cell(count=1, value=item.value)
    return StatusMatrix(cells=cells)
