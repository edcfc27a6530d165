"""What instances publish about themselves: figures for the comparison, and heads of their audit chains."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name
from tenants.platform.models.base import PlatformModel


class EngagementMetricsRow(PlatformModel):
    """The newest figures of one instance: stages, value, realisation, overdue decisions. No client record."""

    __tablename__ = "engagement_metrics"

    instance_id: Mapped[Key] = mapped_column(ForeignKey("instances.id"))
    as_of: Mapped[Moment]
    figures: Mapped[Json]


class PublishedHeadRow(PlatformModel):
    """A signed head of an instance's audit chain, kept outside the instance."""

    __tablename__ = "published_heads"

    instance_id: Mapped[Key] = mapped_column(ForeignKey("instances.id"))
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[Name]
    signature: Mapped[Name]
    published_at: Mapped[Moment]


class VerificationRow(PlatformModel):
    """The newest verification of an instance's chain."""

    __tablename__ = "verifications"

    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instances.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    faults: Mapped[int]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
