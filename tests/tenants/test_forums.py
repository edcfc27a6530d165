"""Forums on a real PostgreSQL, two clients always there: decisions in meetings, who sees what, the log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.access import Role
from domain.approvals.recording import ChairExcluded, NotQuorate
from domain.approvals.request import Choice, RequestState, Vote
from domain.approvals.requesting import RequestNotOpen
from domain.approvals.voting import SealBroken, Voted
from domain.ids import ForumId, NodeId, PersonId
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.database import NotFound, Work
from tenants.instance.actions import agendas, following, forums, measures, meetings, requests
from tenants.instance.actions.members import admit_member
from tenants.instance.actions.recording import record
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.meetings import MeetingRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.requests import RequestRow, VoteRow
from tenants.instance.queries.decisions import DecisionFilter, list_decisions
from tenants.instance.queries.forums import get_forum, list_forums
from tenants.instance.queries.meetings import get_meeting, list_open_actions
from tenants.instance.queries.sight import sight_of
from tests.house import NOW, House
from tests.sitting import called, decided, waiting_at_forum
from tests.team import Team


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def scope_of(team: Team, person: PersonId):  # type: ignore[no-untyped-def]
    return sight_of(team.actor(person))


def row(team: Team, request: object) -> RequestRow:
    team.work.session.rollback()
    team.work.session.expire_all()
    return team.work.get(RequestRow, request.id)  # type: ignore[attr-defined]


def events(team: Team, subject: UUID) -> list[AuditEventRow]:
    statement = select(AuditEventRow).where(AuditEventRow.subject_id == subject).order_by(AuditEventRow.sequence)
    return list(team.work.session.scalars(statement))


def test_a_decision_of_the_meeting_locks_the_plan_and_is_in_the_trail(team: Team) -> None:
    request = waiting_at_forum(team)
    meeting = called(team)
    outcome = decided(team, meeting, request)
    assert isinstance(outcome, Voted), outcome
    measure = team.row(request.measure)
    assert (row(team, request).state, measure.stage, measure.plan_version) == (RequestState.APPROVED, Stage.DECIDED, 1)
    vote = team.work.session.scalars(select(VoteRow).where(VoteRow.meeting_id == meeting)).one()
    assert (vote.person_id, vote.recorded, set(vote.present)) == (team.chair, True, {team.chair, team.second})
    assert [event.kind for event in events(team, request.measure)][-3:] == [
        "Voted",
        "StageReached",
        "PlanVersionLocked",
    ]
    announced = select(OutboxRow).where(OutboxRow.job == "announce_decision")
    assert str(request.id) in {each.arguments["request_id"] for each in team.work.session.scalars(announced)}
    assert set(team.work.get(MeetingRow, meeting).present) == {team.chair, team.second}


def test_a_chair_who_voted_on_the_page_records_what_the_meeting_decided_instead(team: Team) -> None:
    request = waiting_at_forum(team)
    meeting = called(team)
    own = Vote(choice=Choice.REJECT, comment="Too early.")
    assert not isinstance(requests.vote(team.work, request.id, own, team.actor(team.chair)), Refusal)
    assert isinstance(decided(team, meeting, request), Voted)
    kept = team.work.session.scalars(select(VoteRow).where(VoteRow.request_id == request.id, VoteRow.position == 1))
    assert sorted((vote.choice, vote.recorded) for vote in kept) == [("approve", True), ("reject", False)]


def test_a_refused_record_is_in_the_trail_and_changes_nothing(team: Team) -> None:
    request = waiting_at_forum(team)
    meeting = called(team)
    refused = decided(team, meeting, request, present=(team.chair,))
    assert isinstance(refused, NotQuorate)
    last = events(team, request.measure)[-1]
    assert (last.kind, last.is_refusal, last.actor_id) == ("NotQuorate", True, team.chair)
    assert row(team, request).state == RequestState.OPEN
    assert not team.work.get(MeetingRow, meeting).present


def test_a_chair_who_asked_for_it_leaves_it_to_the_members(team: Team) -> None:
    """Also when somebody else becomes chair: the office cannot seat one of its own to get round it."""
    request = waiting_at_forum(team)
    meeting = called(team)
    forum = ForumId(team.forum_id), team.forum.name
    seats = (team.owner, team.chair, team.second)
    saved = forums.save_forum(team.work, *forum, 2, seats, team.owner, team.actor(team.pmo))
    assert not isinstance(saved, Refusal)
    refused = decided(team, meeting, request, by=team.owner)
    assert isinstance(refused, ChairExcluded)
    assert row(team, request).state == RequestState.OPEN


def test_a_measure_that_changed_is_not_decided(team: Team) -> None:
    request = waiting_at_forum(team)
    meeting = called(team)
    with team.work.transaction() as tx:  # past the actions, which would have voided the request
        tx.lock(MeasureRow, request.measure).title = "Changed behind the seal"
    refused = decided(team, meeting, request)
    assert isinstance(refused, SealBroken) and [each.field for each in refused.changes] == ["title"]


def test_the_same_decision_twice_is_one_and_another_one_is_refused(team: Team) -> None:
    request = waiting_at_forum(team)
    meeting = called(team)
    first, second = decided(team, meeting, request), decided(team, meeting, request)
    assert isinstance(first, Voted) and isinstance(second, Voted)
    statement = select(func.count()).select_from(VoteRow).where(VoteRow.meeting_id == meeting)
    assert team.work.session.scalar(statement) == 1
    assert isinstance(decided(team, meeting, request, Choice.REJECT, "Changed our mind."), RequestNotOpen)


def test_many_who_record_at_once_decide_once(team: Team, house: House) -> None:
    request = waiting_at_forum(team)
    meeting = called(team)
    actor = team.actor(team.chair)
    there = (team.chair, team.second)

    def attempt(number: int) -> object:
        with house.app.app_context():
            work = house.work(team.work.instance)
            choice = Choice.APPROVE if number % 2 else Choice.REJECT
            given = Vote(choice=choice, comment=f"Window {number}")
            outcome = record(work, meeting, request.id, there, given, actor)
            work.close()
            return outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))
    assert sum(isinstance(each, Voted) for each in outcomes) == 1
    assert sum(isinstance(each, RequestNotOpen) for each in outcomes) == 7


def test_an_agenda_takes_what_waits_for_its_forum_and_nothing_else(team: Team) -> None:
    waits = waiting_at_forum(team)
    earlier = team.ask(team.define(), Stage.IDENTIFIED)  # waits for the sponsor
    meeting = called(team)
    sheet = get_meeting(team.work, scope_of(team, team.chair), team.actor(team.chair), meeting)
    assert waits.id in sheet.meeting.requests and earlier.id not in sheet.meeting.requests
    later = waiting_at_forum(team)
    assert not isinstance(agendas.fill_agenda(team.work, meeting, team.actor(team.pmo)), Refusal)
    sheet = get_meeting(team.work, scope_of(team, team.chair), team.actor(team.chair), meeting)
    assert later.id in sheet.meeting.requests


def test_a_reader_of_a_part_sees_the_part_of_a_meeting_that_is_theirs(team: Team) -> None:
    mine, other = waiting_at_forum(team), waiting_at_forum(Team(team.work, team.house))
    team.forum_id = team.work.get(MeasureRow, mine.measure).forum_id
    meeting = called(team)
    agendas.add_item(team.work, meeting, uuid4(), "Bonus of the board", team.actor(team.pmo))
    local = team.join("Lo Cal", Role.LEADERSHIP, node=NodeId(team.package))
    whole = get_meeting(team.work, scope_of(team, team.chair), team.actor(team.chair), meeting)
    part = get_meeting(team.work, scope_of(team, local), team.actor(local), meeting)
    assert {mine.id, other.id} <= set(whole.asked) and not whole.is_partial
    assert part.is_partial and mine.id in part.asked and other.id not in part.asked
    assert all(item.request in part.asked for item in part.meeting.agenda)
    summary = next(
        each
        for each in list_forums(team.work, scope_of(team, local), team.actor(local))
        if each.forum.id == team.forum_id
    )
    assert summary.waiting == len(get_forum(team.work, scope_of(team, local), team.actor(local), team.forum_id).waiting)
    assert summary.waiting < len(whole.asked)


def test_a_member_without_any_role_sees_what_waits_for_their_forum(team: Team) -> None:
    request = waiting_at_forum(team)
    seat = team.enrol("Seat Only", "seat@example.org")
    admit_member(team.work, seat, "Seat Only", f"{uuid4()}@example.org", "client", None)
    with pytest.raises(NotFound):
        get_forum(team.work, scope_of(team, seat), team.actor(seat), team.forum_id)
    forum = ForumId(team.forum_id), team.forum.name
    seats = (team.chair, team.second, seat)
    assert not isinstance(forums.save_forum(team.work, *forum, 2, seats, team.chair, team.actor(team.pmo)), Refusal)
    sheet = get_forum(team.work, scope_of(team, seat), team.actor(seat), team.forum_id)
    assert request.id in {line.id for line in sheet.waiting}
    log = list_decisions(team.work, scope_of(team, seat), [team.forum_id], DecisionFilter(forum=team.forum_id))
    assert all(not line.is_open_to_reader for line in log.lines)


def test_the_log_holds_what_was_settled_once_each_and_filters(team: Team) -> None:
    approved, rejected = waiting_at_forum(team), waiting_at_forum(team)
    meeting = called(team)
    decided(team, meeting, approved)
    decided(team, meeting, rejected, Choice.REJECT, "Payback of nine years.")
    scope = scope_of(team, team.pmo)

    def found(**wanted: object) -> list[UUID]:
        page = list_decisions(team.work, scope, [], DecisionFilter(**wanted), per_page=500)  # type: ignore[arg-type]
        assert len({line.request for line in page.lines}) == len(page.lines) == page.total
        return [line.request for line in page.lines]

    assert set(found(meeting=meeting)) == {approved.id, rejected.id}
    assert rejected.id in found(outcome="rejected") and approved.id not in found(outcome="rejected")
    assert rejected.id in found(words="payback nine")
    assert {approved.id, rejected.id} <= set(found(forum=team.forum_id, kind="gate:decided", since=NOW.date()))
    assert not {approved.id, rejected.id} & set(found(until=NOW.date() - timedelta(days=1)))
    assert not {approved.id, rejected.id} & set(found(kind="hold"))
    assert approved.id in found(kind="gate")
    [line] = [each for each in list_decisions(team.work, scope, [], DecisionFilter(words="payback")).lines]
    assert (line.outcome, line.meeting, line.decided_by) == (RequestState.REJECTED, meeting, "Elsa Wikström")
    local = team.join("Lo Cal", Role.LEADERSHIP, node=NodeId(Team(team.work, team.house).package))
    assert not list_decisions(team.work, scope_of(team, local), [], DecisionFilter(meeting=meeting)).lines


def test_a_decision_stays_in_the_log_of_the_forum_that_was_asked(team: Team) -> None:
    measure = team.define()
    asked = requests.request_turn(
        team.work, measure, uuid4(), "cancel", "no-value", "It never pays.", team.actor(team.owner)
    )
    assert not isinstance(asked, Refusal)
    team.approve(asked.request, team.sponsor)
    for seat in (team.chair, team.second):
        no = Vote(choice=Choice.REJECT, comment="It will.")
        requests.vote(team.work, asked.request.id, no, team.actor(seat))
    row, other = team.row(measure), ForumId(uuid4())
    office = team.actor(team.pmo)
    forums.save_forum(team.work, other, f"Elsewhere {other.hex[:6]}", 1, (team.pmo,), team.pmo, office)
    edited = measures.edit_measure(team.work, measure, {"forum": other}, team.actor(team.owner), row.version)
    assert not isinstance(edited, Refusal)
    logs = {
        each: list_decisions(team.work, scope_of(team, team.pmo), [], DecisionFilter(forum=each), per_page=500).lines
        for each in (team.forum_id, other)
    }
    assert [asked.request.id in {line.request for line in lines} for lines in logs.values()] == [True, False]


def test_actions_are_listed_until_they_are_done(team: Team) -> None:
    meeting, identity = called(team), uuid4()
    chair = team.actor(team.chair)
    agreed = following.agree_action(team.work, meeting, identity, "Ask the carriers", team.owner, NOW.date(), chair)
    assert not isinstance(agreed, Refusal)
    all_forums = [each.forum for each in list_forums(team.work, scope_of(team, team.pmo), chair)]
    listed = list_open_actions(team.work, chair, all_forums)
    assert identity in {line.action.id for line in listed}
    line = next(each for each in listed if each.action.id == identity)
    assert line.is_overdue(NOW.date() + timedelta(days=1)) and not line.is_overdue(NOW.date())
    following.finish_action(team.work, identity, "Done.", team.actor(team.owner))
    assert identity not in {line.action.id for line in list_open_actions(team.work, chair, all_forums)}


def test_a_meeting_is_called_once_and_every_change_is_announced(team: Team) -> None:
    meeting, actor = called(team), team.actor(team.chair)
    off = meetings.call_off(team.work, meeting, "", actor)
    assert not isinstance(off, Refusal)
    announced = team.work.session.scalars(select(OutboxRow).where(OutboxRow.job == "announce_meeting"))
    sequences = [each.arguments["sequence"] for each in announced if each.arguments["meeting_id"] == str(meeting)]
    assert sorted(sequences) == ["0", "1"]


def test_the_other_client_knows_nothing_of_it(team: Team, other_work: Work) -> None:
    meeting = called(team)
    other = Team(other_work, team.house)
    with pytest.raises(NotFound):
        get_meeting(other_work, scope_of(other, other.chair), other.actor(other.chair), meeting)
    assert not other_work.session.scalars(select(MeetingRow).where(MeetingRow.id == meeting)).all()
    request = uuid4()
    given = Vote(choice=Choice.APPROVE)
    with pytest.raises(NotFound):
        record(other_work, meeting, request, (other.chair,), given, other.actor(other.chair))
