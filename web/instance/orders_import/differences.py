"""How the orders of a file differ from those here, field by field, in the words of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.imports.order_check import OrderChanges, OrdersChecked
from domain.paging import paged
from web.instance.imports.reading import field_label
from web.instance.orders.words import said_words
from web.instance.orders_import.reading import standings

PAGE = 25


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field of one order. `ours` is what stands here; `base`, where both changed, what both said before."""

    field: str
    base: str
    ours: str
    theirs: str
    is_conflict: bool


@dataclass(frozen=True, kw_only=True)
class OrderDifferences:
    row: int
    number: str
    fields: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class Differences:
    """A page of them, orders with conflicts first. `hidden`: changed orders that are counted but not listed."""

    orders: tuple[OrderDifferences, ...]
    page: int
    pages: int
    listed: int
    hidden: int


def differences_of(found: OrdersChecked, page: int, units: Mapping[str, str]) -> Differences:
    """`units`: the names of business units by id."""
    listed = sorted(found.changes, key=lambda each: not each.conflicts)
    page, pages = paged(page, len(listed), PAGE)
    return Differences(
        orders=tuple(_order(each, units) for each in listed[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=pages,
        listed=len(listed),
        hidden=max(found.created["changed"] + found.created["conflicting"] - len(listed), 0),
    )


def _order(changes: OrderChanges, units: Mapping[str, str]) -> OrderDifferences:
    def words(field: str, text: str) -> str:
        return standing[text] if field == "status" and text else said_words(field, text, units)

    standing = dict(standings())
    conflicts = [
        Difference(
            field=field_label(each.field),
            base=words(each.field, each.base),
            ours=words(each.field, each.ours),
            theirs=words(each.field, each.theirs),
            is_conflict=True,
        )
        for each in changes.conflicts
    ]
    updates = [
        Difference(
            field=field_label(each.field),
            base="",
            ours=words(each.field, each.before),
            theirs=words(each.field, each.after),
            is_conflict=False,
        )
        for each in changes.updates
    ]
    return OrderDifferences(row=changes.row, number=changes.number, fields=(*conflicts, *updates))
