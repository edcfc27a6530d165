"""Ask for a gate or for a turn (hold, resume, cancel, reopen); vote; withdraw. What is approved is applied at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID, uuid5

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.asked import RoleGone, role_gone
from domain.approvals.ending import RequestWithdrawn, after_withdrawal, decide_withdraw
from domain.approvals.request import ApprovalRequest, Vote
from domain.approvals.requesting import Requested, Situation
from domain.approvals.voting import Voted, decide_vote
from domain.gates import decide_request_gate
from domain.ids import PersonId, RequestId
from domain.lifecycle import (
    decide_request_cancel,
    decide_request_hold,
    decide_request_reopen,
    decide_request_resume,
)
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.database import NotFound, Work, action
from tenants.instance.actions.conditions import unknown_owner
from tenants.instance.actions.order_taking import take_order
from tenants.instance.actions.settling import InHand, carry_out, settle, store_request
from tenants.instance.actions.taking import Taken, take
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import load_requests, open_requests
from tenants.instance.queries.delegations import delegations_to
from tenants.instance.queries.directory import get_directory
from tenants.instance.queries.gates import gate_facts
from tenants.instance.queries.readers import find_reader
from tenants.instance.transaction import Transaction

Decide = Callable[[Taken, Situation], Requested | Refusal]
ASKS = {
    "hold": decide_request_hold,
    "resume": decide_request_resume,
    "cancel": decide_request_cancel,
    "reopen": decide_request_reopen,
}


def request_gate(
    work: Work, measure_id: UUID, request_id: UUID, target: Stage, actor: Actor, comment: str = ""
) -> Requested | Refusal:
    """Ask to enter a stage. `request_id` comes with the form: the same form twice is one request."""

    def decide(taken: Taken, situation: Situation) -> Requested | Refusal:
        facts = gate_facts(work.session, taken.measure, situation.template, work.now().date())
        return decide_request_gate(
            taken.measure, target, situation, facts, actor, work.now(), RequestId(request_id), comment
        )

    return ask(work, measure_id, request_id, actor, decide)


def request_turn(
    work: Work, measure_id: UUID, request_id: UUID, kind: str, reason: str, text: str, actor: Actor
) -> Requested | Refusal:
    """Ask to hold, resume, cancel or reopen (`kind`), with a reason from the template's list and a sentence."""

    def decide(taken: Taken, situation: Situation) -> Requested | Refusal:
        return ASKS[kind](taken.measure, reason, text, situation, actor, work.now(), RequestId(request_id))

    return ask(work, measure_id, request_id, actor, decide)


def request_turns(
    work: Work, measures: Sequence[UUID], key: UUID, kind: str, reason: str, text: str, actor: Actor
) -> tuple[Requested | Refusal, ...]:
    """The same for many measures, each in a transaction of its own and decided by itself, in their order.

    `key` comes with the form: the same form twice asks once for each.
    """
    return tuple(
        request_turn(work, measure, uuid5(key, str(measure)), kind, reason, text, actor) for measure in measures
    )


@action
def vote(
    work: Work, request_id: UUID, given: Vote, actor: Actor, on_behalf_of: PersonId | None = None
) -> Voted | Refusal:
    """Cast one vote, one's own or that of somebody one stands in for; the one that settles the request applies it in
    the same transaction. Raises NotFound."""
    actor = replace(actor, on_behalf_of=on_behalf_of)
    with work.transaction() as tx:
        row, taken = lock_request(tx, request_id)
        request = load_requests(tx.session, [(row, taken.code)])[0]
        delegations = delegations_to(work, actor.person, lock=True) if on_behalf_of else ()
        outcome = unknown_owner(tx, given) or decide_vote(
            request, given, actor, work.now(), taken.sealed(request), delegations, taken.governance.holidays
        )
        if on_behalf_of and not isinstance(outcome, Refusal):
            outcome = _giver_gone(work, request, on_behalf_of) or outcome
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        carry_out(tx, row, taken, request, outcome, actor)
    return outcome


def _giver_gone(work: Work, request: ApprovalRequest, giver: PersonId) -> RoleGone | None:
    """Who stands in decides what the giver could decide today, not what they could when it was asked."""
    reader = find_reader(work, giver)
    step = request.steps[request.current or 0]
    return role_gone(request, step, giver, reader.actor.assignments if reader else ())


@action
def withdraw(work: Work, request_id: UUID, comment: str, actor: Actor) -> RequestWithdrawn | Refusal:
    """Take one's own open request back. Raises NotFound."""
    with work.transaction() as tx:
        row, taken = lock_request(tx, request_id)
        request = load_requests(tx.session, [(row, taken.code)])[0]
        outcome = decide_withdraw(request, actor, work.now(), comment)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        settle(row, after_withdrawal(request), taken, tx)
        tx.record(outcome, actor, taken.subject, reason=outcome.comment)
        tx.later_once("publish_metrics")
    return outcome


def situation_of(work: Work, taken: Taken) -> Situation:
    """What a decision about the measure looks at beside the measure."""
    return Situation(
        path=taken.row.path,
        template=taken.governance.template,
        directory=get_directory(work),
        open_requests=open_requests(work.session, RequestRow.measure_id == taken.row.id),
        holidays=taken.governance.holidays,
    )


@action
def ask(work: Work, measure_id: UUID, request_id: UUID, actor: Actor, decide: Decide) -> Requested | Refusal:
    with work.transaction() as tx:
        return open_and_keep(tx, take(tx, measure_id), request_id, actor, decide)


def open_and_keep(tx: Transaction, taken: Taken, request_id: UUID, actor: Actor, decide: Decide) -> Requested | Refusal:
    """Decide on a request and keep it, once for each id; a refusal undoes what the transaction did before."""
    if existing := tx.session.get(RequestRow, request_id):
        return Requested(request=load_requests(tx.session, [(existing, taken.code)])[0])
    outcome = decide(taken, situation_of(tx.work, taken))
    if isinstance(outcome, Refusal):
        return tx.refuse(outcome, actor, taken.subject)
    keep_requested(tx, taken, outcome, actor)
    return outcome


def keep_requested(tx: Transaction, taken: InHand, outcome: Requested, actor: Actor | None) -> None:
    """Store an opened request, record it and tell those who decide. `actor` None: the service asked for somebody."""
    store_request(tx, taken, outcome.request)
    tx.record(outcome, actor, taken.subject, reason=outcome.request.comment)
    tx.later("announce_request", request_id=str(outcome.request.id))
    tx.later_once("publish_metrics")


def lock_request(tx: Transaction, request_id: UUID) -> tuple[RequestRow, InHand]:
    """The measure or the order first, then the request: so every action locks, so that none waits for another."""
    statement = select(RequestRow.measure_id, RequestRow.order_id).where(RequestRow.id == request_id)
    found = tx.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(f"request {request_id}")
    taken = take_order(tx, found.order_id) if found.order_id else take(tx, found.measure_id)
    return tx.lock(RequestRow, request_id), taken
