"""How a report writes figures, days and counts: true minus, no-break spaces, months by name."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from domain.reporting.rounding import K1, M1, ONES, K, M, Unit, rounded

MINUS, NBSP, DASH = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", "\N{EN DASH}"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def figure(value: Decimal | int, digits: int = 0) -> str:
    """1234.5 as "1,234.5", with a true minus."""
    step = Decimal(1).scaleb(-digits)
    shown = Decimal(value).quantize(step, ROUND_HALF_UP)
    return f"{shown + 0:,}".replace("-", MINUS)


def signed(value: Decimal | int, digits: int = 0) -> str:
    """A difference: "+12", minus 12, or an en dash for none."""
    shown = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return DASH if not shown else ("+" if shown > 0 else "") + figure(shown, digits)


def spoken_unit(value: Decimal) -> Unit:
    """The unit in which a sentence speaks of one amount."""
    limits = ((1_000, ONES), (100_000, K1), (1_000_000, K), (100_000_000, M1))
    return next((unit for limit, unit in limits if abs(value) < limit), M)


def amount(value: Decimal, currency: str = "") -> str:
    """An amount inside a sentence: "EUR 34.9 m". Without currency where one stands before it already."""
    unit = spoken_unit(value)
    text = figure(rounded(value, unit), unit.digits) + (f"{NBSP}{unit.name}" if unit.name else "")
    return f"{currency}{NBSP}{text}" if currency else text


def percent(part: Decimal, whole: Decimal, digits: int = 0) -> str:
    """ "92 %", or an en dash where a share means nothing (nothing or less to compare with)."""
    if whole <= 0:
        return DASH
    return f"{figure(part / whole * 100, digits)}{NBSP}%"


def count(number: int, one: str, many: str) -> str:
    """ "one request", "seven requests", "307 requests"."""
    return f"{numeral(number)}{NBSP}{one if number == 1 else many}"


def numeral(number: int) -> str:
    """Up to twelve as a word."""
    return _NUMERALS[number] if 0 <= number < len(_NUMERALS) else figure(number)


def month(text: str, *, short: bool = False) -> str:
    """ "2026-10" as "October 2026" or "Oct 26"."""
    year, number = text.split("-")
    name = MONTHS[int(number) - 1]
    return f"{name[:3]}{NBSP}{year[2:]}" if short else f"{name}{NBSP}{year}"


def day(value: date, *, short: bool = False) -> str:
    """ "19 November 2026", short "19 Nov 26"."""
    name, year = MONTHS[value.month - 1], f"{value.year}"
    return NBSP.join((str(value.day), name[:3] if short else name, year[2:] if short else year))


def moment(value: datetime) -> str:
    """ "19 November 2026, 18:00 CET"; a zone without a name is written as its distance from UTC."""
    zone = value.tzname() or "UTC"
    offset = value.utcoffset() or timedelta()
    if not zone.isalpha():
        minutes = int(offset.total_seconds()) // 60
        zone = f"UTC{'+' if minutes >= 0 else MINUS}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return f"{day(value)}, {value:%H:%M}{NBSP}{zone}"


def clip(text: str, length: int) -> str:
    """At most `length` characters, cut at a word where there is one near."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    at_word = head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head
    return at_word.rstrip(" ,;:.") + "\N{HORIZONTAL ELLIPSIS}"


def bound(title: str) -> str:
    """A title whose last words do not part."""
    words = title.split(" ")
    tail = words[-3:] if len(" ".join(words[-3:])) < 24 else words[-2:]
    return " ".join([*words[: len(words) - len(tail)], NBSP.join(tail)])


def sentence(text: str) -> str:
    """With a capital letter at its head."""
    return text[:1].upper() + text[1:]
