"""A forum at work for tests: requests that wait for it, a meeting that takes them, a decision recorded there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from domain.approvals.request import Choice, Vote
from domain.forums import When
from domain.ids import PersonId
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.instance.actions import meetings, values
from tenants.instance.actions.recording import record
from tests.team import Team


def waiting_at_forum(team: Team, **more: Any) -> Any:
    """A request for Decided that the controller has approved: it waits for the forum."""
    measure = team.define(**more)
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    team.approve(team.ask(measure, Stage.DETAILED), team.pmo, team.sponsor)
    version = team.row(measure).version
    confirmed = values.confirm_value(team.work, measure, team.actor(team.controller), version)
    assert not isinstance(confirmed, Refusal), confirmed
    request = team.ask(measure, Stage.DECIDED)
    team.approve(request, team.controller)
    return request


def called(team: Team, starts: datetime | None = None) -> UUID:
    """A meeting of the team's forum, in an hour when nothing else is said; what waits is on its agenda."""
    meeting = uuid4()
    when = When(starts_at=starts or team.work.now() + timedelta(hours=1), minutes_long=60, place="Room 4")
    outcome = meetings.call_meeting(team.work, meeting, team.forum_id, when, team.actor(team.pmo))
    assert not isinstance(outcome, Refusal), outcome
    return meeting


def decided(
    team: Team,
    meeting: UUID,
    request: Any,
    choice: Choice = Choice.APPROVE,
    comment: str = "",
    by: PersonId | None = None,
    present: tuple[PersonId, ...] = (),
) -> Any:
    """What recording a decision gives: by the chair, both members present, when nothing else is said."""
    there = present or (team.chair, team.second)
    given = Vote(choice=choice, comment=comment)
    return record(team.work, meeting, request.id, there, given, team.actor(by or team.chair))
