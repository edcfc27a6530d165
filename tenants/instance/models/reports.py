"""Reports: what was asked for, the data it froze, and the PDF that a worker made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class ReportRow(InstanceModel):
    """One report. `state`: waiting, running, done, failed; `step` of `steps` is what the progress shows.

    `paths` is the scope of the person who asked: a report never holds more than its reader may see.
    """

    __tablename__ = "reports"
    __table_args__ = (Index("reports_by_age", "asked_at"),)

    id: Mapped[Key]
    kind: Mapped[Name]
    title: Mapped[Name]
    state: Mapped[Name]
    step: Mapped[Words]
    step_number: Mapped[int] = mapped_column(server_default=text("0"))
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id"), index=True)
    node_path: Mapped[Name]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    asked_at: Mapped[Moment]
    as_of: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    head_sequence: Mapped[int | None]
    head_hash: Mapped[Words]
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    digest: Mapped[Words]
    pages: Mapped[int | None]
    failure: Mapped[Words]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ReportFileRow(InstanceModel):
    """The PDF itself, apart, so that no list ever loads it."""

    __tablename__ = "report_files"

    report_id: Mapped[Key] = mapped_column(ForeignKey("reports.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
