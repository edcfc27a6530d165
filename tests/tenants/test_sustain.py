"""Checks after a closure on a real database: made by it, confirmed or led to a reopening, reminded of, dropped."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.access import Capability, Role
from domain.approvals.request import RequestState
from domain.approvals.requesting import Requested
from domain.checks import CheckNotYours, CheckOutcome, CheckSettled, ValueSustained
from domain.lifecycle import UnknownReason
from domain.stages import Stage
from tenants.database import NotFound, Work
from tenants.instance.actions import sustain
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.sustain import checks_for, checks_of, due_checks, overdue_checks
from tests.closure import close
from tests.house import NOW, House
from tests.team import Team

TODAY = NOW.date()


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def checks(team: Team, measure: UUID) -> tuple[Any, ...]:
    team.work.session.expire_all()
    return checks_of(team.work.session, measure)


def later(team: Team, day: date) -> None:
    team.work.clock = lambda: NOW + (day - TODAY)


def kinds(team: Team, measure: UUID) -> list[str]:
    found = select(AuditEventRow.kind).where(AuditEventRow.subject_id == measure).order_by(AuditEventRow.sequence)
    return list(team.work.session.scalars(found))


def test_closure_sets_the_days_and_the_controller_confirms(team: Team, other_work: Work) -> None:
    measure = close(team)
    days = (date(2027, 2, 20), date(2027, 5, 20), date(2027, 11, 20))
    assert tuple(check.due for check in checks(team, measure)) == days
    check = checks(team, measure)[0]
    assert checks_for(team.work, team.controller) == []
    later(team, days[0])
    assert [line.id for line in checks_for(team.work, team.controller)] == [check.id]
    assert checks_for(team.work, team.owner) == []
    refused = sustain.confirm_sustained(team.work, check.id, "Seen.", team.actor(team.sponsor))
    assert isinstance(refused, CheckNotYours)
    said = sustain.confirm_sustained(team.work, check.id, "Invoices of January.", team.actor(team.controller))
    assert isinstance(said, ValueSustained)
    again = sustain.confirm_sustained(team.work, check.id, "Again.", team.actor(team.controller))
    assert isinstance(again, CheckSettled)
    kept = checks(team, measure)[0]
    assert (kept.outcome, kept.checked_on, kept.words) == (CheckOutcome.HOLDS, days[0], "Invoices of January.")
    assert kinds(team, measure)[-3:] == ["CheckNotYours", "ValueSustained", "CheckSettled"]
    with pytest.raises(NotFound):
        sustain.confirm_sustained(other_work, check.id, "Seen.", team.actor(team.controller))


def test_value_that_does_not_hold_leads_to_reopening_and_drops_the_other_checks(team: Team) -> None:
    measure, request = close(team), uuid4()
    check = checks(team, measure)[0]
    later(team, check.due)
    controller = team.actor(team.controller)
    wrong = sustain.doubt_sustained(team.work, check.id, request, "no-such", "Rates are up.", controller)
    assert isinstance(wrong, UnknownReason)
    assert checks(team, measure)[0].is_open
    for _twice in range(2):
        asked = sustain.doubt_sustained(team.work, check.id, request, "value-lost", "Rates are up.", controller)
        assert isinstance(asked, Requested), asked
    assert asked.request.policy == "reopen-by-controller"
    assert checks(team, measure)[0].outcome is CheckOutcome.REOPEN_ASKED
    team.approve(asked.request, team.pmo, team.sponsor)
    assert team.row(measure).stage == Stage.IMPLEMENTED
    assert [each.outcome for each in checks(team, measure)[1:]] == [CheckOutcome.REOPENED] * 2
    assert checks_for(team.work, team.controller) == []
    assert kinds(team, measure).count("ValueNotSustained") == 1
    row = team.work.get(RequestRow, request)
    assert (row.state, row.requested_by, row.reason) == (RequestState.APPROVED, team.controller, "value-lost")


def test_reminded_once_when_due_and_once_when_late_and_counted_as_overdue(team: Team) -> None:
    measure = close(team)
    check = checks(team, measure)[0]
    monday = check.due + timedelta(days=2)  # the day itself is a Saturday
    for day in (check.due - timedelta(days=1), monday, monday + timedelta(days=1)):
        later(team, day)
        for due, on in due_checks(team.work, day + timedelta(days=1)):
            sustain.remind_of_check(team.work, due, on)
    keys = team.work.session.scalars(select(NoticeRow.key).where(NoticeRow.member_id == team.controller))
    told = sorted(key for key in keys if key.startswith("sustain/"))
    assert told == [f"sustain/{check.id}/late", f"sustain/{check.id}/soon"]
    assert kinds(team, measure).count("SustainCheckReminded") == 2
    scope = team.actor(team.pmo).scope_for(Capability.VIEW_MEASURES)
    assert overdue_checks(team.work, scope, team.row(measure).path) == 1
    elsewhere = team.build(team.actor(team.pmo))
    nobody = team.actor(team.join("Nils Berg", Role.LEADERSHIP, node=elsewhere))
    assert overdue_checks(team.work, nobody.scope_for(Capability.VIEW_MEASURES), team.row(measure).path) == 0


def test_nothing_of_it_is_in_the_other_client(team: Team, other_work: Work) -> None:
    own = SustainCheckRow.measure_id == close(team)
    assert team.work.session.scalars(select(SustainCheckRow).where(own)).all()
    assert not other_work.session.scalars(select(SustainCheckRow).where(own)).all()
