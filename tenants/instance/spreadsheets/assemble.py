"""Rows as they come out of a file, gathered into a table within the limits."""

from collections.abc import Iterable

from domain.table import Table, TableRow, decimal_mark_hint
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.refused import (
    CellTooLong,
    EmptyFile,
    NulBytes,
    Refused,
    RepeatedHeader,
    TooManyColumns,
    TooManyRows,
    UnpacksTooLarge,
)

_HINT_ROWS = 2_000


def gather(rows: Iterable[TableRow], limits: Limits, *, pad: bool) -> Table:
    """The first row that is not blank is the header. `pad`: short rows are full ones whose last cells are empty."""
    headers: tuple[str, ...] | None = None
    kept: list[TableRow] = []
    characters = 0
    for row in rows:
        row = _within_limits(row, limits)
        if not row.cells:
            continue
        if headers is None:
            headers = _headers(row)
            continue
        if len(kept) >= limits.rows:
            raise Refused(TooManyRows(limit=limits.rows))
        characters += sum(map(len, row.cells))
        if characters > limits.characters:
            raise Refused(UnpacksTooLarge(measure="characters", found=characters, limit=limits.characters))
        kept.append(_padded(row, len(headers)) if pad else row)
    if headers is None or not kept:
        raise Refused(EmptyFile(columns=len(headers or ())))
    texts = (c for r in kept[:_HINT_ROWS] for i, c in enumerate(r.cells) if c and i not in r.typed)
    return Table(headers=headers, rows=tuple(kept), decimal_mark=decimal_mark_hint(texts))


def _within_limits(row: TableRow, limits: Limits) -> TableRow:
    """The row without what it has beyond its last filled cell when it is blank or longer than is allowed."""
    filled = max((i for i, cell in enumerate(row.cells, start=1) if cell.strip()), default=0)
    if filled > limits.columns:
        raise Refused(TooManyColumns(row=row.number, limit=limits.columns))
    for column, cell in enumerate(row.cells, start=1):
        if len(cell) > limits.cell_characters:
            raise Refused(CellTooLong(row=row.number, column=column, limit=limits.cell_characters))
        if "\0" in cell:
            raise Refused(NulBytes(row=row.number))
    if filled == 0:
        return TableRow(number=row.number, cells=())
    if len(row.cells) > limits.columns:
        return TableRow(number=row.number, cells=row.cells[:filled], typed=row.typed)
    return row


def _headers(row: TableRow) -> tuple[str, ...]:
    headers = [" ".join(cell.split()) for cell in row.cells]
    while not headers[-1]:
        headers.pop()
    seen: set[str] = set()
    for header in filter(None, headers):
        if header in seen:
            raise Refused(RepeatedHeader(header=header))
        seen.add(header)
    return tuple(headers)


def _padded(row: TableRow, width: int) -> TableRow:
    cells = list(row.cells)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    cells += [""] * (width - len(cells))
    return TableRow(number=row.number, cells=tuple(cells), typed=row.typed)
