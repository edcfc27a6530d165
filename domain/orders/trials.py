"""Trials of a rule or an amount tier on real orders before it counts: asked for, standing, rested on. DOMAIN.md, 5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.access import Actor, Capability, NotAllowed
from domain.governance.policies import ORDER_PREFIX, Condition, Policy
from domain.governance.template import GovernanceTemplate, OrderRule
from domain.ids import OrderTrialId, PersonId
from domain.orders.rules import (
    LimitUnusable,
    Switch,
    TrialFound,
    TrialOfOther,
    TrialOutdated,
    UnknownRule,
    is_limit,
    standing,
    unusable_limit,
    with_limits,
)
from domain.refusals import Refusal
from domain.seal import canonical_text

TRIAL_DAYS = (7, 30, 90, 365)


class TrialKind(StrEnum):
    RULE = "rule"
    TIER = "tier"


class TrialStanding(StrEnum):
    """How a trial stands to what is in force: nothing changed since, what was tried is in force, or it is outdated."""

    CURRENT = "current"
    IN_FORCE = "in_force"
    OUTDATED = "outdated"


@dataclass(frozen=True, kw_only=True)
class TrialAsked:
    """A rule or tier is to be run over past orders. `limits`: one for each condition, "" as the template writes it.

    `basis` says what stood then: the template and, for a rule, whether it was on and with which limits.
    """

    trial: OrderTrialId
    kind: TrialKind
    key: str
    label: str
    limits: tuple[str, ...]
    days: int
    basis: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TrialDaysUnknown(Refusal):
    days: int


def decide_try(
    kind: TrialKind,
    key: str,
    limits: tuple[str, ...],
    days: int,
    template: GovernanceTemplate,
    switches: Mapping[str, Switch],
    actor: Actor,
    now: datetime,
    trial: OrderTrialId,
) -> TrialAsked | Refusal:
    """Whoever sets rules tries them, on all orders."""
    if not actor.orders(Capability.MANAGE_ORDER_RULES).everything:
        return NotAllowed(capability=Capability.MANAGE_ORDER_RULES)
    tried = find_tried(kind, key, template)
    if tried is None:
        return UnknownRule(key=key)
    if days not in TRIAL_DAYS:
        return TrialDaysUnknown(days=days)
    if refusal := unusable_limit(tried.when, limits) or pointless(kind, tried.when, limits):
        return refusal
    basis = basis_of(kind, key, template, switches)
    return TrialAsked(
        trial=trial, kind=kind, key=key, label=tried.label, limits=limits, days=days, basis=basis,
        person=actor.person, at=now,
    )  # fmt: skip


def pointless(kind: TrialKind, when: Sequence[Condition], limits: Sequence[str]) -> LimitUnusable | None:
    """A tier is tried with another limit; without one there is nothing to try."""
    return LimitUnusable(text="") if kind is TrialKind.TIER and not any(limits) else None


def find_tried(kind: TrialKind, key: str, template: GovernanceTemplate) -> OrderRule | Policy | None:
    """The rule, or the policy on orders that has a limit, of that key."""
    if kind is TrialKind.RULE:
        return next((each for each in template.orders.rules if each.key == key), None) if template.orders else None
    tiers = (each for each in template.policies if each.governs.startswith(ORDER_PREFIX))
    return next((each for each in tiers if each.key == key and any(map(is_limit, each.when))), None)


def basis_of(kind: TrialKind, key: str, template: GovernanceTemplate, switches: Mapping[str, Switch]) -> str:
    """What a trial compares with, as one text: another text is another basis."""
    fields = {"template": f"{template.key}/v{template.version}"}
    found = find_tried(kind, key, template)
    if isinstance(found, OrderRule):
        rule = standing(found, switches.get(key))
        fields |= {"is_on": str(rule.is_on), "limits": limits_text(rule.when)}
    return canonical_text(fields)


def limits_text(when: Sequence[Condition]) -> str:
    numbers = (Decimal(str(each.value)).normalize() for each in when if is_limit(each))
    return " ".join(format(each, "f") for each in numbers)


def trial_standing(asked: TrialAsked, template: GovernanceTemplate, switches: Mapping[str, Switch]) -> TrialStanding:
    """Whether what the trial compared with is what stands now."""
    if asked.basis == basis_of(asked.kind, asked.key, template, switches):
        return TrialStanding.CURRENT
    found = find_tried(asked.kind, asked.key, template)
    if isinstance(found, OrderRule) and asked.key in switches:
        rule = standing(found, switches[asked.key])
        if rule.is_on and limits_text(rule.when) == limits_text(with_limits(found.when, asked.limits)):
            return TrialStanding.IN_FORCE
    return TrialStanding.OUTDATED


def decide_rest(
    asked: TrialAsked,
    found: TrialFound | None,
    key: str,
    wanted: Switch,
    template: GovernanceTemplate,
    switches: Mapping[str, Switch],
) -> TrialFound | Refusal:
    """Whether a rule may be switched on the strength of this trial: it was of this rule, with these limits, as it
    stands. `found` is None while the trial has no result."""
    rule = find_tried(TrialKind.RULE, key, template)
    is_same = asked.kind is TrialKind.RULE and asked.key == key and wanted.is_on and rule is not None
    if rule is None or not is_same or found is None:
        return TrialOfOther(label=asked.label)
    if limits_text(with_limits(rule.when, asked.limits)) != limits_text(with_limits(rule.when, wanted.limits)):
        return TrialOfOther(label=asked.label)
    if trial_standing(asked, template, switches) is TrialStanding.OUTDATED:
        return TrialOutdated(label=asked.label)
    return found
