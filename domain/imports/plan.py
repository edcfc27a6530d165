"""What an import will create, all or nothing: nodes, measures with milestone and months, people to invite."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.ids import ForumId, ReferenceId
from domain.imports.preview import ImportPreview, NewPerson, NodeSum
from domain.imports.problems import RowProblem
from domain.imports.reference import NodePath
from domain.months import Month
from domain.refusals import Refusal
from domain.value import Recurrence, Scenario, Sign


@dataclass(frozen=True, kw_only=True)
class RowsToCorrect(Refusal):
    """Rows that are wrong and were not left out; nothing was imported."""

    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class UnknownRows(Refusal):
    """Rows to leave out that the file does not have, or that are good: the preview was of another file."""

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
    kind: str
    recurrence: Recurrence
    sign: Sign
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
    sums: tuple[NodeSum, ...]  # of the measures above, from their months


def plan_import(
    preview: ImportPreview, left_out: frozenset[int] = frozenset()
) -> ImportPlan | RowsToCorrect | UnknownRows | NothingToImport:
    """All rows but those left out (file row numbers), or the rows that stand in the way."""
    raise NotImplementedError


def spread(total: Decimal, first: Month, last: Month) -> dict[Month, Decimal]:
    """The total in equal cents over the months, both included; the remainder goes to the last month."""
    raise NotImplementedError
