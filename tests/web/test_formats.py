"""How figures read: half to even, a typographic minus, none before zero."""

from decimal import Decimal

import pytest

from web.formats import money, number


@pytest.mark.parametrize(
    ("value", "digits", "words"),
    [
        (None, 0, "–"),
        (0, 0, "0"),
        (1234567, 0, "1,234,567"),
        (Decimal("1234.5"), 0, "1,234"),
        (Decimal("1235.5"), 0, "1,236"),
        (Decimal("-1.5"), 0, "−2"),
        (Decimal("-0.4"), 0, "0"),
        (Decimal("2.345"), 2, "2.34"),
        (Decimal("7"), 2, "7.00"),
    ],
)
def test_a_number_is_rounded_half_to_even(value: Decimal | None, digits: int, words: str) -> None:
    assert number(value, digits) == words


def test_money_in_millions_has_two_places() -> None:
    assert [money(Decimal("11414999"), scale) for scale in ("", "k", "m")] == ["11,414,999", "11,415", "11.41"]
