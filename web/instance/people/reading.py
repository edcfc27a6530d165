"""The forms of a person's page, read strictly: an absence, a delegation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.absences import Absence, PeriodEndsBeforeStart, PeriodInPast, PeriodTooLong
from domain.delegation import Delegation, DelegationOverlaps, GiverNotAway, LimitNotPositive
from domain.ids import AbsenceId, DelegationId, PersonId
from domain.refusals import Refusal
from tenants.instance.queries.governance import Governance
from web.instance.measures.fields import read_amount, read_day
from web.refusals import words_of

LIMIT = 300
FIELDS: Mapping[type[Refusal], str] = {
    PeriodEndsBeforeStart: "ends_on",
    PeriodInPast: "starts_on",
    PeriodTooLong: "ends_on",
    DelegationOverlaps: "starts_on",
    GiverNotAway: "starts_on",
    LimitNotPositive: "value_limit",
}


@dataclass(frozen=True, kw_only=True)
class Form:
    """One of the page's forms: what was typed, and what is wrong with it by field."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, otherwise: Any = "") -> Any:
        return self.typed.get(name, otherwise)


def typed_of(form: MultiDict[str, str]) -> dict[str, Any]:
    names = ("id", "taker", "starts_on", "ends_on", "value_limit", "words")
    return {name: form.get(name, "").strip() for name in names} | {"kinds": form.getlist("kinds")}


def read_absence(typed: Mapping[str, Any], person: UUID) -> Absence | Form:
    days, errors = _days(typed)
    errors |= _too_long(typed)
    if errors:
        return Form(typed=typed, errors=errors)
    first, last = days["starts_on"], days["ends_on"]
    return Absence(
        id=AbsenceId(id_of(typed)), person=PersonId(person), starts_on=first, ends_on=last, words=typed["words"]
    )


def read_delegation(
    typed: Mapping[str, Any], giver: UUID, takers: Mapping[str, str], kinds: Mapping[str, str], governance: Governance
) -> Delegation | Form:
    errors = {} if typed["taker"] in takers else {"taker": _("Choose who stands in.")}
    days, wrong = _days(typed)
    limit = read_amount(typed["value_limit"], governance) if typed["value_limit"] else None
    errors |= wrong | ({"value_limit": words_of(limit)} if isinstance(limit, Refusal) else {}) | _too_long(typed)
    if not set(typed["kinds"]) <= set(kinds):
        errors |= {"kinds": _("Choose kinds from the list.")}
    if errors or isinstance(limit, Refusal):
        return Form(typed=typed, errors=errors)
    return Delegation(
        id=DelegationId(id_of(typed)),
        giver=PersonId(giver),
        taker=PersonId(UUID(typed["taker"])),
        starts_on=days["starts_on"],
        ends_on=days["ends_on"],
        kinds=frozenset(typed["kinds"]),
        value_limit=limit,
        words=typed["words"],
    )


def refused(typed: Mapping[str, Any], refusal: Refusal, otherwise: str) -> Form:
    """The form again with the words of the refusal at its field."""
    return Form(typed=typed, errors={FIELDS.get(type(refusal), otherwise): words_of(refusal)})


def id_of(typed: Mapping[str, Any]) -> UUID:
    """The key that came with the form. ValueError for a form that is not ours."""
    return UUID(typed["id"])


def _days(typed: Mapping[str, Any]) -> tuple[dict[str, date], dict[str, str]]:
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name in ("starts_on", "ends_on"):
        found = read_day(typed[name])
        if isinstance(found, Refusal):
            errors[name] = words_of(found)
        else:
            days[name] = found
    return days, errors


def _too_long(typed: Mapping[str, Any]) -> dict[str, str]:
    fits = len(typed["words"]) <= LIMIT
    return {} if fits else {"words": _("There is room for %(limit)s characters.", limit=LIMIT)}
