"""Bringing the corrected file back: its rows take the place of those that they were, by the number of their row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.imports.rejected import ROW_IN_FILE
from domain.refusals import Refusal
from domain.table import Table, TableRow


@dataclass(frozen=True, kw_only=True)
class RowsNotInFile(Refusal):
    """Numbers in "Row in file" that the first file does not have, that stand there twice, or that are no numbers."""

    rows: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ColumnsNotInFile(Refusal):
    """The corrected file has none of the columns of the first one."""


def is_corrections(table: Table) -> bool:
    """Whether the file says of its rows which they were; one that does not stands for itself."""
    return ROW_IN_FILE in table.headers


def bring_back(original: Table, corrected: Table) -> Table | RowsNotInFile | ColumnsNotInFile:
    """The original with the corrected rows in place. Columns go by header; rows and columns not brought back stay."""
    shared = [
        (position, source)
        for position, header in enumerate(original.headers)
        if header and (source := corrected.position(header)) is not None
    ]
    if not shared:
        return ColumnsNotInFile()
    place = corrected.headers.index(ROW_IN_FILE)
    numbers = [row.cells[place].strip() if place < len(row.cells) else "" for row in corrected.rows]
    if strangers := _strangers(numbers, {str(row.number) for row in original.rows}):
        return RowsNotInFile(rows=strangers)
    by_number = dict(zip(map(int, numbers), corrected.rows, strict=True))
    rows = tuple(
        _patched(row, by_number[row.number], shared, len(original.headers)) if row.number in by_number else row
        for row in original.rows
    )
    return replace(original, rows=rows)


def _strangers(numbers: Sequence[str], known: set[str]) -> tuple[str, ...]:
    times = Counter(numbers)
    return tuple(number for number in times if number not in known or times[number] > 1)


def _patched(row: TableRow, correction: TableRow, shared: Sequence[tuple[int, int]], width: int) -> TableRow:
    """The row with the cells of its correction, as wide as the header, so that a ragged row is mended by it too."""
    cells = [*row.cells, *[""] * width][:width]
    typed = {position for position in row.typed if position < width}
    for position, source in shared:
        cells[position] = correction.cells[source] if source < len(correction.cells) else ""
        typed.discard(position)
        if source in correction.typed:
            typed.add(position)
    return TableRow(number=row.number, cells=tuple(cells), typed=frozenset(typed))
