"""Who stands for whom, and who is away."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Words
from tenants.instance.models.base import InstanceModel


class DelegationRow(InstanceModel):
    """`giver_id` lets `taker_id` decide from `starts_on` to `ends_on`. No kinds: all; no limit: any value."""

    __tablename__ = "delegations"

    id: Mapped[Key]
    giver_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    taker_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    value_limit: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    words: Mapped[Words]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    created_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AbsenceRow(InstanceModel):
    __tablename__ = "absences"

    id: Mapped[Key]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    words: Mapped[Words]
    created_at: Mapped[Moment]
