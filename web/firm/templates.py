"""The library of governance templates, to read."""

from uuid import UUID

from flask import Blueprint, render_template

from domain.access import Capability
from tenants.platform.queries.templates import get_template, list_templates
from web.access import requires
from web.firm.reading import gates_of, policies_of
from web.hands import hand

bp = Blueprint("templates", __name__, url_prefix="/templates")


@bp.get("")
@requires(Capability.VIEW_TEMPLATES)
def index() -> str:
    here = hand()
    return render_template("web/firm/templates.html", templates=list_templates(here.platform, here.firm_actor.firm))


@bp.get("/<uuid:version>")
@requires(Capability.VIEW_TEMPLATES)
def show(version: UUID) -> str:
    """One version as a reader of it needs it: stages, gates, who approves, thresholds."""
    found = get_template(hand().platform, hand().firm_actor.firm, version)
    return render_template(
        "web/firm/template.html",
        version=found.version,
        template=found.template,
        digest=found.digest,
        gates=gates_of(found.template),
        policies=policies_of(found.template),
    )
