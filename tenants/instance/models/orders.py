"""Orders: where each stands, how it got there, what was promised and what proves it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Date, DateTime, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Money, Name, Words
from tenants.instance.models.base import InstanceModel

Happened = Mapped[datetime | None]
HOURS = "CAST(floor(date_part('epoch', left_at - entered_at) / 3600) AS integer)"


def happened() -> Happened:
    return mapped_column(DateTime(timezone=True))


class OrderRow(InstanceModel):
    """An order. `state`: open, closed or cancelled; `stage` is a key of the template; `due_at` is its stage's target.

    What happened to it are moments, None until then. The counts and sums repeat what its other tables hold, so that
    the desk reads one table. `imported` is what its source said last, field by field: what was changed since was
    changed here. Money is in `currency`.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("channel", "number"),
        Index("orders_by_due", "due_at", "id", postgresql_where=text("state = 'open'")),
        Index(  # the desk counts and sums every stage from this alone
            "orders_by_stage",
            "stage",
            "due_at",
            postgresql_include=["value", "channel", "business_unit_id"],
            postgresql_where=text("state = 'open'"),
        ),
        Index("orders_by_value", "value", "id", postgresql_where=text("state = 'open'")),
        Index("orders_of_owner", "owner_id", "due_at", postgresql_where=text("state = 'open'")),
        Index("orders_by_promise", "promised_on", postgresql_where=text("delivered_at IS NULL AND state = 'open'")),
        Index("orders_by_number", "number", postgresql_ops={"number": "text_pattern_ops"}),
        Index("orders_by_placed", "placed_at", "id"),
        Index("orders_of_unit", "business_unit_id"),
    )

    id: Mapped[Key]
    number: Mapped[Name]
    channel: Mapped[Name]  # a code of the template
    business_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("reference_items.id"))
    customer: Mapped[Words]  # the customer's reference in the shop, no name
    placed_at: Mapped[Moment]
    currency: Mapped[Name]
    value: Mapped[Money]  # of the goods
    discount: Mapped[Money]
    freight: Mapped[Money]  # charged to the customer
    items: Mapped[int]
    payment: Mapped[Words]
    priority: Mapped[str] = mapped_column(Text, server_default="normal")  # low, normal, high
    promised_on: Mapped[date | None] = mapped_column(Date)
    commitment: Mapped[Words]
    stage: Mapped[Name]
    stage_since: Mapped[Moment]
    due_at: Happened = happened()
    state: Mapped[Name]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"))
    payment_confirmed_at: Happened = happened()
    address_confirmed_at: Happened = happened()
    stock_allocated_at: Happened = happened()
    picked_at: Happened = happened()
    carrier_booked_at: Happened = happened()
    dispatched_at: Happened = happened()
    delivered_at: Happened = happened()
    return_registered_at: Happened = happened()
    refunded_at: Happened = happened()
    invoice_issued_at: Happened = happened()
    closed_at: Happened = happened()
    cancel_reason: Mapped[Words]
    open_holds: Mapped[int] = mapped_column(server_default=text("0"))
    open_exceptions: Mapped[int] = mapped_column(server_default=text("0"))  # that are no holds
    open_tickets: Mapped[int] = mapped_column(server_default=text("0"))
    open_constraints: Mapped[int] = mapped_column(server_default=text("0"))
    open_requests: Mapped[int] = mapped_column(server_default=text("0"))
    cost_forecast: Mapped[Money] = mapped_column(server_default=text("0"))
    cost_actual: Mapped[Money] = mapped_column(server_default=text("0"))
    effects: Mapped[Money] = mapped_column(server_default=text("0"))
    source: Mapped[Name]  # import, api or hand
    imported: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    last_edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    version: Mapped[int]


class OrderStageRow(InstanceModel):
    """One stay of an order in a stage: its journey, in order of `position`. `due_at` was the target."""

    __tablename__ = "order_stages"
    __table_args__ = (Index("order_stages_ended", "left_at", postgresql_include=["stage", "hours"]),)

    order_id: Mapped[Key] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[Name]
    entered_at: Mapped[Moment]
    due_at: Happened = happened()
    left_at: Happened = happened()
    hours: Mapped[int | None] = mapped_column(Computed(HOURS, persisted=True))  # whole ones from entering to leaving
    by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)


class OrderPromiseRow(InstanceModel):
    """A change of what the customer may expect: `field` is priority, promised_on or commitment."""

    __tablename__ = "order_promises"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    field: Mapped[Name]
    before: Mapped[Words]
    after: Mapped[Words]
    reason: Mapped[Name]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("requests.id"), index=True)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    at: Mapped[Moment]


class OrderEvidenceRow(InstanceModel):
    """A link, a note or a file (stored under the row's id) that proves something about an order."""

    __tablename__ = "order_evidence"

    id: Mapped[Key]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    title: Mapped[Name]
    url: Mapped[Words]
    note: Mapped[Words]
    file_name: Mapped[Words]
    content_type: Mapped[Words]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[Words]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    added_at: Mapped[Moment]
