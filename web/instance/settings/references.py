"""Add business units, functions and legal entities."""

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.refusals import Refusal
from tenants.instance.actions.members import add_reference
from tenants.instance.queries.settings import KINDS
from web.access import requires
from web.hands import hand
from web.instance.settings import bp
from web.instance.settings.overview import Tried, page
from web.refusals import words_of
from web.responses import see
from web.shell import tell

LIMIT = 120


@bp.post("/references/<kind>")
@requires(Capability.EDIT_REFERENCE_DATA)
def add(kind: str) -> Response | tuple[str, int]:
    """One more entry; a name that is there already changes nothing."""
    if kind not in KINDS:
        abort(404)
    here, name = hand(), " ".join(request.form.get("name", "").split())
    if len(name) > LIMIT:
        words = _("A name has room for %(limit)s characters.", limit=LIMIT)
        return page(Tried(form=kind, typed={"name": name}, errors={"name": words})), 422
    outcome = add_reference(here.work, kind, name, here.actor)
    if isinstance(outcome, Refusal):
        return page(Tried(form=kind, typed={"name": name}, errors={"name": words_of(outcome)})), 422
    tell("ok", _("%(name)s is on the list", name=name))
    return see(url_for("instance.settings.index", _anchor=kind))
