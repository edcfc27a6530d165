"""What looking at a file of orders shows: bad rows, sums by status, and how its orders differ from those here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.imports.checked import CheckedRows, problem_from_json, problem_to_json
from domain.imports.kinds import ImportKind
from domain.imports.order_lines import Difference, OrderLine
from domain.imports.problems import RowProblem
from domain.orders.intake import FieldConflict, FieldUpdate
from domain.plain import plain, typed

MOST_SHOWN = 500  # changed orders that are shown field by field; conflicts are all kept
ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class StatusSum:
    """Orders of one word in the status column, those to correct left out."""

    status: str
    orders: int
    value: Decimal
    freight: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderChanges:
    """One order that is here already, and what the file changes about it."""

    row: int
    number: str
    updates: tuple[FieldUpdate, ...]
    conflicts: tuple[FieldConflict, ...]


@dataclass(frozen=True, kw_only=True)
class OrdersChecked(CheckedRows):
    """The findings in a file of orders; `created` counts them by `Difference`."""

    orders: int
    created: Mapping[str, int]
    sums: tuple[StatusSum, ...]
    changes: tuple[OrderChanges, ...]


def orders_checked(lines: Iterable[OrderLine], currency: str) -> OrdersChecked:
    """All lines folded into what a preview needs; the lines themselves are not kept."""
    problems: dict[int, tuple[RowProblem, ...]] = {}
    created: Counter[str] = Counter()
    sums: dict[str, list[Any]] = defaultdict(lambda: [0, ZERO, ZERO])
    changes: list[OrderChanges] = []
    orders = 0
    for line in lines:
        orders += 1
        if line.problems:
            problems[line.row.number] = line.problems
        if line.incoming is None:
            continue
        created[line.difference] += 1
        so_far = sums[line.status]
        so_far[:] = so_far[0] + 1, so_far[1] + line.incoming.value, so_far[2] + line.incoming.freight
        if (found := _changes(line)) and (found.conflicts or len(changes) < MOST_SHOWN):
            changes.append(found)
    return OrdersChecked(
        currency=currency,
        orders=orders,
        problems=problems,
        created={str(each): created[each] for each in Difference},
        sums=tuple(StatusSum(status=s, orders=n, value=v, freight=f) for s, (n, v, f) in sorted(sums.items())),
        changes=tuple(changes),
    )


def _changes(line: OrderLine) -> OrderChanges | None:
    if line.merged is None or line.merged.is_unchanged or line.incoming is None:
        return None
    number = line.incoming.number
    return OrderChanges(
        row=line.row.number, number=number, updates=line.merged.updates, conflicts=line.merged.conflicts
    )


def orders_to_json(found: OrdersChecked) -> dict[str, Any]:
    """As JSON can hold it; `orders_from_json` gives the same again."""
    return {
        "currency": found.currency,
        "orders": found.orders,
        "problems": [[row, [problem_to_json(each) for each in problems]] for row, problems in found.problems.items()],
        "created": dict(found.created),
        "sums": plain(found.sums),
        "changes": plain(found.changes),
    }


def orders_from_json(data: Mapping[str, Any]) -> OrdersChecked:
    return OrdersChecked(
        currency=data["currency"],
        orders=data["orders"],
        problems={
            row: tuple(problem_from_json(row, each, ImportKind.ORDERS) for each in problems)
            for row, problems in data["problems"]
        },
        created=data["created"],
        sums=typed(tuple[StatusSum, ...], data["sums"]),
        changes=typed(tuple[OrderChanges, ...], data["changes"]),
    )
