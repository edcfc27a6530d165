"""An upload of orders held against the orders here: by a worker where it is long, and kept until either changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.imports import ColumnMapping, MappingUnusable, Table
from domain.imports.order_check import OrdersChecked, orders_from_json
from domain.imports.order_lines import rows_of_orders
from domain.imports.rejected import rows_with_words
from tenants.instance.actions.imports import keep_check
from tenants.instance.actions.order_looking import look_at_orders
from tenants.instance.queries.imports import Upload
from tenants.instance.queries.order_intake import get_order_reference, orders_fingerprint
from tenants.instance.spreadsheets import Sheet, write_xlsx
from web.hands import hand
from web.instance.imports.reading import problem_words
from web.instance.orders_import.reading import AT_ONCE


@dataclass(frozen=True, kw_only=True)
class OrdersLooked:
    """A checked upload in hand. `is_stale`: orders here changed since a worker looked; the commit looks again."""

    upload: Upload
    mapping: ColumnMapping
    checked: OrdersChecked
    wrong: tuple[int, ...]
    left_out: frozenset[int]
    is_stale: bool

    @property
    def table(self) -> Table:
        return self.upload.table

    @property
    def standing(self) -> tuple[int, ...]:
        return tuple(number for number in self.wrong if number not in self.left_out)


def look(found: Upload) -> OrdersLooked | MappingUnusable | None:
    """What the check says; None where a worker has to look first."""
    here = hand()
    if found.mapping is None:
        return MappingUnusable()
    state = orders_fingerprint(here.work, get_order_reference(here.work, here.actor))
    kept = orders_from_json(found.kept["checked"]) if "checked" in found.kept else None
    is_stale = kept is not None and found.kept.get("reference") != state
    if found.line.rows <= AT_ONCE and (kept is None or is_stale):
        outcome = look_at_orders(here.work, found.table, found.mapping, here.actor)
        if isinstance(outcome, MappingUnusable):
            return outcome
        keep_check(here.work, found.line.id, *outcome, found.line.version)
        kept, is_stale = outcome[0], False
    if kept is None:
        return None
    return OrdersLooked(
        upload=found,
        mapping=found.mapping,
        checked=kept,
        wrong=kept.wrong,
        left_out=frozenset(found.line.left_out) & frozenset(kept.wrong),
        is_stale=is_stale,
    )


def rows_file(looked: OrdersLooked, rows: Sequence[int]) -> bytes:
    """A workbook of these orders, all rows of each, with the words of their problems beside the first."""
    chosen = frozenset(rows)
    picked = [
        (row, looked.checked.problems.get(row.number, ()))
        for group in rows_of_orders(looked.table, looked.mapping)
        if group[0].number in chosen
        for row in group
    ]
    rejected = rows_with_words(looked.table.headers, picked, problem_words)
    name = looked.upload.line.filename
    note = (f"Rows of {name} to correct. Correct them here and bring this file back; the other rows stay.",)
    return write_xlsx([Sheet(name="Rows to correct", headers=rejected.headers, rows=rejected.rows)], note)
