"""Static files. Their address carries a version made of their content, so that browsers may keep them for ever."""

import hashlib
import re
from functools import cache
from pathlib import Path

from flask import Blueprint, request, send_from_directory
from werkzeug.wrappers import Response

from web.access import public

bp = Blueprint("assets", __name__)
FOLDER = Path(__file__).parent / "static"
SHEET = "css/mandate.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\((\w+)\))?;')
FOR_EVER = 365 * 24 * 3600


@cache
def version() -> str:
    """Twelve digits that change with any file; what a style sheet refers to inherits it by its path."""
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


@cache
def sheet() -> str:
    """The style sheet with all that it imports in place: a browser asks once instead of forty times."""

    def imported(found: re.Match[str]) -> str:
        text = (FOLDER / SHEET).parent.joinpath(found[1]).read_text().removeprefix('@charset "UTF-8";')
        return f"@layer {found[2]} {{\n{text}\n}}" if found[2] else text

    return IMPORT.sub(imported, (FOLDER / SHEET).read_text())


def _send(path: str, seconds: int) -> Response:
    response = _whole(seconds) if path == SHEET else send_from_directory(FOLDER, path, max_age=seconds)
    if seconds:
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response


def _whole(seconds: int) -> Response:
    response = Response(sheet(), mimetype="text/css")
    response.cache_control.max_age = seconds or None
    response.cache_control.public = bool(seconds)
    response.add_etag()
    return response.make_conditional(request)
