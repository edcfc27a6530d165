"""What blocks many orders at once: the list with blocked value, one of them, a new one, its change, its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Capability
from domain.governance.template import OrderRules
from domain.ids import ConstraintId, PersonId
from domain.orders.constraints import KINDS, Constraint
from domain.refusals import Refusal, Stale
from tenants.instance.actions import constraints as acts
from tenants.instance.queries.constraints import ConstraintLine, get_constraint, list_constraints
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.measure import get_choices
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.orders import PAGE, get_desk, matching_ids
from tenants.instance.queries.settings import list_units
from web.access import requires
from web.formats import amount, number
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.forming import Asked, Field, Pairs
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.taking import crumbs, places, scope
from web.posted import posted_id, seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
FIELDS = ("kind", "title", "stops", "owner", "forecast_end", "needs_attention", "words", "reason")
MOST_BLOCKED = 5_000


@bp.get("/constraints")
@requires(C.VIEW_ORDERS)
def constraints() -> str:
    here = hand()
    governance, lines = _governance(), list_constraints(here.work, scope())
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
        labels=_labels(governance),
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
    return _form(None, {}, {}, str(uuid4()))


@bp.post("/constraints")
@requires(C.MANAGE_CONSTRAINTS)
def open_constraint() -> Any:
    here, identity = hand(), posted_id()
    form = Form(request.form, ".")
    wanted = _read(form, ConstraintId(identity), here.work.now())
    if form.errors:
        return _form(None, _typed(form), form.errors, str(identity)), 422
    outcome = acts.open_constraint(here.work, wanted, here.actor)
    if isinstance(outcome, Refusal):
        return _form(None, _typed(form), refused_field(outcome, FIELDS), str(identity)), 422
    tell("ok", _("“%(title)s” is in force", title=outcome.constraint.title), _("Now put the orders under it."))
    return see(url_for(".show_constraint", constraint=identity))


@bp.get("/constraints/<uuid:constraint>/edit")
@requires(C.MANAGE_CONSTRAINTS)
def edit_constraint(constraint: UUID) -> str:
    line = get_constraint(hand().work, scope(), constraint)
    return _form(line, _values(line), {}, str(uuid4()))


@bp.post("/constraints/<uuid:constraint>")
@requires(C.MANAGE_CONSTRAINTS)
def change_constraint(constraint: UUID) -> Any:
    here, form = hand(), Form(request.form, ".")
    line = get_constraint(here.work, scope(), constraint)
    wanted = _read(form, ConstraintId(constraint), line.opened_at)
    form.needed("reason")
    if form.errors:
        return _form(line, _typed(form), form.errors, str(uuid4())), 422
    outcome = acts.change_constraint(here.work, wanted, form.words("reason"), here.actor, seen())
    if isinstance(outcome, Stale):
        return _form(line, _typed(form), {"": words_of(outcome)}, str(uuid4())), 409
    if isinstance(outcome, Refusal):
        return _form(line, _typed(form), refused_field(outcome, FIELDS), str(uuid4())), 422
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
    here, governance = hand(), _governance()
    line = get_constraint(here.work, scope(), constraint)
    desk = get_desk(here.work, scope(), OrderFilters(constraint=str(constraint)))
    rules = _rules(governance)
    return render_template(
        "web/instance/orders/constraint.html",
        line=line,
        desk=desk,
        said=said,
        labels=_labels(governance),
        stages=[(each.key, each.label) for each in rules.stages],
        channels=[(each.code, each.label) for each in rules.channels],
        units=list_units(here.work),
        currency=governance.currency,
        crumbs=crumbs((_("Constraints"), url_for(".constraints")), (line.title, None)),
        may_manage=here.actor.can_anywhere(C.MANAGE_CONSTRAINTS) and line.is_open,
        may_audit=here.actor.can_anywhere(C.VIEW_AUDIT),
        now=here.work.now(),
    )


def _read(form: Form, identity: ConstraintId, opened_at: datetime) -> Constraint:
    rules, choices = _rules(_governance()), get_choices(hand().work)
    form.choice("kind", [code for code, _label in kinds_of(rules)])
    form.needed("title")
    owner = form.identity("owner", [key for key, _name in choices.people])
    return Constraint(
        id=identity,
        kind=form.words("kind"),
        title=form.words("title"),
        words=form.words("words"),
        stops=tuple(each for each in request.form.getlist("stops") if rules.position(each) >= 0),
        owner=PersonId(owner) if owner else None,
        needs_attention=form.words("needs_attention") == "1",
        forecast_end=form.day("forecast_end"),
        opened_at=opened_at,
    )


def _form(line: ConstraintLine | None, form: Mapping[str, Any], errors: Mapping[str, str], identity: str) -> str:
    rules, people = _rules(_governance()), get_choices(hand().work).people
    title = _("Change the constraint") if line else _("New constraint")
    action = url_for(".change_constraint", constraint=line.id) if line else url_for(".open_constraint")
    asked = Asked(
        title=title,
        note=_("What keeps many orders from going on, whose matter it is, and until when"),
        act=_("Save the change") if line else _("Put it in force"),
        icon="truck-off",
        action=action,
        fields=[*_fields(rules, people), *([_why()] if line else [])],
    )
    return render_template(
        "web/instance/orders/form.html",
        asked=asked,
        form={field.name: form.get(field.name, "") for field in asked.fields},
        errors=errors,
        identity=identity,
        version=line.version if line else 0,
        code="",
        crumbs=crumbs((_("Constraints"), url_for(".constraints")), (title, None)),
        back=url_for(".show_constraint", constraint=line.id) if line else url_for(".constraints"),
        back_label=_("Back"),
    )


def _fields(rules: OrderRules, people: Pairs) -> tuple[Field, ...]:
    stages = [(each.key, each.label) for each in rules.stages[1:]]
    return (
        Field(kind="select", name="kind", label=_("Kind"), needed=True, choices=kinds_of(rules), empty=_("Choose")),
        Field(kind="text", name="title", label=_("What it is"), needed=True, limit=200),
        Field(kind="ticks", name="stops", label=_("Keeps orders out of"), needed=True, choices=stages),
        Field(kind="select", name="owner", label=_("Owner"), choices=people, empty=_("Nobody yet")),
        Field(kind="date", name="forecast_end", label=_("Ends about")),
        Field(
            kind="check",
            name="needs_attention",
            label=_("Needs the attention of management"),
            hint=_("It then stands at the top of the desk and of the overview."),
        ),
        Field(kind="words", name="words", label=_("In full")),
    )


def _why() -> Field:
    return Field(kind="words", name="reason", label=_("Why it changes"), needed=True)


def kinds_of(rules: OrderRules) -> Pairs:
    return [(each.code, each.label) for each in rules.constraint_kinds] or [(each, each) for each in KINDS]


def _typed(form: Form) -> dict[str, Any]:
    return {**form.fields, "stops": request.form.getlist("stops")}


def _values(line: ConstraintLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "title": line.title,
        "stops": list(line.stops),
        "owner": line.owner_id or "",
        "forecast_end": line.forecast_end or "",
        "needs_attention": "1" if line.needs_attention else "",
        "words": line.words,
    }


def _governance() -> Governance:
    return get_governance(hand().work)


def _rules(governance: Governance) -> OrderRules:
    return governance.template.orders or abort(404)


def _labels(governance: Governance) -> dict[str, str]:
    rules = _rules(governance)
    return {each.key: each.label for each in rules.stages} | {f"k:{code}": label for code, label in kinds_of(rules)}
