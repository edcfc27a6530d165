"""One structured line a request: id, method, route, status, time, and whose request it was."""

import time

import structlog
from flask import Flask, g, request
from flask_login import current_user
from werkzeug.wrappers import Response

from web.hands import drop_hand, request_id

QUIET = ("ops.", "assets.")
log = structlog.get_logger("web")


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(drop_hand)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = request_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    if not (request.endpoint or "").startswith(QUIET):
        log.info(
            "request",
            method=request.method,
            route=str(request.url_rule or "-"),
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
            person=_person(),
        )
    return response


def _person() -> str | None:
    if "_login_user" not in g or not current_user.is_authenticated:
        return None
    return str(current_user.signed_in.id)
