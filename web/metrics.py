"""Health and figures for whoever runs the service: /healthz, /readyz, /metrics. No tenant's name is in them."""

import time

from flask import Blueprint, Flask, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from redis import Redis
from redis.exceptions import RedisError
from werkzeug.wrappers import Response

from tenants.platform.queries.health import is_reachable
from web.access import public
from web.hands import hand

bp = Blueprint("ops", __name__)
REQUESTS = Counter("mandate_requests", "Requests answered", ("method", "route", "status"))
SECONDS = Histogram("mandate_request_seconds", "Time to answer", ("method", "route"))


def install(app: Flask) -> None:
    app.after_request(_count)
    app.register_blueprint(bp)


@bp.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Response:
    """The platform's database answers; the state of Redis is told, but pages work without it."""
    database = is_reachable(hand().platform)
    queue = _redis_answers(current_app.extensions["settings"].redis_url)
    words = f"database {'ok' if database else 'unreachable'}\nredis {'ok' if queue else 'unreachable'}\n"
    return Response(words, 200 if database else 503, mimetype="text/plain")


@bp.get("/metrics")
@public
def metrics() -> Response:
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _count(response: Response) -> Response:
    route = str(request.url_rule or "-")
    method = request.method if request.method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    SECONDS.labels(method, route).observe(time.perf_counter() - g.started)
    return response


def _redis_answers(url: str) -> bool:
    try:
        with Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
