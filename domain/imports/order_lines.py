"""A file of orders held against the orders that are here: some at a time, so that a long file needs little memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby, islice

from domain.governance.template import OrderRules
from domain.imports.mapping import ColumnMapping, MappingUnusable, mapping_fault
from domain.imports.order_fields import OrderField
from domain.imports.order_problems import HeldOrder, OrderOutOfReach, RepeatedOrder
from domain.imports.order_rows import OrderReader, OrderReference
from domain.imports.problems import RetiredName, RowProblem
from domain.imports.row import MappedRow, positions_of
from domain.orders.incoming import Incoming
from domain.orders.intake import Merged, applied, held_back, merge, moved_on
from domain.orders.order import Order, OrderState
from domain.table import Table, TableRow

CHUNK = 2_000
OrderKey = tuple[str, str]  # channel and number


@dataclass(frozen=True, kw_only=True)
class KnownOrder:
    """An order that is here, and what its source said of it last."""

    order: Order
    imported: Mapping[str, str]


Known = Callable[[Sequence[OrderKey]], Mapping[OrderKey, KnownOrder]]


class Difference(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CONFLICTING = "conflicting"  # something is changed in both; the rest of it may be an update
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One order of the file. `after` is the order with what the file says; its stage is where it stands then."""

    row: TableRow
    status: str  # as the file writes it
    problems: tuple[RowProblem, ...]
    incoming: Incoming | None = None  # None: the row is to be corrected
    known: KnownOrder | None = None
    merged: Merged | None = None
    after: Order | None = None

    @property
    def difference(self) -> Difference:
        if self.merged is None:
            return Difference.NEW
        if self.merged.conflicts:
            return Difference.CONFLICTING
        return Difference.UNCHANGED if self.merged.is_unchanged else Difference.CHANGED


def order_lines(
    table: Table, mapping: ColumnMapping, reference: OrderReference, known: Known, now: datetime
) -> Iterator[Sequence[OrderLine]] | MappingUnusable:
    """Every order of the file, in its order, some thousand at a time; `known` is asked once for each such lot."""
    if fault := mapping_fault(mapping, table):
        return fault
    return _lines(table, mapping, reference, known, now)


def _lines(
    table: Table, mapping: ColumnMapping, reference: OrderReference, known: Known, now: datetime
) -> Iterator[Sequence[OrderLine]]:
    reader, positions = OrderReader(mapping, reference, now), positions_of(table, mapping)
    first_rows: dict[OrderKey, int] = {}
    rows = iter(one_row_each(table, mapping))
    while chunk := list(islice(rows, CHUNK)):
        mapped = [MappedRow(table, mapping, row, positions) for row in chunk]
        read = [_once(row, reader.read(row), first_rows) for row in mapped]
        here = known([(each.channel, each.number) for each in read if each])
        yield [_held_against(row, incoming, here, reference) for row, incoming in zip(mapped, read, strict=True)]


def _once(row: MappedRow, incoming: Incoming | None, first_rows: dict[OrderKey, int]) -> Incoming | None:
    """None for an order that the file has named before."""
    if incoming is None:
        return None
    first = first_rows.setdefault((incoming.channel, incoming.number), row.row.number)
    if first == row.row.number:
        return incoming
    row.fault(OrderField.NUMBER, RepeatedOrder(first_row=first))
    return None


def _held_against(
    row: MappedRow, incoming: Incoming | None, here: Mapping[OrderKey, KnownOrder], reference: OrderReference
) -> OrderLine:
    known = here.get((incoming.channel, incoming.number)) if incoming else None
    if known and not reference.reach.covers(known.order.channel, known.order.business_unit):
        row.fault(OrderField.NUMBER, OrderOutOfReach())
        known = incoming = None
    unit = incoming.business_unit if incoming else None
    if unit in reference.retired and (known is None or known.order.business_unit != unit):
        row.fault(OrderField.BUSINESS_UNIT, RetiredName())
    merged = after = None
    if incoming and known:
        merged = merge(known.imported, known.order, incoming)
        after = applied(known.order, {each.field: each.after for each in merged.updates})
        if after.state is OrderState.OPEN:
            after = _moved(row, after, reference.rules)
    wrong = any(problem.severity == "correct" for problem in row.problems)
    return OrderLine(
        row=row.row,
        status=row.written(OrderField.STATUS),
        problems=tuple(row.problems),
        incoming=None if wrong else incoming,
        known=known,
        merged=merged,
        after=after,
    )


def _moved(row: MappedRow, order: Order, rules: OrderRules) -> Order:
    """The order where it stands by what happened; a hold on the way there is a problem of the row."""
    to = moved_on(order, order.happened, rules)
    if held := held_back(order, to, rules):
        holds = tuple(map(rules.type_label, held.types))
        row.fault(OrderField.NUMBER, HeldOrder(stage=rules.stage_label(to), holds=holds, constraints=held.titles))
    return replace(order, stage=to)


def one_row_each(table: Table, mapping: ColumnMapping) -> Iterator[TableRow]:
    """The rows of the file; where an order has one for each item, one for all of them, with the items summed."""
    if not mapping.orders.lines:
        return iter(table.rows)
    items = table.position(mapping.columns.get(OrderField.ITEMS, ""))
    return (_joined(group, items) for group in rows_of_orders(table, mapping))


def rows_of_orders(table: Table, mapping: ColumnMapping) -> Iterator[Sequence[TableRow]]:
    """All rows of each order, in the order of the file; one each, unless an order has one for each item."""
    number = table.position(mapping.columns.get(OrderField.NUMBER, ""))
    if not mapping.orders.lines or number is None:
        return ((row,) for row in table.rows)
    return (tuple(group) for _number, group in groupby(table.rows, lambda row: _cell(row, number)))


def _cell(row: TableRow, position: int) -> str:
    return row.cells[position].strip() if position < len(row.cells) else ""


def _joined(group: Sequence[TableRow], items: int | None) -> TableRow:
    """The first row, its gaps filled from those below it. Counts that cannot be added are left to be named."""
    if len(group) == 1:
        return group[0]
    width = max(len(row.cells) for row in group)
    cells = [next(filter(None, (_cell(row, place) for row in group)), "") for place in range(width)]
    if items is not None:
        counts = [_cell(row, items) for row in group if _cell(row, items)]
        cells[items] = str(sum(map(int, counts))) if all(map(str.isdecimal, counts)) else " + ".join(counts)
    return TableRow(number=group[0].number, cells=tuple(cells), typed=group[0].typed)
