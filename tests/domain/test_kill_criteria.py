"""Kill criteria: who writes them until when, what they can look at, when they are met, what is watched."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.access import NotAllowed
from domain.approvals import subject_of
from domain.gates import MeasureNotActive
from domain.governance.policies import Condition, Operator, gate_kind
from domain.ids import KillCriterionId
from domain.kill_criteria import (
    MEASURE_KILL_FACTS,
    MOST,
    KillConditionUnusable,
    KillCriteriaSettled,
    KillCriterion,
    KillCriterionDropped,
    KillCriterionSet,
    TooManyKillCriteria,
    askers,
    days_past_end,
    decide_drop_kill_criterion,
    decide_set_kill_criterion,
    is_met,
    standing,
)
from domain.lifecycle import MeasureFrozen, UnknownReason
from domain.measures import KillText
from domain.refusals import FieldMissing, FieldTooLong
from domain.stages import MeasureState, Stage
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    LEADER,
    NOW,
    OWNER,
    PATH,
    PMO,
    SPONSOR,
    STRANGER,
    actor,
    measure,
    template,
)

LATE = Condition(field="days_late", operator=Operator.AT_LEAST, value=Decimal(30))


def criterion(**more: Any) -> KillCriterion:
    known = {"condition": LATE, "proposes": "cancel", "reason": "no-value", "words": "Too late.", "set_by": OWNER}
    return KillCriterion(**{"id": KillCriterionId(uuid4()), **known, **more})


def write(wanted: KillCriterion, who: Any = OWNER, there: int = 0, **more: Any) -> Any:
    of = replace(measure(), **{"stage": Stage.DETAILED, **more})
    return decide_set_kill_criterion(wanted, of, there, template(), actor(who), PATH, NOW)


@pytest.mark.parametrize("who", [OWNER, SPONSOR, PMO])
@pytest.mark.parametrize("stage", [Stage.DEFINED, Stage.IDENTIFIED, Stage.DETAILED])
def test_written_by_those_who_lead_it_until_it_is_decided(who: Any, stage: Stage) -> None:
    assert isinstance(write(criterion(), who, stage=stage), KillCriterionSet)


@pytest.mark.parametrize("who", [CONTROLLER, CHAIR, LEADER, STRANGER])
def test_not_written_by_others(who: Any) -> None:
    assert isinstance(write(criterion(), who), NotAllowed)


@pytest.mark.parametrize(
    ("stage", "state", "refusal"),
    [
        (Stage.DECIDED, MeasureState.ACTIVE, KillCriteriaSettled),
        (Stage.IMPLEMENTED, MeasureState.ACTIVE, KillCriteriaSettled),
        (Stage.CLOSED, MeasureState.ACTIVE, MeasureFrozen),
        (Stage.DETAILED, MeasureState.ON_HOLD, MeasureNotActive),
        (Stage.DETAILED, MeasureState.CANCELLED, MeasureNotActive),
    ],
)
def test_stands_as_it_was_decided(stage: Stage, state: MeasureState, refusal: type) -> None:
    assert isinstance(write(criterion(), stage=stage, state=state), refusal)
    of = replace(measure(), stage=stage, state=state)
    assert isinstance(decide_drop_kill_criterion(criterion(), of, actor(OWNER), PATH, NOW), refusal)


def test_taken_back_before_the_decision() -> None:
    of = replace(measure(), stage=Stage.DETAILED)
    dropped = decide_drop_kill_criterion(criterion(), of, actor(SPONSOR), PATH, NOW)
    assert isinstance(dropped, KillCriterionDropped)
    assert dropped.words == "Too late."


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"condition": replace(LATE, field="title")}, KillConditionUnusable),
        ({"condition": replace(LATE, operator=Operator.IS)}, KillConditionUnusable),
        ({"condition": replace(LATE, operator=Operator.ONE_OF)}, KillConditionUnusable),
        ({"condition": replace(LATE, value="30")}, KillConditionUnusable),
        ({"condition": replace(LATE, value=Decimal("NaN"))}, KillConditionUnusable),
        ({"condition": replace(LATE, value=Decimal("1e15"))}, KillConditionUnusable),
        ({"proposes": "reopen", "reason": "value-lost"}, UnknownReason),
        ({"reason": "budget"}, UnknownReason),  # on the list of holds, not of cancellations
        ({"words": " "}, FieldMissing),
        ({"words": "x" * 501}, FieldTooLong),
    ],
)
def test_what_cannot_be_looked_at_is_refused(change: dict[str, Any], refusal: type) -> None:
    assert isinstance(write(criterion(**change)), refusal)


def test_no_more_than_can_be_read() -> None:
    assert isinstance(write(criterion(), there=MOST), TooManyKillCriteria)


@pytest.mark.parametrize(
    ("operator", "have", "met"),
    [
        (Operator.AT_LEAST, "29.99", False),
        (Operator.AT_LEAST, "30", True),
        (Operator.AT_LEAST, "31", True),
        (Operator.BELOW, "29.99", True),
        (Operator.BELOW, "30", False),
        (Operator.BELOW, None, False),
        (Operator.AT_LEAST, None, False),
    ],
)
@pytest.mark.parametrize("field", sorted(MEASURE_KILL_FACTS))
def test_met(field: str, operator: Operator, have: str | None, met: bool) -> None:
    condition = Condition(field=field, operator=operator, value=Decimal(30))
    facts = {field: Decimal(have) if have else None}
    assert is_met(criterion(condition=condition), facts) is met


@pytest.mark.parametrize("state", MeasureState)
@pytest.mark.parametrize("stage", Stage)
def test_watched_between_decision_and_closure(stage: Stage, state: MeasureState) -> None:
    watched = state is MeasureState.ACTIVE and stage in (Stage.DECIDED, Stage.IMPLEMENTED)
    of = replace(measure(), stage=stage, state=state)
    assert bool(standing([criterion()], of)) is watched
    assert standing([criterion(met_on=date(2026, 11, 1))], of) == ()


def test_days_past_the_end_count_until_it_is_implemented() -> None:
    of = replace(measure(), stage=Stage.DECIDED, end=date(2026, 11, 1))
    assert days_past_end(of, date(2026, 11, 1)) == 0
    assert days_past_end(of, date(2026, 11, 11)) == 10
    assert days_past_end(replace(of, stage=Stage.IMPLEMENTED), date(2026, 11, 11)) == 0
    assert days_past_end(replace(of, end=None), date(2026, 11, 11)) == 0


def test_asked_for_in_the_name_of_who_wrote_it_first() -> None:
    of = measure(owner=OWNER, sponsor=SPONSOR)
    assert askers(criterion(set_by=SPONSOR), of) == (SPONSOR, OWNER)
    assert askers(criterion(set_by=PMO), of) == (PMO, OWNER, SPONSOR)


def test_the_decision_seals_them_and_no_other_request_does() -> None:
    bare = replace(measure(), stage=Stage.DETAILED)
    number = KillCriterionId(UUID(int=1))
    with_one = replace(bare, kill_criteria=(KillText(id=number, text=criterion(id=number).text),))
    assert "days_late at_least 30: cancel, no-value; Too late." in subject_of(with_one, gate_kind(Stage.DECIDED)).text
    for kind in (gate_kind(Stage.DETAILED), "hold"):
        assert subject_of(with_one, kind).text == subject_of(bare, kind).text
