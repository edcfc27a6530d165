"""Amounts that refusals name, in the currency of the client: a refusal carries the figure alone."""

from decimal import Decimal

from flask import Flask

from tenants.instance.queries.governance import get_governance
from web.formats import GAP, cents
from web.hands import hand


def priced(value: Decimal) -> str:
    """As pages write it: "1,234.50 EUR"."""
    return f"{cents(value)}{GAP}{get_governance(hand().work).currency}"


def install(app: Flask) -> None:
    app.jinja_env.globals["priced"] = priced
