"""What is known of an instance's trail: its head, what was published of it outside, and the newest verification."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.ids import InstanceId
from tenants.database import PlatformWork, Work
from tenants.instance.models.audit import AuditHeadRow
from tenants.platform.models.engagements import PublishedHeadRow, VerificationRow


@dataclass(frozen=True, kw_only=True)
class TrailState:
    """`verified_*` speak of the newest verification: how far it reached, how many faults; None before the first."""

    sequence: int
    hash: str
    published: int
    published_at: datetime | None
    published_sequence: int | None
    verified_at: datetime | None
    verified_sequence: int | None
    faults: int


def get_trail_state(work: Work, platform: PlatformWork, instance: InstanceId) -> TrailState:
    """Head, published heads and newest verification. Three statements."""
    head = work.session.execute(select(AuditHeadRow.sequence, AuditHeadRow.hash)).one()
    row = PublishedHeadRow
    columns = (func.count(row.sequence), func.max(row.published_at), func.max(row.sequence))
    count, at, sequence = platform.session.execute(select(*columns).where(row.instance_id == instance)).one()
    verified = platform.session.get(VerificationRow, instance, populate_existing=True)
    return TrailState(
        sequence=head.sequence,
        hash=head.hash,
        published=count,
        published_at=at,
        published_sequence=sequence,
        verified_at=verified.at if verified else None,
        verified_sequence=verified.sequence if verified else None,
        faults=verified.faults if verified else 0,
    )
