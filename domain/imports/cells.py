"""One cell read strictly: an amount, a day or a month, or the reason why it is none."""

import re
from datetime import date
from decimal import Decimal

from domain.imports.mapping import DateOrder
from domain.imports.problems import (
    AmbiguousAmount,
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
from domain.imports.table import DecimalMark
from domain.money import CENT
from domain.months import Month

LARGEST_AMOUNT = Decimal(10) ** 13
_LONGEST_AMOUNT = 24  # characters: what fits multiplies exactly
FIRST_YEAR, LAST_YEAR = 1950, 2150

_GROUPED = r"[-+]?\d{{1,3}}([ \u00a0\u202f'{other}])\d{{3}}(?:\1\d{{3}})*(?:{mark}\d+)?"
_AMOUNT = {
    mark: re.compile(rf"[-+]?\d+(?:{re.escape(mark)}\d+)?|" + _GROUPED.format(other=other, mark=re.escape(mark)))
    for mark, other in ((DecimalMark.POINT, ","), (DecimalMark.COMMA, "."))
}
_SCIENTIFIC = re.compile(r"[-+]?\d(?:\.\d+)?[eE][-+]?\d{1,2}")
_EITHER_MARK = re.compile(r"[-+]?\d[\d.,' \u00a0\u202f]*")
_LIKE_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_NUMERIC_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_NUMERIC_MONTH = re.compile(r"(\d{1,2})[./](\d{4})")


def read_amount(text: str, mark: DecimalMark, multiplier: Decimal, typed: bool = False) -> Decimal | Reason:
    """A size of at least 0 with two places, after the multiplier. Nothing is rounded: what does not fit is a reason."""
    written = text.strip().replace("\u2212", "-")
    if len(written) > _LONGEST_AMOUNT:
        return NotAnAmount()
    number = Decimal(written) if typed and _is_plain(written) else _number(written, mark)
    if number is None:
        return AmbiguousAmount(mark=mark) if _EITHER_MARK.fullmatch(written) else NotAnAmount()
    if number < 0:
        return NegativeAmount()
    amount = number * multiplier
    if amount > LARGEST_AMOUNT:
        return TooLargeAmount(limit=LARGEST_AMOUNT)
    if amount != amount.quantize(CENT):
        doubtful = not typed and _LIKE_THOUSANDS.fullmatch(written)
        return AmbiguousAmount(mark=mark) if doubtful else TooPrecise(amount=amount)
    if not typed and multiplier == 1 and _LIKE_THOUSANDS.fullmatch(written) and mark in written:
        return AmbiguousAmount(mark=mark)  # "1.250" where a point is the decimal mark: a thousand, or one and a quarter
    return amount.quantize(CENT)


def _is_plain(written: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", written) is not None


def _number(written: str, mark: DecimalMark) -> Decimal | None:
    if mark is DecimalMark.POINT and _SCIENTIFIC.fullmatch(written):
        return Decimal(written)
    if not _AMOUNT[mark].fullmatch(written):
        return None
    digits = re.sub(rf"[^\d{re.escape(mark)}+-]", "", written)
    return Decimal(digits.replace(mark, "."))


def read_date(text: str, order: DateOrder) -> date | Reason:
    """A day: ISO with or without a time of day (which is left away), or numbers in the order that the mapping states."""
    written = text.strip()
    if found := _ISO.fullmatch(written):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if not (found := _NUMERIC_DATE.fullmatch(written)):
        return NotADate(order=order)
    first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if mark == ".":
        return _day(year, second, first)  # dots are day first everywhere
    if order is DateOrder.ISO:
        return NotADate(order=order)
    return _day(year, second, first) if order is DateOrder.DAY_FIRST else _day(year, first, second)


def _day(year: int, month: int, day: int) -> date | Reason:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return YearNotPlausible(year=year, first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, day)
    except ValueError:
        return NoSuchDay()


def read_month(text: str, order: DateOrder) -> Month | Reason:
    """2026-03, 03.2026, 03/2026, or any day of the month."""
    written = text.strip()
    if found := _ISO_MONTH.fullmatch(written):
        day = _day(int(found[1]), int(found[2]), 1)
    elif found := _NUMERIC_MONTH.fullmatch(written):
        day = _day(int(found[2]), int(found[1]), 1)
    else:
        day = read_date(written, order)
    if isinstance(day, date):
        return Month.of(day)
    return day if isinstance(day, YearNotPlausible) else NotAMonth()
