"""What a source says that the carrier gets: one line of an order's cost, a forecast until the order left."""

from datetime import UTC, datetime

from domain.orders.consequences import CARRIER, LEFT, ZERO, FreightCost
from domain.orders.order import Happening
from tenants.instance.actions.order_arrivals import FREIGHT, cost_values
from tenants.instance.actions.order_rows import add_cost
from tenants.instance.models.exceptions import OrderCostRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.transaction import Transaction


def keep_freight(tx: Transaction, row: OrderRow, freight: FreightCost | None) -> None:
    """The line as the source has it now. None: nothing is owed any more, or ever will be."""
    line = _line(tx, row)
    if line is not None:
        forecast, actual = (freight.forecast, freight.actual) if freight else (ZERO, line.actual and ZERO)
        row.cost_forecast += forecast - (line.forecast or ZERO)
        row.cost_actual += (actual or ZERO) - (line.actual or ZERO)
        line.forecast, line.actual, line.on = forecast, actual, freight.on if freight else line.on
    elif freight is not None:
        amounts = {"forecast": freight.forecast, "actual": freight.actual, "on": freight.on}
        add_cost(tx, row, OrderCostRow(**cost_values(tx, row.id) | amounts))


def freight_owed(tx: Transaction, row: OrderRow, happening: Happening, at: datetime) -> None:
    """Whoever says that the order left: what was forecast is owed. Nothing where no source spoke of freight."""
    line = _line(tx, row) if happening in LEFT else None
    if line is not None and line.actual is None:
        line.actual, line.on = line.forecast, at.astimezone(UTC).date()
        row.cost_actual += line.forecast or ZERO


def freight_spared(tx: Transaction, row: OrderRow) -> None:
    """An order that was cancelled before it left costs no freight."""
    line = _line(tx, row)
    if line is not None and line.actual is None:
        keep_freight(tx, row, None)


def _line(tx: Transaction, row: OrderRow) -> OrderCostRow | None:
    """Nobody's booking: people's have their name on them, whatever their words."""
    cost = OrderCostRow
    of_source = (cost.kind == CARRIER, cost.words == FREIGHT, cost.by.is_(None))
    known = tx.lock_all(cost, cost.order_id == row.id, *of_source)
    return known[0] if known else None
