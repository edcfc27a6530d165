"""The inbox: what waits for the reader and for others; decided in place, one by one or several at once."""

from flask import Blueprint

bp = Blueprint("waiting", __name__, url_prefix="/waiting")

from web.instance.waiting import approving, listing  # type: ignore[attr-defined]  # noqa: E402, F401
