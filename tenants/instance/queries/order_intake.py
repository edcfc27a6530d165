"""What a file or a call of orders is held against: the rules, who may bring in what, and the orders that are here."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.access import Actor, Capability
from domain.ids import ReferenceId
from domain.imports.order_lines import Known, KnownOrder, OrderKey
from domain.imports.order_rows import OrderReference
from tenants.database import NotFound, Work
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import ReferenceRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_aggregates import load_orders


def get_order_reference(work: Work, actor: Actor) -> OrderReference:
    """Raises NotFound where the template governs no orders."""
    governance = get_governance(work)
    if governance.template.orders is None:
        raise NotFound("orders: the template governs none")
    listed = select(ReferenceRow.name, ReferenceRow.id, ReferenceRow.is_retired)
    units = work.session.execute(listed.where(ReferenceRow.kind == "business_unit")).all()
    return OrderReference(
        currency=governance.currency,
        rules=governance.template.orders,
        reach=actor.orders(Capability.IMPORT_ORDERS),
        business_units={name: ReferenceId(item) for name, item, _is_retired in units},
        retired=frozenset(ReferenceId(item) for _name, item, is_retired in units if is_retired),
    )


def orders_fingerprint(work: Work, reference: OrderReference) -> str:
    """What the instance was like when a file was held against it: two statements, one over all orders."""
    count, newest = work.session.execute(
        select(func.count(), func.max(OrderRow.updated_at)).select_from(OrderRow)
    ).one()
    parts = (
        count,
        newest,
        reference.currency,
        repr(reference.rules),
        reference.reach,
        sorted(reference.business_units),
        sorted(reference.retired),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def known_orders(work: Work) -> Known:
    """Look up orders by channel and number, for reading: nothing of them stays in the session."""

    def known(keys: Sequence[OrderKey]) -> Mapping[OrderKey, KnownOrder]:
        rows = rows_of(work.session, keys)
        found = as_known(work.session, rows)
        work.session.expunge_all()
        return found

    return known


def rows_of(session: Session, keys: Sequence[OrderKey], *, lock: bool = False) -> list[OrderRow]:
    """The rows of these orders, by id; one statement for each channel that is named."""
    by_channel: dict[str, list[str]] = defaultdict(list)
    for channel, number in keys:
        by_channel[channel].append(number)
    rows: list[OrderRow] = []
    for channel, numbers in sorted(by_channel.items()):
        rows += session.scalars(_chosen(channel, numbers, lock))
    return rows


def as_known(session: Session, rows: Sequence[OrderRow]) -> dict[OrderKey, KnownOrder]:
    orders = load_orders(session, rows)
    return {
        (row.channel, row.number): KnownOrder(order=order, imported=row.imported)
        for row, order in zip(rows, orders, strict=True)
    }


def _chosen(channel: str, numbers: Sequence[str], lock: bool) -> Select[tuple[OrderRow]]:
    chosen = select(OrderRow).where(OrderRow.channel == channel, OrderRow.number.in_(numbers)).order_by(OrderRow.id)
    return chosen.with_for_update().execution_options(populate_existing=True) if lock else chosen
