"""One row as its mapping sees it: the text behind each field, and the problems found while reading it."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from domain.imports.kinds import AnyField
from domain.imports.mapping import ColumnMapping
from domain.imports.problems import (
    ControlCharacter,
    Missing,
    RaggedRow,
    Reason,
    RowProblem,
    Severity,
    SpreadsheetError,
    TooLong,
)
from domain.table import Table, TableRow

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#BEZUG!", "#NV", "#WERT!"})
T = TypeVar("T")
NAME_LIMIT = 300
TEXT_LIMIT = 10_000


class MappedRow:
    """Fields of one row, read one after the other; `problems` gathers what was wrong with them."""

    def __init__(
        self, table: Table, mapping: ColumnMapping, row: TableRow, positions: Mapping[AnyField, int] | None = None
    ) -> None:
        self.mapping = mapping
        self.row = row
        self.problems: list[RowProblem] = []
        self._positions = positions_of(table, mapping) if positions is None else positions
        self.is_ragged = len(row.cells) != len(table.headers)
        if self.is_ragged:
            self.fault(None, RaggedRow(cells=len(row.cells), expected=len(table.headers)))

    def written(self, field: AnyField) -> str:
        """The cell or constant as it stands, without space around it."""
        position = self._positions.get(field)
        if position is None:
            return self.mapping.constants.get(field, "").strip()
        return self.row.cells[position].strip() if position < len(self.row.cells) else ""

    def is_typed(self, field: AnyField) -> bool:
        return self._positions.get(field) in self.row.typed

    def fault(self, field: AnyField | None, reason: Reason, severity: Severity = Severity.CORRECT) -> None:
        column = self.mapping.columns.get(field, "") if field else ""
        value = self.written(field) if field else ""
        problem = RowProblem(
            row=self.row.number, column=column, field=field, value=value, reason=reason, severity=severity
        )
        self.problems.append(problem)

    def look(self, field: AnyField | None, reason: Reason) -> None:
        self.fault(field, reason, Severity.LOOK)

    def text(self, field: AnyField, limit: int = NAME_LIMIT) -> str:
        """The text of a field, empty when it is empty or wrong."""
        written = self.written(field)
        if not written:
            if self.mapping.needs(field):
                self.fault(field, Missing())
            return ""
        reason = _unfit(written, limit)
        if reason:
            self.fault(field, reason)
            return ""
        return written

    def read(self, field: AnyField, reader: Callable[[str], T | Reason]) -> T | None:
        """What the reader makes of the field's text; None when it is empty or the reader gave a reason."""
        if not (written := self.text(field, TEXT_LIMIT)):
            return None
        value = reader(written)
        if isinstance(value, Reason):
            self.fault(field, value)
            return None
        return value


def positions_of(table: Table, mapping: ColumnMapping) -> Mapping[AnyField, int]:
    """Where the columns of the fields stand: for many rows, found once."""
    return {f: p for f, c in mapping.columns.items() if (p := table.position(c)) is not None}


def _unfit(written: str, limit: int) -> Reason | None:
    if len(written) > limit:
        return TooLong(length=len(written), limit=limit)
    if written in _ERRORS:
        return SpreadsheetError()
    if found := _CONTROL.search(written):
        return ControlCharacter(code=ord(found[0]))
    return None
