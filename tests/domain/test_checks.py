"""Checks after a closure: who makes them, when, and what speaks against it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.checks import (
    AHEAD,
    CheckNotDue,
    CheckNotYours,
    CheckOutcome,
    CheckSettled,
    SustainCheck,
    ValueNotSustained,
    ValueSustained,
    decide_not_sustained,
    decide_sustained,
)
from domain.ids import PersonId, RequestId, SustainCheckId
from domain.refusals import FieldMissing, FieldTooLong
from domain.segregation import EditedBySelf, SegregationConflict
from domain.stages import Stage
from tests.domain.making import CONTROLLER, OWNER, SPONSOR, actor, measure

DUE = date(2027, 2, 2)
NOON = datetime(2027, 2, 2, 12, tzinfo=UTC)
CLOSED = replace(measure(), stage=Stage.CLOSED, controller=CONTROLLER, owner=OWNER, sponsor=SPONSOR)
CHECK = SustainCheck(id=SustainCheckId(uuid4()), request=RequestId(uuid4()), due=DUE)
REQUEST = RequestId(UUID(int=7))


def test_controller_says_that_the_value_holds_or_that_it_does_not() -> None:
    holds = decide_sustained(CHECK, " Invoices of January. ", CLOSED, actor(CONTROLLER), NOON)
    assert isinstance(holds, ValueSustained)
    assert (holds.words, holds.person, holds.due) == ("Invoices of January.", CONTROLLER, DUE)
    lost = decide_not_sustained(CHECK, REQUEST, "Rates are up.", CLOSED, actor(CONTROLLER), NOON)
    assert isinstance(lost, ValueNotSustained)
    assert lost.request == REQUEST


@pytest.mark.parametrize(
    ("who", "measure_change", "check_change", "words", "now", "refusal"),
    [
        (OWNER, {}, {}, "Seen.", NOON, CheckNotYours),
        (SPONSOR, {}, {}, "Seen.", NOON, CheckNotYours),
        (PersonId(uuid4()), {}, {}, "Seen.", NOON, CheckNotYours),
        (CONTROLLER, {"controller": None}, {}, "Seen.", NOON, CheckNotYours),
        (CONTROLLER, {"owner": CONTROLLER}, {}, "Seen.", NOON, SegregationConflict),
        (CONTROLLER, {"sponsor": CONTROLLER}, {}, "Seen.", NOON, SegregationConflict),
        (CONTROLLER, {"editors": frozenset({CONTROLLER})}, {}, "Seen.", NOON, EditedBySelf),
        (CONTROLLER, {"last_edited_by": CONTROLLER}, {}, "Seen.", NOON, EditedBySelf),
        (CONTROLLER, {}, {"outcome": CheckOutcome.HOLDS}, "Seen.", NOON, CheckSettled),
        (CONTROLLER, {}, {"outcome": CheckOutcome.REOPENED}, "Seen.", NOON, CheckSettled),
        (CONTROLLER, {}, {}, "Seen.", NOON - AHEAD - timedelta(days=1), CheckNotDue),
        (CONTROLLER, {}, {}, "  ", NOON, FieldMissing),
        (CONTROLLER, {}, {}, "x" * 2_001, NOON, FieldTooLong),
    ],
)
def test_refused(
    who: PersonId, measure_change: Any, check_change: Any, words: str, now: datetime, refusal: type
) -> None:
    of, check = replace(CLOSED, **measure_change), replace(CHECK, **check_change)
    assert isinstance(decide_sustained(check, words, of, actor(who), now), refusal)
    assert isinstance(decide_not_sustained(check, REQUEST, words, of, actor(who), now), refusal)


@pytest.mark.parametrize(
    ("outcome", "day", "overdue"),
    [
        (CheckOutcome.DUE, DUE, False),
        (CheckOutcome.DUE, DUE + timedelta(days=1), True),
        (CheckOutcome.HOLDS, DUE + timedelta(days=99), False),
    ],
)
def test_overdue_from_the_day_after(outcome: CheckOutcome, day: date, overdue: bool) -> None:
    assert replace(CHECK, outcome=outcome).is_overdue(day) is overdue
