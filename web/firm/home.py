"""The start: everybody is sent where they belong."""

from flask import Blueprint
from werkzeug.wrappers import Response

from tenants.platform.queries.places import list_clients
from web.access import signed_in
from web.hands import hand
from web.responses import see

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def index() -> Response:
    """People of a firm to its engagements, client staff to their client."""
    if hand().firm:
        return see("/engagements")
    clients = list_clients(hand().platform, hand().person.id)
    return see(f"/clients/{clients[0].slug}/" if clients else "/account")
