"""Measures with their milestones and evidence."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class MeasureRow(InstanceModel):
    """A measure. `path` repeats the path of its package, so that scope and roll-up need no join.

    `implementation` and `potential` are the effective statuses as last computed; `status_on` is the day of that.
    `external_ref` is the client's own code, which clients number anew in every package.
    """

    __tablename__ = "measures"
    __table_args__ = (
        UniqueConstraint("package_id", "external_ref"),
        Index("measures_below", "path", postgresql_ops={"path": "text_pattern_ops"}),
        Index("measures_of_owner", "owner_id"),
        Index("measures_of_sponsor", "sponsor_id"),
        Index("measures_of_controller", "controller_id"),
        Index("measures_of_package", "package_id"),
        Index("measures_by_stage", "stage", "state"),
        Index("measures_by_status_day", "status_on"),
    )

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(Text, unique=True)
    external_ref: Mapped[str | None] = mapped_column(Text)
    package_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id"))
    path: Mapped[Name]
    title: Mapped[Name]
    description: Mapped[Words]
    expected_effect: Mapped[Words]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    controller_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    business_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("reference_items.id"), index=True)
    function_id: Mapped[UUID | None] = mapped_column(ForeignKey("reference_items.id"), index=True)
    legal_entity_id: Mapped[UUID | None] = mapped_column(ForeignKey("reference_items.id"), index=True)
    forum_id: Mapped[UUID | None] = mapped_column(ForeignKey("forums.id"), index=True)
    start_on: Mapped[date | None] = mapped_column(Date)
    end_on: Mapped[date | None] = mapped_column(Date)
    stage: Mapped[int]
    state: Mapped[Name]
    held_on: Mapped[date | None] = mapped_column(Date)
    rough_value: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    target: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    baseline_source: Mapped[Words]
    assumptions: Mapped[Words]
    risks: Mapped[Words]
    dependencies: Mapped[Words]
    no_risks: Mapped[bool] = mapped_column(server_default=text("false"))
    no_dependencies: Mapped[bool] = mapped_column(server_default=text("false"))
    controller_confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    plan_version: Mapped[int] = mapped_column(server_default=text("0"))
    stage_since: Mapped[Moment]
    implementation: Mapped[str] = mapped_column(Text, server_default="grey")
    potential: Mapped[str] = mapped_column(Text, server_default="grey")
    days_late: Mapped[int] = mapped_column(server_default=text("0"))
    status_on: Mapped[date | None] = mapped_column(Date)
    implementation_override: Mapped[str | None]
    implementation_override_reason: Mapped[Words]
    implementation_override_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    implementation_override_until: Mapped[date | None] = mapped_column(Date)
    potential_override: Mapped[str | None]
    potential_override_reason: Mapped[Words]
    potential_override_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    potential_override_until: Mapped[date | None] = mapped_column(Date)
    last_edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    editors: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int]


class MilestoneRow(InstanceModel):
    __tablename__ = "milestones"

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"), index=True)
    title: Mapped[Name]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    due_on: Mapped[date] = mapped_column(Date)
    forecast_on: Mapped[date | None] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    waived_because: Mapped[Words]
    slips: Mapped[int] = mapped_column(server_default=text("0"))  # date slips in a row
    held_days: Mapped[int] = mapped_column(server_default=text("0"))  # on hold since it was promised; not counted
    position: Mapped[int]


class EvidenceRow(InstanceModel):
    """A link, a note or a file (stored under the row's id) that proves something.

    `milestone_id` is empty for the measure itself.
    """

    __tablename__ = "evidence"

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"), index=True)
    milestone_id: Mapped[UUID | None] = mapped_column(ForeignKey("milestones.id"), index=True)
    title: Mapped[Name]
    url: Mapped[Words]
    note: Mapped[Words]
    is_closure: Mapped[bool] = mapped_column(server_default=text("false"))
    file_name: Mapped[Words]  # empty for a link or a note
    content_type: Mapped[Words]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[Words]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    added_at: Mapped[Moment]
