"""Which column fills which field, and how its cells are to be read; a user corrects it and saves it under a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from domain.imports.kinds import ALWAYS_NEEDED, FIELDS, AnyField, ImportKind, field_named
from domain.imports.order_fields import EITHER_NEEDED
from domain.imports.reference import folded
from domain.orders.consequences import IntakeChoices
from domain.orders.incoming import Standing
from domain.refusals import Refusal
from domain.table import DecimalMark, Table


class DateOrder(StrEnum):
    """How 03/04/2026 is meant. ISO dates (2026-04-03) are read in every order."""

    ISO = "iso"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


MOST_SCORE = 5
MULTIPLIERS = (Decimal(1), Decimal(1_000), Decimal(1_000_000), Decimal(1_000_000_000))


@dataclass(frozen=True, kw_only=True)
class OrderReading:
    """How a file of orders is read. `words`: what each word of the status column means, folded, to a `Standing`.

    `zone` is that of moments without one; `lines`: an order has a row for each of its items, one below the other.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    lines: bool = False
    choices: IntakeChoices = field(default_factory=IntakeChoices)


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Field by field a column's header or a constant, never both. A constant also fills no gaps of a column."""

    kind: ImportKind = ImportKind.MEASURES
    columns: Mapping[AnyField, str] = field(default_factory=dict)
    constants: Mapping[AnyField, str] = field(default_factory=dict)
    required: frozenset[AnyField] = frozenset()  # every row must have these; those always needed besides
    decimal_mark: DecimalMark = DecimalMark.POINT
    date_order: DateOrder = DateOrder.ISO
    multiplier: Decimal = Decimal(1)  # 1000000 when the amounts are written in millions
    orders: OrderReading = field(default_factory=OrderReading)  # for orders only

    def fills(self, target: AnyField) -> bool:
        return target in self.columns or target in self.constants

    def needs(self, target: AnyField) -> bool:
        return target in ALWAYS_NEEDED[self.kind] or target in self.required


@dataclass(frozen=True, kw_only=True)
class MappingUnusable(Refusal):
    """`unfilled`: fields without column or constant; `absent`: columns that the file does not have."""

    unfilled: tuple[AnyField, ...] = ()
    absent: tuple[tuple[AnyField, str], ...] = ()
    twice: tuple[AnyField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MappingUnreadable(Refusal):
    """A saved or submitted mapping that says something this version does not understand."""

    key: str
    value: str


def mapping_fault(mapping: ColumnMapping, table: Table) -> MappingUnusable | None:
    """Why the table cannot be read with this mapping at all, or None."""
    unfilled = tuple(f for f in FIELDS[mapping.kind] if mapping.needs(f) and not mapping.fills(f))
    if mapping.kind is ImportKind.ORDERS and not any(map(mapping.fills, EITHER_NEEDED)):
        unfilled += EITHER_NEEDED[:1]
    absent = tuple((f, c) for f, c in mapping.columns.items() if table.position(c) is None)
    twice = tuple(f for f in mapping.columns if f in mapping.constants)
    if unfilled or absent or twice:
        return MappingUnusable(unfilled=unfilled, absent=absent, twice=twice)
    return None


def to_json(mapping: ColumnMapping) -> dict[str, Any]:
    """The mapping as JSON can hold it; `from_json` gives the same mapping again."""
    data: dict[str, Any] = {
        "kind": str(mapping.kind),
        "columns": {str(f): c for f, c in mapping.columns.items()},
        "constants": {str(f): c for f, c in mapping.constants.items()},
        "required": sorted(str(f) for f in mapping.required),
        "decimal_mark": str(mapping.decimal_mark),
        "date_order": str(mapping.date_order),
        "multiplier": str(mapping.multiplier),
    }
    if mapping.kind is ImportKind.ORDERS:
        reading = mapping.orders
        data["orders"] = {"words": dict(reading.words), "zone": reading.zone, "lines": reading.lines}
        data["orders"]["choices"] = vars(reading.choices)
    return data


def from_json(data: Mapping[str, Any]) -> ColumnMapping | MappingUnreadable:
    """A mapping that was saved or sent by a form; absent keys take the defaults, unknown words are refused."""
    key = ""
    value: object = ""
    try:
        key, value = "kind", data.get("kind", ImportKind.MEASURES)
        kind = ImportKind(str(value))
        key, value = "columns", data.get("columns", {})
        columns = {field_named(kind, f): str(c) for f, c in data.get("columns", {}).items() if c}
        key, value = "constants", data.get("constants", {})
        constants = {
            field_named(kind, f): str(c).strip() for f, c in data.get("constants", {}).items() if str(c).strip()
        }
        key, value = "required", data.get("required", [])
        required = frozenset(field_named(kind, f) for f in data.get("required", []))
        key, value = "decimal_mark", data.get("decimal_mark", ".")
        mark = DecimalMark(str(value))
        key, value = "date_order", data.get("date_order", "iso")
        order = DateOrder(str(value))
        key, value = "multiplier", data.get("multiplier", "1")
        multiplier = Decimal(str(value))
        if multiplier not in MULTIPLIERS:
            return MappingUnreadable(key=key, value=str(value))
        key, value = "orders", data.get("orders", {})
        orders = _order_reading(data.get("orders", {}))
    except (ValueError, KeyError, OSError, InvalidOperation, AttributeError, TypeError):
        return MappingUnreadable(key=key, value=str(value)[:200])
    return ColumnMapping(
        kind=kind,
        columns=columns,
        constants=constants,
        required=required,
        decimal_mark=mark,
        date_order=order,
        multiplier=multiplier,
        orders=orders,
    )


def _order_reading(data: Mapping[str, Any]) -> OrderReading:
    """ValueError for a zone, a standing or a score that there is not."""
    chosen = dict(data.get("choices", {}))
    score = int(chosen.pop("ticket_up_to", 0))
    if not 0 <= score <= MOST_SCORE:
        raise ValueError(score)
    return OrderReading(
        words={folded(word): str(Standing(meant)) for word, meant in data.get("words", {}).items() if meant},
        zone=ZoneInfo(str(data.get("zone", "UTC"))).key,
        lines=bool(data.get("lines", False)),
        choices=IntakeChoices(ticket_up_to=score, **{name: bool(chosen[name]) for name in chosen}),
    )
