"""What an import will create, all or nothing: nodes, measures with milestone and months, people to invite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from domain.ids import ForumId, ReferenceId
from domain.imports.checking import sums_as_read
from domain.imports.preview import ImportPreview, NewPerson, NodeSum, PreviewRow, RowState, RowValues
from domain.imports.problems import RowProblem
from domain.imports.reference import NodePath
from domain.money import CENT
from domain.months import Month, span
from domain.refusals import Refusal
from domain.value import Recurrence, Scenario, Sign


@dataclass(frozen=True, kw_only=True)
class RowsToCorrect(Refusal):
    """Rows that are wrong and were not left out; nothing was imported."""

    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class UnknownRows(Refusal):
    """Rows to leave out that the file does not have or that need no correction: the choice was made on other rows."""

    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class NothingToImport(Refusal):
    pass


@dataclass(frozen=True, kw_only=True)
class PlannedMilestone:
    due: date
    forecast: date | None


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    name: str
    kind: str  # key of the governance template
    recurrence: Recurrence
    sign: Sign
    is_pnl: bool
    is_cash: bool
    currency: str
    series: Mapping[Scenario, Mapping[Month, Decimal]]  # only scenarios that the file states


@dataclass(frozen=True, kw_only=True)
class PlannedMeasure:
    """A measure at stage Defined. People are e-mail addresses, known ones and those of `ImportPlan.people`."""

    row: int
    package: NodePath
    title: str
    code: str  # the client's reference, may be empty
    description: str
    expected_effect: str
    owner: str | None
    sponsor: str | None
    controller: str | None
    business_unit: ReferenceId | None
    function: ReferenceId | None
    legal_entity: ReferenceId | None
    forum: ForumId | None
    start: date | None
    end: date | None
    milestone: PlannedMilestone | None
    line: PlannedLine | None


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    row: int
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """Everything that one transaction creates, in order: nodes (parents first), people, measures."""

    nodes: tuple[NodePath, ...]
    people: tuple[NewPerson, ...]
    measures: tuple[PlannedMeasure, ...]
    left_out: tuple[LeftOut, ...]
    sums: tuple[NodeSum, ...]  # of the measures above


def plan_import(
    preview: ImportPreview, left_out: frozenset[int] = frozenset()
) -> ImportPlan | RowsToCorrect | UnknownRows | NothingToImport:
    """All rows but those left out (file row numbers, of rows to correct only), or the rows that stand in the way."""
    wrong = {row.row.number for row in preview.rows_in(RowState.CORRECT)}
    if unknown := left_out - wrong:
        return UnknownRows(rows=tuple(sorted(unknown)))
    if standing := wrong - left_out:
        return RowsToCorrect(rows=tuple(sorted(standing)))
    taken = [row for row in preview.rows if row.row.number not in left_out]
    if not taken:
        return NothingToImport()
    return ImportPlan(
        nodes=_nodes(preview, taken),
        people=_people(preview, taken),
        measures=tuple(_measure(row, preview.currency) for row in taken),
        left_out=tuple(
            LeftOut(row=row.row.number, problems=row.problems) for row in preview.rows if row.row.number in left_out
        ),
        sums=sums_as_read(taken),
    )


def spread(total: Decimal, first: Month, last: Month) -> dict[Month, Decimal]:
    """The total in equal cents over the months, both included; the remainder goes to the last month."""
    months = span(first, last)
    each = (total / len(months)).quantize(CENT, rounding=ROUND_DOWN)
    return dict.fromkeys(months[:-1], each) | {months[-1]: total - each * (len(months) - 1)}


def _nodes(preview: ImportPreview, rows: Sequence[PreviewRow]) -> tuple[NodePath, ...]:
    """New nodes that a row needs, parents before children, in file order."""
    needed = {row.values.path[:depth] for row in rows for depth in range(1, len(row.values.path) + 1)}
    return tuple(path for path in preview.new_nodes if path in needed)


def _people(preview: ImportPreview, rows: Sequence[PreviewRow]) -> tuple[NewPerson, ...]:
    named = {p for row in rows for p in (row.values.owner, row.values.sponsor, row.values.controller)}
    return tuple(person for person in preview.new_people if person.email in named)


def _measure(row: PreviewRow, currency: str) -> PlannedMeasure:
    values = row.values
    return PlannedMeasure(
        row=row.row.number,
        package=values.path,
        title=values.title,
        code=values.code,
        description=values.description,
        expected_effect=values.expected_effect,
        owner=values.owner,
        sponsor=values.sponsor,
        controller=values.controller,
        business_unit=values.business_unit,
        function=values.function,
        legal_entity=values.legal_entity,
        forum=values.forum,
        start=values.start,
        end=values.end,
        milestone=PlannedMilestone(due=values.due, forecast=values.due_forecast) if values.due else None,
        line=_line(values, currency),
    )


def _line(values: RowValues, currency: str) -> PlannedLine | None:
    kind, recurrence, sign = values.kind, values.recurrence, values.sign
    first, last = values.first_month, values.last_month
    if not (kind and recurrence and sign and first and last):
        return None
    amounts = values.amounts
    stated = {
        Scenario.BASELINE: (amounts.baseline, last),
        Scenario.PLAN: (amounts.plan, last),
        Scenario.FORECAST: (amounts.forecast, values.forecast_last_month or last),
        Scenario.ACTUAL: (amounts.actual, last),
    }
    return PlannedLine(
        name=kind.label,
        kind=kind.key,
        recurrence=recurrence,
        sign=sign,
        is_pnl=kind.is_pnl,
        is_cash=kind.is_cash,
        currency=currency,
        series={scenario: spread(total, first, end) for scenario, (total, end) in stated.items() if total is not None},
    )
