"""An order as the shop that delivers it may read it, and the names of business units that it may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.ids import ReferenceId
from domain.orders.order import Order
from tenants.database import NotFound, Work
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import ReferenceRow
from tenants.instance.queries.order_aggregates import load_order


@dataclass(frozen=True, kw_only=True)
class DeliveredOrder:
    """`conflicts`: the fields that were changed here and in the shop, and wait for somebody to choose."""

    order: Order
    conflicts: Sequence[tuple[str, str, str]]  # field, ours, theirs


def get_delivered(work: Work, channel: str, number: str) -> DeliveredOrder:
    """An order of this channel. Raises NotFound, also for one of another channel."""
    mine = select(OrderRow).where(OrderRow.channel == channel, OrderRow.number == number)
    row = work.session.scalar(mine)
    if row is None:
        raise NotFound(f"order {number} of channel {channel}")
    open_ones = (
        select(OrderConflictRow.field, OrderConflictRow.ours, OrderConflictRow.theirs)
        .where(OrderConflictRow.order_id == row.id, OrderConflictRow.choice == "")
        .order_by(OrderConflictRow.field)
    )
    conflicts = [(field, ours, theirs) for field, ours, theirs in work.session.execute(open_ones)]
    return DeliveredOrder(order=load_order(work.session, row), conflicts=conflicts)


def business_units(work: Work) -> Mapping[str, ReferenceId]:
    """By their names, the retired ones too."""
    statement = select(ReferenceRow.name, ReferenceRow.id).where(ReferenceRow.kind == "business_unit")
    return {name: ReferenceId(identity) for name, identity in work.session.execute(statement)}


def retired_units(work: Work) -> Mapping[ReferenceId, str]:
    """Business units that no order comes into any more, with their names."""
    gone = select(ReferenceRow.id, ReferenceRow.name).where(
        ReferenceRow.kind == "business_unit", ReferenceRow.is_retired
    )
    return {ReferenceId(identity): name for identity, name in work.session.execute(gone)}
