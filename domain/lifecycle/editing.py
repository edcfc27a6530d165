"""Create a measure, change its fields and people: what may change when, and by whom. Source: DOMAIN.md, 1 to 3."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.requesting import subject_of
from domain.gates import MeasureNotActive
from domain.ids import MeasureId, PersonId
from domain.measures import Measure
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.seal import FieldChange, written
from domain.segregation import segregation_conflict
from domain.stages import MeasureState, Stage

PEOPLE_FIELDS = frozenset({"owner", "sponsor", "controller"})
VALUE_FIELDS = frozenset({"start", "end", "rough_value", "target", "baseline_source"})
LOCKED_FIELDS = PEOPLE_FIELDS | VALUE_FIELDS | {"expected_effect", "forum"}
TEXT_LIMITS = {
    "title": 200,
    "description": 4000,
    "expected_effect": 2000,
    "baseline_source": 2000,
    "assumptions": 4000,
    "risks": 4000,
    "dependencies": 4000,
}
EDITABLE_FIELDS = (
    LOCKED_FIELDS
    | frozenset(TEXT_LIMITS)
    | {"business_unit", "function", "legal_entity", "no_risks", "no_dependencies", "package"}
)


@dataclass(frozen=True, kw_only=True)
class MeasureCreated:
    """A measure was defined."""

    measure: Measure
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MeasureEdited:
    """Fields were changed. `values` holds the new ones; both are empty when nothing differs: nothing to record then."""

    measure: MeasureId
    person: PersonId
    at: datetime
    changes: tuple[FieldChange, ...]
    values: Mapping[str, Any]
    confirmation_lapsed: bool  # the controller had confirmed what has changed now


@dataclass(frozen=True, kw_only=True)
class MeasureFrozen(Refusal):
    """A closed measure does not change."""

    code: str


@dataclass(frozen=True, kw_only=True)
class PlanLocked(Refusal):
    """From Decided on these change only by change request."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EndBeforeStart(Refusal):
    start: str
    end: str


def decide_create(measure: Measure, actor: Actor, path: str, now: datetime) -> MeasureCreated | Refusal:
    """Define a measure below the package at `path`: first stage, active; milestones, lines, evidence come later."""
    if not actor.can(Capability.CREATE_MEASURE, path):
        return NotAllowed(capability=Capability.CREATE_MEASURE)
    if refusal := not_coherent(measure):
        return refusal
    started = replace(
        measure,
        stage=Stage.DEFINED,
        state=MeasureState.ACTIVE,
        plan_version=0,
        controller_confirmed_at=None,
        last_edited_by=actor.person,
        editors=frozenset({actor.person}),
        milestones=(),
        lines=(),
        evidence=(),
    )
    return MeasureCreated(measure=started, person=actor.person, at=now)


def decide_edit(
    measure: Measure, values: Mapping[str, Any], actor: Actor, path: str, now: datetime
) -> MeasureEdited | Refusal:
    """Change fields of EDITABLE_FIELDS, given as typed values; any other name is a bug.

    A move (`package`) also needs EDIT_MEASURE at the new place, whose path only the caller knows.
    """
    if unknown := set(values) - EDITABLE_FIELDS:
        raise ValueError(f"not editable: {', '.join(sorted(unknown))}")
    differing = {name: value for name, value in values.items() if getattr(measure, name) != value}
    if refusal := may_not_change(measure, differing, actor, path):
        return refusal
    if refusal := not_coherent(replace(measure, **differing)):
        return refusal
    return MeasureEdited(
        measure=measure.id,
        person=actor.person,
        at=now,
        changes=tuple(
            FieldChange(field=name, before=written(getattr(measure, name)) or None, after=written(value) or None)
            for name, value in sorted(differing.items())
        ),
        values=differing,
        confirmation_lapsed=measure.controller_confirmed_at is not None and not VALUE_FIELDS.isdisjoint(differing),
    )


def decide_assign(
    measure: Measure, people: Mapping[str, PersonId | None], actor: Actor, path: str, now: datetime
) -> MeasureEdited | Refusal:
    """Name owner, sponsor or controller."""
    if strangers := set(people) - PEOPLE_FIELDS:
        raise ValueError(f"no people: {', '.join(sorted(strangers))}")
    return decide_edit(measure, people, actor, path, now)


def may_not_change(measure: Measure, differing: Mapping[str, Any], actor: Actor, path: str) -> Refusal | None:
    needed = {Capability.ASSIGN_PEOPLE if name in PEOPLE_FIELDS else Capability.EDIT_MEASURE for name in differing}
    for capability in sorted(needed or {Capability.EDIT_MEASURE}):
        if not actor.can_on(capability, measure, path):
            return NotAllowed(capability=capability)
    if refusal := not_open(measure):
        return refusal
    locked = tuple(sorted(LOCKED_FIELDS & set(differing)))
    return PlanLocked(fields=locked) if measure.plan_version and locked else None


def not_open(measure: Measure) -> Refusal | None:
    """Nothing is entered on a closed, held or cancelled measure."""
    if measure.stage is Stage.CLOSED:
        return MeasureFrozen(code=measure.code)
    if measure.state is not MeasureState.ACTIVE:
        return MeasureNotActive(state=measure.state)
    return None


def not_coherent(measure: Measure) -> Refusal | None:
    if not measure.title.strip():
        return FieldMissing(field="title")
    for name, limit in TEXT_LIMITS.items():
        if len(getattr(measure, name)) > limit:
            return FieldTooLong(field=name, limit=limit)
    if measure.start and measure.end and measure.end < measure.start:
        return EndBeforeStart(start=measure.start.isoformat(), end=measure.end.isoformat())
    return segregation_conflict(subject_of(measure, "").duties)
