"""Decision forums: what waits for them, their meetings with agenda and minutes, and the log of what was decided."""

from flask import Blueprint

bp = Blueprint("forums", __name__, url_prefix="/forums")

from web.instance.forums import (  # type: ignore[attr-defined]  # noqa: E402, F401
    agenda,
    calling,
    deciding,
    following,
    listing,
    log,
    minutes,
    showing,
)
