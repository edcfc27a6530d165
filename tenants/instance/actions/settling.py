"""Keep a request and its votes, and carry out what was approved: what every way of asking and deciding ends in."""

from collections.abc import Sequence

from domain.access import Actor
from domain.approvals.request import ApprovalRequest, RequestState, RequestStep
from domain.approvals.requesting import family_of
from domain.approvals.voting import Voted, apply_vote
from domain.ids import RequestId
from domain.lifecycle import (
    ChangeApplied,
    MeasureCancelled,
    MeasureClosed,
    MeasureHeld,
    MeasureReopened,
    MeasureResumed,
    PlanVersionLocked,
    StageReached,
    apply_approved,
)
from domain.lifecycle.applying import Applied
from domain.orders.asking import read_ask
from tenants.instance.actions.change_rows import write_change
from tenants.instance.actions.closing import schedule_checks
from tenants.instance.actions.conditions import set_conditions
from tenants.instance.actions.holding import turn
from tenants.instance.actions.order_effects import apply_to_order
from tenants.instance.actions.order_taking import TakenOrder
from tenants.instance.actions.taking import Taken, put_back
from tenants.instance.models.requests import RequestRow, StepRow, VoteRow
from tenants.instance.models.values import PlanVersionRow
from tenants.instance.transaction import Transaction, plain

InHand = Taken | TakenOrder


def store_request(tx: Transaction, taken: InHand, request: ApprovalRequest) -> None:
    if isinstance(taken, TakenOrder):
        taken.row.open_requests += 1
    asked = read_ask(request) if request.order else None
    tx.add(
        RequestRow(
            id=request.id,
            measure_id=request.measure,
            order_id=request.order,
            exception_id=request.exception,
            forum_id=request.forum,
            amount=asked.amount if asked else None,
            daily_cost=asked.daily_cost if asked else None,
            path=taken.subject.path,
            kind=request.kind,
            family=family_of(request.kind, request.exception),
            target_stage=int(request.target) if request.target else None,
            template=request.template,
            policy=request.policy,
            state=request.state,
            reason=request.reason,
            comment=request.comment,
            seal=request.seal,
            subject=request.subject,
            proposal=request.proposal,
            checklist=plain(request.checklist),
            void_changes=[],
            duties=plain(request.duties),
            requested_by=request.requested_by,
            requested_at=request.requested_at,
            waiting=list(request.waits_for),
            due_on=request.steps[0].due_on,
            version=1,
        )
    )
    tx.flush()
    for position, step in enumerate(request.steps):
        tx.add(_step_row(request.id, position, step))


def carry_out(
    tx: Transaction, row: RequestRow, taken: InHand, request: ApprovalRequest, voted: Voted, actor: Actor
) -> None:
    """Keep a vote or a recorded decision, apply what it approves, and let those know whom it concerns."""
    after = apply_vote(request, voted)
    store_vote(tx, row, taken, after, voted)
    tx.record(voted, actor, taken.subject, reason=voted.vote.comment)
    if after.state is RequestState.APPROVED:
        apply(tx, taken, after, actor)
    tx.later("announce_decision" if row.closed_at else "announce_request", request_id=str(row.id))
    tx.later_once("publish_metrics")


def store_vote(tx: Transaction, row: RequestRow, taken: InHand, after: ApprovalRequest, voted: Voted) -> None:
    cast = voted.vote
    tx.add(
        VoteRow(
            request_id=row.id,
            position=cast.step,
            approver_id=cast.approver,
            person_id=cast.person,
            choice=cast.choice,
            comment=cast.comment,
            at=cast.at,
            meeting_id=cast.meeting,
            present=list(cast.present),
            recorded=cast.meeting is not None,
        )
    )
    set_conditions(tx, row, cast)
    for kept, step in zip(tx.lock_all(StepRow, StepRow.request_id == row.id), after.steps, strict=True):
        kept.due_on, kept.settled = step.due_on, step.settled
    settle(row, after, taken, tx)


def settle(row: RequestRow, after: ApprovalRequest, taken: InHand, tx: Transaction) -> None:
    row.state = after.state
    row.waiting = list(after.waits_for)
    row.due_on = after.steps[after.current].due_on if after.current is not None else None
    row.closed_at = None if after.state is RequestState.OPEN else tx.work.now()
    row.version += 1
    if isinstance(taken, TakenOrder) and row.closed_at:
        taken.row.open_requests -= 1


def apply(tx: Transaction, taken: InHand, request: ApprovalRequest, actor: Actor) -> None:
    """Whatever it is about: done at once, in the same transaction, each of its events in the trail."""
    events: Sequence[object]
    if isinstance(taken, TakenOrder):
        events = apply_to_order(tx, taken, request)
    else:
        events = apply_to_measure(tx, taken, request, actor)
    for event in events:
        tx.record(event, actor, taken.subject)


def apply_to_measure(tx: Transaction, taken: Taken, request: ApprovalRequest, actor: Actor) -> tuple[Applied, ...]:
    events = apply_approved(taken.measure, request, taken.governance.template, tx.work.now())
    for event in events:
        match event:
            case StageReached(after=stage):
                taken.row.stage, taken.row.stage_since = int(stage), event.at
            case PlanVersionLocked():
                lock_plan(tx, taken, event)
            case MeasureClosed():
                schedule_checks(tx, taken, event)
            case ChangeApplied():
                write_change(tx, taken, event)
            case MeasureHeld() | MeasureResumed() | MeasureCancelled() | MeasureReopened():
                turn(tx, taken, event)
    put_back(tx, taken, actor, is_edit=False)
    return events


def lock_plan(tx: Transaction, taken: Taken, locked: PlanVersionLocked) -> None:
    """Keep the plan as it is locked now, for ever; the first version is what leakage is measured against."""
    taken.row.plan_version = locked.version
    tx.add(
        PlanVersionRow(
            measure_id=taken.row.id,
            number=locked.version,
            locked_at=locked.at,
            request_id=locked.request,
            body={"text": locked.plan},
            digest=locked.seal,
        )
    )


def _step_row(request: RequestId, position: int, step: RequestStep) -> StepRow:
    values = {name: getattr(step, name) for name in ("name", "selector", "needed", "due_working_days", "due_on")}
    return StepRow(
        request_id=request,
        position=position,
        approvers=list(step.approvers),
        rule=step.rule,
        step_up=step.step_up,
        escalate_to=step.escalate_to or "",
        escalated=list(step.escalated),
        settled=step.settled,
        **values,
    )
