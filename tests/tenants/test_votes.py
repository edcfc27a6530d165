"""Votes that are refused: each with its reason in the trail, and nothing else changed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.approvals.looking import PageOutdated
from domain.approvals.request import ApprovalRequest, Choice, Seen, Vote
from domain.approvals.requesting import RequestNotOpen
from domain.approvals.voting import AlreadyVoted, NotAnApprover
from domain.ids import PersonId
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.actions import requests, values
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.requests import RequestRow, StepRow, VoteRow
from tests.house import House
from tests.team import Team

Act = Callable[[], Any]


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def state(team: Team, measure: UUID, request: UUID) -> tuple[Any, ...]:
    """Everything that a vote could change."""
    team.work.session.rollback()
    team.work.session.expire_all()
    row, measured = team.work.get(RequestRow, request), team.row(measure)
    steps = select(StepRow.settled, StepRow.due_on).where(StepRow.request_id == request).order_by(StepRow.position)
    votes = select(func.count()).select_from(VoteRow).where(VoteRow.request_id == request)
    settled = tuple(map(tuple, team.work.session.execute(steps)))
    asked = (row.state, row.version, tuple(row.waiting), settled, team.work.session.scalar(votes))
    return (*asked, measured.stage, measured.version)


def on_a_closed_request(team: Team, request: ApprovalRequest) -> Act:
    team.approve(request, team.controller, team.chair, team.second)
    return vote_of(team, request, team.chair)


def by_the_wrong_person(team: Team, request: ApprovalRequest) -> Act:
    return vote_of(team, request, team.pmo)


def a_second_time(team: Team, request: ApprovalRequest) -> Act:
    team.approve(request, team.controller, team.chair)
    return vote_of(team, request, team.chair)


def from_a_page_of_before(team: Team, request: ApprovalRequest) -> Act:
    return vote_of(team, request, team.controller, seen=Seen(seal="0" * 64, step=0))


def vote_of(team: Team, request: ApprovalRequest, person: PersonId, seen: Seen | None = None) -> Act:
    given = Vote(choice=Choice.APPROVE, seen=seen)
    return lambda: requests.vote(team.work, request.id, given, team.actor(person))


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (on_a_closed_request, RequestNotOpen),
        (by_the_wrong_person, NotAnApprover),
        (a_second_time, AlreadyVoted),
        (from_a_page_of_before, PageOutdated),
    ],
)
def test_a_refused_vote_is_in_the_trail_and_changes_nothing(
    team: Team, attempt: Callable[[Team, ApprovalRequest], Act], expected: type
) -> None:
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    confirmed = values.confirm_value(team.work, measure, team.actor(team.controller), team.row(measure).version)
    assert not isinstance(confirmed, Refusal), confirmed
    request = team.ask(measure, Stage.DECIDED)
    act = attempt(team, request)
    before = state(team, measure, request.id)
    assert isinstance(act(), expected)
    assert state(team, measure, request.id) == before
    events = select(AuditEventRow).where(AuditEventRow.subject_id == measure).order_by(AuditEventRow.sequence.desc())
    last = team.work.session.scalars(events.limit(1)).one()
    assert (last.kind, last.is_refusal) == (expected.__name__, True)
