"""What keeps orders from going their way, and what it costs: exceptions, tickets, constraints, costs, effects."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Money, Name, Words
from tenants.instance.models.base import InstanceModel


class OrderExceptionRow(InstanceModel):
    """An exception of an order; with `is_hold` it stops the stages it names. Open until `resolved_at`.

    `rule` is the key of the template's rule that opened it, empty where a person did; `decision` is the kind of
    decision it needs, empty for none; `cost` repeats what its costs and effects sum to so far.
    """

    __tablename__ = "order_exceptions"
    __table_args__ = (
        Index("order_exceptions_open", "type", "due_at", postgresql_where=text("resolved_at IS NULL")),
        Index("order_exceptions_due", "due_at", postgresql_where=text("resolved_at IS NULL AND escalated_at IS NULL")),
        Index("order_exceptions_of_owner", "owner_id", postgresql_where=text("resolved_at IS NULL")),
        Index("order_exceptions_by_opened", "opened_at"),
    )

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    type: Mapped[Name]
    cause: Mapped[Words]
    is_hold: Mapped[bool]
    stops: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    owner_role: Mapped[Name]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[Words]
    decision: Mapped[Words]
    rule: Mapped[Words]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    opened_at: Mapped[Moment]
    due_at: Mapped[Moment]
    escalated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cost: Mapped[Money] = mapped_column(server_default=text("0"))
    resolution: Mapped[Words]  # a code of the template
    resolution_words: Mapped[Words]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OrderCostRow(InstanceModel):
    """Fulfilment cost of an order in a stage: carrier, handling, returns, one_time. An amount is None until known."""

    __tablename__ = "order_costs"
    __table_args__ = (Index("order_costs_by_day", "on", "kind"),)

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    exception_id: Mapped[UUID | None] = mapped_column(ForeignKey("order_exceptions.id"), index=True)
    stage: Mapped[Name]
    kind: Mapped[Name]
    forecast: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    words: Mapped[Words]
    on: Mapped[date] = mapped_column(Date)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[Moment]


class OrderEffectRow(InstanceModel):
    """A financial effect of an order, what it loses: cancellation, refund, discount, ... `days` for a delay."""

    __tablename__ = "order_effects"
    __table_args__ = (Index("order_effects_by_day", "on", "kind"),)

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    exception_id: Mapped[UUID | None] = mapped_column(ForeignKey("order_exceptions.id"), index=True)
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("requests.id"), index=True)
    kind: Mapped[Name]
    amount: Mapped[Money]
    days: Mapped[int | None]
    reason: Mapped[Name]
    on: Mapped[date] = mapped_column(Date)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[Moment]


class OrderTicketRow(InstanceModel):
    """A service ticket on an order, or on one of its exceptions. Open until `closed_at`."""

    __tablename__ = "order_tickets"
    __table_args__ = (Index("order_tickets_open", "opened_at", postgresql_where=text("closed_at IS NULL")),)

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    exception_id: Mapped[UUID | None] = mapped_column(ForeignKey("order_exceptions.id"), index=True)
    channel: Mapped[Name]  # mail, phone, chat, review, other
    title: Mapped[Name]
    words: Mapped[Words]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    escalation: Mapped[Words]  # why it was escalated, empty where it was not
    decision: Mapped[Words]  # the kind of decision it needs, empty for none
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    opened_at: Mapped[Moment]
    answer: Mapped[Words]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ConstraintRow(InstanceModel):
    """What blocks many orders at once: stock, warehouse, carrier, supplier. In force until `ended_at`."""

    __tablename__ = "constraints"

    id: Mapped[Key]
    kind: Mapped[Name]
    title: Mapped[Name]
    words: Mapped[Words]
    stops: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    needs_attention: Mapped[bool] = mapped_column(server_default=text("false"))
    forecast_end: Mapped[date | None] = mapped_column(Date)
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    opened_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class ConstrainedOrderRow(InstanceModel):
    """An order that a constraint blocks."""

    __tablename__ = "constrained_orders"

    constraint_id: Mapped[Key] = mapped_column(ForeignKey("constraints.id"))
    order_id: Mapped[Key] = mapped_column(ForeignKey("orders.id"), index=True)
    since: Mapped[Moment]
