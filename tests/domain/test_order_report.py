"""An order governance report: titles say what its figures say, tables add up as printed, its data comes back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.reporting import OrderPack, digest, orders_from_plain, to_plain, words
from domain.reporting.order_pack import ConstraintRow, CostRow, ExceptionRow, OrderDecision, OrderMonth, StageRow
from domain.reporting.order_tables import CONSTRAINTS, DECISIONS, EXCEPTIONS
from domain.reporting.order_view import order_view_of
from tests.orderpacks import empty_orders, ordinary_orders

ADDING = ("backlog", "delays", "exceptions", "costs", "months", "cancellations", "returns", "effects", "tickets")


def title(section: str, pack: OrderPack) -> str:
    found: str = getattr(order_view_of(pack).titles, section)
    return found.replace(words.NBSP, " ")


def stage(label: str, *counts: int, **more: int) -> StageRow:
    return StageRow(label=label, target_hours=10, counts=counts or (0, 0, 0, 0), **more)


def cause(label: str, amount: int) -> ExceptionRow:
    return ExceptionRow(label=label, cause="", orders=1, cost=Decimal(amount), effects=Decimal(0))


def month(value: int, cost: int) -> OrderMonth:
    amounts = {"value": Decimal(value), "cost": Decimal(cost), "effects": Decimal(0)}
    return OrderMonth(month="2026-11", orders=1, cancelled=0, **amounts)


def cost(known: int, actual: int) -> CostRow:
    return CostRow(label="Carrier", forecast=Decimal(99), known_forecast=Decimal(known), actual=Decimal(actual))


BLOCK = ConstraintRow(title="Strike", kind="", owner="", needs_attention=True, orders=14, value=Decimal(1))
WAITS = OrderDecision(
    code="", order="", kind="", waits_for="", days_open=0, days_overdue=0, amount=None, daily_cost=Decimal(43)
)


@pytest.mark.parametrize(
    ("section", "parts", "says"),
    [
        ("backlog", {}, "No order is open"),
        ("backlog", {"stages": (stage("A", 1, 0, 0, 0),)}, "One order is open, none of them late"),
        (
            "backlog",
            {"stages": (stage("A", 20, 0, 0, 3, late=2), stage("B", 5, 0, 0, 1))},
            "29 orders are open, two of them late; A holds most of the old ones",
        ),
        (
            "backlog",
            {"stages": tuple(stage(each, 0, 0, 0, 2) for each in "ABC")},
            "Six orders are open, none of them late; A and B hold most of the old ones",
        ),
        ("times", {}, "No order has left a stage yet"),
        (
            "times",
            {"stages": (stage("A", stays=9, median=4, p90=10),)},
            "Nine of ten orders keep the target of every stage",
        ),
        (
            "times",
            {"stages": (stage("A", stays=9, median=4, p90=50),)},
            "Half of the orders keep every target; the slowest tenth of A takes over two days",
        ),
        (
            "times",
            {"stages": tuple(stage(each, stays=9, median=at, p90=90) for at, each in enumerate("ABCD", 10))},
            "Half of the orders miss the target in D, C and one other stage",
        ),
        ("exceptions", {}, "Exceptions have cost nothing"),
        ("exceptions", {"exceptions": (cause("Return", 8),)}, "Return is all that exceptions cost"),
        (
            "exceptions",
            {"exceptions": (cause("Return", 60), cause("Lost", 25), cause("Stock", 15))},
            "Two of three exception types make 85 % of the cost of exceptions",
        ),
        ("money", {}, "No order was placed in these months"),
        (
            "money",
            {"months": (month(200, 9),)},
            "Carrying out orders costs 4.5 % of what they sell; no cost is known yet",
        ),
        (
            "money",
            {"months": (month(200, 9),), "costs": (cost(8, 9),)},
            "Carrying out orders costs 4.5 % of what they sell; known cost is 12.5 % above forecast",
        ),
        ("constraints", {}, "No constraint is in force; nothing waits for a decision"),
        (
            "constraints",
            {"constraints": (BLOCK,), "decisions": (WAITS, WAITS)},
            "Strike blocks 14 orders; two decisions wait, at EUR 86 a day",
        ),
    ],
)
def test_title_says_what_the_figures_say(section: str, parts: dict[str, object], says: str) -> None:
    assert title(section, replace(empty_orders(), **parts)) == says  # type: ignore[arg-type]


@pytest.mark.parametrize("pack", [ordinary_orders(), empty_orders()], ids=["ordinary", "empty"])
def test_printed_columns_add_up(pack: OrderPack) -> None:
    for name in ADDING:
        table = order_view_of(pack).tables[name]
        for column in table.columns:
            cells = [each.replace(",", "").replace(words.MINUS, "-") for each in column.cells[: len(table.lines)]]
            if column.is_words or not cells or "%" in "".join([column.head, *cells]) or "" in cells:
                continue
            *parts, whole = (Decimal(0 if each == words.DASH else each) for each in cells)
            assert sum(parts, Decimal(0)) == whole, (name, column.head)


def test_what_a_page_cuts_stays_as_one_row() -> None:
    pack = ordinary_orders()
    view = order_view_of(pack)
    for name, limit, rows in (
        ("exceptions", EXCEPTIONS, pack.exceptions),
        ("constraints", CONSTRAINTS, pack.constraints),
        ("decisions", DECISIONS, pack.decisions),
    ):
        kinds = [line.kind for line in view.tables[name].lines]
        assert len(rows) > limit and kinds == ["row"] * limit + ["rest", "total"], name
    assert len(view.shares) == EXCEPTIONS + 1 and round(view.shares[-1].so_far) == 100
    together = next(column for column in view.tables["exceptions"].columns if column.head == "Together")
    assert tuple(share.shown for share in view.shares) == together.cells[:-1]


@pytest.mark.parametrize("pack", [ordinary_orders(), empty_orders()], ids=["ordinary", "empty"])
def test_data_comes_back_as_it_was(pack: OrderPack) -> None:
    again = orders_from_plain(to_plain(pack))
    assert again == pack and digest(again) == digest(pack)
