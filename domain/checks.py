"""After a closure: does the value hold? The controller confirms it on the days set, or asks to reopen.

Source: DOMAIN.md, 2 (Closed).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.access import Actor
from domain.ids import MeasureId, PersonId, RequestId, SustainCheckId
from domain.measures import Measure
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.segregation import Duties, segregation_conflict

AHEAD = timedelta(days=14)  # so long before its day a check may be made, and waits for the controller
WORDS_LIMIT = 2_000


class CheckOutcome(StrEnum):
    """`REOPENED`: the measure was reopened before the check was made, so there was nothing to check any more."""

    DUE = ""
    HOLDS = "holds"
    REOPEN_ASKED = "reopen_asked"
    REOPENED = "reopened"


@dataclass(frozen=True, kw_only=True)
class SustainCheck:
    """One check of a closure (`request`), with what came of it."""

    id: SustainCheckId
    request: RequestId
    due: date
    outcome: CheckOutcome = CheckOutcome.DUE
    checked_on: date | None = None
    checked_by: PersonId | None = None
    words: str = ""

    @property
    def is_open(self) -> bool:
        return self.outcome is CheckOutcome.DUE

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due < today


@dataclass(frozen=True, kw_only=True)
class ValueSustained:
    """The controller looked again: the value holds."""

    measure: MeasureId
    check: SustainCheckId
    due: date
    words: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ValueNotSustained:
    """The controller looked again: the value does not hold. `request` asks to reopen the measure."""

    measure: MeasureId
    check: SustainCheckId
    request: RequestId
    due: date
    words: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SustainCheckReminded:
    """The controller was reminded of a check."""

    check: SustainCheckId
    controller: PersonId
    due: date


@dataclass(frozen=True, kw_only=True)
class CheckNotYours(Refusal):
    """Only the controller of the measure says whether its value holds."""

    controller: PersonId | None


@dataclass(frozen=True, kw_only=True)
class CheckSettled(Refusal):
    outcome: CheckOutcome
    checked_on: date | None


@dataclass(frozen=True, kw_only=True)
class CheckNotDue(Refusal):
    """`opens` is the first day on which it can be made."""

    due: date
    opens: date


def decide_sustained(
    check: SustainCheck, words: str, measure: Measure, actor: Actor, now: datetime
) -> ValueSustained | Refusal:
    """The value holds, and how that was seen."""
    if refusal := check_refusal(check, words, measure, actor, now):
        return refusal
    return ValueSustained(
        measure=measure.id, check=check.id, due=check.due, words=words.strip(), person=actor.person, at=now
    )


def decide_not_sustained(
    check: SustainCheck, request: RequestId, words: str, measure: Measure, actor: Actor, now: datetime
) -> ValueNotSustained | Refusal:
    """It does not; the request to reopen is decided by others."""
    if refusal := check_refusal(check, words, measure, actor, now):
        return refusal
    return ValueNotSustained(
        measure=measure.id,
        check=check.id,
        request=request,
        due=check.due,
        words=words.strip(),
        person=actor.person,
        at=now,
    )


def check_refusal(check: SustainCheck, words: str, measure: Measure, actor: Actor, now: datetime) -> Refusal | None:
    if measure.controller is None or actor.person != measure.controller:
        return CheckNotYours(controller=measure.controller)
    if conflict := segregation_conflict(closing_duties(measure), actor.person):
        return conflict
    if not check.is_open:
        return CheckSettled(outcome=check.outcome, checked_on=check.checked_on)
    if now.date() < check.due - AHEAD:
        return CheckNotDue(due=check.due, opens=check.due - AHEAD)
    if not words.strip():
        return FieldMissing(field="comment")
    return FieldTooLong(field="comment", limit=WORDS_LIMIT) if len(words) > WORDS_LIMIT else None


def closing_duties(measure: Measure) -> Duties:
    """As for the closure itself: never anyone who owns, sponsors or edited it."""
    return Duties(
        owner=measure.owner,
        sponsor=measure.sponsor,
        controller=measure.controller,
        last_edited_by=measure.last_edited_by,
        editors=measure.editors,
        is_closure=True,
    )
