"""What a check found, to be kept: enough for every page of a preview, so that paging does not check the file anew."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.hierarchy import LEVELS
from domain.imports.kinds import ImportKind, field_named
from domain.imports.plan import ImportPlan, plan_import
from domain.imports.preview import FileNote, ImportPreview, NewPerson, NodeSum, RowState, state_of
from domain.imports.problems import Reason, RowProblem, Severity
from domain.imports.reference import ReferenceData
from domain.plain import plain, typed

FORMAT = 1
Problems = Mapping[int, tuple[RowProblem, ...]]


@dataclass(frozen=True, kw_only=True)
class CheckedRows:
    """What a check of any file found. `problems` by row number, of rows that have some."""

    currency: str
    problems: Problems

    def state(self, row: int) -> RowState:
        return state_of(self.problems.get(row, ()))

    @property
    def wrong(self) -> tuple[int, ...]:
        return tuple(row for row in self.problems if self.state(row) is RowState.CORRECT)

    def counts(self, rows: int) -> Mapping[RowState, int]:
        """How many of so many rows are in each state."""
        known = Counter(map(self.state, self.problems))
        return {state: known[state] for state in RowState} | {RowState.GOOD: rows - len(self.problems)}


@dataclass(frozen=True, kw_only=True)
class Checked(CheckedRows):
    """The findings in a file of measures; `created` and `people` of the rows that are not wrong."""

    sums: tuple[NodeSum, ...]
    notes: tuple[FileNote, ...]
    created: Mapping[str, int] = field(
        default_factory=dict
    )  # by level, "measure" and "person"; empty when none is good
    people: tuple[NewPerson, ...] = ()


def checked(preview: ImportPreview) -> Checked:
    """The findings of a preview, and what would come of it without the rows to correct."""
    found = {row.row.number: row.problems for row in preview.rows if row.problems}
    wrong = frozenset(row.row.number for row in preview.rows_in(RowState.CORRECT))
    plan = plan_import(preview, wrong)
    whole = Checked(currency=preview.currency, problems=found, sums=preview.sums, notes=preview.notes)
    return replace(whole, created=_created(plan), people=plan.people) if isinstance(plan, ImportPlan) else whole


def fingerprint(reference: ReferenceData) -> str:
    """What the instance was like when a file was held against it: where it changed, a kept check is of no use."""
    parts = (
        (FORMAT, reference.currency, reference.fiscal_year_start, reference.effect_kinds, reference.people),
        *(sorted(each.items()) for each in (reference.business_units, reference.functions, reference.legal_entities)),
        sorted(reference.forums.items()),
        sorted(reference.retired),
        sorted(reference.nodes.items()),
        sorted(reference.measures),
        sorted(reference.stage_labels.items()),
        reference.reach,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def checked_to_json(found: Checked) -> dict[str, Any]:
    """As JSON can hold it; `checked_from_json` gives the same again."""
    return {
        "currency": found.currency,
        "problems": [[row, [problem_to_json(each) for each in problems]] for row, problems in found.problems.items()],
        "sums": plain(found.sums),
        "notes": [[_reason_json(note.reason), note.rows] for note in found.notes],
        "created": dict(found.created),
        "people": plain(found.people),
    }


def checked_from_json(data: Mapping[str, Any]) -> Checked:
    return Checked(
        currency=data["currency"],
        problems={row: tuple(problem_from_json(row, each) for each in problems) for row, problems in data["problems"]},
        sums=typed(tuple[NodeSum, ...], data["sums"]),
        notes=tuple(FileNote(reason=_reason(reason), rows=rows) for reason, rows in data["notes"]),
        created=data["created"],
        people=typed(tuple[NewPerson, ...], data["people"]),
    )


def _created(plan: ImportPlan) -> dict[str, int]:
    levels = Counter(str(LEVELS[len(path)]) for path in plan.nodes)
    return dict(levels) | {"measure": len(plan.measures), "person": len(plan.people)}


def problem_to_json(problem: RowProblem) -> list[Any]:
    where = [problem.column, plain(problem.field), problem.value]
    return [*where, plain(problem.severity), _reason_json(problem.reason)]


def problem_from_json(row: int, data: list[Any], kind: ImportKind = ImportKind.MEASURES) -> RowProblem:
    column, name, value, severity, reason = data
    return RowProblem(
        row=row,
        column=column,
        field=field_named(kind, name) if name else None,
        value=value,
        severity=Severity(severity),
        reason=_reason(reason),
    )


def _reason_json(reason: Reason) -> list[Any]:
    return [reason.kind, plain(reason)]


def _reason(data: list[Any]) -> Reason:
    named = {kind.__name__: kind for kind in Reason.__subclasses__()}
    reason = typed(named[data[0]], data[1])
    assert isinstance(reason, Reason)
    return reason
