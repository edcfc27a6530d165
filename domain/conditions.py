"""Conditions of an approval: until when they stand, when they are overdue, who says that one is met."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.access import Actor, Capability, NotAllowed
from domain.ids import ConditionId, MeasureId, PersonId, RequestId
from domain.lifecycle.editing import not_open
from domain.measures import Measure
from domain.refusals import FieldMissing, FieldTooLong, Refusal

NOTE_LIMIT = 2_000


@dataclass(frozen=True, kw_only=True)
class StandingCondition:
    """A condition of an approval, from the approval on. `held_days`: on hold since then; not counted against it."""

    id: ConditionId
    request: RequestId
    requested_by: PersonId
    words: str
    owner: PersonId
    due: date
    set_by: PersonId
    held_days: int = 0
    met_on: date | None = None
    met_by: PersonId | None = None
    note: str = ""

    @property
    def due_now(self) -> date:
        return self.due + timedelta(days=self.held_days)

    def is_overdue(self, today: date) -> bool:
        """For a measure on hold pass the day the hold began as `today`."""
        return self.met_on is None and self.due_now < today


@dataclass(frozen=True, kw_only=True)
class ConditionMet:
    """What an approval asked for is there."""

    measure: MeasureId
    condition: ConditionId
    request: RequestId
    words: str
    note: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ConditionOfOwnRequest(Refusal):
    """Who asked for the approval does not say that its conditions are met."""

    words: str
    owner: PersonId
    set_by: PersonId


@dataclass(frozen=True, kw_only=True)
class ConditionMetAlready(Refusal):
    words: str
    met_on: date


def overdue_since(measure: Measure, today: date) -> date:
    """The day against which due dates of a measure count: on hold the clock stands still."""
    return measure.held_on or today


def count_open(conditions: Iterable[StandingCondition], as_of: date) -> tuple[int, int]:
    """How many are not met, and how many of these are overdue."""
    still = [each for each in conditions if each.met_on is None]
    return len(still), sum(each.is_overdue(as_of) for each in still)


def decide_meet_condition(
    condition: StandingCondition, note: str, measure: Measure, actor: Actor, path: str, now: datetime
) -> ConditionMet | Refusal:
    """Say that it is met, and how: its owner, who set it, or the programme office; never who asked for the approval."""
    is_theirs = actor.person in (condition.owner, condition.set_by)
    if not (is_theirs or actor.can(Capability.SETTLE_CONDITION, path)):
        return NotAllowed(capability=Capability.SETTLE_CONDITION)
    if actor.person == condition.requested_by:
        return ConditionOfOwnRequest(words=condition.words, owner=condition.owner, set_by=condition.set_by)
    if refusal := not_open(measure):
        return refusal
    if condition.met_on is not None:
        return ConditionMetAlready(words=condition.words, met_on=condition.met_on)
    if not note.strip():
        return FieldMissing(field="note")
    if len(note) > NOTE_LIMIT:
        return FieldTooLong(field="note", limit=NOTE_LIMIT)
    return ConditionMet(
        measure=measure.id,
        condition=condition.id,
        request=condition.request,
        words=condition.words,
        note=note.strip(),
        person=actor.person,
        at=now,
    )
