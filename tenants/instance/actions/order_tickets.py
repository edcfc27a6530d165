"""Service tickets of orders: opened, taken, escalated, answered."""

from uuid import UUID

from domain.access import Actor
from domain.ids import OrderExceptionId, OrderId, OrderTicketId, PersonId
from domain.orders.tickets import (
    Ticket,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketTaken,
    decide_close_ticket,
    decide_escalate_ticket,
    decide_open_ticket,
    decide_take_ticket,
)
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.order_rows import add_ticket, close_ticket
from tenants.instance.actions.order_taking import TakenOrder, put_back_order, take_order
from tenants.instance.models.exceptions import OrderTicketRow
from tenants.instance.transaction import Transaction


@action
def open_ticket(work: Work, ticket: Ticket, actor: Actor) -> TicketOpened | Refusal:
    """`ticket.id` comes with the form: the same form twice opens one. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, ticket.order)
        outcome = decide_open_ticket(taken.order, ticket, taken.rules, actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if tx.session.get(OrderTicketRow, ticket.id) is None:
            add_ticket(tx, taken.row, _row(outcome.ticket))
            put_back_order(tx, taken.row, actor, is_edit=False)
            tx.record(outcome, actor, taken.subject)
    return outcome


@action
def take_ticket(work: Work, order_id: UUID, ticket_id: UUID, actor: Actor) -> TicketTaken | Refusal:
    """Who has it already keeps it. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        row = _own(tx, taken, ticket_id)
        outcome = decide_take_ticket(_ticket(row), taken.order, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if outcome.before != outcome.person:
            row.owner_id = outcome.person
            put_back_order(tx, taken.row, actor, is_edit=False)
            tx.record(outcome, actor, taken.subject)
    return outcome


@action
def escalate_ticket(
    work: Work, order_id: UUID, ticket_id: UUID, reason: str, decision: str, actor: Actor
) -> TicketEscalated | Refusal:
    """`decision`: the kind that it needs, empty for none. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        row = _own(tx, taken, ticket_id)
        outcome = decide_escalate_ticket(_ticket(row), taken.order, reason, decision, taken.rules, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        row.escalation, row.decision = outcome.ticket.escalation, outcome.ticket.decision
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=outcome.ticket.escalation)
    return outcome


@action
def answer_ticket(work: Work, order_id: UUID, ticket_id: UUID, answer: str, actor: Actor) -> TicketClosed | Refusal:
    """Close it with what the customer was told. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        row = _own(tx, taken, ticket_id)
        outcome = decide_close_ticket(_ticket(row), taken.order, answer, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        close_ticket(taken.row, row, outcome.ticket.answer, actor.person, outcome.at)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject)
    return outcome


def _own(tx: Transaction, taken: TakenOrder, ticket_id: UUID) -> OrderTicketRow:
    row = tx.lock(OrderTicketRow, ticket_id)
    if row.order_id != taken.row.id:
        raise NotFound(f"ticket {ticket_id} of order {taken.row.id}")
    return row


def _ticket(row: OrderTicketRow) -> Ticket:
    return Ticket(
        id=OrderTicketId(row.id),
        order=OrderId(row.order_id),
        channel=row.channel,
        title=row.title,
        opened_at=row.opened_at,
        words=row.words,
        exception=OrderExceptionId(row.exception_id) if row.exception_id else None,
        owner=PersonId(row.owner_id) if row.owner_id else None,
        escalation=row.escalation,
        decision=row.decision,
        opened_by=PersonId(row.opened_by) if row.opened_by else None,
        answer=row.answer,
        closed_at=row.closed_at,
    )


def _row(ticket: Ticket) -> OrderTicketRow:
    return OrderTicketRow(
        id=ticket.id,
        order_id=ticket.order,
        exception_id=ticket.exception,
        channel=ticket.channel,
        title=ticket.title,
        words=ticket.words,
        owner_id=ticket.owner,
        escalation=ticket.escalation,
        decision=ticket.decision,
        opened_by=ticket.opened_by,
        opened_at=ticket.opened_at,
        answer="",
    )
