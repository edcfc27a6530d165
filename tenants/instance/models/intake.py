"""How orders come in, and how people look at them: channel keys, calls, conflicts, views, rules, measured causes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class ChannelKeyRow(InstanceModel):
    """A key by which a shop delivers the orders of one channel. Its secret is derived from the id, never stored."""

    __tablename__ = "channel_keys"

    id: Mapped[Key]
    channel: Mapped[Name]
    label: Mapped[Name]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    created_at: Mapped[Moment]
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ChannelCallRow(InstanceModel):
    """A call that was answered: the same idempotency key again gets the same answer. `digest` is of the body."""

    __tablename__ = "channel_calls"
    __table_args__ = (Index("channel_calls_by_age", "at"),)

    key_id: Mapped[Key] = mapped_column(ForeignKey("channel_keys.id"))
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[Name]
    status: Mapped[int]
    answer: Mapped[Json]
    at: Mapped[Moment]


class OrderConflictRow(InstanceModel):
    """A field that its source and somebody here both changed since they last agreed. `choice`: ours or theirs."""

    __tablename__ = "order_conflicts"
    __table_args__ = (
        Index("order_conflicts_open", "order_id", "field", unique=True, postgresql_where=text("choice = ''")),
    )

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("imports.id"), index=True)
    field: Mapped[Name]
    ours: Mapped[Words]
    theirs: Mapped[Words]
    found_at: Mapped[Moment]
    choice: Mapped[Words]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SavedViewRow(InstanceModel):
    """A filter of the order desk that a person keeps under a name. `query` is that of the address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("member_id", "name"),)

    id: Mapped[Key]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"))
    name: Mapped[Name]
    query: Mapped[Name]
    saved_at: Mapped[Moment]


class RuleSwitchRow(InstanceModel):
    """A rule of the template that was switched, or given another limit, here. Rules without a row are as written.

    `trial_id` is the trial on which the switch rests, none where nobody tried it before.
    """

    __tablename__ = "rule_switches"

    key: Mapped[str] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    limits: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))  # one for each condition, as text
    by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[Moment]
    trial_id: Mapped[UUID | None] = mapped_column(ForeignKey("order_trials.id"), index=True)


class OrderTrialRow(InstanceModel):
    """A rule or an amount tier that is run over orders of the past. `state`: waiting, running, done, failed.

    `limits` are those tried, one for each condition; `basis` is what stood when it was asked for, `orders` how many
    there are to look at, `result` what it found as of `as_of`.
    """

    __tablename__ = "order_trials"
    __table_args__ = (Index("order_trials_by_age", "asked_at"),)

    id: Mapped[Key]
    kind: Mapped[Name]  # rule or tier
    key: Mapped[Name]
    label: Mapped[Name]
    limits: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    days: Mapped[int]
    basis: Mapped[Name]
    state: Mapped[Name]
    orders: Mapped[int] = mapped_column(server_default=text("0"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    asked_at: Mapped[Moment]
    as_of: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[Words]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MeasuredCauseRow(InstanceModel):
    """The cause that a measure is to remove: its actuals come from the order ledger, month by month.

    `baseline` is what the cause cost a month when it was measured, from `measured_from` to `measured_to`;
    `baseline_rate` its share of all orders then, in percent.
    """

    __tablename__ = "measured_causes"
    __table_args__ = (Index("measured_causes_of_type", "type", "cause"),)

    measure_id: Mapped[Key] = mapped_column(ForeignKey("measures.id"))
    type: Mapped[Name]
    cause: Mapped[Words]
    channel: Mapped[Words]
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("effect_lines.id"), index=True)
    measured_from: Mapped[date] = mapped_column(Date)
    measured_to: Mapped[date] = mapped_column(Date)
    baseline: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    baseline_rate: Mapped[Decimal] = mapped_column(Numeric(9, 4))
    target_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))  # by how much it is to fall
