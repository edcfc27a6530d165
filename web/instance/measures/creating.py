"""A new measure: what it is called and where it belongs; the rest is completed on its page."""

from uuid import uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.hierarchy import Level
from domain.ids import MeasureId, NodeId
from domain.lifecycle import MeasureCreated
from tenants.instance.actions.measures import define_measure
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.hierarchy import list_nodes, paths_above
from tenants.instance.queries.measure import find_code, get_choices
from web.access import requires
from web.hands import hand
from web.instance.measures import bp
from web.instance.measures.fields import FIELDS, Pairs, choices_of, error_of, read
from web.posted import posted_id
from web.responses import see
from web.shell import tell


@bp.get("/new")
@requires(Capability.CREATE_MEASURE)
def new() -> str:
    package = request.args.get("package", "")
    return _page(get_governance(hand().work), {"id": str(uuid4()), "package": package}, {})


@bp.post("")
@requires(Capability.CREATE_MEASURE)
def create() -> tuple[str, int] | Response:
    here = hand()
    governance = get_governance(here.work)
    identity = posted_id()
    found = read(request.form, choices_of(get_choices(here.work), packages()), governance)
    errors = dict(found.errors)
    package = found.values.get("package")
    if package is None:
        errors.setdefault("package", _("Choose the measure package it belongs to."))
    if package is not None and not errors:
        values = {name: value for name, value in found.values.items() if name != "package"}
        outcome = define_measure(here.work, identity, NodeId(package), values, here.actor)
        if isinstance(outcome, MeasureCreated):
            scope = here.actor.scope_for(Capability.VIEW_MEASURES)
            code = find_code(here.work, scope, MeasureId(identity)) or abort(404)
            tell("ok", _("%(code)s is defined", code=code), _("Complete it here, then request its first gate."))
            return see(url_for(".show", code=code))
        errors = error_of(outcome)
        errors = {name or "title": text for name, text in errors.items()}
    return _page(governance, request.form.to_dict(), errors), 422


def packages(capability: Capability = Capability.CREATE_MEASURE) -> Pairs:
    """Measure packages where the reader may define measures, each with the names of what is above it."""
    here = hand()
    nodes = list_nodes(here.work, here.actor.scope_for(capability))
    names = {node.path: node.name for node in nodes}
    found = [
        (node.id, " / ".join(names[path] for path in paths_above(node.path)[1:] if path in names))
        for node in nodes
        if node.level is Level.MEASURE_PACKAGE
    ]
    return tuple(sorted(found, key=lambda pair: pair[1].lower()))


def _page(governance: Governance, form: dict[str, str], errors: dict[str, str]) -> str:
    offered = choices_of(get_choices(hand().work), packages())
    blank = {name: form.get(name, "") for name in FIELDS} | {"id": form.get("id", "")}
    return render_template(
        "web/instance/measures/new.html", form=blank, errors=errors, offered=offered, governance=governance
    )
