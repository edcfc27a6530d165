"""What an instance knows of itself: one row with its copy of the pinned template, and its days off."""

from datetime import date
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class SettingsRow(InstanceModel):
    """The one row. `closed_through` is the last closed month ("2026-10"), empty before the first."""

    __tablename__ = "settings"

    id: Mapped[Key]
    name: Mapped[Name]
    firm_name: Mapped[Name]
    currency: Mapped[Name]
    fiscal_year_start: Mapped[int]
    decimal_mark: Mapped[str] = mapped_column(Text, server_default=".")
    closed_through: Mapped[Words]
    template_key: Mapped[Name]
    template_version: Mapped[int]
    template_text: Mapped[Name]
    rates: Mapped[Json]  # currency -> plan rate to the instance's currency, as text
    organization_id: Mapped[UUID]
    last_code: Mapped[int]  # the number of the newest measure code; never goes back
    created_at: Mapped[Moment]
    version: Mapped[int]


class HolidayRow(InstanceModel):
    """A day on which nothing falls due; with the weekends it makes the working calendar."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[Name]
