"""What people are told, each thing once; how it reaches them is their own setting."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name
from tenants.instance.models.base import InstanceModel


class NoticeRow(InstanceModel):
    """One thing told to one person. `key` makes it happen once; `mailed_at` is empty while a letter is due."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        Index("notices_unmailed", "member_id", "at", postgresql_where=text("mailed_at IS NULL")),
        Index("notices_in_letter", "letter_id", postgresql_where=text("mailed_at IS NULL")),
    )

    id: Mapped[Key]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    key: Mapped[Name]  # "reminder/<request>/<step>/<due>"
    kind: Mapped[Name]  # asked, reminder, escalation, decided, condition, mention, sustain, digest's parts
    body: Mapped[Json]  # what the words need
    at: Mapped[Moment]
    letter_id: Mapped[UUID | None]  # the letter it goes out in, chosen before that is handed to the mail server
    mailed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
