"""What a source says against what is here: nothing changed here is lost, and nothing is changed twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ids import OrderId
from domain.orders.incoming import Incoming, Standing
from domain.orders.intake import Merged, applied, merge, said, standing_here
from domain.orders.order import Happening, Order, OrderState

PLACED = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
FREE = ("value", "discount", "freight", "items", "payment", "customer", "commitment", "promised_on")


def incoming(**more: object) -> Incoming:
    known: dict[str, object] = {
        "number": "A-1", "channel": "shop", "placed_at": PLACED, "currency": "EUR", "value": Decimal("80.00"),
        "freight": Decimal("4.90"), "items": 2, "payment": "card", "customer": "C-7",
        "promised_on": date(2026, 3, 9),
    }  # fmt: skip
    return Incoming(**known | more)  # type: ignore[arg-type]


def order(said_by: Incoming, **more: object) -> Order:
    names = ("number", "channel", "placed_at", "currency", *FREE, "happened")
    known = {name: getattr(said_by, name) for name in names}
    basis: dict[str, object] = {"id": OrderId(UUID(int=1)), "stage": "intake", "stage_since": PLACED}
    return Order(**basis | known | more)  # type: ignore[arg-type]


def fields(merged: Merged) -> tuple[set[str], set[str], set[str]]:
    return {u.field for u in merged.updates}, {c.field for c in merged.conflicts}, set(merged.agreed)


@pytest.mark.parametrize(
    ("here", "there", "updated", "conflicting", "agreed"),
    [
        ({}, {}, set(), set(), set()),
        ({}, {"payment": "invoice"}, {"payment"}, set(), set()),
        ({"payment": "invoice"}, {}, set(), set(), set()),
        ({"payment": "invoice"}, {"payment": "invoice"}, set(), set(), {"payment"}),
        ({"payment": "invoice"}, {"payment": "voucher"}, set(), {"payment"}, set()),
        ({"payment": "invoice"}, {"customer": "C-8"}, {"customer"}, set(), set()),
        ({"promised_on": date(2026, 3, 11)}, {"promised_on": date(2026, 3, 12)}, set(), {"promised_on"}, set()),
        ({}, {"payment": ""}, set(), set(), set()),
        ({}, {"freight": Decimal("0.00"), "silent": frozenset({"freight"})}, set(), set(), set()),
        ({}, {"score": 1}, {"score"}, set(), set()),
        ({"state": OrderState.CLOSED}, {"status": Standing.CANCELLED}, {"status"}, {"state"}, set()),
        ({"state": OrderState.CANCELLED}, {"status": Standing.CANCELLED}, {"status"}, set(), {"state"}),
        ({}, {"status": Standing.UNAVAILABLE}, {"state", "status"}, set(), set()),
    ],
)
def test_each_field_by_itself(
    here: dict[str, object], there: dict[str, object], updated: set[str], conflicting: set[str], agreed: set[str]
) -> None:
    first = incoming()
    merged = merge(said(first), order(first, **here), incoming(**there))
    assert fields(merged) == (updated, conflicting, agreed)


def test_a_moment_of_which_nobody_said_anything_is_an_update() -> None:
    first = incoming()
    at = PLACED + timedelta(hours=3)
    merged = merge(said(first), order(first), incoming(happened={Happening.DISPATCHED: at}))
    [update] = merged.updates
    assert (update.field, update.before, update.after) == ("dispatched", "", at.isoformat())
    changed = applied(order(first), {update.field: update.after})
    assert changed.happened == {Happening.DISPATCHED: at}


def test_what_was_cancelled_is_not_taken_up_again_by_itself() -> None:
    gone = incoming(status=Standing.CANCELLED)
    merged = merge(said(gone), order(gone, state=OrderState.CANCELLED), incoming(status=Standing.SHIPPED))
    assert fields(merged) == ({"status"}, {"state"}, set())


def test_a_moment_in_another_zone_is_the_same_moment() -> None:
    first = incoming()
    elsewhere = replace(first, placed_at=datetime.fromisoformat("2026-03-02T07:30:00-03:00"))
    assert merge(said(first), order(first), elsewhere).is_unchanged


money = st.decimals(0, 9999, places=2)
words = st.sampled_from(["", "a", "b"])
values = st.fixed_dictionaries(
    {
        "value": money, "discount": money, "freight": money, "items": st.integers(0, 9), "payment": words,
        "customer": words, "commitment": words,
        "promised_on": st.none() | st.dates(date(2026, 3, 3), date(2026, 3, 6)),
        "happened": st.dictionaries(
            st.sampled_from(Happening), st.datetimes(datetime(2026, 4, 1), datetime(2026, 4, 3), timezones=st.just(UTC))
        ),
        "status": st.none() | st.sampled_from(Standing), "score": st.none() | st.integers(1, 5),
    }
)  # fmt: skip
changes = st.fixed_dictionaries({}, optional={"payment": words, "freight": money, "commitment": words})


@given(values, values, changes)
def test_nothing_changed_here_is_lost_and_nothing_changes_twice(
    first: dict[str, object], second: dict[str, object], here: dict[str, object]
) -> None:
    told, told_again = incoming(**first), incoming(**second)
    state = OrderState.CANCELLED if told.is_cancelled else OrderState.OPEN
    ours = order(told, **{"state": state} | here)
    merged = merge(said(told), ours, told_again)
    after = applied(ours, {each.field: each.after for each in merged.updates})
    before = said(told)
    for name, mine in standing_here(ours).items():
        if mine != before.get(name, mine):  # somebody changed it here
            assert standing_here(after)[name] == mine
    assert merge(merged.imported, after, told_again).is_unchanged
    assert {**said(told), **said(told_again)} == merged.imported


@given(values)
def test_a_source_that_says_the_same_again_changes_nothing(first: dict[str, object]) -> None:
    told = incoming(**first)
    ours = order(told, state=OrderState.CANCELLED if told.is_cancelled else OrderState.OPEN)
    assert merge(said(told), ours, told).is_unchanged
