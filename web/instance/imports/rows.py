"""The rows of a file as a preview shows them, whatever the file is of: cells to mark, problems in words, pages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from flask import request, url_for

from domain.imports import ColumnMapping, RowProblem, RowState, Severity, Table, TableRow
from domain.imports.kinds import FIELDS, AnyField
from domain.imports.order_lines import one_row_each
from domain.paging import paged
from tenants.instance.queries.import_table import get_numbered, get_window
from tenants.instance.queries.imports import Upload
from web.hands import hand
from web.instance.imports.reading import field_label, problem_words

PAGE, NAMED_ROWS, LONGEST_CELL, LONGEST_HEAD = 50, 5, 60, 24
ALL = "all"
PARTS = (str(RowState.CORRECT), str(RowState.LOOK), ALL)
MIDNIGHT = "T00:00:00Z"  # a day, however a program exports it


class Found(Protocol):
    """What a check found, of rows by their number."""

    @property
    def problems(self) -> Mapping[int, tuple[RowProblem, ...]]: ...

    def state(self, row: int) -> RowState: ...


class Sighted(Protocol):
    """A checked upload in hand."""

    @property
    def upload(self) -> Upload: ...
    @property
    def mapping(self) -> ColumnMapping: ...
    @property
    def checked(self) -> Found: ...
    @property
    def left_out(self) -> frozenset[int]: ...


@dataclass(frozen=True, kw_only=True)
class Cell:
    text: str
    state: str  # "", "bad" or "warn"
    is_figure: bool
    label: str


@dataclass(frozen=True, kw_only=True)
class RowView:
    number: int
    cells: tuple[Cell, ...]
    problems: tuple[tuple[str, str], ...]  # severity and words
    is_wrong: bool
    is_out: bool


@dataclass(frozen=True, kw_only=True)
class Look:
    """Which columns a preview shows, and which of them hold figures or days."""

    shown: Collection[AnyField]
    figures: Collection[AnyField]
    days: Collection[AnyField]


@dataclass(frozen=True)
class _Column:
    field: AnyField
    place: int | None
    label: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The page of rows that the address asks for; `table` is the file with these rows alone."""

    part: str
    page: int
    pages: int
    matching: int
    table: Table


def list_rows(looked: Sighted, counts: Mapping[RowState, int]) -> Listed:
    """At first those to correct, else those to look at, else all."""
    part = request.args.get("rows", "")
    if part not in PARTS:
        part = next((each for each in PARTS if each != ALL and counts[RowState(each)]), ALL)
    matching = sum(counts.values()) if part == ALL else counts[RowState(part)]
    page, pages = paged(request.args.get("page", 1, type=int), matching, PAGE)
    table = _rows_from(looked, part, (page - 1) * PAGE)
    return Listed(part=part, page=page, pages=pages, matching=matching, table=table)


def _rows_from(looked: Sighted, part: str, start: int) -> Table:
    work, found, upload = hand().work, looked.checked, looked.upload
    if looked.mapping.orders.lines:  # where an order begins, only the whole file tells
        rows = [r for r in one_row_each(upload.table, looked.mapping) if part in (ALL, found.state(r.number))]
        return replace(upload.table, rows=tuple(rows[start : start + PAGE]))
    if part == ALL:
        return get_window(work, upload.line.id, start, PAGE)
    numbers = [number for number in found.problems if found.state(number) == part]
    return get_numbered(work, upload.line.id, numbers[start : start + PAGE])


def fields_of(looked: Sighted, table: Table, look: Look) -> list[AnyField]:
    """The usual columns of the file, and every one that holds a cell to mark."""
    marked = {problem.field for row in table.rows for problem in looked.checked.problems.get(row.number, ())}
    columns = looked.mapping.columns
    return [f for f in FIELDS[looked.mapping.kind] if f in columns and (f in look.shown or f in marked)]


def head_of(mapping: ColumnMapping, field: AnyField, look: Look) -> tuple[str, str, bool]:
    """Label, the file's own name for it where that is short and another one, and whether it holds figures."""
    label, header = field_label(field), mapping.columns[field]
    return label, header if len(header) <= LONGEST_HEAD and header != label else "", field in look.figures


def rows_of(looked: Sighted, table: Table, fields: Sequence[AnyField], look: Look) -> list[RowView]:
    """The rows of this part of the file as they are shown."""
    columns = [_Column(field, table.position(looked.mapping.columns[field]), field_label(field)) for field in fields]
    return [_row_of(looked, row, columns, look) for row in table.rows]


def _row_of(looked: Sighted, row: TableRow, columns: Sequence[_Column], look: Look) -> RowView:
    states: dict[AnyField | None, str] = {}
    problems = looked.checked.problems.get(row.number, ())
    for problem in sorted(problems, key=lambda p: p.severity is Severity.CORRECT):
        states[problem.field] = "bad" if problem.severity is Severity.CORRECT else "warn"
    return RowView(
        number=row.number,
        cells=tuple(_cell(row, each, states.get(each.field, ""), look) for each in columns),
        problems=tuple(
            ("bad" if problem.severity is Severity.CORRECT else "warn", problem_words(problem)) for problem in problems
        ),
        is_wrong=looked.checked.state(row.number) is RowState.CORRECT,
        is_out=row.number in looked.left_out,
    )


def _cell(row: TableRow, column: _Column, state: str, look: Look) -> Cell:
    field, place = column.field, column.place
    text = row.cells[place].strip() if place is not None and place < len(row.cells) else ""
    text = text.removesuffix(MIDNIGHT) if field in look.days else text
    if len(text) > LONGEST_CELL:
        text = f"{text[:LONGEST_CELL]}…"
    return Cell(text=text, state=state, is_figure=field in look.figures, label=column.label)


def page_links(upload: UUID, listed: Listed) -> list[tuple[int, str, bool]]:
    """The first page, the last, and those around this one."""
    here, last = listed.page, listed.pages
    shown = sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)})
    return [(n, url_for(".show", upload=upload, rows=listed.part, page=n), n == here) for n in shown]
