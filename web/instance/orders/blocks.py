"""Panels of figures: a finding as the title, a chart, and its table, every figure a link to the orders behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tenants.instance.queries.order_filters import OrderFilters
from web import charts
from web.formats import number
from web.order_links import desk

NONE_SAID = "–"


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


def linked(value: int | Decimal, filters: OrderFilters, digits: int = 0) -> Cell:
    """A figure with its orders; a zero has none."""
    return Cell(text=number(value, digits), href=desk(filters) if value else "")


def largest(pairs: Iterable[tuple[str, int | Decimal]]) -> tuple[str, int | Decimal]:
    """The name with the largest figure; nothing of nothing."""
    return max(pairs, key=lambda pair: pair[1], default=("", 0))
