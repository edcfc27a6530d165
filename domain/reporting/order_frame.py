"""A table of an order governance report: cells as they are printed; a column adds up, what is cut stays as one row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from domain.reporting.rounding import Unit, rounded, split
from domain.reporting.words import NBSP, count, figure, sentence

ZERO = Decimal(0)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A head and a cell for each line; `unit` stands below the head."""

    head: str
    unit: str = ""
    cells: tuple[str, ...]
    is_words: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    label: str
    note: str = ""
    flag: str = ""
    kind: str = "row"  # row, rest, total


@dataclass(frozen=True, kw_only=True)
class OrderTable:
    """What the rows are, the rows, and what is said of each; without lines there is nothing to say."""

    first: str
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The lines of a table: the first `limit` rows, the others as one, and their total."""

    first: str
    rows: tuple[Line, ...]
    limit: int
    others: tuple[str, str]  # "other type", "other types"
    total: str

    def table(self, *columns: Column) -> OrderTable:
        rest = len(self.rows) - self.limit
        others = (Line(label=sentence(count(rest, *self.others)), kind="rest"),) if rest > 0 else ()
        lines = (*self.rows[: self.limit], *others, Line(label=self.total, kind="total")) if self.rows else ()
        return OrderTable(first=self.first, lines=lines, columns=columns)

    def counts(self, head: str, values: Sequence[int]) -> Column:
        return Column(head=head, cells=tuple(map(figure, [*self.fold(values, sum), sum(values)])))

    def amounts(self, head: str, values: Sequence[Decimal], unit: Unit, currency: str) -> Column:
        return Column(head=head, unit=unit_words(unit, currency), cells=amounts(self.fold(values, total_of), unit))

    def words(self, head: str, values: Sequence[str], total: str = "", *, is_words: bool = False) -> Column:
        return Column(head=head, cells=(*self.fold(values, lambda rest: ""), total), is_words=is_words)

    def fold(self, values: Sequence[T], of_rest: Callable[[Sequence[T]], T]) -> list[T]:
        rest = values[self.limit :]
        return [*values[: self.limit], *([of_rest(rest)] if rest else [])]


def total_of(amounts: Sequence[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def amounts(parts: Sequence[Decimal], unit: Unit) -> tuple[str, ...]:
    """Parts that add up as they are printed, then their sum; nothing at all is 0 in every unit."""
    exact = (*parts, total_of(parts))
    return tuple(figure(b, unit.digits if a else 0) for a, b in zip(exact, printed(parts, unit), strict=True))


def printed(parts: Sequence[Decimal], unit: Unit) -> list[Decimal]:
    """The same as numbers in the unit."""
    return [*split(parts, unit), rounded(total_of(parts), unit)]


def unit_words(unit: Unit, currency: str) -> str:
    return f"{currency}{NBSP}{unit.name}" if unit.name else currency
