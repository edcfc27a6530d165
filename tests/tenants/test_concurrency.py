"""Many at once on a real database: codes are given once, a request is settled once, the chain has no branch."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

from sqlalchemy import func, select

from domain.approvals.request import Choice, RequestState, Vote
from domain.approvals.voting import Voted
from domain.lifecycle import MeasureCreated, StageReached
from domain.refusals import Refusal
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.actions import measures, requests
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.measures import MeasureRow
from tests.house import House
from tests.team import Team

AT_ONCE = 8


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


def count_events(work: Work, measure: UUID, kind: str) -> int:
    work.session.rollback()
    statement = select(func.count()).where(AuditEventRow.subject_id == measure, AuditEventRow.kind == kind)
    return work.session.scalar(statement) or 0
