"""A first mapping for a file of orders: a preset whose columns are all there, else by the names of the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.imports.guess import columns_by_name, order_of_dates, texts
from domain.imports.kinds import AnyField, ImportKind
from domain.imports.mapping import ColumnMapping, OrderReading
from domain.imports.order_fields import AMOUNTS, MOMENTS, OrderField
from domain.imports.order_names import ORDER_COLUMNS, STATUS_WORDS
from domain.imports.presets import PRESETS, Preset
from domain.imports.reference import folded
from domain.table import DecimalMark, Table, TableRow, decimal_mark_hint

MOST_WORDS = 60


def guess_orders(table: Table, channels: Sequence[str], preset: Preset | None = None) -> ColumnMapping:
    """Columns of the preset, or of the one that fits, or by name; marks and words from the rows."""
    chosen = preset or fitting(table.headers)
    if chosen:
        columns = {field: header for field, header in chosen.columns.items() if header in table.headers}
        reading = chosen.reading
    else:
        columns, reading = columns_by_name(table.headers, ORDER_COLUMNS), OrderReading()
    constants: dict[AnyField, str] = {}
    if OrderField.CHANNEL not in columns:
        constants[OrderField.CHANNEL] = _channel(chosen, channels)
    mapping = ColumnMapping(kind=ImportKind.ORDERS, columns=columns, constants=constants, orders=reading)
    return _with_marks(with_words(mapping, table), table.headers, table.sample())


def fitting(headers: Sequence[str]) -> Preset | None:
    """The first preset by whose telling columns the file can be known."""
    return next((each for each in PRESETS if each.known_by <= set(headers)), None)


def status_words(table: Table, mapping: ColumnMapping) -> tuple[str, ...]:
    """The different words of the status column, in the order of the file; at most `MOST_WORDS`."""
    position = table.position(mapping.columns.get(OrderField.STATUS, ""))
    if position is None:
        return ()
    found: dict[str, str] = {}
    for row in table.rows:
        if position < len(row.cells) and (word := row.cells[position].strip()):
            found.setdefault(folded(word), word)
            if len(found) == MOST_WORDS:
                break
    return tuple(found.values())


def _channel(preset: Preset | None, channels: Sequence[str]) -> str:
    wished = preset.channel if preset else ""
    return wished if wished in channels else next(iter(channels), "")


def with_words(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """The mapping with a meaning for each usual word of the status column that it gives none."""
    known: Mapping[str, str] = {word: str(meant) for word, meant in STATUS_WORDS.items()} | dict(mapping.orders.words)
    words = [folded(word) for word in status_words(table, mapping)]
    return replace(
        mapping,
        orders=replace(mapping.orders, words={**{w: known[w] for w in words if w in known}, **mapping.orders.words}),
    )


def _with_marks(mapping: ColumnMapping, headers: Sequence[str], sample: Sequence[TableRow]) -> ColumnMapping:
    amounts = [mapping.columns[field] for field in AMOUNTS if field in mapping.columns]
    moments = [mapping.columns[field] for field in (*MOMENTS, OrderField.PROMISED_ON) if field in mapping.columns]
    days = [text.partition(" ")[0] for text in texts(headers, sample, moments)]
    mark = decimal_mark_hint(texts(headers, sample, amounts)) or DecimalMark.POINT
    return replace(mapping, decimal_mark=mark, date_order=order_of_dates(days))
