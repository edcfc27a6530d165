"""Cells of a file of orders: what is wrong with one is said so that it can be put right."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.access import OrderScope
from domain.imports.mapping import DateOrder
from domain.imports.order_problems import NotAMoment
from domain.imports.order_rows import OrderReference, read_moment
from domain.imports.problems import NoSuchDay, NotAWordFor, UnknownName
from tests.domain.making import template

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "order", "read"),
    [
        ("2026-11-30 09:00", DateOrder.ISO, datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ("30/11/2026 09:00", DateOrder.DAY_FIRST, datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ("2026-11-31 09:00", DateOrder.ISO, NoSuchDay()),
        ("2026-02-29", DateOrder.DAY_FIRST, NoSuchDay()),
        ("30/11/2026 09:00", DateOrder.ISO, NotAMoment(order="iso")),
        ("yesterday", DateOrder.ISO, NotAMoment(order="iso")),
    ],
)
def test_a_moment_is_read_or_said_not_to_exist_or_not_to_be_one(text: str, order: DateOrder, read: object) -> None:
    assert read_moment(text, order, BERLIN) == read


def test_an_unknown_channel_is_told_the_nearest_or_all_that_there_are() -> None:
    rules = template("order-governance").orders
    assert rules is not None
    reference = OrderReference(currency="EUR", rules=rules, reach=OrderScope(everything=True))
    first = rules.channels[0]
    assert reference.channel(first.label.upper()) == first.code
    assert isinstance(reference.channel(f"{first.label}x"), UnknownName)
    assert reference.channel("zzz") == NotAWordFor(words=tuple(each.label for each in rules.channels))
