"""Days off of a client: kept once, in the trail, and counted wherever working days are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from domain.access import NotAllowed
from domain.approvals.choosing import add_working_days
from domain.holidays import Holiday, HolidaysAdded
from domain.stages import Stage
from tenants.instance.actions.holding import working_day
from tenants.instance.actions.holidays import add_holidays, remove_holiday
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.holidays import list_holidays
from tenants.instance.queries.notices import around
from tests.house import House
from tests.team import Team


@pytest.fixture(scope="module")
def team(house: House) -> Iterator[Team]:
    with house.app.app_context():
        yield Team(house.work(house.onboard("Resting AG")), house)


def days_of(team: Team, count: int) -> list[Holiday]:
    today = team.work.now().date()
    return [Holiday(day=today + timedelta(days=n), name=f"Day {n}") for n in range(1, count + 1)]


def test_what_is_asked_for_falls_due_after_the_days_off(team: Team) -> None:
    admin, today = team.actor(team.pmo), team.work.now().date()
    wanted = days_of(team, 9)
    assert isinstance(add_holidays(team.work, wanted, admin), HolidaysAdded)
    off = frozenset(each.day for each in wanted)
    assert get_governance(team.work).holidays == off == around(team.work, today).holidays
    asked = team.ask(team.define(), Stage.IDENTIFIED)
    row = team.work.get(RequestRow, asked.id)
    assert asked.steps[0].due_on == row.due_on == add_working_days(today, 5, off)
    assert row.due_on >= today + timedelta(days=10)


def test_a_due_date_that_a_hold_moved_falls_on_no_day_off() -> None:
    christmas = date(2026, 12, 25)
    assert working_day(date(2026, 12, 18), 7, frozenset()) == christmas
    assert working_day(date(2026, 12, 18), 7, frozenset({christmas})) == date(2026, 12, 28)


def test_the_calendar_is_kept_once_and_recorded(team: Team) -> None:
    def recorded(kind: str) -> int:
        team.work.session.rollback()
        return team.work.session.scalar(select(func.count()).where(AuditEventRow.kind == kind)) or 0

    admin, eve = team.actor(team.pmo), Holiday(day=date(2031, 12, 24), name="Eve")
    before = recorded("HolidaysAdded"), recorded("HolidayRemoved")
    for _ in range(2):
        add_holidays(team.work, [eve], admin)
    assert list_holidays(team.work)[-1] == eve
    assert isinstance(remove_holiday(team.work, eve.day, team.actor(team.owner)), NotAllowed)
    for _ in range(2):
        remove_holiday(team.work, eve.day, admin)
    assert eve not in list_holidays(team.work)
    assert (recorded("HolidaysAdded"), recorded("HolidayRemoved")) == (before[0] + 1, before[1] + 1)
