"""Static files. Their address carries a version made of their content, so that browsers may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, send_from_directory
from werkzeug.wrappers import Response

from web.access import public

bp = Blueprint("assets", __name__)
FOLDER = Path(__file__).parent / "static"
FOR_EVER = 365 * 24 * 3600


@cache
def version() -> str:
    """Twelve digits that change with any file; style sheets that import others inherit it by their path."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(FOLDER)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@bp.get("/static/<path:path>")
@public
def plain(path: str) -> Response:
    """Asked for without a version: the browser asks again each time and mostly hears "not modified"."""
    return _send(path, 0)


@bp.get("/static/v-<digest>/<path:path>")
@public
def versioned(digest: str, path: str) -> Response:
    """Only the version of today may be kept; an older page gets today's file for now."""
    return _send(path, FOR_EVER if digest == version() else 0)


def _send(path: str, seconds: int) -> Response:
    response = send_from_directory(FOLDER, path, max_age=seconds)
    if seconds:
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response
