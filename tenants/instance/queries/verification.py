"""Verify the trail of one instance against itself and against what was published of it, in constant memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from domain.audit import CANONICAL, Fault, Head, PublishedHead, StoredEvent, verify_chain
from tenants.database import PlatformWork, Work, action, instance_work
from tenants.instance.models.audit import AuditEventRow, AuditHeadRow
from tenants.places import Instance
from tenants.platform.models.engagements import PublishedHeadRow, VerificationRow
from tenants.secrets import sign
from tenants.settings import Settings

BATCH = 5_000
PURPOSE = "mandate/audit/head"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a verification found: the head it speaks of, and every fault named; `summary` is one sentence."""

    sequence: int
    hash: str
    published: int
    faults: tuple[Fault, ...]

    @property
    def summary(self) -> str:
        if self.faults:
            count = len(self.faults)
            return f"{count} {'fault' if count == 1 else 'faults'} in {self.sequence:,} events"
        return f"{self.sequence:,} events intact, {self.published:,} published heads agree; head {self.hash[:12]}"


def verify_instance(settings: Settings, platform_work: PlatformWork, instance: Instance) -> Verdict:
    """Check every event of an instance and the heads published of it; keep the outcome on the platform."""
    published = _published(settings, platform_work, instance)  # first: no head can be newer than the snapshot
    platform_work.session.rollback()
    inside = instance_work(instance)
    try:
        head, faults = _verify(inside, published)
    finally:
        inside.close()
    verdict = Verdict(sequence=head.sequence, hash=head.hash, published=len(published), faults=faults)
    _keep(platform_work, instance, verdict)
    return verdict


def head_signature(secret: str, instance: UUID, head: Head) -> str:
    """What proves that this house published a head."""
    return sign(secret, PURPOSE, f"{instance}:{head.sequence}:{head.hash}")


def _published(settings: Settings, work: PlatformWork, instance: Instance) -> list[PublishedHead]:
    statement = select(PublishedHeadRow.sequence, PublishedHeadRow.hash, PublishedHeadRow.signature)
    rows = work.session.execute(statement.where(PublishedHeadRow.instance_id == instance.id))
    return [_published_head(settings, instance, row) for row in rows]


def _published_head(settings: Settings, instance: Instance, row: Any) -> PublishedHead:
    due = head_signature(settings.secret, instance.id, Head(sequence=row.sequence, hash=row.hash))
    return PublishedHead(sequence=row.sequence, hash=row.hash, is_signed=compare_digest(row.signature, due))


def _verify(work: Work, published: list[PublishedHead]) -> tuple[Head, tuple[Fault, ...]]:
    """Head and events of one moment, however many are written meanwhile."""
    work.session.rollback()
    work.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    row = work.session.execute(select(AuditHeadRow.sequence, AuditHeadRow.hash)).one()
    head = Head(sequence=row.sequence, hash=row.hash)
    return head, verify_chain(_events(work), head, published)


def _events(work: Work) -> Iterator[StoredEvent]:
    columns = [getattr(AuditEventRow, name) for name in (*CANONICAL, "previous_hash", "canonical", "hash")]
    statement = select(*columns).order_by(AuditEventRow.sequence).limit(BATCH)
    last = -(2**63)
    while rows := work.session.execute(statement.where(AuditEventRow.sequence > last)).all():
        for row in rows:
            yield StoredEvent(
                sequence=row.sequence,
                columns=dict(zip(CANONICAL, row[: len(CANONICAL)], strict=True)),
                previous_hash=row.previous_hash,
                canonical=row.canonical,
                hash=row.hash,
            )
        last = rows[-1].sequence


@action
def _keep(work: PlatformWork, instance: Instance, verdict: Verdict) -> None:
    values = {"sequence": verdict.sequence, "faults": len(verdict.faults), "at": work.now()}
    statement = insert(VerificationRow).values(instance_id=instance.id, **values)
    with work.transaction() as tx:
        tx.session.execute(statement.on_conflict_do_update(index_elements=["instance_id"], set_=values))
