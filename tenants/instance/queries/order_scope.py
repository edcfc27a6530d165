"""The reader's scope of orders as a condition: what lies outside it is in no list, count, sum, export or report."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from domain.access import OrderScope
from tenants.instance.models.orders import OrderRow


def in_scope(scope: OrderScope, row: Any = OrderRow) -> ColumnElement[bool]:
    """Orders of the reader's channels or business units; all of them for a role in the whole organization.

    `row`: the orders, or what says channel and business unit in their place.
    """
    if scope.everything:
        return true()
    parts: list[ColumnElement[bool]] = []
    if scope.channels:
        parts.append(row.channel.in_(sorted(scope.channels)))
    if scope.units:
        parts.append(row.business_unit_id.in_(sorted(scope.units)))
    return or_(false(), *parts)
