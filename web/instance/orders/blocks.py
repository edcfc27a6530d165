"""Panels of figures: a finding as the title, a chart, and its table, every figure a link to the orders behind it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from tenants.instance.queries.order_filters import OrderFilters
from web import charts
from web.formats import number
from web.order_links import desk

NONE_SAID = "–"
Row = TypeVar("Row")
Value = int | Decimal


@dataclass(frozen=True, kw_only=True)
class Head:
    label: str
    unit: str = ""
    is_figure: bool = True


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`text` as it is read; `href` leads to the orders that it counts or sums."""

    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One panel. Without rows it says why it is empty; `is_open`: the table stands in sight, not folded away."""

    id: str
    title: str
    note: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: charts.Chart | None
    legend: tuple[tuple[str, str], ...] = ()
    total: tuple[Cell, ...] = ()
    empty: str = ""
    cls: str = ""
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """A head, and what of a row stands below it."""

    head: Head
    cell: Callable[[Row], Cell]


def said(label: str, words: Callable[[Row], str]) -> Column[Row]:
    """What a row is, or a word about it."""
    return Column(head=Head(label=label, is_figure=False), cell=lambda row: Cell(text=words(row)))


def told(label: str, words: Callable[[Row], str], unit: str = "") -> Column[Row]:
    """A figure that no list of orders stands behind."""
    return Column(head=Head(label=label, unit=unit), cell=lambda row: Cell(text=words(row)))


def figure(
    label: str, value: Callable[[Row], Value], where: Callable[[Row], OrderFilters], unit: str = ""
) -> Column[Row]:
    """A figure that leads to its orders."""
    return Column(head=Head(label=label, unit=unit), cell=lambda row: linked(value(row), where(row)))


def block(
    id: str,
    *,
    title: str,
    note: str,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    total: Row | None = None,
    **more: Any,
) -> Block:
    """One panel from its columns; `total` is a row like the others. `more`: chart, legend, empty, cls, is_open."""
    return Block(
        id=id,
        title=title,
        note=note,
        heads=tuple(column.head for column in columns),
        rows=tuple(tuple(column.cell(row) for column in columns) for row in rows),
        total=tuple(column.cell(total) for column in columns) if total is not None else (),
        **more,
    )


def linked(value: Value, filters: OrderFilters, digits: int = 0) -> Cell:
    """A figure with its orders; a zero has none."""
    return Cell(text=number(value, digits), href=desk(filters) if value else "")


def largest(pairs: Iterable[tuple[str, Value]]) -> tuple[str, Value]:
    """The name with the largest figure; nothing of nothing."""
    return max(pairs, key=lambda pair: pair[1], default=("", 0))
