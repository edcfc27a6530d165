"""Amounts and days as people write them: what is read, what is refused and why."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import AmountReason, AmountRefused, DateReason, DateRefused, money, parse_amount, parse_date

amounts = st.decimals(
    min_value=Decimal("-999999999999999.99"), max_value=Decimal("999999999999999.99"), places=2, allow_nan=False
)
GROUPS = [
    ",",
    " ",
    "\N{NO-BREAK SPACE}",
    "\N{NARROW NO-BREAK SPACE}",
    "\N{THIN SPACE}",
    "'",
    "\N{RIGHT SINGLE QUOTATION MARK}",
]


def written(amount: Decimal, group: str, mark: str, minus: str) -> str:
    """The amount as a page or a spreadsheet of some locale writes it."""
    whole, decimals = f"{abs(amount):,.2f}".split(".")
    return (minus if amount < 0 else "") + whole.replace(",", group) + mark + decimals


@pytest.mark.parametrize(
    ("value", "cents"),
    [("0.005", "0.00"), ("0.015", "0.02"), ("0.025", "0.02"), ("-0.015", "-0.02"), ("1.2349", "1.23"), ("7", "7.00")],
)
def test_money_rounds_half_to_even(value: str, cents: str) -> None:
    assert str(money(Decimal(value))) == cents


@given(amounts, st.sampled_from(GROUPS), st.sampled_from(["-", "\N{MINUS SIGN}"]))
def test_what_is_written_with_a_point_is_read_back(amount: Decimal, group: str, minus: str) -> None:
    assert parse_amount(written(amount, group, ".", minus), decimal_mark=".", places=2) == amount


@given(amounts, st.sampled_from([".", *GROUPS[1:]]), st.sampled_from(["-", "\N{MINUS SIGN}"]))
def test_what_is_written_with_a_comma_is_read_back(amount: Decimal, group: str, minus: str) -> None:
    assert parse_amount(written(amount, group, ",", minus), decimal_mark=",", places=2) == amount


@given(amounts, st.sampled_from([(group, mark) for mark in ".," for group in ["", ".", *GROUPS] if group != mark]))
def test_two_decimals_are_never_ambiguous(amount: Decimal, style: tuple[str, str]) -> None:
    group, mark = style
    assert parse_amount(written(amount, group, mark, "-"), decimal_mark=None) == amount


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=5, allow_nan=False))
def test_nothing_is_rounded(amount: Decimal) -> None:
    assert parse_amount(f"{amount:f}", decimal_mark=".") == amount


@given(
    st.text(max_size=20) | st.text(alphabet="0123456789.,-' eE+\u2212", max_size=12), st.sampled_from([".", ",", None])
)
def test_any_text_is_read_or_refused_and_a_known_mark_leaves_no_doubt(text: str, mark: str | None) -> None:
    outcome = parse_amount(text, decimal_mark=mark, places=2)
    if isinstance(outcome, Decimal):
        assert outcome.is_finite() and outcome == money(outcome)
    else:
        assert (outcome.reason is AmountReason.AMBIGUOUS) == (len(outcome.readings) == 2)
        assert mark is None or outcome.reason is not AmountReason.AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ",", "1234.50"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("1.234", ".", "1.234"),
        ("1234", None, "1234"),
        ("1.23", None, "1.23"),
        ("1,23", None, "1.23"),
        ("1.2345", None, "1.2345"),
        ("1234.567", None, "1234.567"),
        ("0.123", None, "0.123"),
        ("1.234.567", None, "1234567"),
        ("1 234", None, "1234"),
        ("1 234.50", None, "1234.50"),
        ("1 234.567", None, "1234.567"),
        ("1'234.50", None, "1234.50"),
        ("1.234,50", None, "1234.50"),
        ("1,234.50", None, "1234.50"),
        ("\N{NO-BREAK SPACE}-12 ", None, "-12"),
        ("007", None, "7"),
        ("-0.00", ".", "0.00"),
        ("999999999999999.99", ".", "999999999999999.99"),
    ],
)
def test_an_amount_is_read(text: str, mark: str | None, value: str) -> None:
    assert str(parse_amount(text, decimal_mark=mark)) == value


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1.234", "1.234", "1234"),
        ("1,234", "1.234", "1234"),
        ("-12,345", "-12345", "-12.345"),
        ("999.000", "999", "999000"),
    ],
)
def test_a_text_with_two_readings_is_refused_with_both(text: str, low: str, high: str) -> None:
    assert parse_amount(text, decimal_mark=None, places=2) == AmountRefused(
        text=text, reason=AmountReason.AMBIGUOUS, readings=(Decimal(low), Decimal(high))
    )


@pytest.mark.parametrize(
    ("text", "mark", "reason"),
    [
        ("", ".", "EMPTY"),
        (" \N{NO-BREAK SPACE}", ".", "EMPTY"),
        ("12 EUR", ".", "NOT_A_NUMBER"),
        ("12%", ".", "NOT_A_NUMBER"),
        ("12-", ".", "NOT_A_NUMBER"),
        ("--12", ".", "NOT_A_NUMBER"),
        ("- 12", ".", "NOT_A_NUMBER"),
        ("+12", ".", "NOT_A_NUMBER"),
        ("(12)", ".", "NOT_A_NUMBER"),
        (".5", ".", "NOT_A_NUMBER"),
        ("NaN", ".", "NOT_A_NUMBER"),
        ("Infinity", ".", "NOT_A_NUMBER"),
        ("1e5", ".", "NOT_A_NUMBER"),
        ("1_000", ".", "NOT_A_NUMBER"),
        ("٣٤", ".", "NOT_A_NUMBER"),
        ("1\n2", ".", "NOT_A_NUMBER"),
        ("€12", ".", "CURRENCY_SIGN"),
        ("12 $", ".", "CURRENCY_SIGN"),
        ("5.", ".", "WRONG_GROUPS"),
        ("1,23", ".", "WRONG_GROUPS"),
        ("1.23", ",", "WRONG_GROUPS"),
        ("12,34,567", ".", "WRONG_GROUPS"),
        ("1,2345", ".", "WRONG_GROUPS"),
        ("1234,567", ".", "WRONG_GROUPS"),
        ("0,123", ".", "WRONG_GROUPS"),
        ("1,234 567", ".", "WRONG_GROUPS"),
        ("1  234", ".", "WRONG_GROUPS"),
        ("1.234.50", None, "WRONG_GROUPS"),
        ("1,234.567,8", None, "WRONG_GROUPS"),
        ("1.234,567.8", ",", "WRONG_GROUPS"),
        ("1234567890123456", ".", "TOO_MANY_DIGITS"),
        ("1.005", ".", "TOO_PRECISE"),
        ("1.230", ".", "TOO_PRECISE"),
    ],
)
def test_an_amount_is_refused(text: str, mark: str | None, reason: str) -> None:
    outcome = parse_amount(text, decimal_mark=mark, places=2)
    assert isinstance(outcome, AmountRefused) and outcome.reason is AmountReason[reason]


def test_without_places_decimals_are_kept_up_to_what_sums_exactly() -> None:
    assert parse_amount("1.123456789012", decimal_mark=".") == Decimal("1.123456789012")
    refused = parse_amount("1.1234567890123", decimal_mark=".")
    assert isinstance(refused, AmountRefused) and refused.reason is AmountReason.TOO_PRECISE


def test_a_refusal_keeps_little_of_a_long_text() -> None:
    refused = parse_amount("x" * 100_000, decimal_mark=".")
    assert isinstance(refused, AmountRefused) and len(refused.text) == 60


def test_an_unknown_mark_is_a_bug() -> None:
    with pytest.raises(ValueError, match="decimal mark"):
        parse_amount("1", decimal_mark=";")


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(days, st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT10:20:30Z", "%Y-%m-%d 00:00:00", "%d.%m.%Y"]))
def test_a_day_with_one_reading_is_read_back(day: date, style: str) -> None:
    assert parse_date(day.strftime(style), day_first=None) == day


@given(days)
def test_slashes_are_read_in_the_known_order(day: date) -> None:
    assert parse_date(f"{day:%d/%m/%Y}", day_first=True) == day
    assert parse_date(f"{day:%m/%d/%Y}", day_first=False) == day


@given(days)
def test_slashes_in_unknown_order_are_read_or_refused_but_never_guessed(day: date) -> None:
    outcome = parse_date(f"{day:%d/%m/%Y}", day_first=None)
    if day.day > 12 or day.day == day.month:
        assert outcome == day
    else:
        assert isinstance(outcome, DateRefused) and outcome.reason is DateReason.AMBIGUOUS
        assert len(outcome.readings) == 2 and day in outcome.readings


@given(st.text(max_size=20) | st.text(alphabet="0123456789./-TZ:", max_size=20), st.sampled_from([True, False, None]))
def test_any_text_is_a_day_of_the_range_or_refused(text: str, day_first: bool | None) -> None:
    outcome = parse_date(text, day_first=day_first)
    assert isinstance(outcome, DateRefused) or 1990 <= outcome.year <= 2100


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("2012-09-30T00:00:00Z", None, "2012-09-30"),
        ("2026-12-31T23:59:59.123+05:30", None, "2026-12-31"),
        ("2026-03-01 08:15", None, "2026-03-01"),
        (" 1.3.2026 ", None, "2026-03-01"),
        ("01.03.2026", False, "2026-03-01"),
        ("13/02/2026", None, "2026-02-13"),
        ("02/13/2026", None, "2026-02-13"),
        ("3/4/2026", True, "2026-04-03"),
        ("3/4/2026", False, "2026-03-04"),
        ("05/05/2026", None, "2026-05-05"),
        ("29.02.2028", None, "2028-02-29"),
    ],
)
def test_a_day_is_read(text: str, day_first: bool | None, day: str) -> None:
    assert parse_date(text, day_first=day_first) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day_first", "reason"),
    [
        ("", None, "EMPTY"),
        ("soon", None, "NOT_A_DATE"),
        ("2026-3-1", None, "NOT_A_DATE"),
        ("20260301", None, "NOT_A_DATE"),
        ("01.03.26", None, "NOT_A_DATE"),
        ("01-03-2026", None, "NOT_A_DATE"),
        ("2026-03-01T25:00:00", None, "NOT_A_DATE"),
        ("2026-03-01 and so on", None, "NOT_A_DATE"),
        ("46082", None, "NOT_A_DATE"),
        ("٠١.٠٣.٢٠٢٦", None, "NOT_A_DATE"),
        ("31.02.2026", None, "DOES_NOT_EXIST"),
        ("2026-02-29", None, "DOES_NOT_EXIST"),
        ("2026-00-10", None, "DOES_NOT_EXIST"),
        ("02/13/2026", True, "DOES_NOT_EXIST"),
        ("13/02/2026", False, "DOES_NOT_EXIST"),
        ("31/02/2026", None, "DOES_NOT_EXIST"),
        ("1989-12-31", None, "OUT_OF_RANGE"),
        ("2101-01-01", None, "OUT_OF_RANGE"),
        ("01.01.0000", None, "OUT_OF_RANGE"),
        ("03/04/1889", None, "OUT_OF_RANGE"),
    ],
)
def test_a_day_is_refused(text: str, day_first: bool | None, reason: str) -> None:
    outcome = parse_date(text, day_first=day_first)
    assert isinstance(outcome, DateRefused) and outcome.reason is DateReason[reason]
