"""The rows of a file as a preview shows them, whatever the file is of: cells to mark, problems in words, pages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.imports import ColumnMapping, RowProblem, RowState, Severity, Table, TableRow
from domain.imports.kinds import FIELDS, AnyField
from web.instance.imports.reading import field_label, problem_words

PAGE, NAMED_ROWS, LONGEST_CELL, LONGEST_HEAD = 50, 5, 60, 24
MIDNIGHT = "T00:00:00Z"  # a day, however a program exports it


class Found(Protocol):
    """What a check found, of rows by their number."""

    @property
    def problems(self) -> Mapping[int, tuple[RowProblem, ...]]: ...

    def state(self, row: int) -> RowState: ...


class Sighted(Protocol):
    """A checked upload in hand."""

    @property
    def table(self) -> Table: ...
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


def fields_of(looked: Sighted, shown: Sequence[TableRow], look: Look) -> list[AnyField]:
    """The usual columns of the file, and every one that holds a cell to mark."""
    marked = {problem.field for row in shown for problem in looked.checked.problems.get(row.number, ())}
    columns = looked.mapping.columns
    return [f for f in FIELDS[looked.mapping.kind] if f in columns and (f in look.shown or f in marked)]


def head_of(mapping: ColumnMapping, field: AnyField, look: Look) -> tuple[str, str, bool]:
    """Label, the file's own name for it where that is short and another one, and whether it holds figures."""
    label, header = field_label(field), mapping.columns[field]
    return label, header if len(header) <= LONGEST_HEAD and header != label else "", field in look.figures


def row_of(looked: Sighted, row: TableRow, fields: Sequence[AnyField], look: Look) -> RowView:
    states: dict[AnyField | None, str] = {}
    problems = looked.checked.problems.get(row.number, ())
    for problem in sorted(problems, key=lambda p: p.severity is Severity.CORRECT):
        states[problem.field] = "bad" if problem.severity is Severity.CORRECT else "warn"
    return RowView(
        number=row.number,
        cells=tuple(_cell(looked, row, field, states.get(field, ""), look) for field in fields),
        problems=tuple(
            ("bad" if problem.severity is Severity.CORRECT else "warn", problem_words(problem)) for problem in problems
        ),
        is_wrong=looked.checked.state(row.number) is RowState.CORRECT,
        is_out=row.number in looked.left_out,
    )


def _cell(looked: Sighted, row: TableRow, field: AnyField, state: str, look: Look) -> Cell:
    position = looked.table.position(looked.mapping.columns[field])
    text = row.cells[position].strip() if position is not None and position < len(row.cells) else ""
    text = text.removesuffix(MIDNIGHT) if field in look.days else text
    if len(text) > LONGEST_CELL:
        text = f"{text[:LONGEST_CELL]}…"
    return Cell(text=text, state=state, is_figure=field in look.figures, label=field_label(field))


def near(page: int, pages: int) -> list[int]:
    """The first, the last, and those around this one."""
    return sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
