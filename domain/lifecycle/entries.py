"""What is entered month by month: lines, their amounts, the controller's confirmation. Source: DOMAIN.md, 4."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.access import Actor, Capability, NotAllowed
from domain.governance.template import GovernanceTemplate
from domain.ids import LineId, MeasureId, PersonId
from domain.lifecycle.editing import PlanLocked, not_open
from domain.measures import Measure
from domain.months import Month
from domain.refusals import FieldMissing, Refusal
from domain.seal import FieldChange, differences, line_fields, written
from domain.stages import Stage
from domain.value import EffectLine, Scenario

ENTRY_CAPABILITIES: Mapping[Scenario, Capability] = {
    Scenario.BASELINE: Capability.ENTER_PLAN,
    Scenario.PLAN: Capability.ENTER_PLAN,
    Scenario.FORECAST: Capability.ENTER_FORECAST,
    Scenario.ACTUAL: Capability.ENTER_ACTUALS,
}
LOCKED_SCENARIOS = (Scenario.BASELINE, Scenario.PLAN)

Amounts = Mapping[Month, Decimal | None]


@dataclass(frozen=True, kw_only=True)
class LineSaved:
    """An effect line was added (`before` is None) or its description changed; its series stay."""

    measure: MeasureId
    line: EffectLine
    person: PersonId
    at: datetime
    changes: tuple[FieldChange, ...]
    confirmation_lapsed: bool


@dataclass(frozen=True, kw_only=True)
class LineRemoved:
    measure: MeasureId
    line: LineId
    person: PersonId
    at: datetime
    changes: tuple[FieldChange, ...]
    confirmation_lapsed: bool


@dataclass(frozen=True, kw_only=True)
class AmountsEntered:
    """Months of one series were set, or cleared (None). Entering actuals is not editing: see `is_edit`."""

    measure: MeasureId
    line: LineId
    scenario: Scenario
    amounts: Amounts
    person: PersonId
    at: datetime
    changes: tuple[FieldChange, ...]
    confirmation_lapsed: bool

    @property
    def is_edit(self) -> bool:
        return self.scenario is not Scenario.ACTUAL


@dataclass(frozen=True, kw_only=True)
class ValueConfirmed:
    """The controller confirmed size and timing."""

    measure: MeasureId
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UnknownEffectKind(Refusal):
    kind: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ActualsNotOpen(Refusal):
    """Actuals open when the measure is decided."""

    stage: Stage


@dataclass(frozen=True, kw_only=True)
class MonthClosed(Refusal):
    """A closed month is read-only."""

    months: tuple[str, ...]
    closed_through: str


@dataclass(frozen=True, kw_only=True)
class MonthNotBegun(Refusal):
    """There is no actual for a month that has not begun."""

    months: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NegativeAmount(Refusal):
    """Plan sizes are positive; the line's sign says whether they help or cost."""

    months: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotTheController(Refusal):
    """Only the measure's controller confirms."""

    controller: PersonId | None


def decide_save_line(
    measure: Measure, line: EffectLine, template: GovernanceTemplate, actor: Actor, path: str, now: datetime
) -> LineSaved | Refusal:
    """Add a line, or change what an existing one (same id) says; its series stay, a new one has none yet."""
    if refusal := plan_is_closed(measure, actor, path):
        return refusal
    if not line.name.strip():
        return FieldMissing(field="name")
    known = tuple(kind.key for kind in template.effect_kinds)
    if line.kind not in known:
        return UnknownEffectKind(kind=line.kind, known=known)
    earlier = find_line(measure, line.id)
    before = line_fields(earlier, ()) if earlier else {}
    return LineSaved(
        measure=measure.id,
        line=replace(line, series=earlier.series if earlier else {}),
        person=actor.person,
        at=now,
        changes=differences(before, line_fields(line, ())),
        confirmation_lapsed=measure.controller_confirmed_at is not None,
    )


def decide_remove_line(measure: Measure, line: LineId, actor: Actor, path: str, now: datetime) -> LineRemoved | Refusal:
    if refusal := plan_is_closed(measure, actor, path):
        return refusal
    existing = get_line(measure, line)
    return LineRemoved(
        measure=measure.id,
        line=line,
        person=actor.person,
        at=now,
        changes=differences(line_fields(existing, tuple(Scenario)), {}),
        confirmation_lapsed=measure.controller_confirmed_at is not None,
    )


def decide_enter_amounts(
    measure: Measure, line: LineId, scenario: Scenario, amounts: Amounts, actor: Actor, path: str, now: datetime
) -> AmountsEntered | Refusal:
    """Set or clear months of one series; months that stay the same are left out of the event."""
    series = get_line(measure, line).series.get(scenario, {})
    differing = {month: amount for month, amount in amounts.items() if series.get(month) != amount}
    capability = ENTRY_CAPABILITIES[scenario]
    if not actor.can_on(capability, measure, path):
        return NotAllowed(capability=capability)
    if refusal := not_open(measure) or not_enterable(measure, scenario, differing, now):
        return refusal
    return AmountsEntered(
        measure=measure.id,
        line=line,
        scenario=scenario,
        amounts=differing,
        person=actor.person,
        at=now,
        changes=tuple(
            FieldChange(
                field=f"line.{line}.{scenario}.{month}",
                before=written(series.get(month)) or None,
                after=written(amount) or None,
            )
            for month, amount in sorted(differing.items())
        ),
        confirmation_lapsed=scenario in LOCKED_SCENARIOS and measure.controller_confirmed_at is not None,
    )


def decide_confirm_value(measure: Measure, actor: Actor, now: datetime) -> ValueConfirmed | Refusal:
    """The named controller, and nobody for them, confirms size and timing before the decision."""
    if refusal := not_open(measure):
        return refusal
    if measure.controller is None or actor.person != measure.controller:
        return NotTheController(controller=measure.controller)
    if measure.plan_version:
        return PlanLocked(fields=("controller_confirmed",))
    return ValueConfirmed(measure=measure.id, person=actor.person, at=now)


def plan_is_closed(measure: Measure, actor: Actor, path: str) -> Refusal | None:
    if not actor.can_on(Capability.ENTER_PLAN, measure, path):
        return NotAllowed(capability=Capability.ENTER_PLAN)
    if refusal := not_open(measure):
        return refusal
    return PlanLocked(fields=("lines",)) if measure.plan_version else None


def not_enterable(measure: Measure, scenario: Scenario, amounts: Amounts, now: datetime) -> Refusal | None:
    months = sorted(amounts)
    if scenario in LOCKED_SCENARIOS:
        negative = tuple(str(month) for month in months if (amounts[month] or 0) < 0)
        if measure.plan_version:
            return PlanLocked(fields=(str(scenario),))
        return NegativeAmount(months=negative) if negative else None
    if scenario is Scenario.ACTUAL and measure.stage < Stage.DECIDED:
        return ActualsNotOpen(stage=measure.stage)
    closed = tuple(str(month) for month in months if str(month) <= measure.closed_through)
    if closed:
        return MonthClosed(months=closed, closed_through=measure.closed_through)
    coming = tuple(str(month) for month in months if month > Month.of(now.date()))
    return MonthNotBegun(months=coming) if scenario is Scenario.ACTUAL and coming else None


def get_line(measure: Measure, line: LineId) -> EffectLine:
    if found := find_line(measure, line):
        return found
    raise KeyError(line)


def find_line(measure: Measure, line: LineId) -> EffectLine | None:
    return next((each for each in measure.lines if each.id == line), None)
