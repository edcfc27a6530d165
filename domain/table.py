"""What a spreadsheet said, cell by cell, as written: the input of an import."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class DecimalMark(StrEnum):
    POINT = "."
    COMMA = ","


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRow:
    """One row as written. `number` is the row of the file, `typed` the positions that the file itself holds as a
    number, date or truth value: those are plain decimals and ISO dates whatever marks the other cells use."""

    number: int
    cells: tuple[str, ...]
    typed: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Table:
    """The one table of a file. `headers` are unique unless empty; rows may be ragged, blank rows are left away."""

    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    sheet: str = ""  # empty for CSV
    delimiter: str = ""  # empty for XLSX
    encoding: str = "utf-8"  # "cp1252" when it was not UTF-8: worth saying to the reader
    decimal_mark: DecimalMark | None = None  # None: the file does not say, or says both
    other_sheets: tuple[str, ...] = field(default=())  # not read

    def position(self, header: str) -> int | None:
        return self.headers.index(header) if header in self.headers else None

    def sample(self, size: int = 200) -> tuple[TableRow, ...]:
        return self.rows[:size]


def table_to_json(table: Table) -> dict[str, Any]:
    """The table as JSON can hold it; `table_from_json` gives the same table again."""
    about = {name: value for name, value in vars(table).items() if name != "rows"}
    return about | {"rows": [[row.number, list(row.cells), sorted(row.typed)] for row in table.rows]}


def table_from_json(data: Mapping[str, Any]) -> Table:
    """A table that `table_to_json` wrote."""
    return Table(
        headers=tuple(data["headers"]),
        rows=tuple(TableRow(number=n, cells=tuple(c), typed=frozenset(t)) for n, c, t in data["rows"]),
        sheet=data["sheet"],
        delimiter=data["delimiter"],
        encoding=data["encoding"],
        decimal_mark=DecimalMark(data["decimal_mark"]) if data["decimal_mark"] else None,
        other_sheets=tuple(data["other_sheets"]),
    )


def decimal_mark_hint(cells: Iterable[str]) -> DecimalMark | None:
    """The decimal mark that the text cells use, when those that can only be read in one way agree on it."""
    said = {mark for cell in cells for mark, form in _UNAMBIGUOUS.items() if form.fullmatch(cell.strip())}
    return said.pop() if len(said) == 1 else None


_UNAMBIGUOUS = {
    DecimalMark.POINT: re.compile(r"[-+]?(\d+\.(\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(,\d{3})+\.\d+)"),
    DecimalMark.COMMA: re.compile(r"[-+]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+)"),
}
