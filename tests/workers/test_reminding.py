"""The round of the clock: what is due is told, what stands still escalated; each once, in the trail and by letter."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.absences import Absence
from domain.access import Role
from domain.approvals.request import Choice, Vote
from domain.approvals.voting import Voted
from domain.delegation import Delegation
from domain.ids import AbsenceId, DelegationId, PersonId
from domain.notices import NoticeKind, Notify
from domain.stages import Stage
from tenants.database import Work, instance_work
from tenants.instance.actions import delegations, notices, requests
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.conditions import GateConditionRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
from tenants.places import Instance
from tests.house import House
from tests.team import Team
from workers.letters import write
from workers.notices import announce_request, remind, send_digest, send_digests, send_notice
from workers.task import Task

FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


class Days:
    """A client whose clock a test moves, with the jobs at hand; what would be mailed is kept in `letters`."""

    def __init__(self, house: House, client: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = FRIDAY
        self.work = instance_work(client, clock=lambda: self.moment, request_id="clock")
        self.team = Team(self.work, house)
        self.task = Task(id=uuid4(), settings=house.settings, platform=house.platform(), found=self.work)
        self.letters: list[tuple[str, str, str]] = []
        monkeypatch.setattr("workers.notices.send", self._keep)

    def _keep(self, _task: Task, template: str, _name: str, email: str, **variables: Any) -> None:
        subject, body = write(template, name="X", public_url="", **variables)
        self.letters.append((email, subject, body))

    def on(self, day: date) -> None:
        """The round of that day, and the letters that follow from it."""
        self.moment = datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)
        remind(self.task)
        self.mail()

    def mail(self) -> None:
        """Every letter that the outbox holds."""
        rows = self.work.session.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None))).all()
        jobs = {"send_notice": send_notice, "send_digest": send_digest}
        mine = [(row.id, row.job, dict(row.arguments)) for row in rows if row.job in jobs]
        for row, job, arguments in mine:
            jobs[job](self.task, **arguments)
            with self.work.transaction() as tx:
                tx.lock(OutboxRow, row).done_at = self.moment

    def address(self, person: PersonId) -> str:
        return self.work.get(MemberRow, person).email

    def told(self, request: UUID) -> list[tuple[UUID, str]]:
        found = self.work.session.scalars(select(NoticeRow).where(NoticeRow.body["request"].astext == str(request)))
        return sorted((row.member_id, row.key.split("/")[0]) for row in found if not row.key.startswith("asked"))

    def events(self, measure: UUID) -> list[str]:
        self.work.session.rollback()
        statement = select(AuditEventRow.kind).where(
            AuditEventRow.subject_id == measure, AuditEventRow.actor_id.is_(None)
        )
        return list(self.work.session.scalars(statement.order_by(AuditEventRow.sequence)))

    def request(self, request: UUID) -> RequestRow:
        self.work.session.expire_all()
        return self.work.get(RequestRow, request)

    def letters_to(self, person: PersonId, about: str = "") -> list[str]:
        return [subject for to, subject, _body in self.letters if to == self.address(person) and about in subject]


@pytest.fixture(scope="module")
def client(house: House) -> Instance:
    """A client of these tests alone: a round of the clock goes through everything that is open."""
    with house.app.app_context():
        return house.onboard("Reminded AG")


@pytest.fixture
def days(house: House, client: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    with house.app.app_context():
        found = Days(house, client, monkeypatch)
        yield found
        found.work.close()


def after(days_on: int) -> date:
    return FRIDAY.date() + timedelta(days=days_on)


# A gate into Identified asked for on Friday the 20th waits for the sponsor, is due on Friday the 27th, five working
# days later, and escalates to the programme office.
def test_a_step_is_reminded_of_and_then_escalated_once_each(days: Days) -> None:
    team = days.team
    measure = team.define()
    code, request = team.row(measure).code, team.ask(measure, Stage.IDENTIFIED)
    days.on(after(5))  # Wednesday: there is time
    assert days.events(measure) == []
    days.on(after(6))
    days.on(after(7))
    assert days.events(measure) == ["ApproversReminded"]
    days.on(after(8))  # Saturday
    assert days.events(measure) == ["ApproversReminded"]
    days.on(after(10))  # Monday: overdue
    assert days.events(measure) == ["ApproversReminded"] * 2
    assert days.request(request.id).waiting == [team.sponsor]
    for again in (after(11), after(11), after(12), after(30)):
        days.on(again)
    assert days.events(measure) == ["ApproversReminded", "ApproversReminded", "StepEscalated"]
    office = days.request(request.id).waiting[1:]
    assert team.pmo in office
    subjects = days.letters_to(team.sponsor, code)
    assert [subject.split(":")[0] for subject in subjects] == ["Due 27 November 2026", "Overdue"]
    assert [subject.split(":")[0] for subject in days.letters_to(team.pmo, code)] == ["Nobody decides"]


def test_another_client_hears_nothing_of_it(days: Days, other_work: Work) -> None:
    before = other_work.session.scalar(select(func.count()).select_from(NoticeRow))
    days.team.ask(days.team.define(), Stage.IDENTIFIED)
    days.on(after(12))
    other_work.session.rollback()
    assert other_work.session.scalar(select(func.count()).select_from(NoticeRow)) == before


def test_who_joined_decides(days: Days) -> None:
    measure = days.team.define()
    request = days.team.ask(measure, Stage.IDENTIFIED)
    days.on(after(12))
    outcome = requests.vote(days.work, request.id, Vote(choice=Choice.APPROVE), days.team.actor(days.team.pmo))
    assert isinstance(outcome, Voted)
    assert days.team.row(measure).stage == Stage.IDENTIFIED


def test_a_leader_is_told_and_decides_nothing(days: Days) -> None:
    team = days.team
    leader = team.join("Lena Leader", Role.LEADERSHIP)
    measure = team.define()
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    request = team.ask(measure, Stage.DETAILED)  # the programme office; escalates to the leadership
    days.on(after(12))
    assert (leader, "escalation") in days.told(request.id)
    assert leader not in days.request(request.id).waiting
    [letter] = [body for to, _subject, body in days.letters if to == days.address(leader) and str(request.id) in body]
    assert "You cannot decide it" in letter


def test_who_is_away_without_a_stand_in_is_escalated_at_once(days: Days) -> None:
    team = days.team
    measure = team.define()
    team.ask(measure, Stage.IDENTIFIED)
    absence = Absence(id=AbsenceId(uuid4()), person=team.sponsor, starts_on=after(0), ends_on=after(30))
    delegations.record_absence(days.work, absence, team.actor(team.sponsor))
    days.on(after(10))
    assert days.events(measure) == ["ApproversReminded", "StepEscalated"]


def test_a_delegate_is_told_for_whom(days: Days) -> None:
    team = days.team
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    wish = Delegation(
        id=DelegationId(uuid4()), giver=team.sponsor, taker=team.second, starts_on=after(0), ends_on=after(30)
    )
    delegations.delegate(days.work, wish, team.actor(team.sponsor))
    announce_request(days.task, str(request.id))
    days.on(after(6))
    letters = [body for to, _subject, body in days.letters if to == days.address(team.second) and "Maria Lund" in body]
    assert len([body for body in letters if f"requests/{request.id}" in body]) == 2  # asked, reminded


def test_a_measure_on_hold_is_left_in_peace(days: Days) -> None:
    measure = days.team.define()
    days.team.ask(measure, Stage.IDENTIFIED)
    with days.work.transaction() as tx:
        row = tx.lock(MeasureRow, measure)
        row.state, row.held_on = "on_hold", after(0)
    days.on(after(12))
    assert days.events(measure) == []


def test_what_is_settled_is_not_told_and_its_letter_not_sent(days: Days) -> None:
    team = days.team
    measure = team.define()
    code, request = team.row(measure).code, team.ask(measure, Stage.IDENTIFIED)
    announce_request(days.task, str(request.id))
    team.approve(request, team.sponsor)
    days.on(after(12))
    assert days.events(measure) == []
    assert days.letters_to(team.sponsor, code) == []


def condition(days: Days, due: date, *, approve: bool = True) -> tuple[UUID, UUID]:
    team = days.team
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    if approve:
        team.approve(request, team.sponsor)
    identity = uuid4()
    with days.work.transaction() as tx:
        tx.add(
            GateConditionRow(
                id=identity,
                measure_id=measure,
                request_id=request.id,
                words="Works council has agreed",
                owner_id=team.controller,
                due_on=due,
                set_by=team.sponsor,
                set_at=days.moment,
            )
        )
    return measure, identity


def test_a_condition_is_its_owners_to_be_reminded_of(days: Days) -> None:
    measure, identity = condition(days, after(5))
    for day in (after(3), after(4), after(5), after(6), after(7)):
        days.on(day)
    assert days.events(measure) == ["ConditionReminded", "ConditionReminded"]
    keys = select(NoticeRow.key).where(NoticeRow.key.like(f"condition/{identity}/%")).order_by(NoticeRow.at)
    assert [key.split("/")[2] for key in days.work.session.scalars(keys)] == ["soon", "late"]
    assert len(days.letters_to(days.team.controller, "condition")) == 2


def test_conditions_that_are_met_or_of_no_approval_are_not(days: Days) -> None:
    waiting, _identity = condition(days, after(5), approve=False)
    met, identity = condition(days, after(5))
    with days.work.transaction() as tx:
        tx.lock(GateConditionRow, identity).met_on = after(1)
    days.on(after(5))
    assert "ConditionReminded" not in days.events(waiting) + days.events(met)


def test_one_letter_a_day_holds_everything_and_is_sent_once(days: Days) -> None:
    team = days.team
    notices.choose_notify(days.work, Notify.DAILY, team.actor(team.sponsor))
    asked = [team.ask(team.define(), Stage.IDENTIFIED) for _number in range(3)]
    for request in asked:
        announce_request(days.task, str(request.id))
    days.mail()
    assert days.letters_to(team.sponsor) == []
    team.approve(asked[0], team.sponsor)  # settled meanwhile: the letter does not speak of it
    for _round in range(2):
        send_digests(days.task)
        days.mail()
    [(_, subject, body)] = [letter for letter in days.letters if letter[0] == days.address(team.sponsor)]
    assert subject.startswith("2 things at ")
    assert [str(request.id) in body for request in asked] == [False, True, True]


def test_who_wants_escalations_only_gets_these(days: Days) -> None:
    team = days.team
    for person in (team.sponsor, team.pmo):
        notices.choose_notify(days.work, Notify.ESCALATIONS, team.actor(person))
    code = team.row(measure := team.define()).code
    request = team.ask(measure, Stage.IDENTIFIED)
    announce_request(days.task, str(request.id))
    days.on(after(12))
    assert days.letters_to(team.sponsor) == []
    assert len(days.letters_to(team.pmo, code)) == 1
    notices.choose_notify(days.work, Notify.AT_ONCE, team.actor(team.pmo))
    days.mail()
    assert len(days.letters_to(team.pmo, code)) == 1  # what was not wanted is not sent later


def test_the_setting_is_in_the_trail_once(days: Days) -> None:
    for _twice in range(2):
        notices.choose_notify(days.work, Notify.DAILY, days.team.actor(days.team.owner))
    chosen = select(AuditEventRow).where(
        AuditEventRow.kind == "NotifyChosen", AuditEventRow.actor_id == days.team.owner
    )
    assert len(days.work.session.scalars(chosen).all()) == 1


def test_a_letter_that_cannot_be_sent_stays_due(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    request = days.team.ask(days.team.define(), Stage.IDENTIFIED)
    announce_request(days.task, str(request.id))
    notice = days.work.session.scalars(
        select(NoticeRow).where(NoticeRow.body["request"].astext == str(request.id))
    ).first()
    identity = notice.id
    monkeypatch.setattr("workers.notices.send", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send_notice(days.task, str(identity))
    days.work.session.expire_all()
    assert days.work.get(NoticeRow, identity).mailed_at is None


def test_a_letter_that_was_begun_is_sent_again_as_it_was(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    team, sent = days.team, []

    def take_and_die(task: Task, _template: str, _name: str, email: str, **variables: Any) -> None:
        if email == days.address(team.sponsor):
            sent.append((task.id, len(variables["told"])))
        if len(sent) == 1:
            raise ConnectionError

    notices.choose_notify(days.work, Notify.DAILY, team.actor(team.sponsor))
    for _number in range(2):
        announce_request(days.task, str(team.ask(team.define(), Stage.IDENTIFIED).id))
    monkeypatch.setattr("workers.notices.send", take_and_die)
    with pytest.raises(ConnectionError):
        send_digest(days.task, str(team.sponsor))
    announce_request(days.task, str(team.ask(team.define(), Stage.IDENTIFIED).id))
    send_digest(days.task, str(team.sponsor))
    (first, many), (again, as_many), (other, rest) = sent
    assert first == again != other
    assert (many, as_many, rest) == (2, 2, 1)


def test_every_kind_of_notice_has_a_letter_and_a_filter_for_days() -> None:
    bare = {"name": "X", "public_url": "", "instance": "I", "link": "L", "measure": "M", "what": "W", "words": "Words"}
    asked = {"whom": "", "requester": "R", "due": "2026-12-03", "price": "", "step": "S", "urgency": "late"}
    rest = {"waits_for": "", "may_decide": True, "giver": "G", "first": "2026-12-01", "last": "2026-12-03", "who": "Q"}
    late = {"kinds": "Out of stock: 2", "count": 2, "orders": "NF-1, NF-2"}
    for kind in NoticeKind:
        more = late | {"ended": False, "outcome": "approved", "comment": ""}
        subject, body = write(kind, **bare, **asked, **rest, **more)
        assert subject and "L" in body
    assert "3 December 2026" in write("stand_in", **bare, **rest, ended=False)[0]
