"""How figures, days and moments read on a page. Everything here is a Jinja filter too."""

from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _

from web import assets

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
GAP = "\N{NO-BREAK SPACE}"
SCALES = {"": Decimal(1), "k": Decimal(1_000), "m": Decimal(1_000_000)}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Number = Decimal | int


def number(value: Number | None, digits: int = 0) -> str:
    """1234.5 -> "1,234"; None -> "–". Half to even, a typographic minus, no minus before zero."""
    if value is None:
        return DASH
    rounded = round(Decimal(value), digits)
    words = f"{abs(rounded):,}"
    return f"{MINUS}{words}" if rounded < 0 else words


def money(value: Number | None, scale: str = "", digits: int | None = None) -> str:
    """An amount without its unit: `scale` "" in whole units, "k" in thousands, "m" in millions with two places."""
    if value is None:
        return DASH
    places = digits if digits is not None else (2 if scale == "m" else 0)
    return number(Decimal(value) / SCALES[scale], places)


def amount(value: Number | None, currency: str, scale: str = "", digits: int | None = None) -> str:
    """An amount with its unit: "11.41 m EUR"."""
    unit = f"{scale} {currency}".strip().replace(" ", GAP)
    return DASH if value is None else f"{money(value, scale, digits)}{GAP}{unit}"


def cents(value: Number | None) -> str:
    """To the cent: "1,234.50"."""
    return number(value, 2)


def percent(value: Number | None, digits: int = 0) -> str:
    """83.4 -> "83 %"."""
    return DASH if value is None else f"{number(value, digits)}{GAP}%"


def scale_of(values: list[Decimal]) -> str:
    """The scale in which a table of amounts reads best: "m" from ten millions on, "k" from ten thousands on."""
    largest = max((abs(value) for value in values), default=Decimal(0))
    if largest >= 10_000_000:
        return "m"
    return "k" if largest >= 10_000 else ""


def day(value: date | str | None) -> str:
    """20 Nov 2026; a day that was kept as text (2026-11-20) too."""
    if value is None or value == "":
        return DASH
    known = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{known.day} {MONTHS[known.month - 1]} {known.year}"


def moment(value: datetime | None) -> str:
    """20 Nov 2026, 08:30 (UTC)."""
    return DASH if value is None else f"{day(value)}, {value:%H:%M}"


def month(value: str | date | None) -> str:
    """2026-01 -> "Jan 2026"."""
    if value is None or value == "":
        return DASH
    year, number_ = (value.year, value.month) if isinstance(value, date) else map(int, value.split("-")[:2])
    return f"{MONTHS[number_ - 1]} {year}"


def as_of(value: datetime | None) -> str:
    """As of 20 Nov 2026, 08:30."""
    return _("As of %(when)s", when=moment(value))


def initials(name: str) -> str:
    """Clara Vogt -> CV."""
    parts = name.split()
    return ("".join(part[0] for part in ([parts[0], parts[-1]] if len(parts) > 1 else parts)) or "?").upper()


FILTERS = (number, money, amount, cents, percent, day, moment, month, as_of, initials)


def install(app: Flask) -> None:
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["static_root"] = f"/static/v-{assets.version()}"
