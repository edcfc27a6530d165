"""Many at once on a real database: codes are given once, a request is settled once, the chain has no branch."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from domain.access import Role
from domain.approvals.request import Choice, RequestState, Vote
from domain.approvals.requesting import RequestNotOpen
from domain.approvals.voting import AlreadyVoted, Voted
from domain.ids import ForumId, PersonId
from domain.lifecycle import MeasureCreated, MeasureEdited, PlanVersionLocked, StageReached
from domain.orders.receiving import OrderReceived
from domain.refusals import Refusal, Stale
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.actions import forums, measures, orders, requests
from tenants.instance.actions.recording import record
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow, VoteRow
from tenants.instance.models.values import PlanVersionRow
from tenants.instance.queries.verification import verify_instance
from tests.house import House
from tests.ordering import Desk, incoming
from tests.sitting import called, waiting_at_forum
from tests.team import Team

AT_ONCE = 8
TWENTY = 20
ROUNDS = 5  # of a race between two: either may win, and what then stands must fit
APPROVE = Vote(choice=Choice.APPROVE)
REJECT = Vote(choice=Choice.REJECT, comment="Too early.")


def test_measures_defined_at_the_same_time_have_different_codes(house: House, work: Work) -> None:
    team = Team(work, house)
    owner = team.actor(team.owner)

    def define(number: int) -> str:
        with house.app.app_context():
            own = house.work(work.instance)
            outcome = measures.define_measure(own, uuid4(), team.package, {"title": f"At once {number}"}, owner)
            assert isinstance(outcome, MeasureCreated), outcome
            own.close()
            return str(outcome.measure.title)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(define, range(AT_ONCE)))
    codes = work.session.scalars(select(MeasureRow.code).where(MeasureRow.title.startswith("At once"))).all()
    assert len(codes) == len(set(codes)) == AT_ONCE


def test_one_number_entered_by_many_people_at_once_is_one_order(house: House, shop: Work) -> None:
    desk = Desk(shop, house)
    said, clerk, together = incoming(number="RACE-1"), desk.actor(desk.clerk), Barrier(AT_ONCE)

    def enter(_: int) -> object:
        with house.app.app_context():
            own = house.work(shop.instance)
            together.wait()
            outcome = orders.enter_order(own, uuid4(), said, clerk)
            own.close()
            return outcome

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = Counter(type(each) for each in pool.map(enter, range(AT_ONCE)))
    assert outcomes == {OrderReceived: 1, orders.OrderNumberTaken: AT_ONCE - 1}


def test_one_vote_sent_many_times_settles_the_request_once(house: House, work: Work) -> None:
    team = Team(work, house)
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    sponsor = team.actor(team.sponsor)

    def vote(_: int) -> object:
        with house.app.app_context():
            own = house.work(work.instance)
            outcome = requests.vote(own, request.id, Vote(choice=Choice.APPROVE), sponsor)
            own.close()
            return outcome

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(vote, range(AT_ONCE)))
    assert sum(isinstance(outcome, Voted) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == AT_ONCE - 1
    assert count_events(work, measure, StageReached.__name__) == 1
    assert team.row(measure).stage == Stage.IDENTIFIED


def test_one_request_sent_many_times_is_one_request(house: House, work: Work) -> None:
    team = Team(work, house)
    measure = team.define()
    owner, request_id = team.actor(team.owner), uuid4()

    def ask(_: int) -> RequestState:
        with house.app.app_context():
            own = house.work(work.instance)
            outcome = requests.request_gate(own, measure, request_id, Stage.IDENTIFIED, owner)
            assert not isinstance(outcome, Refusal), outcome
            own.close()
            return outcome.request.state

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert set(pool.map(ask, range(AT_ONCE))) == {RequestState.OPEN}
    assert count_events(work, measure, "GateRequested") == 1


def test_events_written_at_the_same_time_make_one_chain(house: House, work: Work) -> None:
    sequences = work.session.scalars(select(AuditEventRow.sequence).order_by(AuditEventRow.sequence)).all()
    assert list(sequences) == list(range(1, len(sequences) + 1))


def test_of_twenty_members_who_vote_at_once_the_first_two_decide(house: House, work: Work) -> None:
    team = Team(work, house)
    members = (team.chair, team.second, *(team.join(f"Member {n}", Role.FORUM_MEMBER) for n in range(TWENTY - 2)))
    named = ForumId(team.forum_id), team.forum.name
    forums.save_forum(work, *named, 2, members, team.chair, team.actor(team.pmo))
    request = waiting_at_forum(team)
    outcomes = at_once(house, work, [voting(team, request, person) for person in members])
    assert Counter(map(type, outcomes)) == {Voted: 2, RequestNotOpen: TWENTY - 2}
    decided_once(team, request, RequestState.APPROVED)
    assert count_events(work, request.measure, "RequestNotOpen") == TWENTY - 2
    assert_intact(house, work)


def test_one_approver_who_sends_the_last_vote_twenty_times_moves_the_measure_once(house: House, work: Work) -> None:
    team = Team(work, house)
    request = waiting_at_forum(team)
    team.approve(request, team.chair)
    outcomes = at_once(house, work, [voting(team, request, team.second)] * TWENTY)
    assert Counter(map(type, outcomes)) == {Voted: 1, RequestNotOpen: TWENTY - 1}
    decided_once(team, request, RequestState.APPROVED)
    assert_intact(house, work)


def test_one_vote_of_several_sent_twenty_times_is_counted_once(house: House, work: Work) -> None:
    team = Team(work, house)
    request = waiting_at_forum(team)
    outcomes = at_once(house, work, [voting(team, request, team.chair)] * TWENTY)
    assert Counter(map(type, outcomes)) == {Voted: 1, AlreadyVoted: TWENTY - 1}
    assert team.row(request.measure).stage == Stage.DETAILED
    assert count_events(work, request.measure, StageReached.__name__) == 2


def test_a_recorded_decision_and_votes_at_once_have_one_outcome(house: House, work: Work) -> None:
    """The meeting approves what both members reject on the page: it counts unless both were quicker."""
    team = Team(work, house)
    members = (team.chair, team.second)
    for _ in range(ROUNDS):
        request = waiting_at_forum(team)
        votes = [voting(team, request, person, REJECT) for person in members]
        of_meeting, *of_members = at_once(house, work, [recording(team, request), *votes])
        if isinstance(of_meeting, Voted):
            decided_once(team, request, RequestState.APPROVED)
        else:
            assert isinstance(of_meeting, RequestNotOpen), of_meeting
            assert all(isinstance(outcome, Voted) for outcome in of_members)
            decided_once(team, request, RequestState.REJECTED)
        counted = sum(isinstance(outcome, Voted) for outcome in (of_meeting, *of_members))
        kept = select(func.count()).select_from(VoteRow).where(VoteRow.request_id == request.id, VoteRow.position == 1)
        assert work.session.scalar(kept) == counted
    assert_intact(house, work)


def test_a_decision_recorded_twenty_times_is_one(house: House, work: Work) -> None:
    team = Team(work, house)
    request = waiting_at_forum(team)
    outcomes = at_once(house, work, [recording(team, request)] * TWENTY)
    assert {outcome.vote for outcome in outcomes} == {outcomes[0].vote}
    decided_once(team, request, RequestState.APPROVED)


def test_a_vote_and_an_edit_that_voids_have_one_outcome(house: House, work: Work) -> None:
    team = Team(work, house)
    owner = team.actor(team.owner)
    for _ in range(ROUNDS):
        measure = team.define()
        request, version = team.ask(measure, Stage.IDENTIFIED), team.row(measure).version

        def edited(own: Work, measure: UUID = measure, version: int = version) -> Any:
            return measures.edit_measure(own, measure, {"title": "Another title"}, owner, version)

        of_vote, of_edit = at_once(house, work, [voting(team, request, team.sponsor), edited])
        row, kept = team.row(measure), work.get(RequestRow, request.id)
        moves, voided = count_events(work, measure, StageReached.__name__), count_events(work, measure, "RequestVoided")
        if isinstance(of_vote, Voted):
            assert isinstance(of_edit, Stale), of_edit
            assert (row.stage, kept.state, moves, voided) == (Stage.IDENTIFIED, RequestState.APPROVED, 1, 0)
        else:
            assert isinstance(of_vote, RequestNotOpen), of_vote
            assert isinstance(of_edit, MeasureEdited), of_edit
            assert (row.stage, kept.state, moves, voided) == (Stage.DEFINED, RequestState.VOIDED, 0, 1)
    assert_intact(house, work)


def test_of_twenty_edits_of_the_same_version_one_is_kept(house: House, work: Work) -> None:
    team = Team(work, house)
    measure, owner = team.define(), team.actor(team.owner)
    version = team.row(measure).version

    def editing(number: int) -> Callable[[Work], Any]:
        return lambda own: measures.edit_measure(own, measure, {"title": f"Title {number}"}, owner, version)

    outcomes = at_once(house, work, [editing(number) for number in range(TWENTY)])
    assert Counter(map(type, outcomes)) == {MeasureEdited: 1, Stale: TWENTY - 1}
    kept = next(outcome for outcome in outcomes if isinstance(outcome, MeasureEdited))
    assert team.row(measure).title == kept.values["title"]
    assert count_events(work, measure, MeasureEdited.__name__) == 1


def at_once(house: House, work: Work, acts: Sequence[Callable[[Work], Any]]) -> list[Any]:
    """What each act gives, each in a thread and a session of its own; none begins before all are there."""
    barrier = Barrier(len(acts), timeout=60)

    def do(act: Callable[[Work], Any]) -> Any:
        with house.app.app_context():
            own = house.work(work.instance)
            barrier.wait()
            outcome = act(own)
            own.close()
            return outcome

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def voting(team: Team, request: Any, person: PersonId, given: Vote = APPROVE) -> Callable[[Work], Any]:
    actor = team.actor(person)
    return lambda own: requests.vote(own, request.id, given, actor)


def recording(team: Team, request: Any) -> Callable[[Work], Any]:
    meeting, chair, present = called(team), team.actor(team.chair), (team.chair, team.second)
    return lambda own: record(own, meeting, request.id, present, APPROVE, chair)


def decided_once(team: Team, request: Any, state: RequestState) -> None:
    """The request for Decided is settled so; request, measure, plan and trail say the same, each once."""
    measure, is_approved = team.row(request.measure), state is RequestState.APPROVED
    assert team.work.get(RequestRow, request.id).state == state
    assert measure.stage == (Stage.DECIDED if is_approved else Stage.DETAILED)
    plans = select(func.count()).select_from(PlanVersionRow).where(PlanVersionRow.measure_id == measure.id)
    assert team.work.session.scalar(plans) == measure.plan_version == is_approved
    assert count_events(team.work, measure.id, PlanVersionLocked.__name__) == is_approved
    assert count_events(team.work, measure.id, StageReached.__name__) == 2 + is_approved


def assert_intact(house: House, work: Work) -> None:
    """The chain of the trail has no gap, no branch and nothing rewritten."""
    platform = house.platform()
    work.session.rollback()
    try:
        assert verify_instance(house.settings, platform, work.instance).faults == ()
    finally:
        platform.close()


def count_events(work: Work, measure: UUID, kind: str) -> int:
    work.session.rollback()
    statement = select(func.count()).where(AuditEventRow.subject_id == measure, AuditEventRow.kind == kind)
    return work.session.scalar(statement) or 0
