"""The page of one order: where it stands, what stands in its way, what it costs, what was promised, what proves it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from flask import current_app, render_template, request, url_for

from domain.access import Actor, Capability
from domain.governance.template import Reason
from domain.orders.closing import closure_missing
from domain.orders.journey import reachable
from domain.orders.order import Happening, OrderState
from domain.refusals import Refusal, Stale
from tenants.instance.queries.measure import get_choices, get_names
from tenants.instance.queries.order import OrderSheet, get_order_sheet
from tenants.instance.queries.settings import unit_names
from tenants.instance.queries.trail import events_of_order
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.reading import Form
from web.instance.orders.standing import closure_of, journey_of, status_of
from web.instance.orders.taking import crumbs, scope
from web.instance.orders.words import (
    happening_words,
    priority_words,
    promise_reasons,
    promise_words,
    said_words,
    source_words,
    state_words,
    type_icon,
)
from web.refusals import words_of
from web.responses import see

C = Capability
LAST_EVENTS = 12
ACTS = {
    "work": C.WORK_ORDERS,
    "cost": C.RECORD_ORDER_COST,
    "ask": C.REQUEST_ORDER_DECISION,
}


@dataclass(frozen=True, kw_only=True)
class KindSum:
    """What one kind of cost comes to on the order, forecast and actual."""

    label: str
    forecast: Decimal
    actual: Decimal


@bp.get("/<uuid:order>")
@requires(C.VIEW_ORDERS)
def show(order: UUID) -> str:
    return page_of(order)


def page_of(order: UUID, said: str = "", act: str = "", *, is_stale: bool = False) -> str:
    """The page; with what was said against which act."""
    here = hand()
    sheet = get_order_sheet(here.work, scope(), order)
    now = here.work.now()
    return render_template(
        "web/instance/orders/show.html",
        sheet=sheet,
        order=sheet.order,
        rules=sheet.rules,
        currency=sheet.order.currency,
        labels=labels_of(sheet),
        names=get_names(here.work),
        status=status_of(sheet, now),
        journey=journey_of(sheet, now),
        reaches=reachable(sheet.order, sheet.rules),
        closure=closure_of(sheet),
        may_close=sheet.order.stage == sheet.rules.stages[-1].key and not closure_missing(sheet.order, sheet.rules),
        kinds=sums_by_kind(sheet),
        to_record=[
            (str(each), words)
            for each, words in happening_words().items()
            if Happening(each) not in sheet.order.happened
        ],
        happened=happening_words(),
        priorities=list(priority_words().items()),
        reasons=promise_reasons(sheet.rules),
        states=state_words(),
        sources=source_words(),
        fields=promise_words(),
        said_words=said_words,
        units=unit_names(here.work) if any(each.field == "business_unit" for each in sheet.conflicts) else {},
        type_icon=type_icon,
        may=_may(sheet, here.actor),
        ask_href=url_for("instance.orders.ask_decision", order=order)
        if "instance.orders.ask_decision" in current_app.view_functions
        else "",
        said=said,
        said_of=act,
        is_stale=is_stale,
        people=get_choices(here.work).people if here.actor.orders(C.WORK_ORDERS) else (),
        role_labels={each.role: each.label for each in sheet.governance.template.roles},
        trail=events_of_order(here.work, scope(), order, LAST_EVENTS),
        crumbs=crumbs((sheet.order.number, None)),
        reader=here.person.id,
        form_id=str(uuid4()),
        now=now,
    )


def answer(order: UUID, outcome: object, act: str) -> Any:
    """After an act on the order's page: back to it, or the page with what was refused."""
    if isinstance(outcome, Stale):
        return page_of(order, words_of(outcome), act, is_stale=True), 409
    if isinstance(outcome, Refusal):
        return page_of(order, words_of(outcome), act), 422
    return see(url_for("instance.orders.show", order=order) + request.form.get("back", "")[:40])


def unread(order: UUID, form: Form, act: str) -> tuple[str, int]:
    """The page with what of a form could not be read."""
    return page_of(order, " ".join(form.errors.values()), act), 422


def labels_of(sheet: OrderSheet) -> dict[str, dict[str, str]]:
    """The words of the template by key, for everything that the page names."""
    rules = sheet.rules
    listed: dict[str, tuple[Reason, ...]] = {
        "channels": rules.channels,
        "effects": rules.effects,
        "costs": rules.cost_kinds,
        "resolutions": rules.resolutions,
        "tickets": rules.ticket_channels,
    }
    return {
        "stages": {each.key: each.label for each in rules.stages},
        "types": {each.key: each.label for each in rules.exception_types},
        "decisions": {each.key: each.label for each in rules.decisions},
        **{name: {each.code: each.label for each in items} for name, items in listed.items()},
    }


def sums_by_kind(sheet: OrderSheet) -> list[KindSum]:
    """Kinds that have something, in the order of the template."""
    zero = Decimal("0.00")
    found = [
        KindSum(
            label=kind.label,
            forecast=sum((each.forecast or zero for each in sheet.costs if each.kind == kind.code), zero),
            actual=sum((each.actual or zero for each in sheet.costs if each.kind == kind.code), zero),
        )
        for kind in sheet.rules.cost_kinds
    ]
    return [each for each in found if each.forecast or each.actual]


def _may(sheet: OrderSheet, actor: Actor) -> dict[str, bool]:
    """What the reader could do here now. The actions ask again."""
    order = sheet.order
    may = {name: actor.orders(each).covers(order.channel, order.business_unit) for name, each in ACTS.items()}
    is_open = order.state is OrderState.OPEN
    audit = actor.can_anywhere(C.VIEW_AUDIT)
    return may | {
        "move": may["work"] and is_open,
        "reopen": may["work"] and order.state is OrderState.CLOSED,
        "audit": audit,
    }
