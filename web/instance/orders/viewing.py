"""Views of the desk that a reader keeps under a name."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from domain.access import Capability
from tenants.instance.actions.saved_views import ViewSaved, drop_view, save_view
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.deskfilter import read_filter
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell


@bp.post("/views")
@requires(Capability.VIEW_ORDERS)
def keep_view() -> Response:
    """The query comes from the desk's form; only what means something to the desk is kept of it."""
    here = hand()
    found = read_filter(MultiDict(parse_qsl(request.form.get("query", "")[:2_000])))
    outcome = save_view(here.work, posted_id(), request.form.get("name", ""), urlencode(found.query), here.actor)
    if isinstance(outcome, ViewSaved):
        tell("ok", _("“%(name)s” is kept", name=outcome.name))
    else:
        tell("bad", _("Not kept"), words_of(outcome))
    return see(found.address())


@bp.post("/views/<uuid:view>/removal")
@requires(Capability.VIEW_ORDERS)
def remove_view(view: UUID) -> Response:
    here = hand()
    name = drop_view(here.work, view, here.actor)
    tell("ok", _("The view “%(name)s” is dropped", name=name))
    return see(read_filter(MultiDict()).address())
