"""The form of a constraint: what it is, whose matter, which stages it keeps orders out of, until when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from domain.governance.template import OrderRules
from domain.ids import ConstraintId, PersonId
from domain.orders.constraints import KINDS, Constraint
from tenants.instance.queries.constraints import ConstraintLine
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.measure import get_choices
from web.hands import hand
from web.instance.orders.forming import Asked, Field, Pairs
from web.instance.orders.reading import Form
from web.instance.orders.taking import crumbs

FIELDS = ("kind", "title", "stops", "owner", "forecast_end", "needs_attention", "words", "reason")


def read_constraint(form: Form, identity: ConstraintId, opened_at: datetime) -> Constraint:
    (_governance, rules), choices = governing(), get_choices(hand().work)
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


def constraint_form(
    line: ConstraintLine | None, form: Mapping[str, Any], errors: Mapping[str, str], identity: str
) -> str:
    (_governance, rules), people = governing(), get_choices(hand().work).people
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


def typed(form: Form) -> dict[str, Any]:
    return {**form.fields, "stops": request.form.getlist("stops")}


def values_of(line: ConstraintLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "title": line.title,
        "stops": list(line.stops),
        "owner": line.owner_id or "",
        "forecast_end": line.forecast_end or "",
        "needs_attention": "1" if line.needs_attention else "",
        "words": line.words,
    }


def governing() -> tuple[Governance, OrderRules]:
    governance = get_governance(hand().work)
    return governance, governance.template.orders or abort(404)
