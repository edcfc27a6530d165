"""A file of orders held against the orders that are here, and what was found kept until either changes."""

from itertools import chain
from uuid import UUID

from domain.access import Actor
from domain.imports import ColumnMapping, MappingUnusable, Table
from domain.imports.order_check import OrdersChecked, orders_checked
from domain.imports.order_lines import order_lines
from domain.refusals import Stale
from tenants.database import NotFound, Work, action
from tenants.instance.actions.imports import keep_check
from tenants.instance.models.imports import ImportRow
from tenants.instance.queries.import_table import get_table
from tenants.instance.queries.imports import CHECKED, CHECKING, FAILED, to_mapping
from tenants.instance.queries.order_intake import get_order_reference, known_orders, orders_fingerprint


def look_at_orders(
    work: Work, table: Table, mapping: ColumnMapping, actor: Actor
) -> tuple[OrdersChecked, str] | MappingUnusable:
    """What the file says and what of it is new, with the state of the instance that this was held against."""
    reference = get_order_reference(work, actor)
    state = orders_fingerprint(work, reference)
    lines = order_lines(table, mapping, reference, known_orders(work), work.now())
    if isinstance(lines, MappingUnusable):
        return lines
    return orders_checked(chain.from_iterable(lines), reference.currency), state


@action
def ask_check(work: Work, import_id: UUID, actor: Actor, seen: int) -> Stale | None:
    """Have a long file checked by a worker."""
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state == CHECKING:
            return None
        if row.state != CHECKED:
            raise NotFound(f"mapped import {import_id}")
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        row.state, row.failure, row.summary = CHECKING, "", {"asked_by": str(actor.person)}
        tx.later("check_orders", import_id=str(import_id))
    return None


def check_orders(work: Work, import_id: UUID, actor: Actor) -> None:
    """Check, keep, and say that it is done; who comes second finds it done."""
    row = work.get(ImportRow, import_id)
    mapping, seen = to_mapping(row.mapping), row.version
    found = look_at_orders(work, get_table(work, import_id), mapping, actor) if mapping else MappingUnusable()
    if not isinstance(found, MappingUnusable):
        keep_check(work, import_id, *found, seen)
    end_check(work, import_id)


@action
def end_check(work: Work, import_id: UUID) -> None:
    """The file is checked, or cannot be: on to what was found."""
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state == CHECKING:
            row.state = CHECKED


@action
def check_given_up(work: Work, import_id: UUID, failure: str) -> None:
    """Show that checking failed, and the name of what it failed with."""
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state == CHECKING:
            row.state, row.failure = FAILED, failure
