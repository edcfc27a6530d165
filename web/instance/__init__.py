"""The pages of one client, below /clients/<slug>/: one module a word, each with its own blueprint `bp`.

The slug is taken out of the address before a view sees it, and put into every `url_for(".x")` made inside a client.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Blueprint, g

bp = Blueprint("instance", __name__, url_prefix="/clients/<slug>")


@bp.url_value_preprocessor
def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.slug = (values or {}).pop("slug", "")


@bp.url_defaults
def _give_slug(_endpoint: str, values: dict[str, Any]) -> None:
    values.setdefault("slug", g.get("slug", ""))


for _module in sorted(found.name for found in iter_modules(__path__)):
    bp.register_blueprint(import_module(f"{__name__}.{_module}").bp)
