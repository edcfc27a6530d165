"""Approval requests with their steps and votes; and the keys of forms that were already carried out."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, JsonList, Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class RequestRow(InstanceModel):
    """A request for approval. `kind`: "gate:detailed", "hold", "order:refund", ...; `subject` is the sealed text.

    It is about a measure or about an order, never both. `waiting` holds the people whose vote the current step waits
    for; empty once it is settled. `amount` and `daily_cost` are those of an order decision, in the order's currency;
    `forum_id` is the forum that its policy names (a measure names its own).
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("requests_open_of_measure", "measure_id", "family", unique=True, postgresql_where=text("state = 'open'")),
        Index("requests_open_of_order", "order_id", "family", unique=True, postgresql_where=text("state = 'open'")),
        Index("requests_waiting", "waiting", postgresql_using="gin", postgresql_where=text("state = 'open'")),
        Index("requests_by_opened", "requested_at"),
    )

    id: Mapped[Key]
    measure_id: Mapped[UUID | None] = mapped_column(ForeignKey("measures.id"), index=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"), index=True)
    exception_id: Mapped[UUID | None] = mapped_column(ForeignKey("order_exceptions.id"), index=True)
    forum_id: Mapped[UUID | None] = mapped_column(ForeignKey("forums.id"), index=True)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    daily_cost: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    path: Mapped[Name]
    kind: Mapped[Name]
    family: Mapped[Name]  # gate or state: one open request of each at a time
    target_stage: Mapped[int | None]
    template: Mapped[Name]  # the version it began under: "cost-programme/v1"
    policy: Mapped[Name]
    state: Mapped[Name]
    reason: Mapped[Words]  # code from the template's list
    comment: Mapped[Words]
    seal: Mapped[str] = mapped_column(Text)
    subject: Mapped[Name]
    proposal: Mapped[Words]  # canonical text of what a change request would change; sealed with the subject
    checklist: Mapped[JsonList]
    void_changes: Mapped[JsonList]
    duties: Mapped[Json]  # who had which part when it was asked: what segregation of duties looks at
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    requested_at: Mapped[Moment]
    waiting: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)))
    due_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class StepRow(InstanceModel):
    """One step of a request with the approvers it was resolved to."""

    __tablename__ = "request_steps"

    request_id: Mapped[Key] = mapped_column(ForeignKey("requests.id"))
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Name]
    selector: Mapped[Name]  # whom the policy names: "measure:sponsor", "role:pmo", "people", "forum"
    approvers: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)))
    rule: Mapped[Name]
    needed: Mapped[int]
    due_working_days: Mapped[int]
    due_on: Mapped[date | None] = mapped_column(Date)
    step_up: Mapped[bool]
    settled: Mapped[str | None]  # the RequestState that settled it
    escalate_to: Mapped[Words]  # a Role, empty for none
    escalated: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")
    reminded_on: Mapped[date | None] = mapped_column(Date)
    escalated_on: Mapped[date | None] = mapped_column(Date)


class VoteRow(InstanceModel):
    """One vote; one for each approver and step. With a meeting it is the forum's decision, recorded by the chair.

    `recorded` is true for that decision: its recorder may have voted on the page before.
    """

    __tablename__ = "votes"

    request_id: Mapped[Key] = mapped_column(ForeignKey("requests.id"))
    position: Mapped[int] = mapped_column(primary_key=True)
    approver_id: Mapped[Key] = mapped_column(ForeignKey("members.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("members.id"), index=True
    )  # who voted: a delegate or the approver
    choice: Mapped[Name]
    comment: Mapped[Words]
    at: Mapped[Moment]
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    present: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")
    recorded: Mapped[bool] = mapped_column(primary_key=True, server_default=text("false"))


class FormKeyRow(InstanceModel):
    """A form that was carried out: the same key again has no second effect and leads to the same place."""

    __tablename__ = "form_keys"
    __table_args__ = (Index("form_keys_by_age", "at"),)

    id: Mapped[Key]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    outcome: Mapped[Words]
    at: Mapped[Moment]
