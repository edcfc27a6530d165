"""The unit of work, and the only file that commits: one action is one transaction. Source: DESIGN.md, 3."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tenants.bell import bell
from tenants.places import Instance, Platform
from tenants.sessions import PlacedSession, session_at
from tenants.settings import Settings

# SQLSTATE: transaction rollback (serialization failure, deadlock); a key that somebody else just wrote, so look again.
RETRIED = ("40", "23505")
TRIES = 5


class NotFound(LookupError):
    """What a `get_` or a lock asked for is not there, or not for this reader."""


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
            if tx.has_kept:
                with tx.last() as driver:
                    driver.commit()
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
