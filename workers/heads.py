"""Publish the head of an instance's audit chain, signed, outside the instance. Source: DESIGN.md, 6."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.audit import Head
from tenants.database import PlatformWork, Work, action
from tenants.instance.models.audit import AuditHeadRow
from tenants.instance.queries.verification import head_signature
from tenants.platform.models.engagements import PublishedHeadRow
from workers.task import Task


def publish_head(task: Task) -> None:
    """Publish the head as it stands; one that is published already stays as it was."""
    head = newest_head(task.instance)
    task.instance.session.rollback()
    publish(task, head)


def newest_head(work: Work) -> Head:
    row = work.session.execute(select(AuditHeadRow.sequence, AuditHeadRow.hash)).one()
    return Head(sequence=row.sequence, hash=row.hash)


def publish(task: Task, head: Head) -> str:
    """Sign a head and keep it on the platform. Returns the signature."""
    instance = task.instance.instance.id
    signature = head_signature(task.settings.secret, instance, head)
    if head.sequence:
        _publish(task.platform, instance, head, signature)
    return signature


@action
def _publish(work: PlatformWork, instance: UUID, head: Head, signature: str) -> None:
    values = vars(head) | {"instance_id": instance, "signature": signature, "published_at": work.now()}
    with work.transaction() as tx:
        tx.session.execute(insert(PublishedHeadRow).values(values).on_conflict_do_nothing())
