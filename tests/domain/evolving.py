"""What every event does to the state of its measure: replayed in order, they give the measure as it is."""

from collections import Counter
from dataclasses import replace
from typing import Any

from domain.changes.proposal import applied, loosened, read_proposal
from domain.evidence import EvidenceAdded, EvidenceRemoved
from domain.kill_criteria import KillCriterionDropped, KillCriterionSet
from domain.lifecycle.applying import (
    ChangeApplied,
    MeasureCancelled,
    MeasureHeld,
    MeasureReopened,
    MeasureResumed,
    PlanVersionLocked,
    StageReached,
)
from domain.lifecycle.editing import MeasureEdited
from domain.lifecycle.entries import AmountsEntered, LineRemoved, LineSaved, ValueConfirmed
from domain.lifecycle.milestones import MilestoneRemoved, MilestoneSaved
from domain.measures import Evidence, KillText, Measure, Milestone
from domain.stages import MeasureState
from domain.value import EffectLine


def evolve(measure: Measure, event: Any) -> Measure:
    """The measure after an event; unchanged by events that are not about its state."""
    match event:
        case StageReached(after=stage):
            return replace(measure, stage=stage)
        case PlanVersionLocked(version=version):
            return replace(measure, plan_version=version)
        case MeasureHeld(at=at):
            return replace(measure, state=MeasureState.ON_HOLD, held_on=at.date())
        case MeasureResumed(days=days):
            return replace(measure, state=MeasureState.ACTIVE, held_on=None, milestones=moved(measure, days))
        case MeasureCancelled():
            return replace(measure, state=MeasureState.CANCELLED, held_on=None)
        case MeasureReopened(after=stage):
            return replace(measure, stage=stage)
        case ValueConfirmed(at=at):
            return replace(measure, controller_confirmed_at=at)
        case _:
            return evolve_edited(measure, event)


def moved(measure: Measure, days: int) -> tuple[Milestone, ...]:
    """Every open milestone so many days later; its promised day stays in the plan."""
    return tuple(
        replace(each, held_days=each.held_days + days) if each.is_open else each for each in measure.milestones
    )


def evolve_edited(measure: Measure, event: Any) -> Measure:
    match event:
        case ChangeApplied(proposal=text):
            return edited(applied(measure, read_proposal(text)), event)
        case MeasureEdited(values=values):
            return edited(replace(measure, **values), event)
        case MilestoneSaved(milestone=milestone):
            others = {each.id: each for each in measure.milestones} | {milestone.id: milestone}
            return edited(replace(measure, milestones=tuple(others.values())), event)
        case MilestoneRemoved(milestone=gone):
            rest = tuple(each for each in measure.milestones if each.id != gone)
            return edited(replace(measure, milestones=rest, evidence=loosened(measure.evidence, {gone})), event)
        case LineSaved(line=line):
            lines_by_id = {each.id: each for each in measure.lines} | {line.id: line}
            return edited(replace(measure, lines=tuple(lines_by_id.values())), event)
        case LineRemoved(line=gone):
            return edited(replace(measure, lines=tuple(each for each in measure.lines if each.id != gone)), event)
        case AmountsEntered():
            lines = tuple(entered(line, event) if line.id == event.line else line for line in measure.lines)
            return edited(replace(measure, lines=lines), event)
        case _:
            return evolve_beside(measure, event)


def evolve_beside(measure: Measure, event: Any) -> Measure:
    """What hangs on a measure and is sealed with it: kill criteria and evidence."""
    match event:
        case KillCriterionSet(criterion=criterion):
            text = KillText(id=criterion.id, text=criterion.text)
            return edited(replace(measure, kill_criteria=(*measure.kill_criteria, text)), event)
        case KillCriterionDropped(criterion=gone):
            kept = tuple(each for each in measure.kill_criteria if each.id != gone)
            return edited(replace(measure, kill_criteria=kept), event)
        case EvidenceAdded(proof=proof):
            shown = Evidence(id=proof.id, title=proof.title, milestone=proof.milestone, is_closure=proof.is_closure)
            return edited(proven(measure, (*measure.evidence, shown)), event)
        case EvidenceRemoved(evidence=gone):
            return edited(proven(measure, tuple(each for each in measure.evidence if each.id != gone)), event)
        case _:
            return measure


def proven(measure: Measure, evidence: tuple[Evidence, ...]) -> Measure:
    """The measure with this evidence, counted by milestone."""
    counts = Counter(each.milestone for each in evidence)
    milestones = tuple(replace(each, evidence=counts[each.id]) for each in measure.milestones)
    return replace(measure, evidence=evidence, milestones=milestones)


def edited(measure: Measure, event: Any) -> Measure:
    """Remember who edited; a confirmation lapses with what it confirmed. Entering actuals is no edit."""
    if isinstance(event, AmountsEntered) and not event.is_edit:
        return measure
    lapsed = getattr(event, "confirmation_lapsed", False)
    return replace(
        measure,
        last_edited_by=event.person,
        editors=measure.editors | {event.person},
        controller_confirmed_at=None if lapsed else measure.controller_confirmed_at,
    )


def entered(line: EffectLine, event: AmountsEntered) -> EffectLine:
    months = {**line.series.get(event.scenario, {}), **event.amounts}
    kept = {month: amount for month, amount in sorted(months.items()) if amount is not None}
    return replace(line, series={**line.series, event.scenario: kept})
