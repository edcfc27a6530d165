"""What looking at an import shows: every row good, to look at or to correct, its reasons, and the sums as read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.governance.template import EffectKind
from domain.ids import ForumId, ReferenceId
from domain.imports.mapping import ColumnMapping
from domain.imports.problems import Reason, RowProblem, Severity
from domain.imports.reference import NodePath
from domain.months import Month
from domain.table import Table, TableRow
from domain.value import Recurrence, Sign


class RowState(StrEnum):
    GOOD = "good"
    LOOK = "look"
    CORRECT = "correct"


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """Somebody named in the file whom the instance does not know: to be invited. `name` may be empty."""

    email: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """The sizes of one row in the instance's currency, as read and not yet spread over months."""

    plan: Decimal | None = None
    forecast: Decimal | None = None
    actual: Decimal | None = None
    baseline: Decimal | None = None
    plan_per_month: Decimal | None = None  # set when the plan is stated per month


@dataclass(frozen=True, kw_only=True)
class RowValues:
    """What could be read of one row. None where it is empty or wrong."""

    path: NodePath = ()  # shorter than 4 when a name is missing
    title: str = ""
    code: str = ""
    description: str = ""
    expected_effect: str = ""
    owner: str | None = None  # e-mail address, known or to be invited
    sponsor: str | None = None
    controller: str | None = None
    business_unit: ReferenceId | None = None
    function: ReferenceId | None = None
    legal_entity: ReferenceId | None = None
    forum: ForumId | None = None
    start: date | None = None
    end: date | None = None
    due: date | None = None
    due_forecast: date | None = None
    kind: EffectKind | None = None
    recurrence: Recurrence | None = None
    sign: Sign | None = None
    first_month: Month | None = None
    last_month: Month | None = None
    forecast_last_month: Month | None = None
    amounts: Amounts = field(default_factory=Amounts)


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    row: TableRow
    values: RowValues
    problems: tuple[RowProblem, ...] = ()

    @property
    def state(self) -> RowState:
        return state_of(self.problems)


def state_of(problems: Sequence[RowProblem]) -> RowState:
    """What a row with these problems is."""
    if any(problem.severity is Severity.CORRECT for problem in problems):
        return RowState.CORRECT
    return RowState.LOOK if problems else RowState.GOOD


@dataclass(frozen=True, kw_only=True)
class NodeSum:
    """Rows and sizes of one sign under one program, in the instance's currency."""

    path: NodePath  # (portfolio, program)
    sign: Sign | None  # None: rows without amount
    rows: int
    plan: Decimal
    forecast: Decimal


@dataclass(frozen=True, kw_only=True)
class FileNote:
    """A reason to look that most rows share says something about the file and is said once."""

    reason: Reason  # of the first such row
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportPreview:
    """The whole file as it would come in. Nothing is stored by looking at it."""

    table: Table
    mapping: ColumnMapping
    currency: str
    rows: tuple[PreviewRow, ...]
    sums: tuple[NodeSum, ...]  # of every row whose amounts could be read, in file order
    new_nodes: tuple[NodePath, ...]  # parents before children
    new_people: tuple[NewPerson, ...]
    notes: tuple[FileNote, ...] = ()

    @property
    def counts(self) -> Mapping[RowState, int]:
        return Counter(row.state for row in self.rows)

    def rows_in(self, state: RowState) -> tuple[PreviewRow, ...]:
        return tuple(row for row in self.rows if row.state is state)
