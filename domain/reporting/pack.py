"""What one steering committee pack says: plain frozen data, complete, so that the same report can be laid out again.

Amounts are Decimals in `Meta.currency`. An *effect* is benefits less recurring costs, before one-off cost; in a pack
of nothing but cost it is that cost, negative. A *cost* is a size (positive). Months are "YYYY-MM". Statuses are
"green", "amber", "red", "grey" (grey: no plan yet).
Counts and statuses speak of active measures; those on hold and cancelled are counted beside.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Meta:
    """Where the figures come from, and who asked for them."""

    firm: str
    client: str
    instance: str
    programme: str  # the title on the cover
    currency: str  # "EUR"
    fiscal_year: str  # a label such as "FY 2026" or "FY 2026/27"
    as_of: datetime  # aware, in the time zone of the client
    closed_through: str = ""  # last closed month, "" before the first
    template: str  # key of the governance template
    template_version: int
    requested_by: str
    head_sequence: int
    head_hash: str  # hex
    head_signature: str = ""  # "" where the head has not been signed
    verification_url: str
    program: str = "program"  # labels of the two levels, as they stand inside a sentence
    programs: str = "programs"
    project: str = "project"
    projects: str = "projects"


@dataclass(frozen=True, kw_only=True)
class StatusCounts:
    """How many measures stand at each status."""

    green: int = 0
    amber: int = 0
    red: int = 0
    grey: int = 0

    @property
    def total(self) -> int:
        return self.green + self.amber + self.red + self.grey

    def __add__(self, other: "StatusCounts") -> "StatusCounts":
        return StatusCounts(
            green=self.green + other.green,
            amber=self.amber + other.amber,
            red=self.red + other.red,
            grey=self.grey + other.grey,
        )


@dataclass(frozen=True, kw_only=True)
class NodeRow:
    """One node with everything below it: a program, or (in `children`) a project of it. Rows sum to their parent."""

    name: str
    measures: int
    plan_year: Decimal = ZERO  # effect in the fiscal year
    forecast_year: Decimal = ZERO
    plan_to_date: Decimal = ZERO  # effect of the fiscal year's closed months
    actual_to_date: Decimal = ZERO
    full_year_plan: Decimal = ZERO  # recurring effect of twelve months at full run
    full_year_forecast: Decimal = ZERO
    cost_plan: Decimal = ZERO  # one-off cost, all months, a size
    cost_forecast: Decimal = ZERO
    leakage: Decimal = ZERO  # locked plan less forecast, all months; positive: value was lost
    implementation: StatusCounts = field(default_factory=StatusCounts)
    potential: StatusCounts = field(default_factory=StatusCounts)
    milestones: int = 0
    milestones_done: int = 0
    milestones_late: int = 0
    children: tuple["NodeRow", ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """The measures that stand at one stage of the degree of implementation."""

    stage: int  # 1 to 6
    label: str
    count: int
    full_year: Decimal = ZERO  # forecast full-year effect
    risk_adjusted: Decimal = ZERO  # benefits weighted by stage, less costs, which are never weighted
    cost: Decimal = ZERO  # forecast one-off cost, a size
    weight: int = 0  # percent


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """Measures that share both statuses; the two are never merged. With the grey ones; empty cells may be left out."""

    implementation: str
    potential: str
    count: int
    full_year: Decimal = ZERO
    cost: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class MonthRow:
    """The effect of one month (not cumulative). `actual` is None until the month is closed."""

    month: str
    plan: Decimal = ZERO
    forecast: Decimal = ZERO
    actual: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """One-off cost of one fiscal year, as sizes. `actual` is None until all of its months are closed."""

    year: str  # a label such as "FY 2026/27"
    plan: Decimal = ZERO
    forecast: Decimal = ZERO
    actual: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """An open request for approval."""

    code: str
    measure: str  # code of the measure
    title: str
    kind: str  # "Gate into Decided", "Change request", ...
    policy: str
    requested_by: str
    waits_for: str
    opened: date
    days_open: int
    due: date | None = None
    days_overdue: int = 0
    price_week: Decimal | None = None  # None: waiting has no price, or none is known


@dataclass(frozen=True, kw_only=True)
class DecisionRow:
    """A request that was decided lately."""

    code: str
    measure: str
    title: str
    kind: str
    outcome: str  # "Approved", "Approved with conditions", ...
    decided_by: str
    decided: date
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """One of the largest measures."""

    code: str
    title: str
    owner: str
    program: str
    stage: int
    stage_label: str
    full_year_plan: Decimal = ZERO
    full_year_forecast: Decimal = ZERO
    plan_to_date: Decimal = ZERO
    actual_to_date: Decimal = ZERO
    cost_plan: Decimal = ZERO
    cost_forecast: Decimal = ZERO
    implementation: str = "grey"
    potential: str = "grey"


@dataclass(frozen=True, kw_only=True)
class MilestoneRow:
    """A milestone that is late, or forecast to be."""

    measure: str
    measure_title: str
    title: str
    owner: str
    due: date
    forecast: date | None
    days_late: int


class ContradictionKind(StrEnum):
    WORK_GREEN_VALUE_NOT = "work_green_value_not"  # implementation green while potential is amber or red
    SILENT = "silent"  # nobody has updated it for `number` days
    SLIPPING = "slipping"  # `number` date slips in a row


@dataclass(frozen=True, kw_only=True)
class ContradictionRow:
    """A measure that says two things at once."""

    kind: ContradictionKind
    measure: str
    title: str
    owner: str
    implementation: str
    potential: str
    full_year_plan: Decimal = ZERO
    full_year_forecast: Decimal = ZERO
    cost_plan: Decimal = ZERO
    cost_forecast: Decimal = ZERO
    number: int = 0  # days without an update, or slips in a row


@dataclass(frozen=True, kw_only=True)
class SteeringPack:
    """Everything that one steering committee pack prints. Lists may be whole: the layout limits and sums the rest."""

    meta: Meta
    programs: tuple[NodeRow, ...] = ()
    stages: tuple[StageRow, ...] = ()  # in order, all stages of the template
    matrix: tuple[MatrixCell, ...] = ()
    curve: tuple[MonthRow, ...] = ()  # the months of the fiscal year in order
    years: tuple[YearRow, ...] = ()  # in order, all that have an amount; only where there is nothing but cost
    requests: tuple[RequestRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()  # latest first
    measures: tuple[MeasureRow, ...] = ()  # at least the ten largest by forecast full-year effect, or by cost
    milestones: tuple[
        MilestoneRow, ...
    ] = ()  # late ones; may be cut, then `milestones_late` of the programs counts all
    contradictions: tuple[ContradictionRow, ...] = ()
    on_hold: int = 0
    cancelled: int = 0
    requests_open: int | None = None  # all open requests where `requests` was cut, else None
    price_week_open: Decimal | None = None  # their price a week where `requests` was cut, else None
    contradictions_open: int | None = None  # all where `contradictions` was cut, else None
