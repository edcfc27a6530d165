"""The order API, below /api/v1/<slug>: what shops send by themselves. Machines only: no page, no cookie."""

from typing import Any

from flask import Blueprint, g

bp = Blueprint("api", __name__, url_prefix="/api/v1/<slug>")


@bp.url_value_preprocessor
def _take_slug(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.slug = (values or {}).pop("slug", "")


from web.api import describing, orders  # type: ignore[attr-defined]  # noqa: E402, F401
