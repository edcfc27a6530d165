"""What goes wrong, as a page: calm words, the way out, and never a trace of the inside. Machines get a problem."""

import structlog
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from tenants.database import NotFound
from tenants.platform.queries.health import UNREACHABLE
from tenants.registry import InstanceMoving
from web.problems import is_machine, problem

log = structlog.get_logger("web")
WITH_PAGE = (400, 403, 404, 409, 413, 422, 429, 500, 503)
RETRY_SECONDS = "10"


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NotFound, _not_found)
    for kind in (*UNREACHABLE, InstanceMoving):
        app.register_error_handler(kind, _unreachable)
    app.register_error_handler(Exception, _bug)


def _http(error: HTTPException) -> Response:
    response: Response = error.get_response()  # type: ignore[assignment]
    code = error.code or 500
    if code >= 400 and is_machine():
        headers = {name: value for name, value in response.headers.items() if name in ("Allow", "Retry-After")}
        return problem(code, headers=headers)
    if code >= 400:
        response = page(code if code in WITH_PAGE else (404 if code == 405 else 400))
        response.status_code = code
    return response


def _csrf(_error: CSRFError) -> Response:
    return problem(400) if is_machine() else page(400)


def _not_found(_error: NotFound) -> Response:
    return problem(404) if is_machine() else page(404)


def _unreachable(error: Exception) -> Response:
    log.error("not available", error=type(error).__name__)
    response = problem(503) if is_machine() else page(503, retry_after="")
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _bug(error: Exception) -> Response:
    log.error("bug", route=str(request.url_rule or "-"), exc_info=error)
    return problem(500) if is_machine() else page(500)


def page(code: int, **words: str) -> Response:
    """The error page with its status. It needs no database: whoever reads it may have none."""
    g.errored = True
    return Response(
        render_template(f"web/errors/{code}.html", **({"request_id": g.get("request_id", "")} | words)),
        code,
        mimetype="text/html",
    )
