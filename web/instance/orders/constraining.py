"""What blocks many orders at once: the list with blocked value, one of them, a new one, its change, its end."""

from typing import Any
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Capability
from domain.governance.template import OrderRules
from domain.ids import ConstraintId
from domain.refusals import Refusal, Stale
from tenants.instance.actions import constraints as acts
from tenants.instance.queries.constraints import get_constraint, list_constraints
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.orders import PAGE, get_desk, matching_ids
from tenants.instance.queries.settings import list_units
from web.access import requires
from web.formats import amount, number
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.constraint_form import (
    FIELDS,
    constraint_form,
    governing,
    kinds_of,
    read_constraint,
    typed,
    values_of,
)
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.taking import crumbs, places, scope
from web.posted import posted_id, seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
MOST_BLOCKED = 5_000


@bp.get("/constraints")
@requires(C.VIEW_ORDERS)
def constraints() -> str:
    here = hand()
    (governance, rules), lines = governing(), list_constraints(here.work, scope())
    orders, value = sum(each.orders for each in lines), sum(each.value for each in lines)
    finding = ngettext(
        "%(num)s constraint in force; orders held up: %(orders)s, worth %(value)s",
        "%(num)s constraints in force; orders held up: %(orders)s, worth %(value)s",
        len(lines),
        orders=number(orders),
        value=amount(value, governance.currency),
    )
    return render_template(
        "web/instance/orders/constraints.html",
        finding=finding if lines else _("No constraint is in force"),
        lines=lines,
        ended=list_constraints(here.work, scope(), ended=True)[:20],
        labels=_labels(governance, rules),
        currency=governance.currency,
        places=places(),
        crumbs=crumbs((_("Constraints"), None)),
        may_manage=here.actor.can_anywhere(C.MANAGE_CONSTRAINTS),
        now=here.work.now(),
    )


@bp.get("/constraints/<uuid:constraint>")
@requires(C.VIEW_ORDERS)
def show_constraint(constraint: UUID) -> str:
    return _show(constraint)


@bp.get("/constraints/new")
@requires(C.MANAGE_CONSTRAINTS)
def new_constraint() -> str:
    return constraint_form(None, {}, {}, str(uuid4()))


@bp.post("/constraints")
@requires(C.MANAGE_CONSTRAINTS)
def open_constraint() -> Any:
    here, identity = hand(), posted_id()
    form = Form(request.form, ".")
    wanted = read_constraint(form, ConstraintId(identity), here.work.now())
    if form.errors:
        return constraint_form(None, typed(form), form.errors, str(identity)), 422
    outcome = acts.open_constraint(here.work, wanted, here.actor)
    if isinstance(outcome, Refusal):
        return constraint_form(None, typed(form), refused_field(outcome, FIELDS), str(identity)), 422
    tell("ok", _("“%(title)s” is in force", title=outcome.constraint.title), _("Now put the orders under it."))
    return see(url_for(".show_constraint", constraint=identity))


@bp.get("/constraints/<uuid:constraint>/edit")
@requires(C.MANAGE_CONSTRAINTS)
def edit_constraint(constraint: UUID) -> str:
    line = get_constraint(hand().work, scope(), constraint)
    return constraint_form(line, values_of(line), {}, str(uuid4()))


@bp.post("/constraints/<uuid:constraint>")
@requires(C.MANAGE_CONSTRAINTS)
def change_constraint(constraint: UUID) -> Any:
    here, form = hand(), Form(request.form, ".")
    line = get_constraint(here.work, scope(), constraint)
    wanted = read_constraint(form, ConstraintId(constraint), line.opened_at)
    form.needed("reason")
    if form.errors:
        return constraint_form(line, typed(form), form.errors, str(uuid4())), 422
    outcome = acts.change_constraint(here.work, wanted, form.words("reason"), here.actor, seen())
    if isinstance(outcome, Stale):
        return constraint_form(line, typed(form), {"": words_of(outcome)}, str(uuid4())), 409
    if isinstance(outcome, Refusal):
        return constraint_form(line, typed(form), refused_field(outcome, FIELDS), str(uuid4())), 422
    return see(url_for(".show_constraint", constraint=constraint))


@bp.post("/constraints/<uuid:constraint>/orders")
@requires(C.MANAGE_CONSTRAINTS)
def block(constraint: UUID) -> Any:
    """All open orders that the filter of this form lets through and that the reader may block; all or none."""
    here = hand()
    get_constraint(here.work, scope(), constraint)
    asked = {name: request.form.get(name, "") for name in ("stage", "channel", "unit", "q")}
    wanted = OrderFilters.asked(asked)
    found = matching_ids(here.work, here.actor.orders(C.MANAGE_CONSTRAINTS), wanted, MOST_BLOCKED + 1)
    if not wanted.query or len(found) > MOST_BLOCKED:
        return _show(
            constraint, _("Say which orders: a filter that finds up to %(most)s.", most=number(MOST_BLOCKED))
        ), 422
    outcome = acts.block_orders(here.work, constraint, found, here.actor)
    if isinstance(outcome, Refusal):
        return _show(constraint, words_of(outcome)), 422
    tell("ok", ngettext("%(num)s order is under it", "%(num)s orders are under it", len(outcome.orders)))
    return see(url_for(".show_constraint", constraint=constraint))


@bp.post("/constraints/<uuid:constraint>/release")
@requires(C.MANAGE_CONSTRAINTS)
def free(constraint: UUID) -> Any:
    """The orders that were ticked."""
    here = hand()
    try:
        orders = [UUID(each) for each in request.form.getlist("order")[:PAGE]]
    except ValueError:
        abort(400)
    outcome = acts.free_orders(here.work, constraint, orders, here.actor)
    if isinstance(outcome, Refusal):
        return _show(constraint, words_of(outcome)), 422
    return see(url_for(".show_constraint", constraint=constraint))


@bp.post("/constraints/<uuid:constraint>/end")
@requires(C.MANAGE_CONSTRAINTS)
def end_constraint(constraint: UUID) -> Any:
    here = hand()
    outcome = acts.end_constraint(here.work, constraint, request.form.get("reason", ""), here.actor, seen())
    if isinstance(outcome, Refusal):
        return _show(constraint, words_of(outcome)), 409 if isinstance(outcome, Stale) else 422
    tell("ok", _("“%(title)s” has ended; its orders are free", title=outcome.constraint.title))
    return see(url_for(".constraints"))


def _show(constraint: UUID, said: str = "") -> str:
    here, (governance, rules) = hand(), governing()
    line = get_constraint(here.work, scope(), constraint)
    desk = get_desk(here.work, scope(), OrderFilters(constraint=str(constraint)))
    return render_template(
        "web/instance/orders/constraint.html",
        line=line,
        desk=desk,
        said=said,
        labels=_labels(governance, rules),
        stages=[(each.key, each.label) for each in rules.stages],
        channels=[(each.code, each.label) for each in rules.channels],
        units=list_units(here.work),
        currency=governance.currency,
        crumbs=crumbs((_("Constraints"), url_for(".constraints")), (line.title, None)),
        may_manage=here.actor.can_anywhere(C.MANAGE_CONSTRAINTS) and line.is_open,
        may_audit=here.actor.can_anywhere(C.VIEW_AUDIT),
        now=here.work.now(),
    )


def _labels(governance: Governance, rules: OrderRules) -> dict[str, str]:
    return {each.key: each.label for each in rules.stages} | {f"k:{code}": label for code, label in kinds_of(rules)}
