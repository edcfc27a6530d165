"""The audit trail: append-only, one hash chain; the database fills the chain. Source: DESIGN.md, 6."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Name
from tenants.instance.models.base import InstanceModel

CONTENT = (
    "id", "actor_id", "actor_name", "on_behalf_of", "kind", "is_refusal", "subject_kind", "subject_id",
    "subject_label", "path", "body", "reason", "request_id",
)  # fmt: skip


class AuditEventRow(InstanceModel):
    """One event. The trigger `audit_chain` fills sequence, at, previous_hash, canonical and hash."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("audit_events_of_subject", "subject_id", "sequence"),)

    id: Mapped[UUID]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[Name]
    on_behalf_of: Mapped[UUID | None]
    kind: Mapped[Name]
    is_refusal: Mapped[bool]
    subject_kind: Mapped[Name]
    subject_id: Mapped[UUID | None]
    subject_label: Mapped[Name]
    path: Mapped[Name]  # the node path of the subject: whose scope it is in; empty for the whole instance
    body: Mapped[Name]  # JSON text of the event, money and dates as strings
    reason: Mapped[Name]
    request_id: Mapped[Name]
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, server_default=text("0"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    previous_hash: Mapped[str] = mapped_column(Text, server_default="")
    canonical: Mapped[str] = mapped_column(Text, server_default="")
    hash: Mapped[str] = mapped_column(Text, server_default="")


class AuditHeadRow(InstanceModel):
    """The newest sequence and hash. Only the trigger writes it."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[Name]
