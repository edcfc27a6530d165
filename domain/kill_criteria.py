"""Kill criteria: typed conditions on a measure, written before it is decided; when one is met, it is held or given up.

Source: DOMAIN.md, 2 and 3. The service watches; people decide the request it opens.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.access import Actor, Capability, NotAllowed
from domain.governance.policies import CANCEL, HOLD, Condition, Fact, Operator
from domain.governance.template import GovernanceTemplate, ReasonList
from domain.ids import KillCriterionId, MeasureId, PersonId, RequestId
from domain.lifecycle.editing import not_open
from domain.lifecycle.milestones import UnknownReason
from domain.measures import Measure
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.stages import MeasureState, Stage
from domain.status import potential_share
from domain.value import Figures

# What a criterion may look at. Money in the instance's currency, shares in percent.
MEASURE_KILL_FACTS: Mapping[str, type] = {
    "forecast_full_year": Decimal,
    "potential_percent": Decimal,
    "realised_percent": Decimal,
    "one_off_forecast": Decimal,
    "days_late": Decimal,
    "days_past_end": Decimal,
}
OPERATORS = (Operator.BELOW, Operator.AT_LEAST)
PROPOSALS = (HOLD, CANCEL)
WORDS_LIMIT, MOST = 500, 10
LARGEST = Decimal("1e15")
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class KillCriterion:
    """When `condition` holds, `proposes` (hold or cancel) is asked for, with a reason from that list."""

    id: KillCriterionId
    condition: Condition
    proposes: str
    reason: str
    words: str
    set_by: PersonId
    met_on: date | None = None

    @property
    def text(self) -> str:
        """What the decision seals."""
        condition = self.condition
        return f"{condition.field} {condition.operator} {condition.value}: {self.proposes}, {self.reason}; {self.words}"


@dataclass(frozen=True, kw_only=True)
class KillCriterionSet:
    """Somebody wrote down what would end the measure."""

    measure: MeasureId
    criterion: KillCriterion
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class KillCriterionDropped:
    measure: MeasureId
    criterion: KillCriterionId
    words: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class KillCriterionMet:
    """The nightly look found it met. `request` was opened; None where one is open already or nobody could decide it."""

    measure: MeasureId
    criterion: KillCriterionId
    words: str
    field: str
    have: Decimal
    limit: Decimal
    proposes: str
    request: RequestId | None
    obstacle: str  # the kind of the refusal, "" for none
    on: date


@dataclass(frozen=True, kw_only=True)
class KillCriteriaSettled(Refusal):
    """From Decided on they stand as they were decided."""

    code: str


@dataclass(frozen=True, kw_only=True)
class TooManyKillCriteria(Refusal):
    limit: int


@dataclass(frozen=True, kw_only=True)
class KillConditionUnusable(Refusal):
    """The condition names what cannot be looked at, or compares in a way that is not offered."""

    field: str


def decide_set_kill_criterion(
    wanted: KillCriterion,
    measure: Measure,
    there: int,
    template: GovernanceTemplate,
    actor: Actor,
    path: str,
    now: datetime,
) -> KillCriterionSet | Refusal:
    """The owner, the sponsor or the programme office, up to the decision, which seals it. `there`: how many are."""
    if refusal := may_not_change(measure, actor, path):
        return refusal
    if there >= MOST:
        return TooManyKillCriteria(limit=MOST)
    if not usable(wanted.condition):
        return KillConditionUnusable(field=wanted.condition.field)
    if wanted.proposes not in PROPOSALS or template.reason(ReasonList(wanted.proposes), wanted.reason) is None:
        return UnknownReason(list=ReasonList.CANCEL, code=wanted.reason)
    if not wanted.words.strip():
        return FieldMissing(field="words")
    if len(wanted.words) > WORDS_LIMIT:
        return FieldTooLong(field="words", limit=WORDS_LIMIT)
    return KillCriterionSet(measure=measure.id, criterion=wanted, person=actor.person, at=now)


def decide_drop_kill_criterion(
    criterion: KillCriterion, measure: Measure, actor: Actor, path: str, now: datetime
) -> KillCriterionDropped | Refusal:
    if refusal := may_not_change(measure, actor, path):
        return refusal
    return KillCriterionDropped(
        measure=measure.id, criterion=criterion.id, words=criterion.words, person=actor.person, at=now
    )


def may_not_change(measure: Measure, actor: Actor, path: str) -> Refusal | None:
    if not actor.can_on(Capability.SET_KILL_CRITERIA, measure, path):
        return NotAllowed(capability=Capability.SET_KILL_CRITERIA)
    if refusal := not_open(measure):
        return refusal
    return KillCriteriaSettled(code=measure.code) if measure.stage >= Stage.DECIDED else None


def usable(condition: Condition) -> bool:
    is_amount = isinstance(condition.value, Decimal) and condition.value.is_finite() and abs(condition.value) < LARGEST
    return condition.field in MEASURE_KILL_FACTS and condition.operator in OPERATORS and is_amount


def standing(criteria: Iterable[KillCriterion], measure: Measure) -> tuple[KillCriterion, ...]:
    """What is watched: nothing before the decision, after the closure, on hold or cancelled; each until it is met."""
    is_watched = measure.state is MeasureState.ACTIVE and Stage.DECIDED <= measure.stage < Stage.CLOSED
    return tuple(each for each in criteria if each.met_on is None) if is_watched else ()


def kill_facts(measure: Measure, figures: Figures, days_late: int, today: date) -> Mapping[str, Fact]:
    """What there is to compare; a share of nothing is absent and meets no condition."""
    potential = potential_share(figures.plan_full_year, figures.forecast_full_year)
    realised = potential_share(figures.plan_to_date, figures.actual_to_date) if figures.is_locked else None
    return {
        "forecast_full_year": figures.forecast_full_year if figures.has_forecast else None,
        "potential_percent": percent_of(potential) if figures.has_forecast else None,
        "realised_percent": percent_of(realised),
        "one_off_forecast": figures.one_off_forecast,
        "days_late": Decimal(days_late),
        "days_past_end": Decimal(days_past_end(measure, today)),
    }


def percent_of(share: Decimal | None) -> Decimal | None:
    return None if share is None else (share * HUNDRED).quantize(Decimal("0.01"))


def days_past_end(measure: Measure, today: date) -> int:
    """How long it should have been implemented; 0 from the day it is."""
    if measure.end is None or measure.stage >= Stage.IMPLEMENTED:
        return 0
    return max(0, (today - measure.end).days)


def is_met(criterion: KillCriterion, facts: Mapping[str, Fact]) -> bool:
    return criterion.condition.holds(facts)


def askers(criterion: KillCriterion, measure: Measure) -> tuple[PersonId, ...]:
    """In whose name the request is opened: who wrote the criterion, else who answers for the measure."""
    known = (criterion.set_by, measure.owner, measure.sponsor)
    return tuple(dict.fromkeys(person for person in known if person is not None))
