"""A total spread over months: which months a form names, and how much each of them gets."""

from decimal import Decimal

from flask import request
from flask_babel import gettext as _

from domain.money import money
from domain.months import Month, span

LONGEST = 120


def posted_months(errors: dict[str, str]) -> tuple[Month, ...]:
    """From the first month to the last, as the form names them; what is wrong goes into `errors`."""
    found = {}
    for name in ("first", "last"):
        try:
            found[name] = Month.parse(request.form.get(name, "").strip())
        except ValueError:
            errors[name] = _("Write the month as year-month, for example 2026-03.")
    if errors:
        return ()
    months = span(found["first"], found["last"])
    if not months or len(months) > LONGEST:
        errors["last"] = _("The last month comes after the first, at most ten years later.")
    return months


def even(total: Decimal, months: tuple[Month, ...]) -> dict[Month, Decimal | None]:
    """The total over the months to the cent: 100 over three is 33.33, 33.33, 33.34."""
    each = money(total / len(months))
    amounts: dict[Month, Decimal | None] = dict.fromkeys(months[:-1], each)
    amounts[months[-1]] = total - each * (len(months) - 1)
    return amounts
