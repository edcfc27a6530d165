"""Sums of orders by month folded together: triggers only ever add rows to them."""

from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from tenants.database import Work, action
from tenants.instance.models.order_sums import OrderCostSumRow, OrderSumRow
from tenants.instance.transaction import Transaction

FOLDED_FROM = 2_000  # rows: fewer are added up in a millisecond


@action
def fold_order_sums(work: Work, at_least: int = FOLDED_FROM) -> None:
    """Make one row of all that speak of the same. What is added meanwhile stays as it is."""
    with work.transaction() as tx:
        for row in (OrderSumRow, OrderCostSumRow):
            if (tx.session.scalar(select(func.count()).select_from(row)) or 0) >= at_least:
                _fold(tx, row)


def _fold(tx: Transaction, row: Any) -> None:
    """One statement, so that the rows that go and the row that comes are of the same moment.

    What sums to nothing goes, and only that: of two folds at once, one may see but the half that takes away.
    """
    columns = [column for column in row.__table__.columns if column.name != "id"]
    gone = delete(row).returning(*columns).cte("gone")
    keys = [gone.c[column.name] for column in columns if not _is_sum(column)]
    sums = [func.sum(gone.c[column.name]) for column in columns if _is_sum(column)]
    names = [column.name for column in sorted(columns, key=_is_sum)]
    folded = select(*keys, *sums).group_by(*keys).having(or_(*(each != 0 for each in sums)))
    tx.session.execute(insert(row).from_select(names, folded, include_defaults=False))


def _is_sum(column: Any) -> bool:
    return column.name == "count" or column.type.python_type.__name__ == "Decimal"
