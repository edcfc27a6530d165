"""Approved with conditions: who sets them, when they are overdue, who says that one is met; what a hold suspends."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.access import Capability, NotAllowed
from domain.approvals import ApprovalRequest, Ask, Choice, Vote, Voted, decide_vote, open_request, subject_of
from domain.approvals.conditions import (
    WORDS_LIMIT,
    ConditionNotAhead,
    ConditionsNotPossible,
    ConditionWords,
    unfit_conditions,
)
from domain.approvals.request import GateCondition
from domain.approvals.requesting import RequestSuspended
from domain.conditions import (
    NOTE_LIMIT,
    ConditionMet,
    ConditionMetAlready,
    ConditionOfOwnRequest,
    StandingCondition,
    count_open,
    decide_meet_condition,
    overdue_since,
)
from domain.gates import MeasureNotActive
from domain.ids import ConditionId, PersonId
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.stages import MeasureState, Stage
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    MEMBER,
    NOW,
    OWNER,
    PATH,
    PMO,
    SPONSOR,
    THIRD,
    actor,
    at_stage,
    measure,
    request_id,
    situation,
)

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


def condition(**more: Any) -> GateCondition:
    known = {"id": ConditionId(UUID(int=1)), "words": "Cap the guarantee.", "owner": MEMBER, "due": TOMORROW}
    return GateCondition(**{**known, **more})


def standing(**more: Any) -> StandingCondition:
    known: dict[str, Any] = {
        "id": ConditionId(UUID(int=1)),
        "request": request_id(),
        "requested_by": OWNER,
        "words": "Cap the guarantee.",
        "owner": MEMBER,
        "due": TOMORROW,
        "set_by": CHAIR,
    }
    return StandingCondition(**{**known, **more})


@pytest.mark.parametrize(
    ("kind", "choice", "given", "expected"),
    [
        ("gate:decided", Choice.APPROVE, (), type(None)),
        ("gate:decided", Choice.APPROVE, (condition(),), type(None)),
        ("gate:decided", Choice.REJECT, (condition(),), ConditionsNotPossible),
        ("gate:decided", Choice.ABSTAIN, (condition(),), ConditionsNotPossible),
        ("hold", Choice.APPROVE, (condition(),), ConditionsNotPossible),
        ("change", Choice.APPROVE, (condition(),), ConditionsNotPossible),
        ("gate:closed", Choice.APPROVE, (condition(words="  "),), ConditionWords),
        ("gate:closed", Choice.APPROVE, (condition(words="x" * WORDS_LIMIT),), type(None)),
        ("gate:closed", Choice.APPROVE, (condition(words="x" * (WORDS_LIMIT + 1)),), ConditionWords),
        ("gate:closed", Choice.APPROVE, (condition(due=TODAY),), ConditionNotAhead),
        ("gate:closed", Choice.APPROVE, (condition(), condition(due=TODAY)), ConditionNotAhead),
    ],
)
def test_only_the_approval_of_a_gate_comes_with_conditions_that_are_to_come(
    kind: str, choice: Choice, given: tuple[GateCondition, ...], expected: type
) -> None:
    assert isinstance(unfit_conditions(kind, Vote(choice=choice, conditions=given), TODAY), expected)


def opened(kind: str = "gate:identified") -> ApprovalRequest:
    target = Stage[kind.partition(":")[2].upper()] if kind.startswith("gate:") else None
    request = open_request(Ask(kind=kind, target=target), measure(), situation(), actor(OWNER), NOW, request_id())
    assert isinstance(request, ApprovalRequest)
    return request


def test_vote_carries_its_conditions_and_refuses_unfit_ones() -> None:
    request, subject = opened(), subject_of(measure(), "gate:identified")
    vote = Vote(choice=Choice.APPROVE, conditions=(condition(),))
    voted = decide_vote(request, vote, actor(SPONSOR), NOW, subject)
    assert isinstance(voted, Voted)
    assert voted.vote.conditions == (condition(),)
    late = replace(vote, conditions=(condition(due=TODAY),))
    assert isinstance(decide_vote(request, late, actor(SPONSOR), NOW, subject), ConditionNotAhead)


@pytest.mark.parametrize(("kind", "waits"), [("gate:identified", True), ("resume", False), ("cancel", False)])
def test_on_hold_only_what_ends_the_hold_is_decided(kind: str, waits: bool) -> None:
    held = replace(measure(), state=MeasureState.ON_HOLD)
    subject = subject_of(held, kind)
    request = replace(opened(kind), subject=subject.text, seal=opened(kind).seal)
    outcome = decide_vote(request, Vote(choice=Choice.APPROVE), actor(SPONSOR), NOW, subject)
    assert isinstance(outcome, RequestSuspended) == waits


@pytest.mark.parametrize(
    ("due", "held_days", "met_on", "is_overdue"),
    [
        (TODAY, 0, None, False),
        (TODAY - timedelta(days=1), 0, None, True),
        (TODAY - timedelta(days=9), 9, None, False),
        (TODAY - timedelta(days=10), 9, None, True),
        (TODAY - timedelta(days=10), 0, TODAY, False),
    ],
)
def test_condition_is_overdue_after_its_day_and_the_days_on_hold(
    due: date, held_days: int, met_on: date | None, is_overdue: bool
) -> None:
    assert standing(due=due, held_days=held_days, met_on=met_on).is_overdue(TODAY) == is_overdue


def test_open_and_overdue_ones_are_counted_as_of_the_hold() -> None:
    conditions = [standing(), standing(due=TODAY - timedelta(days=3)), standing(met_on=TODAY)]
    assert count_open(conditions, TODAY) == (2, 1)
    held = measure(state=MeasureState.ON_HOLD, held_on=TODAY - timedelta(days=5))
    assert count_open(conditions, overdue_since(held, TODAY)) == (2, 0)


@pytest.mark.parametrize(
    ("person", "more", "expected"),
    [
        (MEMBER, {}, ConditionMet),
        (CHAIR, {}, ConditionMet),
        (PMO, {}, ConditionMet),
        (THIRD, {}, NotAllowed),
        (SPONSOR, {}, NotAllowed),
        (CONTROLLER, {}, NotAllowed),
        (OWNER, {"owner": OWNER}, ConditionOfOwnRequest),
        (PMO, {"requested_by": PMO}, ConditionOfOwnRequest),
        (MEMBER, {"met_on": TODAY}, ConditionMetAlready),
    ],
)
def test_who_says_that_a_condition_is_met(person: PersonId, more: dict[str, Any], expected: type) -> None:
    outcome = decide_meet_condition(standing(**more), "Signed.", at_stage(Stage.DECIDED), actor(person), PATH, NOW)
    assert isinstance(outcome, expected)


@pytest.mark.parametrize(
    ("note", "state", "expected"),
    [
        (" ", MeasureState.ACTIVE, FieldMissing(field="note")),
        ("x" * (NOTE_LIMIT + 1), MeasureState.ACTIVE, FieldTooLong(field="note", limit=NOTE_LIMIT)),
        ("Signed.", MeasureState.ON_HOLD, MeasureNotActive(state=MeasureState.ON_HOLD)),
    ],
)
def test_condition_is_met_with_a_note_while_the_measure_is_worked_on(
    note: str, state: MeasureState, expected: Refusal
) -> None:
    of = at_stage(Stage.DECIDED, state=state)
    assert decide_meet_condition(standing(), note, of, actor(MEMBER), PATH, NOW) == expected


def test_right_to_settle_conditions_ends_at_the_node() -> None:
    elsewhere = actor(PMO, path="/00000000-0000-0000-0000-000000000004/")
    refused = decide_meet_condition(standing(), "Signed.", at_stage(Stage.DECIDED), elsewhere, PATH, NOW)
    assert refused == NotAllowed(capability=Capability.SETTLE_CONDITION)
