"""Which column fills which field, and how its cells are to be read; a user corrects it and saves it under a name."""

from collections.abc import Callable, Mapping
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
    found: dict[str, Any] = {}
    for key, default, read in _READERS:
        value = data.get(key, default)
        try:
            found[key] = read(value, found.get("kind", ImportKind.MEASURES))
        except (ValueError, KeyError, OSError, InvalidOperation, AttributeError, TypeError):
            return MappingUnreadable(key=key, value=str(value)[:200])
    return ColumnMapping(**found)


def _named(texts: Mapping[str, object], kind: ImportKind) -> dict[AnyField, str]:
    """Texts by the field that they are for, without the empty ones."""
    return {field_named(kind, name): str(text) for name, text in texts.items() if text}


def _multiplier(text: object) -> Decimal:
    multiplier = Decimal(str(text))
    if multiplier not in MULTIPLIERS:
        raise ValueError(text)
    return multiplier


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


# Key, what it is when absent, and how it is read for a kind of import; the kind comes first.
_READERS: tuple[tuple[str, object, Callable[[Any, ImportKind], object]], ...] = (
    ("kind", ImportKind.MEASURES, lambda value, _kind: ImportKind(str(value))),
    ("columns", {}, _named),
    ("constants", {}, lambda value, kind: _named({name: str(text).strip() for name, text in value.items()}, kind)),
    ("required", [], lambda value, kind: frozenset(field_named(kind, name) for name in value)),
    ("decimal_mark", ".", lambda value, _kind: DecimalMark(str(value))),
    ("date_order", "iso", lambda value, _kind: DateOrder(str(value))),
    ("multiplier", "1", lambda value, _kind: _multiplier(value)),
    ("orders", {}, lambda value, _kind: _order_reading(value)),
)
