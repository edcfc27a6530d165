"""Bring orders in from a file: upload, preset, columns and words, differences from orders here, all or none."""

from flask import Blueprint

bp = Blueprint("orders_import", __name__, url_prefix="/orders/imports")

from web.instance.orders_import import committing, listing, mapping, preview  # noqa: E402, F401
