"""Sessions that reach exactly one place, and the databases that an application reaches it in. Source: DESIGN.md, 4."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import DeclarativeBase

from tenants.engines import Engines, connect_arguments, pool_options, with_login
from tenants.places import Place, Platform
from tenants.settings import Settings


class NoPlace(RuntimeError):
    """A session that is bound to no place was used: no tenant, no query."""


class WrongPlace(RuntimeError):
    """A session bound to one place was asked for a model that lives in another."""


class PlacedSession(Session):
    """A session that reaches exactly one place, given by `info["place"]`."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Any:
        if bind is not None:
            return bind
        place = self.info.get("place")
        if place is None:
            raise NoPlace("This session is bound to no place.")
        wanted = _bind_key(mapper, clause)
        if wanted not in (None, place.bind_key):
            raise WrongPlace(f"A {wanted} model was asked of a session bound to {place.bind_key}.")
        if isinstance(place, Platform):
            return self._db.engines["platform"]
        return self._db.engines_of_instances.of(place)  # type: ignore[attr-defined]


class Base(DeclarativeBase):
    """The root of all models; each says with `__bind_key__` where it lives."""


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with an engine per instance beside the platform's."""

    @property
    def engines_of_instances(self) -> Engines:
        return cast(Engines, current_app.extensions["engines_of_instances"])


db = Database(model_class=Base, disable_autonaming=True, session_options={"class_": PlacedSession})


def connect(app: Flask, settings: Settings) -> None:
    """Give an application its databases: the platform by login, instances as they are asked for."""
    user, password = login_of(settings.platform_url)
    platform = {
        "url": with_login(settings.platform_url, user, password),
        "connect_args": connect_arguments(settings, "platform"),
    }
    app.config["SQLALCHEMY_BINDS"] = {"platform": platform | pool_options()}
    app.extensions["settings"] = settings
    app.extensions["engines_of_instances"] = Engines(settings)
    db.init_app(app)


def base_app(settings: Settings) -> Flask:
    """A bare application that has databases and no pages: what workers, the clock and the CLI run in."""
    app = Flask("mandate", static_folder=None)
    connect(app, settings)
    return app


def session_at(place: Place) -> PlacedSession:
    """A new session bound to one place for all its life. Needs an application context to be used."""
    return PlacedSession(db, info={"place": place}, expire_on_commit=False, autoflush=False)


def login_of(url: str) -> tuple[str, str]:
    """User and password of a database address."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def _bind_key(mapper: Any, clause: Any) -> str | None:
    table = getattr(mapper, "local_table", None)
    if table is None:
        table = getattr(clause, "table", clause)
    metadata = getattr(table, "metadata", None)
    return metadata.info.get("bind_key") if metadata is not None else None
