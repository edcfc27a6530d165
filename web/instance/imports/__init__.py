"""Bring hierarchy and measures in from a file: upload, map the columns, look at every row, take all in or none."""

from flask import Blueprint

bp = Blueprint("imports", __name__, url_prefix="/imports")

from web.instance.imports import committing, listing, mapping, preview  # noqa: E402, F401
