"""The fields of a measure as a form: which there are, what they may name, and a posted form read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.lifecycle import EndBeforeStart, PlanLocked
from domain.measures import Measure
from domain.money import AmountReason, AmountRefused, DateRefused, parse_amount, parse_date
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.seal import written
from domain.segregation import SegregationConflict
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.measure import Choices
from web.formats import DASH, cents, day
from web.refusals import words_of

TEXTS = ("title", "description", "expected_effect", "assumptions", "baseline_source", "risks", "dependencies")
DECLARED = ("no_risks", "no_dependencies")
AMOUNTS = ("rough_value", "target")
DATES = ("start", "end")
PEOPLE = ("owner", "sponsor", "controller")
CHOSEN = (*PEOPLE, "business_unit", "function", "legal_entity", "forum", "package")
FIELDS = (*TEXTS, *DECLARED, *AMOUNTS, *DATES, *CHOSEN)

Pairs = tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, kw_only=True)
class Read:
    """A posted form: typed values of the fields that were right, and what is wrong with the others."""

    values: Mapping[str, Any]
    errors: Mapping[str, str]


def choices_of(choices: Choices, packages: Pairs) -> dict[str, Pairs]:
    """The pairs that each chosen field offers."""
    return dict.fromkeys(PEOPLE, choices.people) | {
        "business_unit": choices.business_unit,
        "function": choices.function,
        "legal_entity": choices.legal_entity,
        "forum": choices.forum,
        "package": packages,
    }


def read(form: MultiDict[str, str], offered: Mapping[str, Pairs], governance: Governance) -> Read:
    """Only the fields that the form carries. A tick comes after a hidden empty field of the same name."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in FIELDS:
        if name not in form:
            continue
        outcome = _one(name, form.getlist(name)[-1].strip(), offered, governance)
        if isinstance(outcome, Refusal):
            errors[name] = words_of(outcome)
        elif outcome is _UNKNOWN:
            errors[name] = _("Choose from the list.")
        else:
            values[name] = outcome
    return Read(values=values, errors=errors)


_UNKNOWN = object()


def _one(name: str, text: str, offered: Mapping[str, Pairs], governance: Governance) -> Any:
    if name in DECLARED:
        return text == "yes"
    if name in TEXTS:
        return text.replace("\r\n", "\n")
    if not text:
        return None
    if name in AMOUNTS:
        return read_amount(text, governance)
    if name in DATES:
        return parse_date(text, day_first=None)
    return next((key for key, _name in offered[name] if str(key) == text), _UNKNOWN)


def read_amount(text: str, governance: Governance) -> Decimal | AmountRefused:
    """An amount as this client writes it; "1.234" (three decimals, or a thousand) is refused with both readings."""
    outcome = parse_amount(text, decimal_mark=governance.decimal_mark, places=2)
    if isinstance(outcome, AmountRefused) and outcome.reason is AmountReason.TOO_PRECISE:
        free = parse_amount(text, decimal_mark=None)
        return free if isinstance(free, AmountRefused) else outcome
    return outcome


def read_day(text: str) -> date | DateRefused:
    return parse_date(text.strip(), day_first=None)


def form_of(measure: Measure) -> dict[str, str]:
    """The fields of a measure as the form's words: amounts plain, days ISO, ids as text, "yes" for a declaration."""
    return {name: written(getattr(measure, name)) for name in FIELDS}


def error_of(refusal: Refusal) -> dict[str, str]:
    """A refusal at the field it is about; under "" when it is about none."""
    match refusal:
        case FieldMissing(field=field) | FieldTooLong(field=field):
            name = field
        case EndBeforeStart():
            name = "end"
        case SegregationConflict(duty=duty):
            name = duty if duty in PEOPLE else ""
        case PlanLocked(fields=fields):
            name = fields[0] if fields[0] in FIELDS else ""
        case _:
            name = ""
    return {name: words_of(refusal)}


def shown(name: str, text: str, offered: Mapping[str, Pairs]) -> str:
    """A field's canonical text as people read it."""
    if not text:
        return _("no") if name in DECLARED else DASH
    if name in DECLARED:
        return _("yes")
    if name in AMOUNTS:
        return cents(Decimal(text))
    if name in DATES:
        return day(date.fromisoformat(text))
    if name in CHOSEN:
        return next((label for key, label in offered[name] if str(key) == text), _("somebody or something else"))
    return text
