"""What an order costs and what it loses: entries of its ledger."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from flask import request, url_for
from flask_babel import gettext as _

from domain.access import Capability
from domain.ids import OrderExceptionId
from domain.refusals import Refusal
from tenants.instance.actions.order_money import Cost, Effect
from tenants.instance.actions.order_money import record_cost as book_cost
from tenants.instance.actions.order_money import record_effect as book_effect
from web.access import requires
from web.instance.orders import bp
from web.instance.orders.forming import Asked, Field, form_page
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.taking import Taken, take
from web.instance.orders.words import type_label
from web.posted import posted_id
from web.responses import see
from web.shell import tell

C = Capability
COST_FIELDS = ("stage", "kind", "forecast", "actual", "exception", "words")
EFFECT_FIELDS = ("kind", "amount", "days", "exception", "reason")


@bp.get("/<uuid:order>/costs/new")
@requires(C.RECORD_ORDER_COST)
def new_cost(order: UUID) -> str:
    taken = take(order, C.RECORD_ORDER_COST)
    return _cost_page(taken, {"stage": taken.order.stage}, {}, str(uuid4()))


@bp.post("/<uuid:order>/costs")
@requires(C.RECORD_ORDER_COST)
def record_cost(order: UUID) -> Any:
    taken = take(order)
    form = Form(request.form, taken.governance.decimal_mark)
    identity = posted_id()
    cost = Cost(
        id=identity,
        stage=form.choice("stage", [each.key for each in taken.rules.stages]),
        kind=form.choice("kind", [each.code for each in taken.rules.cost_kinds]),
        forecast=form.amount("forecast"),
        actual=form.amount("actual"),
        exception=_exception(form, taken),
        words=form.words("words"),
    )
    if form.errors:
        return _cost_page(taken, form.fields, form.errors, str(identity)), 422
    outcome = book_cost(taken.hand.work, order, cost, taken.hand.actor)
    if isinstance(outcome, Refusal):
        return _cost_page(taken, form.fields, refused_field(outcome, COST_FIELDS), str(identity)), 422
    tell("ok", _("The cost is recorded"))
    return see(url_for(".show", order=order) + "#costs")


@bp.get("/<uuid:order>/effects/new")
@requires(C.RECORD_ORDER_COST)
def new_effect(order: UUID) -> str:
    return _effect_page(take(order, C.RECORD_ORDER_COST), {}, {}, str(uuid4()))


@bp.post("/<uuid:order>/effects")
@requires(C.RECORD_ORDER_COST)
def record_effect(order: UUID) -> Any:
    taken = take(order)
    form = Form(request.form, taken.governance.decimal_mark)
    identity = posted_id()
    kind = form.choice("kind", [each.code for each in taken.rules.recordable_effects])
    amount, days = form.amount("amount", needed=True), form.whole("days", most=3_650)
    reason, exception = form.needed("reason"), _exception(form, taken)
    if form.errors:
        return _effect_page(taken, form.fields, form.errors, str(identity)), 422
    effect = Effect(
        id=identity, kind=kind, amount=amount or Decimal("0.00"), days=days, reason=reason, exception=exception
    )
    outcome = book_effect(taken.hand.work, order, effect, taken.hand.actor)
    if isinstance(outcome, Refusal):
        return _effect_page(taken, form.fields, refused_field(outcome, EFFECT_FIELDS), str(identity)), 422
    tell("ok", _("The effect is recorded"))
    return see(url_for(".show", order=order) + "#costs")


def exception_field(taken: Taken) -> Field:
    """One of the order's exceptions, or none."""
    words = [
        (each.id, type_label(taken.rules, each.type) + ("" if each.is_open else _(" (settled)")))
        for each in taken.order.exceptions
    ]
    return Field(kind="select", name="exception", label=_("Because of"), choices=words, empty=_("No exception"))


def _exception(form: Form, taken: Taken) -> OrderExceptionId | None:
    found = form.identity("exception", [each.id for each in taken.order.exceptions])
    return OrderExceptionId(found) if found else None


def _cost_page(taken: Taken, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    currency = taken.order.currency
    asked = Asked(
        title=_("Record a cost"),
        note=_("Entries add up; a forecast, an actual amount, or both"),
        act=_("Record the cost"),
        icon="coins",
        action=url_for(".record_cost", order=taken.order.id),
        fields=(
            Field(
                kind="select",
                name="stage",
                label=_("Stage"),
                needed=True,
                choices=[(each.key, each.label) for each in taken.rules.stages],
            ),
            Field(
                kind="select",
                name="kind",
                label=_("Kind of cost"),
                needed=True,
                choices=[(each.code, each.label) for each in taken.rules.cost_kinds],
                empty=_("Choose"),
            ),
            Field(kind="amount", name="forecast", label=_("Forecast"), unit=currency),
            Field(kind="amount", name="actual", label=_("Actual"), unit=currency),
            exception_field(taken),
            Field(kind="text", name="words", label=_("What for"), limit=400),
        ),
    )
    return form_page(taken, asked, form, errors, identity)


def _effect_page(taken: Taken, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    asked = Asked(
        title=_("Record a financial effect"),
        note=_("What the order loses. Refunds, discounts and the like come from decisions"),
        act=_("Record the effect"),
        icon="coins",
        action=url_for(".record_effect", order=taken.order.id),
        fields=(
            Field(
                kind="select",
                name="kind",
                label=_("Kind of effect"),
                needed=True,
                choices=[(each.code, each.label) for each in taken.rules.recordable_effects],
                empty=_("Choose"),
            ),
            Field(kind="amount", name="amount", label=_("Amount lost"), needed=True, unit=taken.order.currency),
            Field(kind="text", name="days", label=_("Days of delay"), hint=_("For a delayed invoice."), limit=4),
            exception_field(taken),
            Field(kind="words", name="reason", label=_("Why"), needed=True),
        ),
    )
    return form_page(taken, asked, form, errors, identity)
