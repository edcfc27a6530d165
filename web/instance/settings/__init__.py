"""Set-up of a client: what governs it, closing months, days off, reference data and decision forums."""

from flask import Blueprint

bp = Blueprint("settings", __name__, url_prefix="/settings")

from web.instance.settings import forums, holidays, months, overview, references  # noqa: E402, F401
