"""Acts on an order from its page: move it, record what happened, hand it on, set its priority, close it."""

from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from domain.access import Capability
from domain.ids import PersonId
from domain.orders.order import Happening, Priority
from domain.refusals import Refusal
from tenants.instance.actions.order_exceptions import assign
from tenants.instance.actions.order_promises import change_priority
from tenants.instance.actions.orders import close_order, move_to, open_again, record_happening
from web.access import requires
from web.instance.orders import bp
from web.instance.orders.reading import Form
from web.instance.orders.showing import answer, unread
from web.instance.orders.taking import Taken, take
from web.instance.orders.words import happening_words, stage_label
from web.posted import seen
from web.shell import tell

C = Capability


@bp.post("/<uuid:order>/moves")
@requires(C.WORK_ORDERS)
def move(order: UUID) -> Any:
    taken = take(order)
    outcome = move_to(
        taken.hand.work,
        order,
        request.form.get("to", "")[:80],
        request.form.get("reason", ""),
        taken.hand.actor,
        seen(),
    )
    if not isinstance(outcome, Refusal):
        tell(
            "ok", _("%(number)s is in %(stage)s", number=outcome.number, stage=stage_label(taken.rules, outcome.after))
        )
    return answer(order, outcome, "move")


@bp.post("/<uuid:order>/happenings")
@requires(C.WORK_ORDERS)
def happen(order: UUID) -> Any:
    taken = take(order)
    form = _form(taken)
    what, at = form.choice("happening", Happening), form.moment("at")
    if form.errors or at is None:
        return unread(order, form, "happening")
    outcome = record_happening(taken.hand.work, order, Happening(what), at, taken.hand.actor)
    if not isinstance(outcome, Refusal):
        tell("ok", _("Recorded: %(what)s", what=happening_words()[outcome.happening]))
    return answer(order, outcome, "happening")


@bp.post("/<uuid:order>/owner")
@requires(C.WORK_ORDERS)
def hand_on(order: UUID) -> Any:
    """To oneself, to somebody of the list, or to nobody."""
    taken = take(order)
    person = person_of(request.form.get("person", ""), taken)
    return answer(order, assign(taken.hand.work, order, None, person, taken.hand.actor), "owner")


@bp.post("/<uuid:order>/priority")
@requires(C.WORK_ORDERS)
def prioritise(order: UUID) -> Any:
    taken = take(order)
    form = _form(taken)
    wanted = form.choice("priority", Priority)
    if form.errors:
        return unread(order, form, "priority")
    reason = request.form.get("reason", "")
    return answer(
        order, change_priority(taken.hand.work, order, Priority(wanted), reason, taken.hand.actor, seen()), "priority"
    )


@bp.post("/<uuid:order>/closure")
@requires(C.WORK_ORDERS)
def close(order: UUID) -> Any:
    taken = take(order)
    outcome = close_order(taken.hand.work, order, taken.hand.actor, seen())
    if not isinstance(outcome, Refusal):
        tell("ok", _("%(number)s is closed", number=outcome.number))
    return answer(order, outcome, "closure")


@bp.post("/<uuid:order>/reopening")
@requires(C.WORK_ORDERS)
def reopen(order: UUID) -> Any:
    taken = take(order)
    return answer(
        order, open_again(taken.hand.work, order, request.form.get("reason", ""), taken.hand.actor, seen()), "closure"
    )


def person_of(text: str, taken: Taken) -> PersonId | None:
    """The person of a form's list; "me" is the reader, nothing is nobody."""
    if text == "me":
        return taken.hand.actor.person
    try:
        return PersonId(UUID(text)) if text else None
    except ValueError:
        return None


def _form(taken: Taken) -> Form:
    return Form(request.form, taken.governance.decimal_mark)
