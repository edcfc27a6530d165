"""Service tickets of an order: open one, take it, escalate it, answer it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import request, url_for
from flask_babel import gettext as _

from domain.access import Capability
from domain.ids import OrderExceptionId, OrderTicketId
from domain.orders.tickets import CHANNELS, Ticket
from domain.refusals import Refusal
from tenants.instance.actions.order_tickets import answer_ticket as give_answer
from tenants.instance.actions.order_tickets import escalate_ticket as escalate_one
from tenants.instance.actions.order_tickets import open_ticket as open_one
from tenants.instance.actions.order_tickets import take_ticket as take_one
from web.access import requires
from web.instance.orders import bp
from web.instance.orders.costing import exception_field
from web.instance.orders.forming import Asked, Field, Pairs, form_page
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.showing import answer
from web.instance.orders.taking import Taken, take
from web.posted import posted_id
from web.responses import see
from web.shell import tell

C = Capability
FIELDS = ("channel", "title", "description", "exception", "decision")


@bp.get("/<uuid:order>/tickets/new")
@requires(C.WORK_ORDERS)
def new_ticket(order: UUID) -> str:
    return _page(take(order, C.WORK_ORDERS), {}, {}, str(uuid4()))


@bp.post("/<uuid:order>/tickets")
@requires(C.WORK_ORDERS)
def open_ticket(order: UUID) -> Any:
    taken = take(order)
    form = Form(request.form, taken.governance.decimal_mark)
    identity = posted_id()
    form.choice("channel", [code for code, _label in ticket_channels(taken)])
    form.needed("title")
    exception = form.identity("exception", [each.id for each in taken.order.exceptions])
    if form.errors:
        return _page(taken, form.fields, form.errors, str(identity)), 422
    ticket = Ticket(
        id=OrderTicketId(identity),
        order=taken.order.id,
        opened_at=taken.hand.work.now(),
        channel=form.words("channel"),
        title=form.words("title"),
        words=form.words("description"),
        exception=OrderExceptionId(exception) if exception else None,
        owner=taken.hand.actor.person,
        decision=form.words("decision"),
    )
    outcome = open_one(taken.hand.work, ticket, taken.hand.actor)
    if isinstance(outcome, Refusal):
        return _page(taken, form.fields, refused_field(outcome, FIELDS), str(identity)), 422
    tell("ok", _("The ticket is open"))
    return see(url_for(".show", order=order) + "#tickets")


@bp.post("/<uuid:order>/tickets/<uuid:ticket>/owner")
@requires(C.WORK_ORDERS)
def take_ticket(order: UUID, ticket: UUID) -> Any:
    taken = take(order)
    return answer(order, take_one(taken.hand.work, order, ticket, taken.hand.actor), "ticket")


@bp.post("/<uuid:order>/tickets/<uuid:ticket>/escalation")
@requires(C.WORK_ORDERS)
def escalate_ticket(order: UUID, ticket: UUID) -> Any:
    taken = take(order)
    said = (request.form.get("reason", ""), request.form.get("decision", ""))
    return answer(order, escalate_one(taken.hand.work, order, ticket, *said, taken.hand.actor), "ticket")


@bp.post("/<uuid:order>/tickets/<uuid:ticket>/answer")
@requires(C.WORK_ORDERS)
def answer_ticket(order: UUID, ticket: UUID) -> Any:
    taken = take(order)
    said = request.form.get("answer", "")
    return answer(order, give_answer(taken.hand.work, order, ticket, said, taken.hand.actor), "ticket")


def ticket_channels(taken: Taken) -> Pairs:
    return [(each.code, each.label) for each in taken.rules.ticket_channels] or [(each, each) for each in CHANNELS]


def _page(taken: Taken, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    asked = Asked(
        title=_("Open a service ticket"),
        note=_("You answer for it until somebody else takes it"),
        act=_("Open the ticket"),
        icon="message",
        action=url_for(".open_ticket", order=taken.order.id),
        fields=(
            Field(
                kind="select",
                name="channel",
                label=_("It came by"),
                needed=True,
                choices=ticket_channels(taken),
                empty=_("Choose"),
            ),
            Field(kind="text", name="title", label=_("What the customer wants"), needed=True, limit=200),
            Field(kind="words", name="description", label=_("In full")),
            exception_field(taken),
            Field(
                kind="select",
                name="decision",
                label=_("Decision needed"),
                choices=[(each.key, each.label) for each in taken.rules.decisions],
                empty=_("None"),
            ),
        ),
    )
    return form_page(taken, asked, form, errors, identity)
