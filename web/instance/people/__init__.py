"""People of a client: who holds which role where, who is invited, and whose access has ended."""

from flask import Blueprint

bp = Blueprint("people", __name__, url_prefix="/people")

from web.instance.people import inviting, listing, roles, showing  # noqa: E402, F401
