"""Money and days as people write them: quantised, parsed strictly, refused rather than guessed."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import NamedTuple
from unicodedata import category

from domain.refusals import Refusal

CENT = Decimal("0.01")
MAX_DIGITS, MAX_DECIMALS = 15, 12  # before and after the mark: together within what Decimal adds without rounding
FIRST_YEAR, LAST_YEAR = 1990, 2100

_MINUS = "-\N{MINUS SIGN}"
_GROUP_MARKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}'\N{RIGHT SINGLE QUOTATION MARK}"
_SHOWN = 60  # characters of a refused text that the refusal keeps
_AMOUNT = re.compile(rf"[{_MINUS}]?[0-9][0-9.,{_GROUP_MARKS}]*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([^0-9])[0-9]{3})(?:\1[0-9]{3})*")
_TIME = r"(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){_TIME}")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


class AmountReason(StrEnum):
    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    CURRENCY_SIGN = "currency_sign"
    AMBIGUOUS = "ambiguous"
    WRONG_GROUPS = "wrong_groups"
    TOO_MANY_DIGITS = "too_many_digits"
    TOO_PRECISE = "too_precise"


class DateReason(StrEnum):
    EMPTY = "empty"
    NOT_A_DATE = "not_a_date"
    AMBIGUOUS = "ambiguous"
    DOES_NOT_EXIST = "does_not_exist"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True, kw_only=True)
class AmountRefused(Refusal):
    """A text that is no amount; `readings` are the two it might mean where it is ambiguous."""

    text: str
    reason: AmountReason
    readings: tuple[Decimal, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DateRefused(Refusal):
    """A text that is no day; `readings` are the two it might mean where it is ambiguous."""

    text: str
    reason: DateReason
    readings: tuple[date, ...] = ()


def money(value: Decimal | int) -> Decimal:
    """The amount to the cent, half to even."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_EVEN)


def parse_amount(text: str, *, decimal_mark: str | None, places: int | None = None) -> Decimal | AmountRefused:
    """Read an amount exactly as written, never rounded; more than `places` decimals (12 when None) are refused.

    `decimal_mark` is "." or "," where it is known; the other one then groups, as spaces and apostrophes always do. With
    None a text that has two readings ("1.234") is refused with both.
    """
    if decimal_mark not in (".", ",", None):
        raise ValueError(f"not a decimal mark: {decimal_mark!r}")
    stripped = text.strip()
    readings = _readings(stripped, decimal_mark)
    if isinstance(readings, AmountReason):
        return AmountRefused(text=stripped[:_SHOWN], reason=readings)
    if len(readings) > 1:
        values = tuple(reading.value for reading in readings)
        return AmountRefused(text=stripped[:_SHOWN], reason=AmountReason.AMBIGUOUS, readings=values)
    [reading] = readings
    if len(reading.whole.lstrip("0")) > MAX_DIGITS:
        return AmountRefused(text=stripped[:_SHOWN], reason=AmountReason.TOO_MANY_DIGITS)
    if len(reading.decimals) > (MAX_DECIMALS if places is None else places):
        return AmountRefused(text=stripped[:_SHOWN], reason=AmountReason.TOO_PRECISE)
    return reading.value


class _Reading(NamedTuple):
    """Digits before and after the mark."""

    negative: bool
    whole: str
    decimals: str

    @property
    def value(self) -> Decimal:
        size = Decimal(f"{self.whole}.{self.decimals}" if self.decimals else self.whole)
        return size.copy_negate() if self.negative and size else size


def _readings(text: str, decimal_mark: str | None) -> list[_Reading] | AmountReason:
    """What the text may mean, one or two readings, or why it means nothing."""
    if not text:
        return AmountReason.EMPTY
    if any(category(char) == "Sc" for char in text):
        return AmountReason.CURRENCY_SIGN
    if not _AMOUNT.fullmatch(text):
        return AmountReason.NOT_A_NUMBER
    digits = text.lstrip(_MINUS)
    marks = (decimal_mark,) if decimal_mark else (".", ",")
    found = {reading for mark in marks if (reading := _read(digits, mark, text != digits))}
    return sorted(found, key=lambda reading: reading.value) or AmountReason.WRONG_GROUPS


def _read(digits: str, mark: str, negative: bool) -> _Reading | None:
    """The text read with `mark` before the decimals, if it can be."""
    whole, marked, decimals = digits.partition(mark)
    if marked and not _is_digits(decimals):
        return None
    if not _is_digits(whole) and not _GROUPED.fullmatch(whole):
        return None
    return _Reading(negative, re.sub("[^0-9]", "", whole), decimals)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def parse_date(text: str, *, day_first: bool | None) -> date | DateRefused:
    """Read a day between 1990 and 2100: 2026-03-31 (with or without a time, which is dropped), 31.03.2026, 31/03/2026.

    Slashes are read by `day_first`; with None only where just one reading can be. A time zone moves no day.
    """
    stripped = text.strip()
    orders = _orders(stripped, day_first)
    if isinstance(orders, DateReason):
        return DateRefused(text=stripped[:_SHOWN], reason=orders)
    if not any(FIRST_YEAR <= year <= LAST_YEAR for year, _, _ in orders):
        return DateRefused(text=stripped[:_SHOWN], reason=DateReason.OUT_OF_RANGE)
    days = tuple(sorted({day for order in orders if (day := _day(*order))}))
    if not days:
        return DateRefused(text=stripped[:_SHOWN], reason=DateReason.DOES_NOT_EXIST)
    if len(days) > 1:
        return DateRefused(text=stripped[:_SHOWN], reason=DateReason.AMBIGUOUS, readings=days)
    return days[0]


def _orders(text: str, day_first: bool | None) -> list[tuple[int, int, int]] | DateReason:
    """Year, month and day in every order the text allows, or why it allows none."""
    if not text:
        return DateReason.EMPTY
    if found := _ISO.fullmatch(text):
        return [(int(found[1]), int(found[2]), int(found[3]))]
    if found := _DOTTED.fullmatch(text):
        return [(int(found[3]), int(found[2]), int(found[1]))]
    if not (found := _SLASHED.fullmatch(text)):
        return DateReason.NOT_A_DATE
    one, two, year = int(found[1]), int(found[2]), int(found[3])
    by_day, by_month = (year, two, one), (year, one, two)
    if day_first is None:
        return [by_day, by_month]
    return [by_day] if day_first else [by_month]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
