"""The kinds of gate criteria a template may name, and what evaluating one says. Source: DOMAIN.md, 2."""

from dataclasses import dataclass
from enum import StrEnum

FIELDS = (
    "title",
    "description",
    "expected_effect",
    "owner",
    "sponsor",
    "controller",
    "business_unit",
    "function",
    "legal_entity",
    "forum",
    "start",
    "end",
    "rough_value",
    "target",
    "baseline_source",
    "assumptions",
    "risks",
    "dependencies",
)
DECLARATIONS = {"no_risks": "risks", "no_dependencies": "dependencies"}
PEOPLE = ("owner", "sponsor", "controller")


class Countable(StrEnum):
    MILESTONES = "milestones"
    LINES = "lines"
    EVIDENCE = "evidence"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One line of a gate's checklist. `waivable`: may be waived for one measure, with a reason."""

    key: str
    label: str
    waivable: bool = False


@dataclass(frozen=True, kw_only=True)
class FieldPresent(Criterion):
    """A field of the measure is filled."""

    field: str


@dataclass(frozen=True, kw_only=True)
class DeclaredOrPresent(Criterion):
    """The field is filled, or somebody has declared that there is nothing to say."""

    field: str
    declaration: str


@dataclass(frozen=True, kw_only=True)
class Count(Criterion):
    """At least so many milestones, lines or evidence items; milestones must have what `having` names."""

    of: Countable
    at_least: int
    having: tuple[str, ...] = ()  # of milestones: "owner"


@dataclass(frozen=True, kw_only=True)
class BaselinePresent(Criterion):
    """At least one line has a baseline series."""


@dataclass(frozen=True, kw_only=True)
class PlannedByMonth(Criterion):
    """There is a line, and every line has plan amounts by month."""


@dataclass(frozen=True, kw_only=True)
class ForecastEntered(Criterion):
    """There is a line, and every line has forecast amounts by month."""


@dataclass(frozen=True, kw_only=True)
class ControllerConfirmed(Criterion):
    """The controller has confirmed size and timing."""


@dataclass(frozen=True, kw_only=True)
class MilestonesDone(Criterion):
    """Every milestone is done (with evidence, when asked for) or waived with a reason."""

    with_evidence: bool


@dataclass(frozen=True, kw_only=True)
class ActualsThroughClosedMonth(Criterion):
    """Every planned month up to the last closed one has an actual amount."""


@dataclass(frozen=True, kw_only=True)
class ClosureEvidence(Criterion):
    """Something proves the achieved value."""


@dataclass(frozen=True, kw_only=True)
class NoOpenRequest(Criterion):
    """No other request, condition or constraint on the measure is open."""


@dataclass(frozen=True, kw_only=True)
class NoOverdueCondition(Criterion):
    """No condition of an earlier approval is overdue."""


@dataclass(frozen=True, kw_only=True)
class DistinctPeople(Criterion):
    """The named duties are held by different people."""

    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CauseReduced(Criterion):
    """The rate or the cost of the measured cause has fallen by its target; not asked where none was measured."""


class Met(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    WAIVED = "waived"


@dataclass(frozen=True, kw_only=True)
class CriterionResult:
    """One checked line. `missing` names what is not there: fields, milestones, lines or months, as written."""

    key: str
    label: str
    kind: str  # class name of the criterion
    outcome: Met
    missing: tuple[str, ...] = ()
    have: int | None = None
    need: int | None = None
    reason: str = ""  # why it was waived

    @property
    def is_open(self) -> bool:
        return self.outcome is Met.NOT_MET
