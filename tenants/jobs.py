"""The life of an outbox row: handed to the queue, claimed with a lease, finished once, given up after five attempts.

The row is the truth and the queue only its trigger: whatever Redis loses or doubles, the row is carried out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from tenants.bell import QueueState as QueueState
from tenants.bell import queue_state as queue_state
from tenants.database import PlatformWork, Work, action
from tenants.instance.models.outbox import OutboxRow
from tenants.platform.models.outbox import PlatformOutboxRow

BATCH = 100
ATTEMPTS = 5
RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))  # after the 1st, 2nd, ... failure
HANDED_OVER_FOR = timedelta(minutes=1)  # then the queue is asked again whether it still has it
WORKER_DIED = "The worker ended while it was at work."

Row = OutboxRow | PlatformOutboxRow
Holder = Work | PlatformWork


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row in the hands of one worker. `attempt` counts from 1 and tells this run from one that lost its lease."""

    id: UUID
    job: str
    arguments: Mapping[str, str]
    attempt: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What one look at an outbox did; `look_again` is when its next row falls due, None when nothing is open."""

    count: int
    look_again: datetime | None


@action
def hand_over(work: Holder, enqueue: Callable[[Row], None], coalesced: Iterable[str] = ()) -> HandedOver:
    """Give every due row to `enqueue`; of a coalesced job only the newest, which speaks for the older ones."""
    with work.transaction() as tx:
        rows = _due_rows(work)
        spoken_for = _spoken_for(rows, frozenset(coalesced))
        for row in rows:
            if row.id in spoken_for:
                row.done_at = work.now()
            else:
                enqueue(row)
                row.enqueued_at = work.now()
        tx.flush()
        return HandedOver(count=len(rows), look_again=_next_due(work, len(rows) == BATCH))


@action
def claim(work: Holder, row_id: UUID, lease: Callable[[str], timedelta]) -> Claim | None:
    """Take a row for as long as `lease(job)` says; None where it is gone, done, given up, or in other hands."""
    with work.transaction() as tx:
        row = tx.session.get(_table(work), row_id, with_for_update=True, populate_existing=True)
        if row is None or row.done_at is not None or (row.leased_until and row.leased_until > work.now()):
            return None
        until = work.now() + lease(row.job)
        row.attempts, row.leased_until, row.enqueued_at = row.attempts + 1, until, None  # that trigger is used up
        return Claim(id=row.id, job=row.job, arguments=dict(row.arguments), attempt=row.attempts, until=until)


@action
def finish(work: Holder, claim: Claim) -> None:
    """The row is done and will never run again."""
    with work.transaction() as tx:
        row = _still_ours(tx, work, claim)
        if row is not None:
            row.done_at, row.leased_until, row.failure = work.now(), None, ""


@action
def fail(work: Holder, claim: Claim, words: str) -> bool:
    """Note a failure; the row is tried again later, each time after longer. True when this was the last attempt."""
    with work.transaction() as tx:
        row = _still_ours(tx, work, claim)
        if row is None:
            return False
        row.failure = words
        row.leased_until = None
        if claim.attempt >= ATTEMPTS:
            row.done_at = work.now()
            return True
        row.leased_until = work.now() + RETRY_AFTER[min(claim.attempt, len(RETRY_AFTER)) - 1]
        return False


def _table(work: Holder) -> type[Any]:
    return PlatformOutboxRow if isinstance(work, PlatformWork) else OutboxRow


def _due_rows(work: Holder) -> list[Any]:
    """Open rows in nobody's hands that the queue does not have, or has had for suspiciously long; oldest first."""
    table, now = _table(work), work.now()
    statement = (
        select(table)
        .where(
            table.done_at.is_(None),
            or_(table.leased_until.is_(None), table.leased_until <= now),
            or_(table.enqueued_at.is_(None), table.enqueued_at <= now - HANDED_OVER_FOR),
        )
        .order_by(table.created_at, table.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(work.session.scalars(statement.execution_options(populate_existing=True)))


def _next_due(work: Holder, has_more: bool) -> datetime | None:
    if has_more:
        return work.now()
    table = _table(work)
    due = func.greatest(table.leased_until, table.enqueued_at + HANDED_OVER_FOR, table.created_at)
    found: datetime | None = work.session.scalar(select(func.min(due)).where(table.done_at.is_(None)))
    return found


def _spoken_for(rows: Iterable[Any], coalesced: frozenset[str]) -> set[UUID]:
    """Rows of a coalesced job, never begun, that a newer row with the same arguments repeats."""
    newest: dict[tuple[str, str], UUID] = {}
    older: set[UUID] = set()
    for row in rows:
        if row.job in coalesced and not row.attempts:
            same = (row.job, str(sorted(row.arguments.items())))
            if same in newest:
                older.add(newest[same])
            newest[same] = row.id
    return older


def _still_ours(tx: Any, work: Holder, claim: Claim) -> Any:
    """The row, locked; None when its lease ran out and another worker has taken it since."""
    row = tx.session.get(_table(work), claim.id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.attempts == claim.attempt and row.done_at is None else None
