"""Meetings of decision forums: when, who came, what was on the agenda, what is to be done, the minutes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class MeetingRow(InstanceModel):
    """`state`: planned, held or called_off. `present` are the members who came; `sequence` counts invitations sent."""

    __tablename__ = "meetings"
    __table_args__ = (Index("meetings_of_forum", "forum_id", "starts_at"),)

    id: Mapped[Key]
    forum_id: Mapped[UUID] = mapped_column(ForeignKey("forums.id"))
    starts_at: Mapped[Moment]
    minutes_long: Mapped[int]
    place: Mapped[Words]
    state: Mapped[Name]
    present: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")
    minutes: Mapped[Words]
    sequence: Mapped[int]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    created_at: Mapped[Moment]
    held_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class AgendaItemRow(InstanceModel):
    """One item: a request that waits for the forum, or a subject of its own (`title`). `note` is what was said."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("meeting_id", "request_id"),)

    id: Mapped[Key]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("requests.id"), index=True)
    title: Mapped[Words]
    note: Mapped[Words]
    position: Mapped[int]


class MeetingActionRow(InstanceModel):
    """What somebody is to do after a meeting."""

    __tablename__ = "meeting_actions"

    id: Mapped[Key]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), index=True)
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("requests.id"), index=True)
    title: Mapped[Name]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    note: Mapped[Words]
