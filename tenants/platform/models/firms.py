"""Consulting firms and who works for them."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name
from tenants.platform.models.base import PlatformModel


class FirmRow(PlatformModel):
    __tablename__ = "firms"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Name]
    created_at: Mapped[Moment]


class FirmMemberRow(PlatformModel):
    """A person's role in a firm: partner, engagement_manager, consultant or firm_administrator."""

    __tablename__ = "firm_members"

    firm_id: Mapped[Key] = mapped_column(ForeignKey("firms.id"))
    person_id: Mapped[Key] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[Moment]
