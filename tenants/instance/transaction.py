"""A transaction in one instance: lock, change, record in the trail, and put what must follow into the outbox."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from psycopg import sql
from sqlalchemy import insert, select

from domain.access import Actor
from domain.months import Month
from domain.refusals import Refusal
from tenants.database import PlainTransaction
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.outbox import OutboxRow

R = TypeVar("R", bound=Refusal)
PLAIN = frozenset({bool, int, str})  # as they are; enums of them are not
COPY_FROM, COPY_CHUNK = 100, 1_000  # rows; a few are inserted, many are copied: ten times as fast
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


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

    def record(self, event: Any, actor: Actor | None, subject: Subject, reason: str = "") -> None:
        """Append an event (a frozen dataclass of the domain) to the trail. `actor` is None for the service itself."""
        self._append(event, actor, subject, reason, is_refusal=False)

    def record_all(self, events: Sequence[tuple[Any, Subject]], actor: Actor | None) -> None:
        """The same for many events at once, in their order."""
        self.session.flush()
        if events:
            values = [self._values(event, actor, subject, "", is_refusal=False) for event, subject in events]
            self.session.execute(insert(AuditEventRow.__table__), values)  # type: ignore[arg-type]

    def refuse(self, refusal: R, actor: Actor, subject: Subject) -> R:
        """Record a refused attempt at a governed step; everything else the transaction did is undone."""
        self.session.rollback()
        self._append(refusal, actor, subject, "", is_refusal=True)
        return refusal

    def insert_many(self, row_type: Any, values: Sequence[Mapping[str, Any]]) -> None:
        """Add many rows of one table at once, past the session; all name the same columns. Flush what they refer to."""
        if len(values) < COPY_FROM:
            if values:
                self.session.execute(insert(row_type.__table__), values)
            return
        columns = tuple(values[0])
        driver: Any = self.session.connection(bind_arguments={"mapper": row_type}).connection.driver_connection
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        table = sql.Identifier(row_type.__tablename__)
        with driver.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
            for start in range(0, len(values), COPY_CHUNK):
                chunk = values[start : start + COPY_CHUNK]
                copy.write("".join(["\t".join([_copied(row[name]) for name in columns]) + "\n" for row in chunk]))

    def later(self, job: str, **arguments: str) -> None:
        """Put a job into the outbox; the relay enqueues it after the commit. Arguments are ids, as text."""
        row = OutboxRow(id=self.work.new_id(), job=job, arguments=arguments, created_at=self.work.now())
        self.session.add(row)
        self.leaves_work = True

    def later_once(self, job: str) -> None:
        """The same for a job without arguments that needs to run only once for many changes."""
        waiting = select(OutboxRow.id).where(
            OutboxRow.job == job,
            OutboxRow.done_at.is_(None),
            OutboxRow.enqueued_at.is_(None),
            OutboxRow.leased_until.is_(None),
        )
        # Shared lock: the row that speaks for this change too must not run before the change is committed.
        if self.session.scalar(waiting.limit(1).with_for_update(read=True, skip_locked=True)) is None:
            self.later(job)

    def _append(self, event: Any, actor: Actor | None, subject: Subject, reason: str, *, is_refusal: bool) -> None:
        self.session.flush()
        values = self._values(event, actor, subject, reason, is_refusal=is_refusal)
        self.session.execute(insert(AuditEventRow.__table__).values(values))  # type: ignore[arg-type]

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


def _copied(value: Any) -> str:
    """A value in PostgreSQL's text format for COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, dict):
        value = json.dumps(value)
    elif isinstance(value, list):
        value = "{" + ",".join(map(json.dumps, value)) + "}"  # an array of texts
    return value.translate(ESCAPES) if isinstance(value, str) else str(value)


def body_text(event: Any) -> str:
    """The event as canonical JSON: keys sorted, money and moments as strings, nothing rounded."""
    return json.dumps(plain(event), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """Plain data of a domain value: what JSON can hold without losing a cent."""
    if value is None or type(value) in PLAIN:
        return value
    if isinstance(value, Enum):
        return value.name.lower() if isinstance(value.value, int) else value.value
    if isinstance(value, Decimal | UUID | Month):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):  # before mappings: an order has items too
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((plain(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value)
