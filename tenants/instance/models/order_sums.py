"""What the overview adds up of orders, by month: rows of sums that the triggers of their tables write."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Money, Name, Words
from tenants.instance.models.base import InstanceModel

MADE_HERE = text("gen_random_uuid()")


class OrderSumRow(InstanceModel):
    """Orders placed in a month (UTC), with what became of them. Rows may speak of the same; their sum counts."""

    __tablename__ = "order_sums"

    id: Mapped[Key] = mapped_column(server_default=MADE_HERE)
    month: Mapped[date] = mapped_column(Date)
    channel: Mapped[Name]
    business_unit_id: Mapped[UUID | None]
    is_cancelled: Mapped[bool]
    cancel_reason: Mapped[Words]
    count: Mapped[int]
    value: Mapped[Money]
    cost_forecast: Mapped[Money]
    cost_actual: Mapped[Money]
    effects: Mapped[Money]


class OrderCostSumRow(InstanceModel):
    """Fulfilment cost of a month by kind, in the same way. `known_forecast`: of what has an actual amount by now."""

    __tablename__ = "order_cost_sums"

    id: Mapped[Key] = mapped_column(server_default=MADE_HERE)
    month: Mapped[date] = mapped_column(Date)
    channel: Mapped[Name]
    business_unit_id: Mapped[UUID | None]
    kind: Mapped[Name]
    count: Mapped[int]
    forecast: Mapped[Money]
    known_forecast: Mapped[Money]
    actual: Mapped[Money]
