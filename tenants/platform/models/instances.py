"""The registry: which instances there are, where they live, and who may enter them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name, Words
from tenants.platform.models.base import PlatformModel

OPEN = ("active", "moving")  # what people know of


class InstanceRow(PlatformModel):
    """One schema. `state`: spare (empty, ready), filling (claimed), active, moving (to another cluster, shut so long).

    A spare one has no firm and no name.
    """

    __tablename__ = "instances"
    __table_args__ = (
        UniqueConstraint("slug"),
        Index("instances_spare", "cluster", postgresql_where=text("state = 'spare'")),
        Index("instances_of_firm", "firm_id"),
    )

    id: Mapped[Key]
    cluster: Mapped[Name]
    schema: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[Name]
    revision: Mapped[Name]
    slug: Mapped[str | None]
    name: Mapped[Words]
    firm_id: Mapped[UUID | None] = mapped_column(ForeignKey("firms.id"))
    template_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("template_versions.id"))
    created_at: Mapped[Moment]
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class InstanceMemberRow(PlatformModel):
    """Who may enter an instance; what they may do there is written in the instance itself. `side`: client or firm."""

    __tablename__ = "instance_members"

    instance_id: Mapped[Key] = mapped_column(ForeignKey("instances.id"))
    person_id: Mapped[Key] = mapped_column(ForeignKey("people.id"), index=True)
    side: Mapped[Name]
    created_at: Mapped[Moment]


class OnboardingRow(PlatformModel):
    """One onboarding: what was asked for, and how far it has come. `state`: waiting, running, done, failed."""

    __tablename__ = "onboardings"

    id: Mapped[Key]
    firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms.id"), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    form_key: Mapped[str] = mapped_column(Text, unique=True)  # a form sent twice makes one onboarding
    wish: Mapped[Json]
    state: Mapped[Name]
    step: Mapped[Words]
    failure: Mapped[Words]
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("instances.id"))
    created_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
