"""Sessions bound to one place, and the unit of work: the only file that commits. Source: DESIGN.md, 3 and 4."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from tenants.bell import bell
from tenants.engines import CONNECT, Engines, pool_options, with_login
from tenants.places import Instance, Place, Platform
from tenants.settings import Settings

# SQLSTATE: transaction rollback (serialization failure, deadlock); a key that somebody else just wrote, so look again.
RETRIED = ("40", "23505")
TRIES = 5


class NoPlace(RuntimeError):
    """A session that is bound to no place was used: no tenant, no query."""


class WrongPlace(RuntimeError):
    """A session bound to one place was asked for a model that lives in another."""


class NotFound(LookupError):
    """What a `get_` or a lock asked for is not there, or not for this reader."""


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
    platform = {"url": with_login(settings.platform_url, user, password), "connect_args": _platform_arguments()}
    app.config["SQLALCHEMY_BINDS"] = {"platform": platform | pool_options()}
    app.extensions["settings"] = settings
    app.extensions["engines_of_instances"] = Engines(settings)
    db.init_app(app)


def base_app(settings: Settings) -> Flask:
    """A bare application that has databases and no pages: what workers, the clock and the CLI run in."""
    app = Flask("mandate", static_folder=None)
    connect(app, settings)
    return app


@dataclass(kw_only=True)
class Unit:
    """A session at one place, a clock and a source of ids. `request_id` ties log, trail and screen together."""

    session: PlacedSession
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ids: Callable[[], uuid.UUID] = uuid.uuid4
    request_id: str = ""

    def now(self) -> datetime:
        return self.clock()

    def new_id(self) -> uuid.UUID:
        return self.ids()

    def close(self) -> None:
        self.session.close()

    def alone(self) -> PlacedSession:
        """The session for statements that each stand by themselves: without a BEGIN before and a ROLLBACK after them.

        For the beginning of a request; a session that has begun goes on as it has.
        """
        if not self.session.in_transaction():
            self.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        return self.session

    def get(self, row_type: type[Row], key: object) -> Row:
        """The row with this key. Raises NotFound."""
        row = self.session.get(row_type, key)
        if row is None:
            raise NotFound(f"{row_type.__name__} {key}")
        return row

    def _begin(self) -> None:
        # What was read for the page may be old by now; a change starts from a fresh snapshot.
        self.session.rollback()
        self.session.expire_all()

    def _end(self) -> None:
        self.session.commit()


Row = TypeVar("Row")


def session_at(place: Place) -> PlacedSession:
    """A new session bound to one place for all its life. Needs an application context to be used."""
    return PlacedSession(db, info={"place": place}, expire_on_commit=False, autoflush=False)


@dataclass(kw_only=True)
class PlatformWork(Unit):
    """The platform in hand."""

    @contextmanager
    def transaction(self) -> Iterator[PlatformTransaction]:
        self._begin()
        try:
            yield PlatformTransaction(work=self)
            self._end()
        except BaseException:
            self.session.rollback()
            raise


@dataclass(kw_only=True)
class Work(Unit):
    """One client instance in hand."""

    instance: Instance

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """One transaction, one commit. Yields tenants.instance.transaction.Transaction."""
        from tenants.instance.transaction import Transaction

        self._begin()
        try:
            tx = Transaction(work=self)
            yield tx
            self._end()
        except BaseException:
            self.session.rollback()
            raise
        if tx.leaves_work:
            bell(_settings().redis_url).ring(self.instance.id)


@dataclass(kw_only=True)
class PlainTransaction:
    """What every transaction can do: lock, add, delete, flush."""

    work: Any

    @property
    def session(self) -> PlacedSession:
        return cast(PlacedSession, self.work.session)

    def lock(self, row_type: type[Row], key: object) -> Row:
        """The row with this key, locked until the end and freshly read. Raises NotFound."""
        row = self.session.get(row_type, key, with_for_update=True, populate_existing=True)
        if row is None:
            raise NotFound(f"{row_type.__name__} {key}")
        return row

    def lock_all(self, row_type: type[Row], *conditions: Any) -> list[Row]:
        """All rows that meet the conditions, locked in the order of their keys."""
        mapper: Any = row_type
        statement = select(row_type).where(*conditions).order_by(*mapper.__table__.primary_key.columns)
        return list(self.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))

    def add(self, row: Row) -> Row:
        self.session.add(row)
        return row

    def delete(self, row: object) -> None:
        self.session.delete(row)

    def flush(self) -> None:
        self.session.flush()


@dataclass(kw_only=True)
class PlatformTransaction(PlainTransaction):
    """A transaction on the platform schema."""

    def later(self, job: str, **arguments: str) -> None:
        """Put a job into the platform's outbox; it is enqueued after the commit."""
        from tenants.platform.models.outbox import PlatformOutboxRow

        row = PlatformOutboxRow(id=self.work.new_id(), job=job, arguments=arguments, created_at=self.work.now())
        self.session.add(row)


def platform_work(**options: Any) -> PlatformWork:
    return PlatformWork(session=session_at(Platform()), **options)


def instance_work(instance: Instance, **options: Any) -> Work:
    return Work(session=session_at(instance), instance=instance, **options)


P = ParamSpec("P")
R = TypeVar("R")
U = TypeVar("U", bound=Unit)


def action(function: Callable[Concatenate[U, P], R]) -> Callable[Concatenate[U, P], R]:
    """Mark an action: one transaction, tried again when another one was in its way."""

    @functools.wraps(function)
    def tried(work: U, *args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES):
            try:
                return function(work, *args, **kwargs)
            except DBAPIError as error:
                if attempt == TRIES - 1 or not _is_transient(error):
                    raise
                work.session.rollback()
        raise AssertionError("unreachable")

    return cast(Callable[Concatenate[U, P], R], tried)


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def _is_transient(error: DBAPIError) -> bool:
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(RETRIED)


def _bind_key(mapper: Any, clause: Any) -> str | None:
    table = getattr(mapper, "local_table", None)
    if table is None:
        table = getattr(clause, "table", clause)
    metadata = getattr(table, "metadata", None)
    return metadata.info.get("bind_key") if metadata is not None else None


def login_of(url: str) -> tuple[str, str]:
    """User and password of a database address."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def _platform_arguments() -> dict[str, object]:
    return CONNECT | {"options": "-c search_path=platform"}
