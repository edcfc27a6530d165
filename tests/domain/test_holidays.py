"""The working calendar: days are read strictly, added once, removed once, and nobody is due on one."""

from datetime import date

import pytest

from domain.access import NotAllowed
from domain.approvals.requesting import Requested
from domain.checklist import GateFacts
from domain.gates import decide_request_gate
from domain.holidays import (
    LIMIT,
    Holiday,
    HolidayRemoved,
    HolidaysAdded,
    HolidayUnreadable,
    NoHolidays,
    TooManyHolidays,
    decide_add_holidays,
    decide_remove_holiday,
    read_holidays,
)
from domain.notices import Urgency, urgency_of
from domain.stages import Stage
from tests.domain import making

CHRISTMAS = Holiday(day=date(2026, 12, 25), name="Christmas Day")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-12-25 Christmas Day", (CHRISTMAS,)),
        ("25.12.2026\tChristmas  Day\n\n", (CHRISTMAS,)),
        ("1.1.2027 New Year\r\n2026-12-25 Christmas Day", (Holiday(day=date(2027, 1, 1), name="New Year"), CHRISTMAS)),
        ("", ()),
    ],
)
def test_a_day_a_line(text: str, days: tuple[Holiday, ...]) -> None:
    assert read_holidays(text) == days


@pytest.mark.parametrize(
    "line",
    ["12/25/2026 Christmas", "2026-12-25", "2026-02-30 Nothing", "25.12.26 Christmas", "Christmas", "1926-12-25 Early"],
)
def test_what_is_not_a_day_and_a_name_is_refused_by_line(line: str) -> None:
    assert read_holidays(f"2026-12-24 Eve\n{line}") == HolidayUnreadable(line=2, text=line)


def test_only_what_is_new_is_added() -> None:
    administrator = making.actor(making.PMO)
    there = {CHRISTMAS.day: CHRISTMAS.name}
    other = Holiday(day=CHRISTMAS.day, name="Yule")
    assert decide_add_holidays([CHRISTMAS], {}, administrator) == HolidaysAdded(days=(CHRISTMAS,))
    assert decide_add_holidays([CHRISTMAS], there, administrator) is None
    assert decide_add_holidays([CHRISTMAS, other], there, administrator) == HolidaysAdded(days=(other,))
    assert decide_add_holidays([], there, administrator) == NoHolidays()
    assert decide_add_holidays([CHRISTMAS] * (LIMIT + 1), {}, administrator) == TooManyHolidays(limit=LIMIT)


def test_who_does_not_keep_reference_data_keeps_no_calendar() -> None:
    owner = making.actor(making.OWNER)
    assert isinstance(decide_add_holidays([CHRISTMAS], {}, owner), NotAllowed)
    assert isinstance(decide_remove_holiday(CHRISTMAS.day, {CHRISTMAS.day: "x"}, owner), NotAllowed)


def test_a_day_is_removed_once() -> None:
    pmo = making.actor(making.PMO)
    there = {CHRISTMAS.day: CHRISTMAS.name}
    assert decide_remove_holiday(CHRISTMAS.day, there, pmo) == HolidayRemoved(day=CHRISTMAS.day, name=CHRISTMAS.name)
    assert decide_remove_holiday(CHRISTMAS.day, {}, pmo) is None


@pytest.mark.parametrize(("days_off", "due"), [((), date(2026, 11, 9)), ((date(2026, 11, 4),), date(2026, 11, 10))])
def test_nothing_falls_due_on_a_holiday(days_off: tuple[date, ...], due: date) -> None:
    outcome = decide_request_gate(
        making.measure(),
        Stage.IDENTIFIED,
        making.situation(holidays=frozenset(days_off)),
        GateFacts(),
        making.actor(making.OWNER),
        making.NOW,
        making.request_id(),
    )
    assert isinstance(outcome, Requested)
    assert outcome.request.steps[0].due_on == due


def test_nobody_is_reminded_on_a_holiday() -> None:
    assert urgency_of(CHRISTMAS.day, CHRISTMAS.day) is Urgency.SOON
    assert urgency_of(CHRISTMAS.day, CHRISTMAS.day, frozenset({CHRISTMAS.day})) is None
