"""How one order reads on the desk: what is late, what is due, and what it needs. No database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from flask_babel import Babel

from domain.orders.order import OrderState, Priority
from tenants.instance.queries.orders import OrderLine
from tests.domain.orders.making import RULES
from web.instance.orders.rows import Row, rows_of

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def said() -> Iterator[None]:
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def row(**more: object) -> Row:
    known: dict[str, object] = {
        "id": UUID(int=1),
        "number": "S-1",
        "channel": "shop",
        "customer": "",
        "placed_at": NOW,
        "currency": "EUR",
        "value": Decimal("120.50"),
        "priority": Priority.NORMAL,
        "promised_on": None,
        "delivered_at": None,
        "stage": "picking",
        "stage_since": NOW,
        "due_at": None,
        "state": OrderState.OPEN,
        "owner_id": None,
        "owner": "",
        "version": 1,
        "cost_forecast": Decimal(0),
        "cost_actual": Decimal(7),
        **dict.fromkeys(("open_holds", "open_exceptions", "open_tickets", "open_constraints", "open_requests"), 0),
        "effects": Decimal(5),
    }
    return rows_of([OrderLine(**(known | more))], RULES, NOW)[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "words"), [(0, "0 hours"), (1, "1 hour"), (47.9, "47 hours"), (48, "2 days"), (71, "2 days")]
)
def test_time_in_stage_is_said_in_hours_and_from_two_days_on_in_days(hours: float, words: str) -> None:
    assert row(stage_since=NOW - timedelta(hours=hours)).since == words


@pytest.mark.parametrize(
    ("due", "state", "words", "mark"),
    [
        (None, OrderState.OPEN, "–", ""),
        (timedelta(days=-2), OrderState.OPEN, "2 days late", "bad"),
        (timedelta(days=-2), OrderState.CLOSED, "–", ""),
        (timedelta(minutes=5), OrderState.OPEN, "Today", "warn"),
        (timedelta(days=1), OrderState.OPEN, "21 Nov 2026", ""),
    ],
)
def test_a_target_counts_while_the_order_is_open(
    due: timedelta | None, state: OrderState, words: str, mark: str
) -> None:
    target = row(due_at=NOW + due if due is not None else None, state=state).target
    assert (target.words, target.mark) == (words, mark)


@pytest.mark.parametrize(
    ("days", "delivered", "words", "mark", "day"),
    [
        (1, None, "1 day over", "bad", "19 Nov 2026"),
        (1, NOW, "19 Nov 2026", "", ""),
        (0, None, "20 Nov 2026", "", ""),
    ],
)
def test_a_promise_is_broken_once_its_day_has_passed(
    days: int, delivered: datetime | None, words: str, mark: str, day: str
) -> None:
    promise = row(promised_on=NOW.date() - timedelta(days=days), delivered_at=delivered).promise
    assert (promise.words, promise.mark, promise.day) == (words, mark, day)


def test_what_it_needs_is_the_first_decision_of_what_is_open() -> None:
    found = row(types=(("address", True), ("high_value", True), ("lost", False)), open_tickets=2, open_requests=1)
    assert [label for _icon, label in found.types] == ["Address unclear", "High-value order", "Lost in transit"]
    assert (found.decision, found.tickets, found.requests) == ("Release of a held order", "2 tickets", "1 is open")


def test_an_unknown_word_of_an_older_template_is_shown_as_it_is() -> None:
    found = row(stage="weighing", channel="fax", types=(("of-before", False),), state=OrderState.CANCELLED)
    assert (found.stage, found.channel, found.types) == ("weighing", "fax", (("alert-square", "of-before"),))
    assert (found.since, found.decision, found.cost) == ("cancelled", "", "12")
