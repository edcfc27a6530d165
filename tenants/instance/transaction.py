"""A transaction in one instance: lock, change, record in the trail, and put what must follow into the outbox."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy.exc import DBAPIError

from domain.access import Actor
from domain.months import Month
from domain.refusals import Refusal
from tenants.database import PlainTransaction
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.sending import COPY_FROM, Sending, copy_in, insertion, send

R = TypeVar("R", bound=Refusal)
CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))

# A row that waits speaks for this change too. It is locked, shared, so that it is not run before the commit.
ONCE = b"""
WITH waiting AS (
  SELECT id FROM outbox WHERE job = %(job)s AND done_at IS NULL AND enqueued_at IS NULL AND attempts = 0
  LIMIT 1 FOR SHARE SKIP LOCKED
)
INSERT INTO outbox (id, job, arguments, created_at, leased_until)
SELECT %(id)s, %(job)s, '{}', %(now)s, %(due)s WHERE NOT EXISTS (SELECT FROM waiting)
"""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What an event is about. `path` is the node path that decides who may read the event."""

    kind: str
    id: UUID | None
    label: str
    path: str = ""


INSTANCE = Subject(kind="instance", id=None, label="")


@dataclass(kw_only=True)
class Transaction(PlainTransaction):
    """What an action works with. It is committed by `Work.transaction` and by nothing else."""

    _has_later: bool = field(default=False, init=False)
    _is_holding: bool = field(default=False, init=False)  # inside `at_once`
    _rows: list[Sending] = field(default_factory=list, init=False)  # kept for the end, in this order:
    _jobs: list[Sending] = field(default_factory=list, init=False)
    _events: list[Sending] = field(default_factory=list, init=False)  # the last, as they lock the head of the trail
    _asked: list[Any] = field(default_factory=list, init=False)  # cursors, which know what became of the jobs

    def record(self, event: Any, actor: Actor | None, subject: Subject, reason: str = "") -> None:
        """Append an event (a frozen dataclass of the domain) to the trail. `actor` is None for the service itself."""
        self.session.flush()  # what it tells of is written, and a lock that reads a row anew does not undo it
        self._keep(self._events, AuditEventRow, [self._values(event, actor, subject, reason, is_refusal=False)])

    def record_all(self, events: Sequence[tuple[Any, Subject]], actor: Actor | None) -> None:
        """The same for many events at once, in their order."""
        self.session.flush()
        values = [self._values(event, actor, subject, "", is_refusal=False) for event, subject in events]
        if len(values) < COPY_FROM:
            self._keep(self._events, AuditEventRow, values)
            return
        with self._driver() as driver:
            send(driver, self._events)
        self._events.clear()
        self.insert_many(AuditEventRow, values)

    def refuse(self, refusal: R, actor: Actor, subject: Subject) -> R:
        """Record a refused attempt at a governed step; everything else the transaction did is undone."""
        self.session.rollback()
        self._forget_kept()
        self._keep(self._events, AuditEventRow, [self._values(refusal, actor, subject, "", is_refusal=True)])
        return refusal

    @contextmanager
    def at_once(self, count: int) -> Iterator[None]:
        """What is inserted inside goes out with the commit. Where `count` is many, each table is copied right away."""
        self._is_holding = count < COPY_FROM
        yield
        self._is_holding = False

    def insert_many(self, row_type: Any, values: Sequence[Mapping[str, Any]]) -> None:
        """Add many rows of one table at once, past the session; all name the same columns. Flush what they refer to."""
        if not values:
            return
        if self._is_holding:
            self._keep(self._rows, row_type, values)
            return
        with self._driver() as driver:
            if len(values) < COPY_FROM:
                send(driver, [insertion(row_type, values)])
            else:
                copy_in(driver, row_type.__tablename__, values)

    def later(self, job: str, **arguments: str) -> None:
        """Put a job into the outbox; the relay enqueues it after the commit. Arguments are ids, as text."""
        row = OutboxRow(id=self.work.new_id(), job=job, arguments=arguments, created_at=self.work.now())
        self.session.add(row)
        self._has_later = True

    def later_once(self, job: str, after: timedelta = timedelta(0)) -> None:
        """The same for a job without arguments that needs to run only once for many changes, some time `after` them."""
        now = self.work.now()
        row = {"id": self.work.new_id(), "job": job, "now": now, "due": now + after if after else None}
        self._jobs.append((ONCE, [row]))

    @property
    def leaves_work(self) -> bool:
        """Whether a job waits for the commit. Known after it."""
        return self._has_later or any(cursor.rowcount > 0 for cursor in self._asked)

    @contextmanager
    def last(self) -> Iterator[Any]:
        """Yields the driver's connection for the commit, which goes out in one go with all that was kept for the end:
        the head of the trail, for which others wait, is locked no longer than that takes."""
        self.session.flush()
        with self._driver() as driver, driver.pipeline():
            self._send_kept(driver)
            yield driver

    @contextmanager
    def part(self) -> Iterator[None]:
        """What is done inside is undone by itself where it raises: also what it kept for the end."""
        with self._driver() as driver:
            self._send_kept(driver)  # so that all that is kept from here on is of the part
        with self.session.begin_nested():
            try:
                yield
            except BaseException:
                self._forget_kept()
                raise

    @property
    def has_kept(self) -> bool:
        return bool(self._rows or self._jobs or self._events)

    @contextmanager
    def _driver(self) -> Iterator[Any]:
        """The driver's connection, for what goes past the session; its errors come as the session's do."""
        driver = self.session.connection().connection.driver_connection
        try:
            yield driver
        except psycopg.Error as error:
            raise DBAPIError.instance(None, None, error, psycopg.Error) from error

    def _send_kept(self, driver: Any) -> None:
        send(driver, self._rows)
        self._asked += send(driver, self._jobs)
        send(driver, self._events)
        self._forget_kept()

    def _forget_kept(self) -> None:
        for kept in (self._rows, self._jobs, self._events):
            kept.clear()

    def _keep(self, kept: list[Sending], row_type: Any, values: Sequence[Mapping[str, Any]]) -> None:
        if values:
            kept.append(insertion(row_type, values))

    def _values(
        self, event: Any, actor: Actor | None, subject: Subject, reason: str, *, is_refusal: bool
    ) -> dict[str, Any]:
        return {
            "id": self.work.new_id(),
            "actor_id": actor.person if actor else None,
            "actor_name": actor.name if actor else "Mandate",
            "on_behalf_of": actor.on_behalf_of if actor else None,
            "kind": type(event).__name__,
            "is_refusal": is_refusal,
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "subject_label": subject.label,
            "path": subject.path,
            "body": body_text(event),
            "reason": reason,
            "request_id": self.work.request_id,
        }


def body_text(event: Any) -> str:
    """The event as canonical JSON: keys sorted, money and moments as strings, nothing rounded."""
    return CANONICAL.encode(plain(event))


def plain(value: Any) -> Any:
    """Plain data of a domain value: what JSON can hold without losing a cent."""
    if (form := _forms.get(type(value))) is None:
        form = _forms[type(value)] = _form_of(type(value))
    return form(value)


def _form_of(kind: type) -> Callable[[Any], Any]:
    """How values of a type become plain: found once for each, as a file has millions of them."""
    if issubclass(kind, Enum):
        return lambda each: each.name.lower() if isinstance(each.value, int) else each.value
    if issubclass(kind, date | datetime):
        return lambda each: each.isoformat()
    if is_dataclass(kind):  # before mappings: an order has items too
        names = tuple(kind.__dataclass_fields__)
        return lambda each: {name: plain(getattr(each, name)) for name in names}
    if hasattr(kind, "items"):
        return lambda each: {str(plain(key)): plain(item) for key, item in each.items()}
    if issubclass(kind, frozenset | set):
        return lambda each: sorted((plain(item) for item in each), key=str)
    if issubclass(kind, list | tuple):
        return lambda each: [plain(item) for item in each]
    return str


def _as_it_is(value: Any) -> Any:
    return value


_forms: dict[type, Callable[[Any], Any]] = dict.fromkeys((bool, int, str, type(None)), _as_it_is)
_forms[Month] = str
