"""Which column fills which field, and how its cells are to be read; a user corrects it and saves it under a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from domain.imports.fields import ALWAYS_NEEDED, Field
from domain.imports.table import DecimalMark, Table
from domain.refusals import Refusal


class DateOrder(StrEnum):
    """How 03/04/2026 is meant. ISO dates (2026-04-03) are read in every order."""

    ISO = "iso"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


MULTIPLIERS = (Decimal(1), Decimal(1_000), Decimal(1_000_000), Decimal(1_000_000_000))


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Field by field a column's header or a constant, never both. A constant also fills no gaps of a column."""

    columns: Mapping[Field, str] = field(default_factory=dict)
    constants: Mapping[Field, str] = field(default_factory=dict)
    required: frozenset[Field] = frozenset()  # every row must have these; hierarchy and title always
    decimal_mark: DecimalMark = DecimalMark.POINT
    date_order: DateOrder = DateOrder.ISO
    multiplier: Decimal = Decimal(1)  # 1000000 when the amounts are written in millions

    def fills(self, target: Field) -> bool:
        return target in self.columns or target in self.constants

    def needs(self, target: Field) -> bool:
        return target in ALWAYS_NEEDED or target in self.required


@dataclass(frozen=True, kw_only=True)
class MappingUnusable(Refusal):
    """`unfilled`: fields without column or constant; `absent`: columns that the file does not have."""

    unfilled: tuple[Field, ...] = ()
    absent: tuple[tuple[Field, str], ...] = ()
    twice: tuple[Field, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MappingUnreadable(Refusal):
    """A saved or submitted mapping that says something this version does not understand."""

    key: str
    value: str


def mapping_fault(mapping: ColumnMapping, table: Table) -> MappingUnusable | None:
    """Why the table cannot be read with this mapping at all, or None."""
    unfilled = tuple(f for f in Field if mapping.needs(f) and not mapping.fills(f))
    absent = tuple((f, c) for f, c in mapping.columns.items() if table.position(c) is None)
    twice = tuple(f for f in mapping.columns if f in mapping.constants)
    if unfilled or absent or twice:
        return MappingUnusable(unfilled=unfilled, absent=absent, twice=twice)
    return None


def to_json(mapping: ColumnMapping) -> dict[str, Any]:
    """The mapping as JSON can hold it; `from_json` gives the same mapping again."""
    return {
        "columns": {str(f): c for f, c in mapping.columns.items()},
        "constants": {str(f): c for f, c in mapping.constants.items()},
        "required": sorted(str(f) for f in mapping.required),
        "decimal_mark": str(mapping.decimal_mark),
        "date_order": str(mapping.date_order),
        "multiplier": str(mapping.multiplier),
    }


def from_json(data: Mapping[str, Any]) -> ColumnMapping | MappingUnreadable:
    """A mapping that was saved or sent by a form; absent keys take the defaults, unknown words are refused."""
    key = ""
    value: object = ""
    try:
        key, value = "columns", data.get("columns", {})
        columns = {Field(f): str(c) for f, c in data.get("columns", {}).items() if c}
        key, value = "constants", data.get("constants", {})
        constants = {Field(f): str(c).strip() for f, c in data.get("constants", {}).items() if str(c).strip()}
        key, value = "required", data.get("required", [])
        required = frozenset(Field(f) for f in data.get("required", []))
        key, value = "decimal_mark", data.get("decimal_mark", ".")
        mark = DecimalMark(str(value))
        key, value = "date_order", data.get("date_order", "iso")
        order = DateOrder(str(value))
        key, value = "multiplier", data.get("multiplier", "1")
        multiplier = Decimal(str(value))
        if multiplier not in MULTIPLIERS:
            return MappingUnreadable(key=key, value=str(value))
    except (ValueError, InvalidOperation, AttributeError, TypeError):
        return MappingUnreadable(key=key, value=str(value)[:200])
    return ColumnMapping(
        columns=columns,
        constants=constants,
        required=required,
        decimal_mark=mark,
        date_order=order,
        multiplier=multiplier,
    )
