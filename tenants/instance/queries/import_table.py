"""The file of an upload: whole, or the rows that a page shows. A long one is read whole only where all of it is needed.

A hundred thousand rows take two seconds and 250 MB to read into objects; fifty of them, found by the database, a
quarter of a second.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH, aggregate_order_by

from domain.imports import Table, table_from_json
from tenants.database import Work
from tenants.instance.models.imports import ImportRow

# Opened once a statement: each look into a long value unpacks all of it.
HEAD = ("headers", "sheet", "delimiter", "encoding", "decimal_mark", "other_sheets")
OPENED = func.jsonb_to_record(ImportRow.table).table_valued(*(column(n, JSONB) for n in (*HEAD, "rows")))
FILE = OPENED.render_derived(name="file", with_types=True)


def get_table(work: Work, import_id: UUID) -> Table:
    """The file as it was read."""
    return table_from_json(work.session.scalars(select(ImportRow.table).where(ImportRow.id == import_id)).one())


def get_window(work: Work, import_id: UUID, start: int, count: int) -> Table:
    """The file with `count` of its rows, from the one at `start` (the first is 0) on."""
    path = cast(literal(f"$[{start} to {start + count - 1}]"), JSONPATH)
    return _with_rows(work, import_id, func.jsonb_path_query_array(FILE.c.rows, path))


def get_numbered(work: Work, import_id: UUID, numbers: Sequence[int]) -> Table:
    """The file with the rows of these numbers, in its order."""
    every = func.jsonb_array_elements(FILE.c.rows).table_valued(column("row", JSONB), with_ordinality="place")
    rows = every.render_derived(name="rows").c
    chosen = cast(rows.row[0], Integer) == func.any(cast(list(numbers), ARRAY(Integer)))
    found = select(func.jsonb_agg(aggregate_order_by(rows.row, rows.place))).where(chosen).scalar_subquery()
    return _with_rows(work, import_id, func.coalesce(found, cast(literal("[]"), JSONB)))


def _with_rows(work: Work, import_id: UUID, rows: Any) -> Table:
    parts = [part for name in HEAD for part in (name, FILE.c[name])]
    made = func.jsonb_build_object(*parts, "rows", rows, type_=JSONB)
    statement = select(made).select_from(ImportRow).join(FILE, literal(True)).where(ImportRow.id == import_id)
    return table_from_json(work.session.scalars(statement).one())
