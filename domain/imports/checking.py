"""Holding a table against the instance: every row by itself, then against the other rows. Source: DESIGN.md, 7."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median

from domain.imports.fields import HIERARCHY, Field
from domain.imports.index import Index
from domain.imports.mapping import ColumnMapping, MappingUnusable, mapping_fault
from domain.imports.preview import FileNote, ImportPreview, NodeSum, PreviewRow, RowValues
from domain.imports.problems import AlreadyThere, FarFromMedian, OutOfReach, RepeatedInFile, Severity
from domain.imports.reference import MeasureKey, NodePath, ReferenceData, folded, measure_key
from domain.imports.row import MappedRow
from domain.imports.rows import read_row
from domain.table import Table

FAR = 30  # times the median of the file
_FEWEST_FOR_MEDIAN = 5


def check(table: Table, mapping: ColumnMapping, reference: ReferenceData) -> ImportPreview | MappingUnusable:
    """Read every row with the mapping, hold it against the instance and its neighbours, and say what is wrong."""
    if fault := mapping_fault(mapping, table):
        return fault
    index = Index(reference)
    mapped = [MappedRow(table, mapping, row) for row in table.rows]
    values = [read_row(row, index) for row in mapped]
    _find_out_of_reach(mapped, values, reference)
    _find_repetitions(mapped, values, reference)
    _find_outliers(mapped, values)
    rows = [PreviewRow(row=m.row, values=v, problems=tuple(m.problems)) for m, v in zip(mapped, values, strict=True)]
    rows, notes = _notes(rows)
    return ImportPreview(
        table=table,
        mapping=mapping,
        currency=reference.currency,
        rows=tuple(rows),
        sums=sums_as_read(rows),
        new_nodes=tuple(index.new_nodes),
        new_people=tuple(index.new_people.values()),
        notes=notes,
    )


def sums_as_read(rows: Iterable[PreviewRow]) -> tuple[NodeSum, ...]:
    """Count, plan and forecast by program and sign, of every row that has a program; wrong ones too."""
    sums: dict[object, NodeSum] = {}
    for row in rows:
        values = row.values
        if len(values.path) < 2:
            continue
        zero = NodeSum(path=values.path[:2], sign=values.sign, rows=0, plan=Decimal("0.00"), forecast=Decimal("0.00"))
        so_far = sums.get((zero.path, zero.sign), zero)
        sums[zero.path, zero.sign] = replace(
            so_far,
            rows=so_far.rows + 1,
            plan=so_far.plan + (values.amounts.plan or 0),
            forecast=so_far.forecast + (values.amounts.forecast or 0),
        )
    return tuple(sums.values())


def _find_out_of_reach(mapped: Sequence[MappedRow], values: Sequence[RowValues], reference: ReferenceData) -> None:
    reach = [tuple(map(folded, root)) for root in reference.reach]
    if () in reach:
        return
    for row, value in zip(mapped, values, strict=True):
        path = tuple(map(folded, value.path))
        if len(path) == len(HIERARCHY) and not any(path[: len(root)] == root for root in reach):
            row.fault(HIERARCHY[_astray(path, reach)], OutOfReach())


def _astray(path: NodePath, reach: Sequence[NodePath]) -> int:
    """The level at which the path leaves every way that leads to a node in reach."""
    return next(
        level for level in range(len(path)) if not any(path[: level + 1] == root[: level + 1] for root in reach)
    )


def _find_repetitions(mapped: Sequence[MappedRow], values: Sequence[RowValues], reference: ReferenceData) -> None:
    first_rows: dict[MeasureKey, int] = {}
    for row, value in zip(mapped, values, strict=True):
        if len(value.path) < len(HIERARCHY) or not (value.code or value.title):
            continue
        key = measure_key(value.path, value.code, value.title)
        named = Field.CODE if value.code else Field.TITLE
        first = first_rows.setdefault(key, row.row.number)
        if key in reference.measures:
            row.fault(named, AlreadyThere())
        elif first != row.row.number:
            row.fault(named, RepeatedInFile(first_row=first))


def _find_outliers(mapped: Sequence[MappedRow], values: Sequence[RowValues]) -> None:
    plans = [value.amounts.plan for value in values if value.amounts.plan]
    if len(plans) < _FEWEST_FOR_MEDIAN:
        return
    usual = median(plans)
    for row, value in zip(mapped, values, strict=True):
        plan = value.amounts.plan
        if plan and plan >= usual * FAR:
            field = Field.PLAN_TOTAL if row.written(Field.PLAN_TOTAL) else Field.PLAN_PER_MONTH
            row.look(field, FarFromMedian(times=int(plan / usual)))


def _notes(rows: Sequence[PreviewRow]) -> tuple[list[PreviewRow], tuple[FileNote, ...]]:
    """Take a warning that more than half of the rows share off the rows and say it once of the file."""
    looks = [(type(p.reason), p) for row in rows for p in row.problems if p.severity is Severity.LOOK]
    shared = {kind for kind, count in Counter(kind for kind, _ in looks).items() if count > max(len(rows) // 2, 2)}
    if not shared:
        return list(rows), ()
    notes = tuple(
        FileNote(
            reason=next(p.reason for kind, p in looks if kind is common),
            rows=sum(kind is common for kind, _ in looks),
        )
        for common in dict.fromkeys(kind for kind, _ in looks)
        if common in shared
    )
    kept = [
        replace(
            r, problems=tuple(p for p in r.problems if type(p.reason) not in shared or p.severity is Severity.CORRECT)
        )
        for r in rows
    ]
    return kept, notes
