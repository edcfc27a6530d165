"""The file of rows that were not imported, with the reason beside each, to be corrected and brought back."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.imports.preview import ImportPreview, RowState
from domain.imports.problems import RowProblem
from domain.table import TableRow

TO_CORRECT = "What to correct"
ROW_IN_FILE = "Row in file"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Cell = str | Decimal | date


@dataclass(frozen=True, kw_only=True)
class RejectedRows:
    """Two columns of ours, then the file's own; typed cells keep their type, so that they read back the same."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def rejected_rows(
    preview: ImportPreview, words: Callable[[RowProblem], str], only: Iterable[int] | None = None
) -> RejectedRows:
    """Rows to correct (or those whose numbers `only` gives) with the words of every problem, as the template says them.

    The same mapping reads the file again: our two columns are mapped to nothing, and a file that was rejected before
    does not carry its old reasons along.
    """
    chosen = frozenset(only) if only is not None else None
    rows = [
        (row.row, row.problems)
        for row in preview.rows
        if (row.row.number in chosen if chosen is not None else row.state is RowState.CORRECT)
    ]
    return rows_with_words(preview.table.headers, rows, words)


def rows_with_words(
    headers: Sequence[str], chosen: Iterable[tuple[TableRow, Sequence[RowProblem]]], words: Callable[[RowProblem], str]
) -> RejectedRows:
    """These rows with the words of their problems, as a file that can be brought back."""
    ours = {i for i, header in enumerate(headers) if header in (TO_CORRECT, ROW_IN_FILE)}
    rows = [(" ".join(map(words, problems)), str(row.number), *_cells(row, ours)) for row, problems in chosen]
    kept = (header for i, header in enumerate(headers) if i not in ours)
    return RejectedRows(headers=(TO_CORRECT, ROW_IN_FILE, *kept), rows=tuple(rows))


def _cells(row: TableRow, ours: set[int]) -> Iterator[Cell]:
    for position, cell in enumerate(row.cells):
        if position not in ours:
            yield _typed(cell) if position in row.typed else cell


def _typed(text: str) -> Cell:
    """A cell that the file held as a number or a day, as such again; anything else stays text."""
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    return date.fromisoformat(text) if _DAY.fullmatch(text) else text
