"""What people say on a measure; `mentions` are those it speaks to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name
from tenants.instance.models.base import InstanceModel


class CommentRow(InstanceModel):
    __tablename__ = "comments"
    __table_args__ = (Index("comments_of_measure", "measure_id", "at"),)

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"))
    by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[Moment]
    words: Mapped[Name]
    mentions: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")
    retracted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))  # the row stays as a trace
