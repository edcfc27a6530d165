"""Approval policies as data: what they govern, when they apply, who approves in which order. Source: DOMAIN.md, 3."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.access import Role
from domain.stages import Stage

HOLD, RESUME, CANCEL, REOPEN, CHANGE = "hold", "resume", "cancel", "reopen", "change"
ORDER_PREFIX = "order:"
RELEASE_KIND = "order:release"
Fact = Decimal | int | str | bool | None


def gate_kind(target: Stage) -> str:
    """The kind of a request to enter a stage: "gate:detailed"."""
    return f"gate:{target.name.lower()}"


GATE_KINDS = tuple(gate_kind(stage) for stage in Stage if stage is not Stage.DEFINED)
STATE_KINDS = (HOLD, RESUME, CANCEL, REOPEN)
MEASURE_KINDS = (*GATE_KINDS, *STATE_KINDS, CHANGE)
REQUIRED_KINDS = MEASURE_KINDS


class Operator(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"


ORDERED = frozenset({Operator.ABOVE, Operator.AT_LEAST, Operator.BELOW, Operator.AT_MOST})

# What a condition may look at, by the family of what the policy governs, and of which type it is.
MEASURE_FACTS: Mapping[str, type] = {
    "rough_value": Decimal,
    "target": Decimal,
    "value": Decimal,
    "stage": str,
    "asked_by": str,
}
CHANGE_FACTS: Mapping[str, type] = {
    **MEASURE_FACTS,
    "value_change": Decimal,
    "value_change_percent": Decimal,
    "end_shift_days": Decimal,
    "changes_people": bool,
}
ORDER_FACTS: Mapping[str, type] = {
    "amount": Decimal,
    "order_value": Decimal,
    "discount_percent": Decimal,
    "days": Decimal,
    "stage": str,
    "channel": str,
    "exception_type": str,
}

# What a rule that opens exceptions may look at.
ORDER_RULE = "order rule"
ORDER_RULE_FACTS: Mapping[str, type] = {
    "value": Decimal,
    "discount_percent": Decimal,
    "hours_since_placed": Decimal,
    "hours_in_stage": Decimal,
    "days_past_promise": Decimal,
    "stage": str,
    "channel": str,
    "payment": str,
    "payment_confirmed": bool,
    "address_confirmed": bool,
    "priority": str,
}


def facts_of(governs: str) -> Mapping[str, type]:
    if governs.startswith(ORDER_PREFIX):
        return ORDER_FACTS
    if governs == ORDER_RULE:
        return ORDER_RULE_FACTS
    return CHANGE_FACTS if governs == CHANGE else MEASURE_FACTS


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One typed comparison on a fact of the subject. A fact that is absent meets no condition."""

    field: str
    operator: Operator
    value: Decimal | str | bool | tuple[str, ...]

    def holds(self, facts: Mapping[str, Fact]) -> bool:
        have = facts.get(self.field)
        if have is None:
            return False
        if self.operator in ORDERED:
            return self.compares(Decimal(str(have)), Decimal(str(self.value)))
        if self.operator is Operator.ONE_OF:
            return have in self.value if isinstance(self.value, tuple) else False
        return (have == self.value) == (self.operator is Operator.IS)

    def compares(self, have: Decimal, limit: Decimal) -> bool:
        match self.operator:
            case Operator.ABOVE:
                return have > limit
            case Operator.AT_LEAST:
                return have >= limit
            case Operator.BELOW:
                return have < limit
            case _:
                return have <= limit


@dataclass(frozen=True)
class NamedOnMeasure:
    """The measure's own owner, sponsor or controller."""

    role: Role


@dataclass(frozen=True)
class RoleAtNode:
    """Whoever holds the role at the subject's node, else at the nearest ancestor where somebody can decide."""

    role: Role


@dataclass(frozen=True)
class NamedPeople:
    """People by their e-mail address in the instance."""

    emails: tuple[str, ...]


@dataclass(frozen=True)
class DecisionForum:
    """The members of the measure's decision forum; for an order, of the one that is called so."""

    name: str = ""


Approvers = NamedOnMeasure | RoleAtNode | NamedPeople | DecisionForum


class Rule(StrEnum):
    """When a step is settled: by the first vote, by all, by so many approvals, or by a forum's majority at quorum."""

    ANY = "any"
    ALL = "all"
    COUNT = "count"
    FORUM = "forum"


@dataclass(frozen=True, kw_only=True)
class Quorum:
    rule: Rule
    count: int = 1  # for COUNT: N of the approvers


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a policy; skipped where a condition of `when` does not hold."""

    name: str
    approvers: Approvers
    quorum: Quorum
    due_working_days: int
    when: tuple[Condition, ...] = ()
    escalate_to: Role | None = None
    step_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The first policy that governs the kind and whose conditions all hold applies."""

    key: str
    label: str
    governs: str
    steps: tuple[Step, ...]
    when: tuple[Condition, ...] = ()

    def applies(self, kind: str, facts: Mapping[str, Fact]) -> bool:
        return self.governs == kind and all(condition.holds(facts) for condition in self.when)
