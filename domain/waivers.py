"""A criterion of the next gate that one measure need not meet: with a reason of the list, by the programme office."""

from dataclasses import dataclass
from datetime import datetime

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.requesting import RequestAlreadyOpen, Situation
from domain.gates import WrongStage
from domain.governance.criteria import Criterion
from domain.governance.policies import gate_kind
from domain.governance.template import ReasonList
from domain.ids import MeasureId, PersonId
from domain.lifecycle.editing import not_open
from domain.lifecycle.milestones import UnknownReason
from domain.measures import Measure
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.segregation import SegregationConflict
from domain.stages import Stage

WORDS_LIMIT = 2_000


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A criterion that was waived. `reason` is a code of the template's list."""

    target: Stage
    criterion: str
    reason: str
    words: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CriterionWaived:
    """A criterion need not be met. `reason` is the label of the list's entry, as it stood then."""

    measure: MeasureId
    label: str
    reason: str
    waiver: Waiver


@dataclass(frozen=True, kw_only=True)
class WaiverTakenBack:
    measure: MeasureId
    target: Stage
    criterion: str
    label: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NotWaivable(Refusal):
    """The template does not let this criterion be waived, or its gate has no such criterion."""

    criterion: str
    label: str


@dataclass(frozen=True, kw_only=True)
class NotWaived(Refusal):
    """There is no waiver to take back."""

    criterion: str


def decide_waive_criterion(
    measure: Measure,
    target: Stage,
    key: str,
    reason: str,
    words: str,
    situation: Situation,
    actor: Actor,
    now: datetime,
) -> CriterionWaived | Refusal:
    criterion = find_criterion(situation, target, key)
    if refusal := may_not_waive(measure, target, situation, actor):
        return refusal
    if criterion is None or not criterion.waivable:
        return NotWaivable(criterion=key, label=criterion.label if criterion else key)
    known = situation.template.reason(ReasonList.WAIVE, reason)
    if known is None:
        return UnknownReason(list=ReasonList.WAIVE, code=reason)
    if not words.strip():
        return FieldMissing(field="comment")
    if len(words) > WORDS_LIMIT:
        return FieldTooLong(field="comment", limit=WORDS_LIMIT)
    waiver = Waiver(target=target, criterion=key, reason=reason, words=words.strip(), person=actor.person, at=now)
    return CriterionWaived(measure=measure.id, label=criterion.label, reason=known.label, waiver=waiver)


def decide_take_back_waiver(
    measure: Measure, waiver: Waiver | None, key: str, situation: Situation, actor: Actor, now: datetime
) -> WaiverTakenBack | Refusal:
    if waiver is None:
        return NotWaived(criterion=key)
    if refusal := may_not_waive(measure, waiver.target, situation, actor):
        return refusal
    criterion = find_criterion(situation, waiver.target, key)
    return WaiverTakenBack(
        measure=measure.id,
        target=waiver.target,
        criterion=key,
        label=criterion.label if criterion else key,
        person=actor.person,
        at=now,
    )


def may_not_waive(measure: Measure, target: Stage, situation: Situation, actor: Actor) -> Refusal | None:
    """By whoever holds the right at the node, not on a measure of their own, and not while the gate is asked for."""
    if not actor.can(Capability.WAIVE_CRITERION, situation.path):
        return NotAllowed(capability=Capability.WAIVE_CRITERION)
    if actor.person == measure.owner:
        return SegregationConflict(duty="waiver", conflicts_with="owner", person=actor.person)
    if refusal := not_open(measure):
        return refusal
    if target is not measure.stage.next:
        return WrongStage(stage=measure.stage, target=target)
    asked = next((each for each in situation.open_requests if each.kind == gate_kind(target)), None)
    return RequestAlreadyOpen(request=asked.id, kind=asked.kind) if asked else None


def find_criterion(situation: Situation, target: Stage, key: str) -> Criterion | None:
    return next((each for each in situation.template.gates.get(target, ()) if each.key == key), None)
