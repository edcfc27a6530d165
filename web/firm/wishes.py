"""Reading the onboarding form: what was typed, what is wrong with it, and the steps its making goes through."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from tenants.platform.actions.onboarding import STEPS, Wish
from tenants.platform.queries.onboardings import Onboarding

EMAIL = re.compile(r"[^@\s<>\"(),:;]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}")
NAME_LENGTH = 120
EMAIL_LENGTH = 254
CURRENCIES = [
    ("EUR", "EUR, euro"),
    ("CHF", "CHF, Swiss franc"),
    ("GBP", "GBP, pound sterling"),
    ("USD", "USD, US dollar"),
    ("SEK", "SEK, Swedish krona"),
    ("NOK", "NOK, Norwegian krone"),
    ("DKK", "DKK, Danish krone"),
    ("PLN", "PLN, Polish zloty"),
    ("CZK", "CZK, Czech koruna"),
]
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The form as it was filled in."""

    form_key: str
    client_name: str = ""
    template: str = ""
    currency: str = "EUR"
    fiscal_year_start: str = "1"
    administrator_name: str = ""
    administrator_email: str = ""

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Typed":
        return cls(**{name: " ".join(form.get(name, "").split()) for name in cls.__dataclass_fields__})


def read_wish(typed: Typed, offered: Collection[UUID], own_email: str) -> tuple[Wish | None, dict[str, str]]:
    """The wish, or errors by field in the order of the form."""
    template = _uuid(typed.template)
    email = typed.administrator_email.lower()
    errors = {
        "client_name": name_error(typed.client_name)
        and _("Name the client, in at most %(n)s characters.", n=NAME_LENGTH),
        "template": "" if template in offered else _("Choose the template the client is governed by."),
        "currency": "" if typed.currency in dict(CURRENCIES) else _("Choose a currency of the list."),
        "fiscal_year_start": "" if typed.fiscal_year_start in MONTH_NUMBERS else _("Choose a month."),
        "administrator_name": name_error(typed.administrator_name)
        and _("Name the administrator, in at most %(n)s characters.", n=NAME_LENGTH),
        "administrator_email": email_error(email) or _own(email, own_email),
        "form_key": "" if _uuid(typed.form_key) else _("Load the page again."),
    }
    errors = {name: words for name, words in errors.items() if words}
    if errors or template is None:
        return None, errors
    return Wish(
        client_name=typed.client_name,
        template_version_id=template,
        currency=typed.currency,
        fiscal_year_start=int(typed.fiscal_year_start),
        administrator_email=email,
        administrator_name=typed.administrator_name,
    ), {}


MONTH_NUMBERS = frozenset(str(number) for number in range(1, 13))


def name_error(name: str) -> str:
    if not name:
        return _("A name is needed.")
    return _("At most %(n)s characters.", n=NAME_LENGTH) if len(name) > NAME_LENGTH else ""


def email_error(email: str) -> str:
    if not email:
        return _("An e-mail address is needed: the invitation goes there.")
    is_good = len(email) <= EMAIL_LENGTH and EMAIL.fullmatch(email)
    return "" if is_good else _("This is no e-mail address. Write it like name@company.com.")


def steps_of(onboarding: Onboarding) -> list[dict[str, str]]:
    """The steps with their marks: done, here, ahead or failed."""
    labels = {
        "schema": (_("A place of its own"), _("A schema and a login that reach nothing else")),
        "template": (_("Governance"), _("Stages, gates, policies and forums of the template")),
        "people": (_("People"), _("You, and %(name)s by invitation", name=onboarding.administrator_name)),
        "open": (_("Open the doors"), _("The instance shows among your engagements")),
    }
    reached = STEPS.index(onboarding.step) if onboarding.step in STEPS else -1
    return [
        {"state": _mark(onboarding.state, position, reached), "label": labels[step][0], "note": labels[step][1]}
        for position, step in enumerate(STEPS)
    ]


def _mark(state: str, position: int, reached: int) -> str:
    if state == "done" or position < reached:
        return "done"
    if position == max(reached, 0):
        return "failed" if state == "failed" else "here"
    return "ahead"


def _own(email: str, own: str) -> str:
    if email != own.lower():
        return ""
    return _("This is you. The administrator is somebody of the client, who can end the firm's access.")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
