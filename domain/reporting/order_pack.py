"""What one order governance report says: plain frozen data, complete, so that the same report can be laid out again.

Figures are Decimals; amounts are in `Meta.currency`. A count and the desk's list of the same filter agree.
"""

from dataclasses import dataclass
from decimal import Decimal

from domain.reporting.pack import Meta


@dataclass(frozen=True, kw_only=True)
class OrderColumn:
    label: str
    unit: str = ""
    digits: int = 0


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One row; a value is None where there is none."""

    label: str
    values: tuple[Decimal | None, ...]
    is_total: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderTable:
    """One section: a finding as its title, what is counted, and the rows; `empty` says why there are none."""

    title: str
    note: str
    first: str  # what the rows are
    columns: tuple[OrderColumn, ...]
    lines: tuple[OrderLine, ...]
    empty: str


@dataclass(frozen=True, kw_only=True)
class OrderFigure:
    """A leading figure and what it is worth."""

    label: str
    value: Decimal
    detail: str


@dataclass(frozen=True, kw_only=True)
class OrderPack:
    """Everything that one order governance report prints."""

    meta: Meta
    period: str
    figures: tuple[OrderFigure, ...]
    tables: tuple[OrderTable, ...]
