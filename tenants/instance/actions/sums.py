"""Keep the sums and curves of measures as they were computed; what is stored already is not written again."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, insert

from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow
from tenants.instance.transaction import Transaction

Values = Mapping[str, Any]


def keep_figures(tx: Transaction, rows: Sequence[MeasureRow], wanted: Sequence[Values]) -> None:
    """Replace the sums that differ. `wanted` names every column of FiguresRow, once for each measure."""
    if len(wanted) == 1:
        tx.session.execute(_one_of_figures(), wanted)
        return
    stored = _stored(tx, FiguresRow, rows)
    changed = [values for values in wanted if _as_stored(FiguresRow, values) not in stored]
    old = {each[0] for each in stored}.intersection(values["measure_id"] for values in changed)
    if old:
        tx.session.execute(delete(FiguresRow).where(FiguresRow.measure_id.in_(old)))
    tx.insert_many(FiguresRow, changed)


@cache
def _one_of_figures() -> Insert:
    """One statement that writes where something differs; for many measures reading and copying is quicker."""
    statement = insert(FiguresRow)
    names = [column.name for column in FiguresRow.__table__.columns if not column.primary_key]
    new = {name: statement.excluded[name] for name in names}
    differs = tuple_(*(getattr(FiguresRow, name) for name in names)).is_distinct_from(tuple_(*new.values()))
    return statement.on_conflict_do_update(index_elements=["measure_id"], set_=new, where=differs)


def keep_months(tx: Transaction, rows: Sequence[MeasureRow], wanted: Sequence[Values]) -> tuple[set[UUID], set[date]]:
    """Replace the months that differ. `wanted` names every column of MeasureMonthRow, for every month there is.

    Returns packages and months whose sums are to be added up anew.
    """
    stored = _stored(tx, MeasureMonthRow, rows)
    differing = stored ^ {_as_stored(MeasureMonthRow, values) for values in wanted}
    measures, months = {each[0] for each in differing}, {each[1] for each in differing}
    if stored and differing:
        old = (MeasureMonthRow.measure_id.in_(measures), MeasureMonthRow.month.in_(months))
        tx.session.execute(delete(MeasureMonthRow).where(*old))
    concerned = [each for each in wanted if each["measure_id"] in measures and each["month"] in months]
    tx.insert_many(MeasureMonthRow, concerned)
    return {row.package_id for row in rows if row.id in measures}, months


def _stored(tx: Transaction, row_type: Any, rows: Sequence[MeasureRow]) -> set[tuple[Any, ...]]:
    columns = row_type.__table__.columns
    statement = select(*columns).where(columns.measure_id.in_([row.id for row in rows]))
    return {tuple(row) for row in tx.session.execute(statement)}


def _as_stored(row_type: Any, values: Values) -> tuple[Any, ...]:
    return tuple(values[column.name] for column in row_type.__table__.columns)
