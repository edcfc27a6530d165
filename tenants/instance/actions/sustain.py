"""Say of a closed measure that its value holds, or that it does not and the measure is to be reopened."""

from datetime import date
from uuid import UUID

from domain.access import Actor
from domain.approvals.requesting import Requested
from domain.checks import (
    CheckOutcome,
    SustainCheckReminded,
    ValueNotSustained,
    ValueSustained,
    decide_not_sustained,
    decide_sustained,
)
from domain.ids import PersonId, RequestId, SustainCheckId
from domain.lifecycle import decide_request_reopen
from domain.notices import NoticeKind, urgency_of
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.notices import tell
from tenants.instance.actions.requests import open_and_keep
from tenants.instance.actions.taking import Taken, take
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.sustain import measure_of_check, to_check
from tenants.instance.transaction import Transaction


@action
def confirm_sustained(work: Work, check_id: UUID, words: str, actor: Actor) -> ValueSustained | Refusal:
    """The value holds. Raises NotFound."""
    with work.transaction() as tx:
        taken, row = _lock(tx, check_id)
        outcome = decide_sustained(to_check(row), words, taken.measure, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        _settle(row, CheckOutcome.HOLDS, outcome)
        tx.record(outcome, actor, taken.subject, reason=outcome.words)
    return outcome


@action
def doubt_sustained(
    work: Work, check_id: UUID, request_id: UUID, reason: str, words: str, actor: Actor
) -> Requested | Refusal:
    """The value does not hold: the check is made, and a request to reopen is opened with it. Raises NotFound."""
    with work.transaction() as tx:
        taken, row = _lock(tx, check_id)
        if tx.session.get(RequestRow, request_id) is None:
            doubt = decide_not_sustained(to_check(row), RequestId(request_id), words, taken.measure, actor, work.now())
            if isinstance(doubt, Refusal):
                return tx.refuse(doubt, actor, taken.subject)
            _settle(row, CheckOutcome.REOPEN_ASKED, doubt)
            tx.record(doubt, actor, taken.subject, reason=doubt.words)
        return open_and_keep(
            tx,
            taken,
            request_id,
            actor,
            lambda taken, situation: decide_request_reopen(
                taken.measure, reason, words, situation, actor, work.now(), RequestId(request_id)
            ),
        )


@action
def remind_of_check(work: Work, check_id: UUID, due_on: date) -> None:
    """Remind the controller when a check is due, and again when it is overdue. Raises NotFound."""
    with work.transaction() as tx:
        taken, row = _lock(tx, check_id)
        today = work.now().date()
        urgency = urgency_of(due_on, today, taken.governance.holidays)
        controller = taken.measure.controller
        if urgency is None or row.outcome or controller is None:
            return
        body = {
            "link": f"measures/{taken.row.code}#sustain",
            "measure": f"{taken.row.code} {taken.row.title}",
            "due": due_on.isoformat(),
        }
        if tell(tx, (controller,), NoticeKind.SUSTAIN, f"sustain/{row.id}/{urgency}", body):
            event = SustainCheckReminded(check=SustainCheckId(row.id), controller=PersonId(controller), due=due_on)
            tx.record(event, None, taken.subject)


def _lock(tx: Transaction, check_id: UUID) -> tuple[Taken, SustainCheckRow]:
    taken = take(tx, measure_of_check(tx.session, check_id))
    return taken, tx.lock(SustainCheckRow, check_id)


def _settle(row: SustainCheckRow, outcome: CheckOutcome, said: ValueSustained | ValueNotSustained) -> None:
    row.outcome, row.checked_on = outcome, said.at.date()
    row.checked_by, row.words = said.person, said.words
