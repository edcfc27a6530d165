"""One cell read strictly: an amount, a day or a month, or the reason why it is none."""

import re
from datetime import date
from decimal import Decimal

from domain.imports.mapping import DateOrder
from domain.imports.problems import (
    AmbiguousAmount,
    AmbiguousDate,
    NegativeAmount,
    NoSuchDay,
    NotADate,
    NotAMonth,
    NotAnAmount,
    Reason,
    TooLargeAmount,
    TooPrecise,
    YearNotPlausible,
)
from domain.money import CENT, FIRST_YEAR, LAST_YEAR, AmountReason, AmountRefused, DateReason, parse_amount, parse_date
from domain.months import Month
from domain.table import DecimalMark

LARGEST_AMOUNT = Decimal(10) ** 13

_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_SCIENTIFIC = re.compile(r"[-+]?\d(?:\.\d{1,12})?[eE][-+]?\d{1,2}")  # how programs export small numbers: 1.4E-4
_LIKE_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_NUMERIC_MONTH = re.compile(r"(\d{1,2})[./](\d{4})")
_DAY_FIRST = {DateOrder.ISO: None, DateOrder.DAY_FIRST: True, DateOrder.MONTH_FIRST: False}


def read_amount(text: str, mark: DecimalMark, multiplier: Decimal, typed: bool = False) -> Decimal | Reason:
    """A size of at least 0 with two places, after the multiplier. Nothing is rounded: what does not fit is a reason."""
    written = text.strip()
    if (typed or mark is DecimalMark.POINT) and multiplier == 1 and _PLAIN.fullmatch(written):
        return Decimal(written).quantize(CENT)  # as most cells are: what follows says the same of them, more slowly
    if mark is DecimalMark.POINT and _SCIENTIFIC.fullmatch(written):
        written = f"{Decimal(written):f}"
    number = parse_amount(written, decimal_mark=DecimalMark.POINT if typed else mark)
    if isinstance(number, AmountRefused):
        return _why(number.reason, mark)
    if number < 0:
        return NegativeAmount()
    amount = number * multiplier
    if amount > LARGEST_AMOUNT:
        return TooLargeAmount(limit=LARGEST_AMOUNT)
    if not typed and multiplier == 1 and mark in written and _LIKE_THOUSANDS.fullmatch(written):
        return AmbiguousAmount(mark=mark)  # "1.250" where a point is the decimal mark: a thousand, or one and a quarter
    cents = amount.quantize(CENT)
    return cents if amount == cents else TooPrecise(amount=amount.normalize())


def _why(reason: AmountReason, mark: DecimalMark) -> Reason:
    match reason:
        case AmountReason.AMBIGUOUS | AmountReason.WRONG_GROUPS:
            return AmbiguousAmount(mark=mark)
        case AmountReason.TOO_MANY_DIGITS:
            return TooLargeAmount(limit=LARGEST_AMOUNT)
        case _:
            return NotAnAmount()


def read_date(text: str, order: DateOrder) -> date | Reason:
    """A day: ISO with or without a time of day (left away), or numbers in the order that the mapping states."""
    day = parse_date(text, day_first=_DAY_FIRST[order])
    if isinstance(day, date):
        return day
    match day.reason:
        case DateReason.DOES_NOT_EXIST:
            return NoSuchDay()
        case DateReason.OUT_OF_RANGE:
            return YearNotPlausible(first=FIRST_YEAR, last=LAST_YEAR)
        case DateReason.AMBIGUOUS:
            return AmbiguousDate()
        case _:
            return NotADate(order=order)


def read_month(text: str, order: DateOrder) -> Month | Reason:
    """2026-03, 03.2026, 03/2026, or any day of the month."""
    written = text.strip()
    if found := _ISO_MONTH.fullmatch(written):
        written = f"{found[1]}-{found[2]}-01"
    elif found := _NUMERIC_MONTH.fullmatch(written):
        written = f"{found[2]}-{found[1]:0>2}-01"
    day = read_date(written, order)
    if isinstance(day, date):
        return Month.of(day)
    return day if isinstance(day, YearNotPlausible | AmbiguousDate) else NotAMonth()
