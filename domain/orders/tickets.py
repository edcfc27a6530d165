"""Service tickets on orders and their exceptions: opened, taken, escalated, answered. Source: DOMAIN.md, 5."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor, Capability
from domain.governance.template import OrderRules
from domain.ids import OrderExceptionId, OrderId, OrderTicketId, PersonId
from domain.orders.money import codes, labels, not_of
from domain.orders.order import Order
from domain.orders.rights import TITLE_LIMIT, not_allowed, too_long, wordless
from domain.refusals import Refusal

CHANNELS = ("mail", "phone", "chat", "review", "other")  # where the template names none


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a customer wants of somebody. `escalation` says why it was escalated; `decision` which kind it needs."""

    id: OrderTicketId
    order: OrderId
    channel: str
    title: str
    opened_at: datetime
    words: str = ""
    exception: OrderExceptionId | None = None
    owner: PersonId | None = None
    escalation: str = ""
    decision: str = ""
    opened_by: PersonId | None = None
    answer: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TicketOpened:
    number: str
    ticket: Ticket
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TicketTaken:
    """Somebody answers for it from now on; `before` did until then."""

    number: str
    ticket: Ticket
    before: PersonId | None
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TicketEscalated:
    number: str
    ticket: Ticket
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TicketClosed:
    number: str
    ticket: Ticket
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UnknownTicketChannel(Refusal):
    channel: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TicketDecisionUnknown(Refusal):
    decision: str


@dataclass(frozen=True, kw_only=True)
class TicketSettled(Refusal):
    title: str
    at: datetime


def decide_open_ticket(order: Order, ticket: Ticket, rules: OrderRules, actor: Actor | None) -> TicketOpened | Refusal:
    """Also on a closed or cancelled order: customers write when they write."""
    if refusal := not_allowed(order, Capability.WORK_ORDERS, actor):
        return refusal
    if ticket.channel not in (codes(rules.ticket_channels) or CHANNELS):
        return UnknownTicketChannel(channel=ticket.channel, known=labels(rules.ticket_channels) or CHANNELS)
    refusal = wordless("title", ticket.title) or too_long("title", ticket.title, TITLE_LIMIT)
    refusal = refusal or too_long("description", ticket.words) or not_of(order, ticket.exception)
    if refusal := refusal or not_known(ticket.decision, rules):
        return refusal
    ticket = replace(
        ticket, order=order.id, title=ticket.title.strip(), words=ticket.words.strip(),
        opened_by=actor.person if actor else None, escalation="", answer="", closed_at=None,
    )  # fmt: skip
    return TicketOpened(number=order.number, ticket=ticket, at=ticket.opened_at)


def decide_take_ticket(ticket: Ticket, order: Order, actor: Actor, now: datetime) -> TicketTaken | Refusal:
    """From nobody or from a colleague: whoever takes it answers for it."""
    if refusal := not_allowed(order, Capability.WORK_ORDERS, actor) or settled(ticket):
        return refusal
    taken = replace(ticket, owner=actor.person)
    return TicketTaken(number=order.number, ticket=taken, before=ticket.owner, person=actor.person, at=now)


def decide_escalate_ticket(
    ticket: Ticket, order: Order, reason: str, decision: str, rules: OrderRules, actor: Actor | None, now: datetime
) -> TicketEscalated | Refusal:
    """Why, and which decision it needs if it needs one; again with another reason."""
    refusal = not_allowed(order, Capability.WORK_ORDERS, actor) or settled(ticket)
    refusal = refusal or wordless("reason", reason) or too_long("reason", reason) or not_known(decision, rules)
    if refusal:
        return refusal
    escalated = replace(ticket, escalation=reason.strip(), decision=decision or ticket.decision)
    return TicketEscalated(number=order.number, ticket=escalated, person=actor.person if actor else None, at=now)


def decide_close_ticket(
    ticket: Ticket, order: Order, answer: str, actor: Actor | None, now: datetime
) -> TicketClosed | Refusal:
    """With what the customer was told."""
    refusal = not_allowed(order, Capability.WORK_ORDERS, actor) or settled(ticket)
    if refusal := refusal or wordless("answer", answer) or too_long("answer", answer):
        return refusal
    closed = replace(ticket, answer=answer.strip(), closed_at=now)
    return TicketClosed(number=order.number, ticket=closed, person=actor.person if actor else None, at=now)


def settled(ticket: Ticket) -> Refusal | None:
    return None if ticket.closed_at is None else TicketSettled(title=ticket.title, at=ticket.closed_at)


def not_known(decision: str, rules: OrderRules) -> Refusal | None:
    known = ("", *(each.key for each in rules.decisions))
    return None if decision in known else TicketDecisionUnknown(decision=decision)
