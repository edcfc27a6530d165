"""Ask for a gate, a hold, a resumption or a cancellation; vote; withdraw. What is approved is applied at once."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.request import ApprovalRequest, RequestState, Vote
from domain.approvals.requesting import (
    Requested,
    RequestWithdrawn,
    Situation,
    Subject,
    after_withdrawal,
    decide_withdraw,
    subject_of,
)
from domain.approvals.voting import Voted, apply_vote, decide_vote
from domain.gates import GateFacts, decide_request_gate
from domain.governance.policies import GATE_KINDS
from domain.ids import RequestId
from domain.lifecycle import (
    MeasureCancelled,
    MeasureHeld,
    MeasureResumed,
    PlanVersionLocked,
    StageReached,
    apply_approved,
    decide_request_cancel,
    decide_request_hold,
    decide_request_resume,
)
from domain.refusals import Refusal
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tenants.database import NotFound, Work, action
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.models.requests import RequestRow, StepRow, VoteRow
from tenants.instance.models.values import PlanVersionRow
from tenants.instance.queries.approvals import load_requests, open_requests
from tenants.instance.queries.directory import get_directory
from tenants.instance.transaction import Transaction, plain

Decide = Callable[[Taken, Situation], Requested | Refusal]
ASKS = {"hold": decide_request_hold, "resume": decide_request_resume, "cancel": decide_request_cancel}


def request_gate(
    work: Work, measure_id: UUID, request_id: UUID, target: Stage, actor: Actor, comment: str = ""
) -> Requested | Refusal:
    """Ask to enter a stage. `request_id` comes with the form: the same form twice is one request."""

    def decide(taken: Taken, situation: Situation) -> Requested | Refusal:
        facts = GateFacts(open_requests=len(situation.open_requests))
        return decide_request_gate(
            taken.measure, target, situation, facts, actor, work.now(), RequestId(request_id), comment
        )

    return _ask(work, measure_id, request_id, actor, decide)


def request_turn(
    work: Work, measure_id: UUID, request_id: UUID, kind: str, reason: str, text: str, actor: Actor
) -> Requested | Refusal:
    """Ask to hold, resume or cancel (`kind`), with a reason from the template's list and a sentence."""

    def decide(taken: Taken, situation: Situation) -> Requested | Refusal:
        return ASKS[kind](taken.measure, reason, text, situation, actor, work.now(), RequestId(request_id))

    return _ask(work, measure_id, request_id, actor, decide)


@action
def vote(work: Work, request_id: UUID, given: Vote, actor: Actor) -> Voted | Refusal:
    """Cast one vote; the one that settles the request applies it in the same transaction. Raises NotFound."""
    with work.transaction() as tx:
        row, taken = _lock(tx, request_id)
        request = load_requests(tx.session, [(row, taken.row.code)])[0]
        outcome = decide_vote(request, given, actor, work.now(), _subject(taken, request))
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        after = apply_vote(request, outcome)
        _store_vote(tx, row, after, outcome)
        tx.record(outcome, actor, taken.subject, reason=outcome.vote.comment)
        if after.state is RequestState.APPROVED:
            _apply(tx, taken, after, actor)
        tx.later("announce_decision" if row.closed_at else "announce_request", request_id=str(row.id))
        tx.later_once("publish_metrics")
    return outcome


@action
def withdraw(work: Work, request_id: UUID, comment: str, actor: Actor) -> RequestWithdrawn | Refusal:
    """Take one's own open request back. Raises NotFound."""
    with work.transaction() as tx:
        row, taken = _lock(tx, request_id)
        request = load_requests(tx.session, [(row, taken.row.code)])[0]
        outcome = decide_withdraw(request, actor, work.now(), comment)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        _settle(row, after_withdrawal(request), tx)
        tx.record(outcome, actor, taken.subject, reason=outcome.comment)
        tx.later_once("publish_metrics")
    return outcome


def situation_of(work: Work, taken: Taken) -> Situation:
    """What a decision about the measure looks at beside the measure."""
    return Situation(
        path=taken.row.path,
        template=taken.governance.template,
        directory=get_directory(work),
        open_requests=open_requests(work.session, taken.row.id),
    )


@action
def _ask(work: Work, measure_id: UUID, request_id: UUID, actor: Actor, decide: Decide) -> Requested | Refusal:
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if existing := tx.session.get(RequestRow, request_id):
            return Requested(request=load_requests(tx.session, [(existing, taken.row.code)])[0])
        outcome = decide(taken, situation_of(work, taken))
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        _store_request(tx, taken, outcome.request)
        tx.record(outcome, actor, taken.subject, reason=outcome.request.comment)
        tx.later("announce_request", request_id=str(request_id))
        tx.later_once("publish_metrics")
    return outcome


def _subject(taken: Taken, request: ApprovalRequest) -> Subject:
    return subject_of(taken.measure, request.kind, proposal=request.proposal)


def _lock(tx: Transaction, request_id: UUID) -> tuple[RequestRow, Taken]:
    """The measure first, then the request: the order in which every action locks, so that none waits for another."""
    measure_id = tx.session.scalar(select(RequestRow.measure_id).where(RequestRow.id == request_id))
    if measure_id is None:
        raise NotFound(f"request {request_id}")
    taken = take(tx, measure_id)
    return tx.lock(RequestRow, request_id), taken


def _store_request(tx: Transaction, taken: Taken, request: ApprovalRequest) -> None:
    tx.add(
        RequestRow(
            id=request.id,
            measure_id=request.measure,
            path=taken.row.path,
            kind=request.kind,
            family="gate" if request.kind in GATE_KINDS else "state",
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
        values = {name: getattr(step, name) for name in ("name", "selector", "needed", "due_working_days", "due_on")}
        tx.add(
            StepRow(
                request_id=request.id,
                position=position,
                approvers=list(step.approvers),
                rule=step.rule,
                step_up=step.step_up,
                escalate_to=step.escalate_to or "",
                escalated=list(step.escalated),
                settled=step.settled,
                **values,
            )
        )


def _store_vote(tx: Transaction, row: RequestRow, after: ApprovalRequest, voted: Voted) -> None:
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
        )
    )
    for position, step in enumerate(after.steps):
        kept = tx.lock(StepRow, (row.id, position))
        kept.due_on, kept.settled = step.due_on, step.settled
    _settle(row, after, tx)


def _settle(row: RequestRow, after: ApprovalRequest, tx: Transaction) -> None:
    row.state = after.state
    row.waiting = list(after.waits_for)
    row.due_on = after.steps[after.current].due_on if after.current is not None else None
    row.closed_at = None if after.state is RequestState.OPEN else tx.work.now()
    row.version += 1


def _apply(tx: Transaction, taken: Taken, request: ApprovalRequest, actor: Actor) -> None:
    events = apply_approved(taken.measure, request, taken.governance.template, tx.work.now())
    for event in events:
        match event:
            case StageReached(after=stage):
                taken.row.stage, taken.row.stage_since = int(stage), event.at
            case PlanVersionLocked():
                _lock_plan(tx, taken, event)
            case MeasureHeld():
                taken.row.state = MeasureState.ON_HOLD
            case MeasureResumed():
                taken.row.state = MeasureState.ACTIVE
            case MeasureCancelled():
                taken.row.state = MeasureState.CANCELLED
    put_back(tx, taken, actor, is_edit=False)
    for event in events:
        tx.record(event, actor, taken.subject)


def _lock_plan(tx: Transaction, taken: Taken, locked: PlanVersionLocked) -> None:
    taken.row.plan_version = locked.version
    plan = {str(line.id): plain(line.series.get(Scenario.PLAN, {})) for line in taken.measure.lines}
    tx.add(
        PlanVersionRow(
            measure_id=taken.row.id,
            number=locked.version,
            locked_at=locked.at,
            request_id=locked.request,
            body={"plan": plan, "text": locked.plan},
            digest=locked.seal,
        )
    )
