"""Rows of what a shop delivered, written as those of a file are: new orders all at once, changes field by field."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.imports.order_lines import KnownOrder, OrderLine
from domain.orders.arriving import Arrival
from domain.orders.delivering import Change, Delivered, Terms
from domain.orders.incoming import Incoming
from domain.orders.order import Source
from domain.orders.receiving import OrderReceived
from domain.table import TableRow
from tenants.instance.actions.order_arrivals import Arrivals
from tenants.instance.actions.order_taking import order_subject
from tenants.instance.actions.order_updates import update_order
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.governance import Governance
from tenants.instance.transaction import Subject, Transaction


def gather(
    tx: Transaction,
    governance: Governance,
    terms: Terms,
    delivered: Sequence[tuple[Incoming, Delivered]],
    rows: Mapping[str, OrderRow],
) -> tuple[Arrivals, list[tuple[Any, Subject]]]:
    """Change the orders that were here; returns the new ones, ready to be written, and the events of all."""
    arrivals = Arrivals(tx, governance, Source.API)
    events: list[tuple[Any, Subject]] = []
    for place, (incoming, outcome) in enumerate(delivered, start=1):
        if isinstance(outcome, Arrival):
            arrivals.add(outcome, incoming)
            order = outcome.order
            received = OrderReceived(order=order, source=Source.API, at=terms.now, losses=outcome.follows.losses)
            events.append((received, order_subject(order.id, order.number, governance)))
            continue
        row, line = rows[incoming.number], _line(place, incoming, outcome)
        if updated := update_order(tx, row, line, terms.rules, terms.choices, Source.API, None):
            events.append((updated, order_subject(row.id, row.number, governance)))
    return arrivals, events


def _line(place: int, incoming: Incoming, change: Change) -> OrderLine:
    """The change as a line of a file, which has the place of the order in the call for its number."""
    known = KnownOrder(order=change.known.order, imported=change.known.imported)
    row = TableRow(number=place, cells=())
    return OrderLine(
        row=row, status="", problems=(), incoming=incoming, known=known, merged=change.merged, after=change.after
    )
