"""A gate's checklist: every criterion of the template, met or not, and why. Source: DOMAIN.md, 2."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from domain.governance.criteria import (
    ActualsThroughClosedMonth,
    BaselinePresent,
    CauseReduced,
    ClosureEvidence,
    ControllerConfirmed,
    Count,
    Countable,
    Criterion,
    CriterionResult,
    DeclaredOrPresent,
    DistinctPeople,
    FieldPresent,
    ForecastEntered,
    Met,
    MilestonesDone,
    NoOpenRequest,
    NoOverdueCondition,
    PlannedByMonth,
)
from domain.ids import PersonId
from domain.measures import Measure
from domain.orders.causes import CauseStanding
from domain.value import Scenario


@dataclass(frozen=True, kw_only=True)
class GateFacts:
    """What a checklist looks at beside the measure.

    `waivers`: criterion key to the reason it was waived for; `waived_by`: who waived one of this gate.
    """

    open_requests: int = 0
    open_conditions: int = 0
    overdue_conditions: int = 0
    open_constraints: int = 0
    waivers: Mapping[str, str] = field(default_factory=dict)
    waived_by: frozenset[PersonId] = frozenset()
    cause: CauseStanding | None = None


def evaluate(criteria: Iterable[Criterion], measure: Measure, facts: GateFacts) -> tuple[CriterionResult, ...]:
    """Every criterion with met, not met or waived, in the template's order."""
    return tuple(evaluate_one(criterion, measure, facts) for criterion in criteria)


def evaluate_one(criterion: Criterion, measure: Measure, facts: GateFacts) -> CriterionResult:
    found = CHECKS[type(criterion)](criterion, measure, facts)
    result = CriterionResult(
        key=criterion.key,
        label=criterion.label,
        kind=type(criterion).__name__,
        outcome=Met.MET if found.holds else Met.NOT_MET,
        missing=found.missing,
        have=found.have,
        need=found.need,
    )
    reason = facts.waivers.get(criterion.key, "")
    if result.is_open and criterion.waivable and reason:
        return replace(result, outcome=Met.WAIVED, reason=reason)
    return result


@dataclass(frozen=True)
class Found:
    """What a check saw."""

    holds: bool
    missing: tuple[str, ...] = ()
    have: int | None = None
    need: int | None = None


def nothing_missing(missing: Iterable[str], need: int | None = None) -> Found:
    names = tuple(missing)
    return Found(not names, names, None if need is None else need - len(names), need)


def field_present(criterion: FieldPresent, measure: Measure, facts: GateFacts) -> Found:
    return nothing_missing(() if is_filled(getattr(measure, criterion.field)) else (criterion.field,))


def declared_or_present(criterion: DeclaredOrPresent, measure: Measure, facts: GateFacts) -> Found:
    declared = bool(getattr(measure, criterion.declaration))
    return nothing_missing(() if declared or is_filled(getattr(measure, criterion.field)) else (criterion.field,))


def is_filled(value: object) -> bool:
    """Text with something in it, or anything but None; an amount of zero is an amount."""
    return bool(value.strip()) if isinstance(value, str) else value is not None


def count(criterion: Count, measure: Measure, facts: GateFacts) -> Found:
    things: Mapping[Countable, tuple[object, ...]] = {
        Countable.MILESTONES: measure.milestones,
        Countable.LINES: measure.lines,
        Countable.EVIDENCE: measure.evidence,
    }
    without = tuple(
        milestone.title
        for milestone in measure.milestones
        if not all(is_filled(getattr(milestone, name)) for name in criterion.having)
    )
    have = len(things[criterion.of]) - len(without)
    return Found(have >= criterion.at_least and not without, without, have, criterion.at_least)


def series_present(scenario: Scenario, measure: Measure) -> Found:
    """There is a line, and every line has at least one amount of the scenario."""
    without = tuple(line.name for line in measure.lines if not line.series.get(scenario))
    return Found(bool(measure.lines) and not without, without, len(measure.lines) - len(without), len(measure.lines))


def planned_by_month(criterion: PlannedByMonth, measure: Measure, facts: GateFacts) -> Found:
    return series_present(Scenario.PLAN, measure)


def forecast_entered(criterion: ForecastEntered, measure: Measure, facts: GateFacts) -> Found:
    return series_present(Scenario.FORECAST, measure)


def baseline_present(criterion: BaselinePresent, measure: Measure, facts: GateFacts) -> Found:
    having = sum(1 for line in measure.lines if line.series.get(Scenario.BASELINE))
    return Found(having > 0, (), having, 1)


def controller_confirmed(criterion: ControllerConfirmed, measure: Measure, facts: GateFacts) -> Found:
    return Found(measure.controller_confirmed_at is not None)


def milestones_done(criterion: MilestonesDone, measure: Measure, facts: GateFacts) -> Found:
    undone = tuple(
        milestone.title
        for milestone in measure.milestones
        if not milestone.waived_because
        and (milestone.done_on is None or (criterion.with_evidence and not milestone.evidence))
    )
    return nothing_missing(undone, len(measure.milestones))


def actuals_entered(criterion: ActualsThroughClosedMonth, measure: Measure, facts: GateFacts) -> Found:
    """Before any month is closed there is nothing that could be accepted."""
    if not measure.closed_through:
        return Found(False)
    gaps = {
        str(month)
        for line in measure.lines
        for month in line.series.get(Scenario.PLAN, {})
        if str(month) <= measure.closed_through and month not in line.series.get(Scenario.ACTUAL, {})
    }
    entered = any(line.series.get(Scenario.ACTUAL) for line in measure.lines)
    return Found(entered and not gaps, tuple(sorted(gaps)))


def cause_reduced(criterion: CauseReduced, measure: Measure, facts: GateFacts) -> Found:
    """By the cost a month or by the share of orders, in percent: whichever fell further."""
    if facts.cause is None:
        return Found(True)
    fallen = max(facts.cause.cost_fall, facts.cause.rate_fall) if facts.cause.months else Decimal(0)
    missing = () if facts.cause.is_reached else tuple(str(month) for month in facts.cause.months)
    return Found(facts.cause.is_reached, missing, max(int(fallen), 0), int(facts.cause.target_percent))


def closure_evidence(criterion: ClosureEvidence, measure: Measure, facts: GateFacts) -> Found:
    having = sum(1 for evidence in measure.evidence if evidence.is_closure)
    return Found(having > 0, (), having, 1)


def no_open_request(criterion: NoOpenRequest, measure: Measure, facts: GateFacts) -> Found:
    still = facts.open_requests + facts.open_conditions + facts.open_constraints
    return Found(still == 0, (), still, 0)


def no_overdue_condition(criterion: NoOverdueCondition, measure: Measure, facts: GateFacts) -> Found:
    return Found(facts.overdue_conditions == 0, (), facts.overdue_conditions, 0)


def distinct_people(criterion: DistinctPeople, measure: Measure, facts: GateFacts) -> Found:
    named = [(word, getattr(measure, word)) for word in criterion.people]
    held = [person for _, person in named if person is not None]
    return nothing_missing(word for word, person in named if person is None or held.count(person) > 1)


CHECKS: Mapping[type[Criterion], Callable[..., Found]] = {
    FieldPresent: field_present,
    DeclaredOrPresent: declared_or_present,
    Count: count,
    BaselinePresent: baseline_present,
    PlannedByMonth: planned_by_month,
    ForecastEntered: forecast_entered,
    ControllerConfirmed: controller_confirmed,
    MilestonesDone: milestones_done,
    ActualsThroughClosedMonth: actuals_entered,
    CauseReduced: cause_reduced,
    ClosureEvidence: closure_evidence,
    NoOpenRequest: no_open_request,
    NoOverdueCondition: no_overdue_condition,
    DistinctPeople: distinct_people,
}
