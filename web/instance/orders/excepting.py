"""Exceptions and holds of an order: open one, settle it, hand it on."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import request, url_for
from flask_babel import gettext as _

from domain.access import Capability
from domain.refusals import Refusal
from tenants.instance.actions.order_exceptions import assign, resolve
from tenants.instance.actions.order_exceptions import open_exception as open_one
from web.access import requires
from web.instance.orders import bp
from web.instance.orders.desk import offers
from web.instance.orders.forming import Asked, Field, form_page
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.showing import answer
from web.instance.orders.taking import Taken, take
from web.instance.orders.words import type_label
from web.instance.orders.working import person_of
from web.posted import posted_id
from web.responses import see
from web.shell import tell

C = Capability
FIELDS = ("type", "cause", "reason")


@bp.get("/<uuid:order>/exceptions/new")
@requires(C.WORK_ORDERS)
def new_exception(order: UUID) -> str:
    return _page(take(order, C.WORK_ORDERS), {"type": request.args.get("type", "")}, {}, str(uuid4()))


@bp.post("/<uuid:order>/exceptions")
@requires(C.WORK_ORDERS)
def open_exception(order: UUID) -> Any:
    taken = take(order)
    form = Form(request.form, taken.governance.decimal_mark)
    identity = posted_id()
    form.choice("type", [each.key for each in taken.rules.exception_types])
    form.needed("reason")
    if form.errors:
        return _page(taken, form.fields, form.errors, str(identity)), 422
    said = (form.words("type"), form.words("cause"), form.words("reason"))
    outcome = open_one(taken.hand.work, order, identity, *said, taken.hand.actor)
    if isinstance(outcome, Refusal):
        return _page(taken, form.fields, refused_field(outcome, FIELDS), str(identity)), 422
    tell("warn" if outcome.exception.is_hold else "ok", _("“%(type)s” is open", type=type_label(taken.rules, said[0])))
    return see(url_for(".show", order=order) + "#holds")


@bp.post("/<uuid:order>/exceptions/<uuid:exception>/resolution")
@requires(C.WORK_ORDERS)
def resolve_exception(order: UUID, exception: UUID) -> Any:
    taken = take(order)
    said = (request.form.get("resolution", ""), request.form.get("words", ""))
    outcome = resolve(taken.hand.work, order, exception, *said, taken.hand.actor)
    if not isinstance(outcome, Refusal):
        tell("ok", _("“%(type)s” is settled", type=type_label(taken.rules, outcome.exception.type)))
    return answer(order, outcome, "resolution")


@bp.post("/<uuid:order>/exceptions/<uuid:exception>/owner")
@requires(C.WORK_ORDERS)
def hand_exception_on(order: UUID, exception: UUID) -> Any:
    taken = take(order)
    person = person_of(request.form.get("person", ""), taken)
    return answer(order, assign(taken.hand.work, order, exception, person, taken.hand.actor), "owner")


def exception_fields(rules: Any) -> tuple[Field, ...]:
    """What is asked when one is opened, on one order or on many."""
    causes = sorted({cause for each in rules.exception_types for cause in each.causes})
    return (
        Field(
            kind="select",
            name="type",
            label=_("What it is"),
            hint=_("A hold keeps the order out of the stages it names until it is settled."),
            needed=True,
            choices=[(key, _hold(rules, key, label)) for key, label in offers(rules)["types"]],
            empty=_("Choose"),
        ),
        Field(
            kind="select",
            name="cause",
            label=_("Cause"),
            hint=_("Has to be one of its type; leave it open where it is not known."),
            choices=[(each, each) for each in causes],
            empty=_("Not known"),
        ),
        Field(kind="words", name="reason", label=_("What happened"), needed=True),
    )


def _hold(rules: Any, key: str, label: str) -> str:
    return _("%(type)s (hold)", type=label) if rules.exception_type(key).is_hold else label


def _page(taken: Taken, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    asked = Asked(
        title=_("Open an exception"),
        note=_("Its owner and its due time come from the template"),
        act=_("Open it"),
        icon="alert-square",
        action=url_for(".open_exception", order=taken.order.id),
        fields=exception_fields(taken.rules),
    )
    return form_page(taken, asked, form, errors, identity)
