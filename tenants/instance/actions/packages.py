"""Keep the curves of measure packages: the sums of their measures, month by month."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import MeasureMonthRow, PackageMonthRow
from tenants.instance.transaction import Transaction

SUMMED = (
    "plan",
    "forecast",
    "outlook",
    "actual",
    "one_off_plan",
    "one_off_forecast",
    "one_off_outlook",
    "one_off_actual",
)


def add_up_packages(tx: Transaction, packages: Iterable[UUID], months: Collection[date] | None = None) -> None:
    """Sum months of these packages anew (None: all), after their measures changed in this transaction."""
    ids = sorted(set(packages))
    if not ids:
        return
    tx.flush()
    # One at a time may add up a package: another who waited here reads what the first one wrote.
    lock = select(NodeRow.id).where(NodeRow.id.in_(ids)).order_by(NodeRow.id).with_for_update(key_share=True)
    tx.session.execute(lock).all()
    old, new = [PackageMonthRow.package_id.in_(ids)], [MeasureRow.package_id.in_(ids)]
    if months is not None:
        old.append(PackageMonthRow.month.in_(months))
        new.append(MeasureMonthRow.month.in_(months))
    tx.session.execute(delete(PackageMonthRow).where(*old))
    sums = (
        select(
            MeasureRow.package_id,
            MeasureMonthRow.month,
            *(func.sum(getattr(MeasureMonthRow, name)) for name in SUMMED),
        )
        .join(MeasureRow, MeasureRow.id == MeasureMonthRow.measure_id)
        .where(*new)
        .group_by(MeasureRow.package_id, MeasureMonthRow.month)
    )
    tx.session.execute(insert(PackageMonthRow).from_select(["package_id", "month", *SUMMED], sums))
