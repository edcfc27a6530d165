"""The web application: settings in, Flask out."""

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

import structlog
from flask import Flask
from flask_babel import Babel
from flask_htmx import HTMX
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from tenants.secrets import derive
from tenants.sessions import connect
from tenants.settings import Settings, read_settings
from web import (
    access,
    api,
    assets,
    errors,
    firm,
    formats,
    identity,
    instance,
    language,
    mailbox,
    metrics,
    pricing,
    requestlog,
    security,
    shell,
)

ROOT = Path(__file__).resolve().parents[1]


def create_app(settings: Settings | None = None) -> Flask:
    """The application; without settings they are read from the environment and checked."""
    settings = settings or read_settings(os.environ)
    app = Flask("web", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(_configuration(settings))
    app.extensions["clock"] = lambda: datetime.now(UTC)
    app.jinja_env.undefined = StrictUndefined
    connect(app, settings)
    Babel(app)
    HTMX(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    _compose(app, settings)
    return app


def _compose(app: Flask, settings: Settings) -> None:
    """The order is the order in which a request meets them."""
    requestlog.install(app)
    metrics.install(app)
    security.install(app, settings)
    identity.install(app)
    app.before_request(access.guard)
    formats.install(app)
    pricing.install(app)
    language.install(app)
    shell.install(app)
    errors.install(app)
    for blueprint in (assets.bp, identity.bp, firm.bp, instance.bp, api.bp):
        app.register_blueprint(blueprint)
    if settings.mailbox:
        app.register_blueprint(mailbox.bp)


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": derive(settings.secret, "mandate/web/cookies"),
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 5_000,
        "BABEL_DEFAULT_LOCALE": "en",
        "TESTING": settings.environment == "test",
        "TEMPLATES_AUTO_RELOAD": settings.environment == "development",
        **security.configuration(settings),
    }


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
)
