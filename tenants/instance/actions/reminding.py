"""What the clock does about steps and conditions that fall due: remind, escalate; each once, each in the trail."""

from datetime import date
from uuid import UUID

from domain.approvals.request import ApprovalRequest
from domain.ids import ConditionId, PersonId, RequestId
from domain.notices import (
    ApproversReminded,
    ConditionReminded,
    Escalation,
    NoticeKind,
    Reminder,
    StepEscalated,
    due_notices,
    urgency_of,
)
from domain.stages import MeasureState
from tenants.database import Work, action
from tenants.instance.actions.notices import tell, tell_waited
from tenants.instance.actions.requests import lock_request
from tenants.instance.actions.settling import InHand
from tenants.instance.actions.taking import take
from tenants.instance.models.conditions import GateConditionRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.notices import around as surroundings
from tenants.instance.queries.notices import names_of, request_body
from tenants.instance.transaction import Transaction


@action
def remind_of_request(work: Work, request_id: UUID) -> None:
    """Remind or escalate as today asks for; what was told before is not told again. Raises NotFound."""
    with work.transaction() as tx:
        row, taken = lock_request(tx, request_id)
        request = load_requests(tx.session, [(row, taken.code)])[0]
        if request.current is None or taken.sealed(request).is_held:
            return
        step = tx.lock(StepRow, (row.id, request.current))
        here = surroundings(work, work.now().date())
        for due in due_notices(request, taken.place, here, is_escalated=step.escalated_on is not None):
            if isinstance(due, Reminder):
                _remind(tx, taken, row, step, due)
            else:
                _escalate(tx, taken, row, step, request, due)


@action
def remind_of_condition(work: Work, condition_id: UUID, due_on: date) -> None:
    """Remind the owner of a condition that is due, and again when it is overdue. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, tx.work.get(GateConditionRow, condition_id).measure_id)
        row, today = tx.lock(GateConditionRow, condition_id), work.now().date()
        urgency = urgency_of(due_on, today, taken.governance.holidays)
        if urgency is None or row.met_on or taken.row.state != MeasureState.ACTIVE:
            return
        body = {
            "link": f"requests/{row.request_id}",
            "words": row.words,
            "measure": f"{taken.row.code} {taken.row.title}",
            "due": due_on.isoformat(),
            "urgency": urgency,
        }
        key = f"condition/{row.id}/{urgency}/{due_on}"
        if tell(tx, (PersonId(row.owner_id),), NoticeKind.CONDITION, key, body):
            owner = PersonId(row.owner_id)
            event = ConditionReminded(condition=ConditionId(row.id), owner=owner, urgency=urgency, due_on=due_on)
            tx.record(event, None, taken.subject)


def _remind(tx: Transaction, taken: InHand, row: RequestRow, step: StepRow, due: Reminder) -> None:
    body = request_body(tx.work, row) | {"step": step.name, "urgency": due.urgency}
    told = tell_waited(tx, due.people, NoticeKind.REMINDER, due.key(RequestId(row.id), step.position), body)
    if told:
        step.reminded_on = tx.work.now().date()
        event = ApproversReminded(
            request=RequestId(row.id), step_name=step.name, people=told, urgency=due.urgency, due_on=due.due_on
        )
        tx.record(event, None, taken.subject)


def _escalate(
    tx: Transaction, taken: InHand, row: RequestRow, step: StepRow, request: ApprovalRequest, due: Escalation
) -> None:
    """Recorded also where nobody is there to be told. Who joins is waited for like the others."""
    step.escalated_on = tx.work.now().date()
    step.escalated = list(due.join)
    row.waiting = list(dict.fromkeys((*request.waits_for, *due.join)))
    waits = names_of(tx.session, request.waits_for)
    body = request_body(tx.work, row) | {"step": step.name, "waits_for": ", ".join(sorted(waits.values()))}
    key = due.key(RequestId(row.id), step.position)
    for person in due.people:
        tell(tx, (person,), NoticeKind.ESCALATION, key, body | {"may_decide": person in due.join})
    event = StepEscalated(
        request=request.id,
        step_name=step.name,
        role=due.role,
        people=due.people,
        join=due.join,
        due_on=due.due_on,
    )
    tx.record(event, None, taken.subject)
