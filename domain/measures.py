"""A measure: the atomic unit of work and of value. Source: DOMAIN.md, 1 and 2."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.ids import EvidenceId, ForumId, KillCriterionId, MeasureId, MilestoneId, NodeId, PersonId, ReferenceId
from domain.stages import MeasureState, Stage
from domain.value import EffectLine


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A dated promise. `forecast` is None while nobody has said anything but `due`.

    `held_days` are the days its measure was on hold since `due` was promised: they are not counted against it.
    """

    id: MilestoneId
    title: str
    owner: PersonId | None
    due: date
    forecast: date | None = None
    done_on: date | None = None
    waived_because: str = ""
    evidence: int = 0  # count of evidence items attached to this milestone
    held_days: int = 0

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.waived_because

    @property
    def due_now(self) -> date:
        """The promised day, moved by the days on hold; the promise itself stays as it was given."""
        return self.due + timedelta(days=self.held_days)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A link or a note that proves something; `milestone` is None for the measure itself."""

    id: EvidenceId
    title: str
    milestone: MilestoneId | None
    is_closure: bool = False


@dataclass(frozen=True, kw_only=True)
class KillText:
    """A kill criterion as the decision seals it."""

    id: KillCriterionId
    text: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The state that gates, statuses, seals and actions look at. Money in the instance's currency."""

    id: MeasureId
    code: str
    package: NodeId
    title: str
    description: str = ""
    expected_effect: str = ""
    owner: PersonId | None = None
    sponsor: PersonId | None = None
    controller: PersonId | None = None
    business_unit: ReferenceId | None = None
    function: ReferenceId | None = None
    legal_entity: ReferenceId | None = None
    forum: ForumId | None = None
    start: date | None = None
    end: date | None = None
    stage: Stage = Stage.DEFINED
    state: MeasureState = MeasureState.ACTIVE
    held_on: date | None = None  # since when it is on hold
    currency: str = ""  # of the instance: rough value and target are in it
    rough_value: Decimal | None = None
    target: Decimal | None = None
    baseline_source: str = ""
    assumptions: str = ""
    risks: str = ""
    dependencies: str = ""
    no_risks: bool = False  # declared: assessed, none found
    no_dependencies: bool = False  # declared: none
    controller_confirmed_at: datetime | None = None  # size and timing confirmed by the controller
    closed_through: str = ""  # last closed month of the instance, "2026-10", empty before the first
    milestones: tuple[Milestone, ...] = ()
    lines: tuple[EffectLine, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    kill_criteria: tuple[KillText, ...] = ()
    plan_version: int = 0  # 0 until the plan locks at Decided
    last_edited_by: PersonId | None = None
    editors: frozenset[PersonId] = field(default_factory=frozenset)  # everyone who ever edited it
    version: int = 1
