"""Asks for a change of what is locked: coherent, really a change, and with its effect for the policies to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.requesting import Ask, Requested, Situation, open_request
from domain.changes.effect import effect_of
from domain.changes.proposal import (
    LINE_READERS,
    LOCKED_SERIES,
    MILESTONE_READERS,
    Proposal,
    applied,
    differing,
    proposal_text,
)
from domain.governance.policies import CHANGE
from domain.governance.template import GovernanceTemplate
from domain.ids import RequestId
from domain.lifecycle.editing import not_coherent, not_open
from domain.lifecycle.entries import NegativeAmount, UnknownEffectKind
from domain.lifecycle.milestones import TITLE_LIMIT, MilestoneSettled
from domain.measures import Measure, Milestone
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.value import EffectLine, Scenario

COMMENT_LIMIT = 2_000
KEPT = ("owner", "sponsor", "controller", "forum", "start", "end", "target", "expected_effect", "baseline_source")


@dataclass(frozen=True, kw_only=True)
class ChangeRequested(Requested):
    """Somebody asked to change what is locked."""


@dataclass(frozen=True, kw_only=True)
class PlanNotLocked(Refusal):
    """Before the plan locks everything is changed directly."""

    code: str


@dataclass(frozen=True, kw_only=True)
class NothingChanges(Refusal):
    """Everything proposed is so already."""


@dataclass(frozen=True, kw_only=True)
class UnknownCurrency(Refusal):
    """There is no plan rate for it."""

    currency: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LineHasActuals(Refusal):
    """What has been booked on a line stays; its plan can be lowered, the line not taken out."""

    name: str


@dataclass(frozen=True, kw_only=True)
class LineWithoutPlan(Refusal):
    """A line that is there has a plan in at least one month."""

    name: str


def decide_request_change(
    measure: Measure,
    proposal: Proposal,
    text: str,
    situation: Situation,
    rates: Mapping[str, Decimal],
    actor: Actor,
    now: datetime,
    request_id: RequestId,
) -> ChangeRequested | Refusal:
    """Open a sealed request for the proposal, or say what stands against it. `text` says why; it is asked of all."""
    if not actor.can_on(Capability.REQUEST_CHANGE, measure, situation.path):
        return NotAllowed(capability=Capability.REQUEST_CHANGE)
    if refusal := not_open(measure):
        return refusal
    if not measure.plan_version:
        return PlanNotLocked(code=measure.code)
    kept = differing(measure, proposal)
    if refusal := not_proposable(measure, kept, situation.template, rates) or not_explained(text):
        return refusal
    facts = effect_of(measure, kept, rates).facts
    ask = Ask(kind=CHANGE, comment=text.strip(), proposal=proposal_text(kept), facts=facts)
    request = open_request(ask, measure, situation, actor, now, request_id)
    return request if isinstance(request, Refusal) else ChangeRequested(request=request)


def not_proposable(
    measure: Measure, proposal: Proposal, template: GovernanceTemplate, rates: Mapping[str, Decimal]
) -> Refusal | None:
    """What is wrong with a proposal that differs: each part by itself, then the measure that would come of it."""
    if proposal.is_empty:
        return NothingChanges()
    wrong = not_whole(measure, proposal) or settled_milestone(measure, proposal) or booked_line(measure, proposal)
    if wrong:
        return wrong
    after, touched = applied(measure, proposal), {*proposal.lines, *proposal.amounts}
    missing = next((name for name in KEPT if getattr(measure, name) and not getattr(after, name)), None)
    if missing:
        return FieldMissing(field=missing)
    for milestone in after.milestones:
        if milestone.id in proposal.milestones and (refusal := wrong_milestone(milestone)):
            return refusal
    for line in after.lines:
        if line.id in touched and (refusal := wrong_line(line, template, rates)):
            return refusal
    emptied = next(
        (name for name in ("milestones", "lines") if getattr(measure, name) and not getattr(after, name)), ""
    )
    return FieldMissing(field=emptied) if emptied else not_coherent(after)


def not_whole(measure: Measure, proposal: Proposal) -> Refusal | None:
    """What is new says everything that it needs to be there; amounts belong to a line."""
    milestones, lines = {each.id for each in measure.milestones}, {each.id for each in measure.lines}
    new = [(fields or {}, MILESTONE_READERS) for key, fields in proposal.milestones.items() if key not in milestones]
    new += [(fields or {}, LINE_READERS) for key, fields in proposal.lines.items() if key not in lines]
    for fields, needed in new:
        if missing := next((name for name in needed if name not in fields), None):
            return FieldMissing(field=missing)
    homeless = set(proposal.amounts) - lines - set(proposal.lines)
    return FieldMissing(field="lines") if homeless else None


def settled_milestone(measure: Measure, proposal: Proposal) -> MilestoneSettled | None:
    for each in measure.milestones:
        if each.id in proposal.milestones and (each.done_on or each.waived_because):
            return MilestoneSettled(title=each.title)
    return None


def booked_line(measure: Measure, proposal: Proposal) -> LineHasActuals | None:
    for line in measure.lines:
        if proposal.lines.get(line.id, {}) is None and line.series.get(Scenario.ACTUAL):
            return LineHasActuals(name=line.name)
    return None


def wrong_milestone(milestone: Milestone) -> Refusal | None:
    if not milestone.title.strip():
        return FieldMissing(field="title")
    return FieldTooLong(field="title", limit=TITLE_LIMIT) if len(milestone.title) > TITLE_LIMIT else None


def wrong_line(line: EffectLine, template: GovernanceTemplate, rates: Mapping[str, Decimal]) -> Refusal | None:
    if not line.name.strip():
        return FieldMissing(field="name")
    known = tuple(kind.key for kind in template.effect_kinds)
    if line.kind not in known:
        return UnknownEffectKind(kind=line.kind, known=known)
    if line.currency not in rates:
        return UnknownCurrency(currency=line.currency, known=tuple(sorted(rates)))
    if not line.series.get(Scenario.PLAN):
        return LineWithoutPlan(name=line.name)
    series = [line.series.get(scenario, {}) for scenario in LOCKED_SERIES]
    negative = {str(month) for months in series for month, amount in months.items() if amount < 0}
    return NegativeAmount(months=tuple(sorted(negative))) if negative else None


def not_explained(text: str) -> Refusal | None:
    if not text.strip():
        return FieldMissing(field="comment")
    return FieldTooLong(field="comment", limit=COMMENT_LIMIT) if len(text.strip()) > COMMENT_LIMIT else None
