"""What stands beside a measure's gates: conditions of an approval, waived criteria, times on hold."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class GateConditionRow(InstanceModel):
    """A condition that an approval came with. `met_on` is empty while it stands; `note` says how it was met."""

    __tablename__ = "gate_conditions"
    __table_args__ = (Index("gate_conditions_standing", "due_on", postgresql_where=text("met_on IS NULL")),)

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"), index=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("requests.id"), index=True)
    words: Mapped[Name]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    held_days: Mapped[int] = mapped_column(server_default=text("0"))  # on hold since it was set; not counted
    set_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    set_at: Mapped[Moment]
    met_on: Mapped[date | None] = mapped_column(Date)
    met_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    note: Mapped[Words]


class WaiverRow(InstanceModel):
    """A criterion of one gate that need not be met by this measure. `reason` is a code of the template's list."""

    __tablename__ = "waivers"

    measure_id: Mapped[Key] = mapped_column(ForeignKey("measures.id"))
    stage: Mapped[int] = mapped_column(primary_key=True)  # the gate's target
    criterion: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[Name]
    words: Mapped[Words]
    waived_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    waived_at: Mapped[Moment]


class HoldPeriodRow(InstanceModel):
    """A time on hold; `resumed_on` is empty while it lasts. Due dates are suspended for so many days."""

    __tablename__ = "hold_periods"

    measure_id: Mapped[Key] = mapped_column(ForeignKey("measures.id"))
    held_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    held_on: Mapped[date] = mapped_column(Date)
    resumed_on: Mapped[date | None] = mapped_column(Date)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("requests.id"), index=True)
