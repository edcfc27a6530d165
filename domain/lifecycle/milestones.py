"""Milestones: promised before the plan locks, then forecast, done, or waived. Source: DOMAIN.md, 2 and 4."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from domain.access import Actor, Capability, NotAllowed
from domain.governance.template import GovernanceTemplate, ReasonList
from domain.ids import MeasureId, MilestoneId, PersonId
from domain.lifecycle.editing import PlanLocked, not_open
from domain.measures import Measure, Milestone
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.seal import FieldChange, differences, milestone_fields, written

TITLE_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class MilestoneSaved:
    """A milestone was promised, re-promised, forecast, done or waived: it stands now as `milestone`."""

    measure: MeasureId
    milestone: Milestone
    person: PersonId
    at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class MilestoneRemoved:
    measure: MeasureId
    milestone: MilestoneId
    person: PersonId
    at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class UnknownReason(Refusal):
    """The reason is not on the template's list."""

    list: ReasonList
    code: str


@dataclass(frozen=True, kw_only=True)
class DateInFuture(Refusal):
    """What is done was done today or before."""

    day: date
    today: date


@dataclass(frozen=True, kw_only=True)
class MilestoneSettled(Refusal):
    """The milestone is done or waived already."""

    title: str


def decide_promise(
    measure: Measure, milestone: Milestone, actor: Actor, path: str, now: datetime
) -> MilestoneSaved | Refusal:
    """Add a milestone, or change title, owner and due date of one (same id); progress is kept."""
    if not actor.can_on(Capability.EDIT_MEASURE, measure, path):
        return NotAllowed(capability=Capability.EDIT_MEASURE)
    if refusal := not_open(measure):
        return refusal
    if measure.plan_version:
        return PlanLocked(fields=("milestones",))
    if not milestone.title.strip():
        return FieldMissing(field="title")
    if len(milestone.title) > TITLE_LIMIT:
        return FieldTooLong(field="title", limit=TITLE_LIMIT)
    earlier = find_milestone(measure, milestone.id)
    if earlier is not None:
        milestone = replace(
            earlier,
            title=milestone.title,
            owner=milestone.owner,
            due=milestone.due,
            held_days=earlier.held_days if milestone.due == earlier.due else 0,
        )
    return saved(measure, earlier, milestone, actor, now)


def decide_remove_milestone(
    measure: Measure, milestone: MilestoneId, actor: Actor, path: str, now: datetime
) -> MilestoneRemoved | Refusal:
    if not actor.can_on(Capability.EDIT_MEASURE, measure, path):
        return NotAllowed(capability=Capability.EDIT_MEASURE)
    if refusal := not_open(measure):
        return refusal
    if measure.plan_version:
        return PlanLocked(fields=("milestones",))
    changes = differences(all_fields(get_milestone(measure, milestone)), {})
    return MilestoneRemoved(measure=measure.id, milestone=milestone, person=actor.person, at=now, changes=changes)


def decide_forecast_milestone(
    measure: Measure, milestone: MilestoneId, forecast: date | None, actor: Actor, path: str, now: datetime
) -> MilestoneSaved | Refusal:
    """Say when it will be done; None: as promised."""
    existing = get_milestone(measure, milestone)
    if refusal := may_not_update(measure, existing, actor, path):
        return refusal
    return saved(measure, existing, replace(existing, forecast=forecast), actor, now)


def decide_finish_milestone(
    measure: Measure, milestone: MilestoneId, done_on: date, actor: Actor, path: str, now: datetime
) -> MilestoneSaved | Refusal:
    existing = get_milestone(measure, milestone)
    if refusal := may_not_update(measure, existing, actor, path):
        return refusal
    if done_on > now.date():
        return DateInFuture(day=done_on, today=now.date())
    return saved(measure, existing, replace(existing, done_on=done_on), actor, now)


def decide_waive_milestone(
    measure: Measure,
    milestone: MilestoneId,
    reason: str,
    text: str,
    template: GovernanceTemplate,
    actor: Actor,
    path: str,
    now: datetime,
) -> MilestoneSaved | Refusal:
    """Let go of a milestone, with a reason from the list and a sentence. Whoever leads the measure may."""
    existing = get_milestone(measure, milestone)
    if not actor.can_on(Capability.EDIT_MEASURE, measure, path):
        return NotAllowed(capability=Capability.EDIT_MEASURE)
    if refusal := may_not_update(measure, existing, actor, path):
        return refusal
    if (known := template.reason(ReasonList.WAIVE, reason)) is None:
        return UnknownReason(list=ReasonList.WAIVE, code=reason)
    if not text.strip():
        return FieldMissing(field="comment")
    return saved(measure, existing, replace(existing, waived_because=f"{known.label}: {text.strip()}"), actor, now)


def may_not_update(measure: Measure, milestone: Milestone, actor: Actor, path: str) -> Refusal | None:
    is_its_owner = milestone.owner is not None and milestone.owner == actor.person
    if not (is_its_owner or actor.can_on(Capability.UPDATE_MILESTONES, measure, path)):
        return NotAllowed(capability=Capability.UPDATE_MILESTONES)
    if refusal := not_open(measure):
        return refusal
    return MilestoneSettled(title=milestone.title) if milestone.done_on or milestone.waived_because else None


def saved(measure: Measure, before: Milestone | None, after: Milestone, actor: Actor, now: datetime) -> MilestoneSaved:
    changes = differences(all_fields(before) if before else {}, all_fields(after))
    return MilestoneSaved(measure=measure.id, milestone=after, person=actor.person, at=now, changes=changes)


def all_fields(milestone: Milestone) -> dict[str, str]:
    fields = milestone_fields(milestone, with_progress=True)
    fields[f"milestone.{milestone.id}.forecast"] = written(milestone.forecast)
    return {name: value for name, value in fields.items() if value}


def get_milestone(measure: Measure, milestone: MilestoneId) -> Milestone:
    if found := find_milestone(measure, milestone):
        return found
    raise KeyError(milestone)


def find_milestone(measure: Measure, milestone: MilestoneId) -> Milestone | None:
    return next((each for each in measure.milestones if each.id == milestone), None)
