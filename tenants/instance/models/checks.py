"""What is watched about a measure: criteria that end it, and checks that its value holds after closure."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class KillCriterionRow(InstanceModel):
    """A typed condition on the measure; when it is met, the clock proposes `proposes` (hold or cancel) once."""

    __tablename__ = "kill_criteria"

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"), index=True)
    condition: Mapped[Json]  # field, operator, value as domain.governance.policies.Condition
    proposes: Mapped[Name]
    reason: Mapped[Words]  # code from the template's list of that name
    words: Mapped[Words]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    set_at: Mapped[Moment]
    met_on: Mapped[date | None] = mapped_column(Date)
    proposed_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("requests.id"), index=True)


class SustainCheckRow(InstanceModel):
    """Does the value hold so many months after closure? `outcome`: empty while it is due, then holds or reopened."""

    __tablename__ = "sustain_checks"
    __table_args__ = (
        UniqueConstraint("measure_id", "request_id", "due_on"),
        Index("sustain_checks_open", "due_on", postgresql_where=text("outcome = ''")),
    )

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"), index=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("requests.id"), index=True)  # the closure it follows
    due_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[Words]
    checked_on: Mapped[date | None] = mapped_column(Date)
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    words: Mapped[Words]
