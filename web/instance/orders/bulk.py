"""Many orders at once: ticked at the desk, each decided by itself; what was refused is named with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.refusals import Refusal
from tenants.instance.actions.constraints import block_orders
from tenants.instance.actions.order_exceptions import claim_orders, open_exceptions
from tenants.instance.actions.orders import move_on
from tenants.instance.queries.constraints import list_constraints
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.orders import PAGE, OrderLine, lines_of
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.excepting import exception_fields
from web.instance.orders.forming import Field
from web.instance.orders.reading import Form
from web.instance.orders.taking import crumbs, scope
from web.instance.orders.words import stage_label, type_label
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
NEEDED = {
    "move": C.WORK_ORDERS,
    "claim": C.WORK_ORDERS,
    "exception": C.WORK_ORDERS,
    "constrain": C.MANAGE_CONSTRAINTS,
}


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of one of the orders."""

    id: UUID
    number: str
    words: str
    is_done: bool


@bp.get("/bulk")
@requires(C.WORK_ORDERS)
def new_bulk() -> str | Response:
    act, ticked = _act(request.args.get("act", "move")), ticked_lines(request.args.getlist("order"))
    if not ticked:
        tell("warn", _("Nothing is ticked"), _("Tick the orders in the list first."))
        return see(url_for(".index"))
    return _page(act, ticked, {}, {}, str(uuid4()))


@bp.post("/bulk")
@requires(C.WORK_ORDERS)
def act_on_many() -> tuple[str, int] | str:
    act, ticked, key = _act(request.form.get("act", "")), ticked_lines(request.form.getlist("order")), posted_id()
    form = Form(request.form, ".")
    if not ticked:
        abort(400)
    outcomes = _carry_out(act, ticked, key, form)
    if form.errors:
        return _page(act, ticked, form.errors, form.fields, str(key)), 422
    done = [_done(line, outcome) for line, outcome in zip(ticked, outcomes, strict=True)]
    count = sum(each.is_done for each in done)
    return render_template(
        "web/instance/orders/bulk_done.html",
        title=_titles()[act],
        finding=ngettext("%(num)d of %(all)s orders", "%(num)d of %(all)s orders", count, all=len(done)),
        outcomes=sorted(done, key=lambda each: each.is_done),
        crumbs=crumbs((_titles()[act], None)),
    )


def _carry_out(act: str, ticked: Sequence[OrderLine], key: UUID, form: Form) -> Sequence[object]:
    """One outcome an order, in their order; nothing while the form has errors."""
    here, orders = hand(), [each.id for each in ticked]
    match act:
        case "move":
            return move_on(here.work, orders, "", here.actor)
        case "claim":
            return claim_orders(here.work, orders, here.actor)
        case "exception":
            form.needed("type")
            form.needed("reason")
            said = (form.words("type"), form.words("cause"), form.words("reason"))
            return () if form.errors else open_exceptions(here.work, orders, key, *said, here.actor)
        case _:
            wanted = form.identity("constraint", [each.id for each in list_constraints(here.work, scope())])
            form.needed("constraint")
            if form.errors or wanted is None:
                return ()
            return [block_orders(here.work, wanted, [each], here.actor) for each in orders]


def _act(text: str) -> str:
    needed = NEEDED.get(text) or abort(400)
    return text if hand().actor.can_anywhere(needed) else abort(404)


def ticked_lines(ids: Sequence[str]) -> tuple[OrderLine, ...]:
    """These orders as far as the reader sees them: at most as many as a page of the desk holds."""
    known = []
    for text in ids[:PAGE]:
        try:
            known.append(UUID(text))
        except ValueError:
            abort(400)
    return lines_of(hand().work, scope(), known)


def _titles() -> dict[str, str]:
    return {
        "move": _("Move on"),
        "claim": _("Claim"),
        "exception": _("Open an exception"),
        "constrain": _("Put under a constraint"),
    }


def _done(line: OrderLine, outcome: object) -> Done:
    rules = get_governance(hand().work).template.orders or abort(404)
    if isinstance(outcome, Refusal):
        return Done(id=line.id, number=line.number, words=words_of(outcome), is_done=False)
    after: Any = outcome
    words = {
        "OrderMoved": lambda: _("Now in %(stage)s.", stage=stage_label(rules, after.after)),
        "OrderAssigned": lambda: _("Yours."),
        "ExceptionOpened": lambda: _("“%(type)s” is open.", type=type_label(rules, after.exception.type)),
        "OrdersBlocked": lambda: _("Under “%(title)s”.", title=after.title),
    }
    return Done(id=line.id, number=line.number, words=words[type(outcome).__name__](), is_done=True)


def _page(
    act: str, ticked: Sequence[OrderLine], errors: Mapping[str, str], form: Mapping[str, str], identity: str
) -> str:
    here = hand()
    rules = get_governance(here.work).template.orders or abort(404)
    fields: Sequence[Field] = exception_fields(rules) if act == "exception" else ()
    if act == "constrain":
        known = [(each.id, each.title) for each in list_constraints(here.work, scope())]
        fields = (
            Field(
                kind="select",
                name="constraint",
                label=_("Constraint"),
                needed=True,
                choices=known,
                empty=_("Choose"),
            ),
        )
    notes = {
        "move": _("Each goes to its next stage, if no hold or constraint names it and its entry conditions are met"),
        "claim": _("Each becomes yours"),
        "exception": _("One on each, with its owner and due time from the template"),
        "constrain": _("It keeps them out of the stages it names until it ends"),
    }
    return render_template(
        "web/instance/orders/bulk.html",
        act=act,
        title=_titles()[act],
        note=notes[act],
        ticked=ticked,
        labels={each.key: each.label for each in rules.stages},
        kinds={each.key: each.label for each in rules.exception_types},
        fields=fields,
        form={field.name: form.get(field.name, "") for field in fields},
        errors=errors,
        identity=identity,
        crumbs=crumbs((_titles()[act], None)),
    )
