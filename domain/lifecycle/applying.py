"""What an approved request does to its measure: the events it makes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.approvals.request import ApprovalRequest, Choice, RequestState
from domain.changes.proposal import applied, read_proposal
from domain.governance.policies import CANCEL, CHANGE, HOLD, REOPEN, RESUME
from domain.governance.template import GovernanceTemplate
from domain.ids import MeasureId, PersonId, RequestId
from domain.measures import Measure
from domain.months import Month
from domain.seal import FieldChange, canonical_locked, canonical_plan, canonical_text, differences, seal
from domain.stages import MeasureState, Stage


@dataclass(frozen=True, kw_only=True)
class StageReached:
    measure: MeasureId
    request: RequestId
    before: Stage
    after: Stage
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PlanVersionLocked:
    """The plan became immutable. `plan` is its canonical text, `seal` the SHA-256 of that."""

    measure: MeasureId
    request: RequestId
    version: int
    plan: str
    seal: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MeasureClosed:
    """The achieved value was accepted; `sustain_checks` are the days to ask whether it holds."""

    measure: MeasureId
    request: RequestId
    accepted_by: tuple[PersonId, ...]
    sustain_checks: tuple[date, ...]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MeasureHeld:
    measure: MeasureId
    request: RequestId
    reason: str
    comment: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MeasureResumed:
    """It goes on at the stage it was at. `days` it was on hold: by so many every open due date moves."""

    measure: MeasureId
    request: RequestId
    reason: str
    comment: str
    at: datetime
    days: int


@dataclass(frozen=True, kw_only=True)
class MeasureCancelled:
    measure: MeasureId
    request: RequestId
    reason: str
    comment: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MeasureReopened:
    """It went one stage back. A plan that is locked stays locked."""

    measure: MeasureId
    request: RequestId
    before: Stage
    after: Stage
    reason: str
    comment: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ChangeApplied:
    """What was locked changed as asked for. `person` asked for it: who proposes what is written, edits."""

    measure: MeasureId
    request: RequestId
    person: PersonId
    proposal: str  # canonical text, as sealed
    changes: tuple[FieldChange, ...]
    at: datetime


Applied = (
    StageReached
    | PlanVersionLocked
    | MeasureClosed
    | MeasureHeld
    | MeasureResumed
    | MeasureCancelled
    | MeasureReopened
    | ChangeApplied
)

# The states in which each kind may be applied.
TURNS: dict[str, tuple[MeasureState, ...]] = {
    HOLD: (MeasureState.ACTIVE,),
    RESUME: (MeasureState.ON_HOLD,),
    CANCEL: (MeasureState.ACTIVE, MeasureState.ON_HOLD),
    REOPEN: (MeasureState.ACTIVE,),
}


def apply_approved(
    measure: Measure, request: ApprovalRequest, template: GovernanceTemplate, now: datetime
) -> tuple[Applied, ...]:
    """The events of an approved request on its measure. One that is not approved, or does not fit, is a bug."""
    if request.state is not RequestState.APPROVED or request.measure != measure.id:
        raise ValueError(f"request {request.id} is not an approved one of {measure.code}")
    if request.target is not None:
        return enter_stage(measure, request, request.target, template, now)
    if request.kind == CHANGE:
        return change(measure, request, now)
    return (turned(measure, request, now),)


def turned(measure: Measure, request: ApprovalRequest, now: datetime) -> Applied:
    """Held, resumed, cancelled or reopened. What is closed can only be reopened."""
    kind = request.kind
    may_not = measure.stage is Stage.DEFINED if kind == REOPEN else measure.stage is Stage.CLOSED
    if measure.state not in TURNS[kind] or may_not:
        raise ValueError(f"{measure.code} is {measure.state} at {measure.stage.name}: cannot apply {kind}")
    said: dict[str, Any] = {
        "measure": measure.id,
        "request": request.id,
        "reason": request.reason,
        "comment": request.comment,
        "at": now,
    }
    match kind:
        case "hold":
            return MeasureHeld(**said)
        case "resume":
            return MeasureResumed(**said, days=days_held(measure, now))
        case "cancel":
            return MeasureCancelled(**said)
        case _:
            return MeasureReopened(**said, before=measure.stage, after=Stage(measure.stage - 1))


def days_held(measure: Measure, now: datetime) -> int:
    return (now.date() - measure.held_on).days if measure.held_on else 0


def enter_stage(
    measure: Measure, request: ApprovalRequest, target: Stage, template: GovernanceTemplate, now: datetime
) -> tuple[Applied, ...]:
    if measure.state is not MeasureState.ACTIVE or measure.stage.next is not target:
        raise ValueError(f"{measure.code} is {measure.state} at {measure.stage.name}: cannot enter {target.name}")
    events: list[Applied] = [
        StageReached(measure=measure.id, request=request.id, before=measure.stage, after=target, at=now)
    ]
    if target is Stage.DECIDED and not measure.plan_version:
        events.append(locked(measure, request, 1, now))
    if target is Stage.CLOSED:
        checks = tuple(months_later(now.date(), months) for months in template.sustain_months)
        accepted = tuple(vote.approver for vote in request.votes if vote.choice is Choice.APPROVE)
        events.append(
            MeasureClosed(measure=measure.id, request=request.id, accepted_by=accepted, sustain_checks=checks, at=now)
        )
    return tuple(events)


def change(measure: Measure, request: ApprovalRequest, now: datetime) -> tuple[Applied, ...]:
    """The proposal carried out; where dates, target, people or series of the plan are others, its next version."""
    if measure.state is not MeasureState.ACTIVE or measure.stage is Stage.CLOSED or not measure.plan_version:
        raise ValueError(f"{measure.code} is {measure.state} at {measure.stage.name}: cannot apply a change")
    after = applied(measure, read_proposal(request.proposal))
    changed = ChangeApplied(
        measure=measure.id,
        request=request.id,
        person=request.requested_by,
        proposal=request.proposal,
        changes=differences(canonical_locked(measure), canonical_locked(after)),
        at=now,
    )
    plan = canonical_plan(after)
    if plan == canonical_plan(measure):
        return (changed,)
    return (changed, locked(after, request, measure.plan_version + 1, now))


def locked(measure: Measure, request: ApprovalRequest, version: int, now: datetime) -> PlanVersionLocked:
    plan = canonical_text(canonical_plan(measure))
    return PlanVersionLocked(
        measure=measure.id, request=request.id, version=version, plan=plan, seal=seal(plan), at=now
    )


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    month = Month.of(day).plus(months)
    return min(month.last, month.first.replace(day=min(day.day, month.last.day)))
