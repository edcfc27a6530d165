"""A governance template: everything a client's governance is made of, as data. Source: DOMAIN.md, 7."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from domain.access import Role
from domain.governance.criteria import Criterion
from domain.governance.policies import Condition, Policy
from domain.stages import Stage
from domain.value import Recurrence, Sign

LEVELS = ("organization", "portfolio", "program", "project", "measure_package", "measure")


class ReasonList(StrEnum):
    HOLD = "hold"
    RESUME = "resume"
    CANCEL = "cancel"
    REOPEN = "reopen"
    OVERRIDE = "override"
    WAIVE = "waive"


@dataclass(frozen=True, kw_only=True)
class Reason:
    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class StageRule:
    """What a stage is called, what it means, and how much of a benefit counts in it (per cent)."""

    stage: Stage
    label: str
    meaning: str
    weight: int


@dataclass(frozen=True, kw_only=True)
class StatusThresholds:
    """Where both statuses change colour. Percent of plan for value, days for milestones."""

    late_red_after_days: int
    value_green_from: Decimal
    value_amber_from: Decimal
    stale_after_days: int
    slips_in_a_row: int


@dataclass(frozen=True, kw_only=True)
class EffectKind:
    """A kind of effect and what a new line of it starts with."""

    key: str
    label: str
    sign: Sign
    recurrence: Recurrence
    is_pnl: bool
    is_cash: bool


@dataclass(frozen=True, kw_only=True)
class RoleLabel:
    role: Role
    label: str
    description: str


@dataclass(frozen=True, kw_only=True)
class ReportPack:
    key: str
    label: str
    every: str
    sections: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Forum:
    """A decision forum a new instance starts with."""

    name: str
    quorum: int
    meets: str


@dataclass(frozen=True, kw_only=True)
class OrderStage:
    key: str
    label: str
    owner: Role
    target_hours: int
    entry: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ExceptionType:
    """What can go wrong with an order. `stops` names the stages it keeps an order from entering."""

    key: str
    label: str
    is_hold: bool
    owner: Role
    due_hours: int
    stops: tuple[str, ...]
    decision: str | None
    causes: tuple[str, ...]
    escalate_to: Role = Role.PMO


@dataclass(frozen=True, kw_only=True)
class OrderRule:
    """Opens an exception by itself on every open order where all conditions hold. `is_on`: unless switched here."""

    key: str
    label: str
    opens: str
    reason: str
    when: tuple[Condition, ...]
    cause: str = ""
    is_on: bool = True


@dataclass(frozen=True, kw_only=True)
class OrderDecision:
    key: str
    label: str


@dataclass(frozen=True, kw_only=True)
class OrderRules:
    stages: tuple[OrderStage, ...]
    exception_types: tuple[ExceptionType, ...]
    decisions: tuple[OrderDecision, ...]
    channels: tuple[Reason, ...]
    effects: tuple[Reason, ...]
    cost_kinds: tuple[Reason, ...]
    closure: tuple[str, ...]
    resolutions: tuple[Reason, ...] = ()
    constraint_kinds: tuple[Reason, ...] = ()
    ticket_channels: tuple[Reason, ...] = ()
    promise_reasons: tuple[Reason, ...] = ()
    rules: tuple[OrderRule, ...] = ()

    @cached_property
    def places(self) -> Mapping[str, int]:
        return {each.key: place for place, each in enumerate(self.stages)}

    @cached_property
    def entries(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """After the first one, the stages with what must have happened before them; holds are not among it."""
        asked = ((each.key, tuple(entry for entry in each.entry if entry != "no_hold")) for each in self.stages[1:])
        return tuple((key, conditions) for key, conditions in asked if conditions)

    def position(self, stage: str) -> int:
        """Its place among the stages; before the first for a stage that an earlier version had."""
        return self.places.get(stage, -1)

    def stage(self, key: str) -> OrderStage:
        return self.stages[self.places[key]]

    def exception_type(self, key: str) -> ExceptionType | None:
        return next((each for each in self.exception_types if each.key == key), None)

    @property
    def channel_codes(self) -> tuple[str, ...]:
        return tuple(each.code for each in self.channels)

    @property
    def recordable_effects(self) -> tuple[Reason, ...]:
        """Those that nobody has to decide on: the others come from approved decisions, or from a source."""
        decided = {each.key for each in self.decisions}
        return tuple(each for each in self.effects if each.code not in decided)

    def stage_label(self, key: str) -> str:
        return next((each.label for each in self.stages if each.key == key), key)

    def type_label(self, key: str) -> str:
        return next((each.label for each in self.exception_types if each.key == key), key)

    def decision_label(self, key: str) -> str:
        return next((each.label for each in self.decisions if each.key == key), key)


@dataclass(frozen=True, kw_only=True)
class GovernanceTemplate:
    """One published version. `orders` is None where the template governs no orders."""

    key: str
    version: int
    name: str
    description: str
    levels: Mapping[str, str]  # level -> label, all six of LEVELS
    stages: Mapping[Stage, StageRule]
    gates: Mapping[Stage, tuple[Criterion, ...]]  # by target stage, IDENTIFIED to CLOSED
    policies: tuple[Policy, ...]
    thresholds: StatusThresholds
    reasons: Mapping[ReasonList, tuple[Reason, ...]]
    effect_kinds: tuple[EffectKind, ...]
    roles: tuple[RoleLabel, ...]
    report_packs: tuple[ReportPack, ...]
    sustain_months: tuple[int, ...]
    owner_may_propose_actuals: bool
    functions: tuple[str, ...]
    forums: tuple[Forum, ...]
    orders: OrderRules | None

    @property
    def reference(self) -> str:
        """How an instance and a request name it: "cost-programme/v1"."""
        return f"{self.key}/v{self.version}"

    def report_pack(self, key: str) -> ReportPack | None:
        return next((pack for pack in self.report_packs if pack.key == key), None)

    def reason(self, which: ReasonList, code: str) -> Reason | None:
        return next((reason for reason in self.reasons[which] if reason.code == code), None)
