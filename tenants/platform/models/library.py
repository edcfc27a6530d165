"""The governance template library: shipped templates and the firm's own published versions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name
from tenants.platform.models.base import PlatformModel


class TemplateVersionRow(PlatformModel):
    """One version of a template; its text never changes once published. `firm_id` is empty for shipped ones."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("firm_id", "key", "number", postgresql_nulls_not_distinct=True),)

    id: Mapped[Key]
    firm_id: Mapped[UUID | None] = mapped_column(ForeignKey("firms.id"))
    key: Mapped[Name]
    number: Mapped[int]
    name: Mapped[Name]
    description: Mapped[Name]
    text: Mapped[Name]
    digest: Mapped[str] = mapped_column(Text)
    published_at: Mapped[Moment]
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
