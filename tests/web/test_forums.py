"""Forums in the browser of tests: called, filled, decided, kept, logged; who sees which part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from domain.ids import PersonId
from domain.stages import Stage
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.meetings import AgendaItemRow, MeetingActionRow, MeetingRow
from tenants.instance.models.requests import RequestRow
from tenants.places import Instance
from tests.house import NOW, House
from tests.sitting import called, waiting_at_forum
from tests.team import Team
from tests.web.client import Client, Page

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def governed(house: House) -> tuple[Instance, Team]:
    with house.app.app_context():
        instance = house.onboard("Forum AG")
        return instance, Team(house.work(instance), house)


@pytest.fixture
def team(governed: tuple[Instance, Team], house: House) -> Iterator[Team]:
    with house.app.app_context():
        governed[1].work.session.rollback()
        yield governed[1]


@pytest.fixture
def at(governed: tuple[Instance, Team]) -> str:
    return f"/clients/{governed[0].slug}/forums"


@dataclass
class Desk:
    """People of one forum at their browsers."""

    site: Flask
    team: Team

    def of(self, person: PersonId) -> Client:
        return Client(self.site, person)


@pytest.fixture
def desk(site: Flask, team: Team) -> Desk:
    return Desk(site, team)


def state(team: Team, request: Any) -> str:
    team.work.session.rollback()
    team.work.session.expire_all()
    return team.work.get(RequestRow, request.id).state


def last_event(team: Team) -> AuditEventRow:
    team.work.session.rollback()
    return team.work.session.scalars(select(AuditEventRow).order_by(AuditEventRow.sequence.desc()).limit(1)).one()


def decide(client: Client, at: str, meeting: UUID, request: Any, status: int = 303, **more: Any) -> Page:
    shown = {"seal": request.seal, "step": "1"}
    return client.post(f"{at}/meetings/{meeting}/decisions/{request.id}", shown | more, status=status)


def test_the_chair_calls_a_meeting_and_what_waits_is_on_its_agenda(desk: Desk, team: Team, at: str) -> None:
    request = waiting_at_forum(team)
    chair = desk.of(team.chair)
    assert "Call a meeting" in chair.get(f"{at}/{team.forum_id}").words
    form = chair.get(f"{at}/{team.forum_id}/meetings/new")
    action = next(each.get("action", "") for each in form.all("form") if "/meetings/" in each.get("action", ""))
    typed = {"day": "2026-12-01", "time": "09:30", "minutes_long": "45", "place": "Room 4"}
    for _ in range(2):
        chair.post(action, typed)
    meeting = UUID(action.rsplit("/", 1)[1])
    page = chair.get(f"{at}/meetings/{meeting}")
    assert request.code in page.words and "1 Dec 2026, 09:30" in page.words and "Room 4" in page.words
    assert team.work.session.query(MeetingRow).filter_by(id=meeting).count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "soon"}, "Enter a date."),
        ({"day": "2020-01-01"}, "A meeting is called for a time to come."),
        ({"time": "25:00"}, "Enter a time, for example 09:30."),
        ({"minutes_long": "many"}, "Enter how many minutes it takes."),
        ({"minutes_long": "2"}, "A meeting takes between 5 and 1440 minutes."),
        ({"place": "x" * 301}, "Too long: place has room for 300 characters."),
    ],
)
def test_a_meeting_that_cannot_be_is_told_at_the_field(
    wrong: dict[str, str], words: str, desk: Desk, team: Team, at: str
) -> None:
    typed = {"day": "2026-12-01", "time": "09:30", "minutes_long": "45", "place": ""} | wrong
    page = desk.of(team.chair).post(f"{at}/{team.forum_id}/meetings/{uuid4()}", typed, status=422)
    assert page.errors() == [words]


def test_others_call_no_meeting_and_the_attempt_is_recorded(desk: Desk, team: Team, at: str) -> None:
    owner = desk.of(team.owner)
    owner.get(f"{at}/{team.forum_id}/meetings/new", 404)
    assert "Call a meeting" not in owner.get(f"{at}/{team.forum_id}").words
    typed = {"day": "2026-12-01", "time": "09:30", "minutes_long": "45", "place": ""}
    page = owner.post(f"{at}/{team.forum_id}/meetings/{uuid4()}", typed, status=422)
    assert "called and kept by the forum's chair" in page.words
    assert (last_event(team).kind, last_event(team).is_refusal) == ("NotTheForums", True)


def test_the_chair_records_what_the_meeting_decided_and_the_gate_opens(desk: Desk, team: Team, at: str) -> None:
    request, chair = waiting_at_forum(team), desk.of(team.chair)
    meeting = called(team)
    present = [str(team.chair), str(team.second)]
    for _ in range(2):  # a double click has one effect
        decide(chair, at, meeting, request, choice="approve", present=present)
    assert state(team, request) == "approved"
    assert team.row(request.measure).stage == Stage.DECIDED
    asked = desk.of(team.owner).get(f"{at.removesuffix('/forums')}/requests/{request.id}")
    assert "decided in a meeting, 2 counted" in asked.words
    words = chair.get(f"{at}/meetings/{meeting}").words
    assert "Decided: Approved" in words and "Counted for the quorum: Elsa Wikström, Jonas Kvist" in words


def test_a_meeting_that_is_not_quorate_decides_nothing_and_names_who_counted(desk: Desk, team: Team, at: str) -> None:
    request, meeting = waiting_at_forum(team), called(team)
    page = decide(desk.of(team.chair), at, meeting, request, 422, choice="approve", present=[str(team.chair)])
    assert page.errors() == [
        "Not quorate: step “Decision forum” needs 2, and 1 of those present may decide it. Counted: Elsa Wikström."
    ]
    assert state(team, request) == "open"
    assert (last_event(team).kind, last_event(team).is_refusal) == ("NotQuorate", True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose what the meeting decided."),
        ({"choice": "abstain"}, "Choose what the meeting decided."),
        ({"choice": "reject"}, "Say why you reject it."),
        ({"choice": "approve", "comment": "x" * 2001}, "There is room for 2000 characters."),
    ],
)
def test_a_decision_that_lacks_something_is_told_at_the_field(
    typed: dict[str, Any], words: str, desk: Desk, team: Team, at: str
) -> None:
    request, meeting = waiting_at_forum(team), called(team)
    present = [str(team.chair), str(team.second)]
    page = decide(desk.of(team.chair), at, meeting, request, 422, present=present, **typed)
    assert page.errors() == [words]
    assert state(team, request) == "open"


def test_a_page_that_showed_something_else_decides_nothing(desk: Desk, team: Team, at: str) -> None:
    request, meeting, chair = waiting_at_forum(team), called(team), desk.of(team.chair)
    page = chair.get(f"{at}/meetings/{meeting}?decide={request.id}")
    form = next(each for each in page.all("form") if str(request.id) in each.get("action", ""))
    shown = {each.get("name"): each.get("value") for each in form.iter() if each.get("type") == "hidden"}
    assert (shown["seal"], shown["step"]) == (request.seal, "1")
    present = [str(team.chair), str(team.second)]
    for stale in ({"seal": "0" * 64}, {"step": "0"}, {"step": ""}):
        decide(chair, at, meeting, request, 422, choice="approve", present=present, **stale)
    assert state(team, request) == "open"


def test_an_approval_with_conditions_is_recorded_with_them(desk: Desk, team: Team, at: str) -> None:
    request, meeting, chair = waiting_at_forum(team), called(team), desk.of(team.chair)
    present = [str(team.chair), str(team.second)]
    condition = {"condition.1": "Contract signed", "condition_owner.1": str(team.owner)}
    half = decide(chair, at, meeting, request, 422, choice="approve", present=present, **condition)
    assert half.errors() == ["Enter a date."]
    decide(
        chair, at, meeting, request, choice="approve", present=present, **condition | {"condition_due.1": "2026-12-24"}
    )
    assert "On condition: Contract signed (Petra Holm, 24 Dec 2026)" in chair.get(f"{at}/meetings/{meeting}").words


def test_one_decision_at_a_time_is_recorded_the_first_or_the_one_asked_for(desk: Desk, team: Team, at: str) -> None:
    first, second = waiting_at_forum(team), waiting_at_forum(team)
    meeting, chair = called(team), desk.of(team.chair)
    address = f"{at}/meetings/{meeting}?decide={second.id}"
    forms = [
        form.get("action", "") for form in chair.get(address).all("form") if "/decisions/" in form.get("action", "")
    ]
    assert forms == [f"{at}/meetings/{meeting}/decisions/{second.id}"]
    assert any(f"decide={first.id}" in link for link in chair.get(address).links())


def test_only_the_chair_records(desk: Desk, team: Team, at: str) -> None:
    request, meeting = waiting_at_forum(team), called(team)
    present = [str(team.chair), str(team.second)]
    for person in (team.second, team.pmo, team.owner):
        page = decide(desk.of(person), at, meeting, request, 422, choice="approve", present=present)
        assert "recorded by the forum's chair" in page.words
        assert last_event(team).kind == "NotTheChair"
    assert state(team, request) == "open"


def test_the_agenda_is_added_to_put_in_order_and_taken_off(desk: Desk, team: Team, at: str) -> None:
    meeting, chair = called(team, TOMORROW), desk.of(team.chair)
    for item in (uuid4(), uuid4()):
        for _ in range(2):
            chair.post(f"{at}/meetings/{meeting}/items", {"id": str(item), "title": f"Item {item}"})
    assert chair.post(f"{at}/meetings/{meeting}/items", {"id": str(uuid4()), "title": " "}, status=422).errors()

    def agenda() -> list[AgendaItemRow]:
        team.work.session.rollback()
        rows = select(AgendaItemRow).where(AgendaItemRow.meeting_id == meeting).order_by(AgendaItemRow.position)
        return list(team.work.session.scalars(rows))

    last = agenda()[-1].id
    chair.post(f"{at}/meetings/{meeting}/items/{last}/position", {"position": "1"})
    assert agenda()[0].id == last
    before = len(agenda())
    chair.post(f"{at}/meetings/{meeting}/items/{last}/removal")
    assert len(agenda()) == before - 1
    gone = chair.post(f"{at}/meetings/{meeting}/items/{last}/removal", status=422)
    assert "taken off the agenda meanwhile" in gone.words
    request = waiting_at_forum(team)
    chair.post(f"{at}/meetings/{meeting}/agenda")
    assert request.id in {row.request_id for row in agenda()}
    assert "on the agenda already" in chair.post(f"{at}/meetings/{meeting}/agenda", status=422).words


def test_minutes_are_kept_and_the_meeting_held(desk: Desk, team: Team, at: str) -> None:
    meeting, chair = called(team), desk.of(team.chair)
    item = uuid4()
    chair.post(f"{at}/meetings/{meeting}/items", {"id": str(item), "title": "Budget"})
    typed = {"version": "1", "minutes": "Nothing else.", f"note.{item}": "Agreed.", "present": [str(team.chair)]}
    chair.post(f"{at}/meetings/{meeting}/minutes", typed)
    nobody = typed | {"version": "2", "present": [], "final": "1"}
    assert chair.post(f"{at}/meetings/{meeting}/minutes", nobody, status=422).errors() == ["Say who was present."]
    chair.post(f"{at}/meetings/{meeting}/minutes", typed | {"version": "2", "final": "1"})
    words = chair.get(f"{at}/meetings/{meeting}/minutes").words
    assert "Nothing else." in words and "Agreed." in words and "PresentElsa Wikström" in words
    page = chair.get(f"{at}/meetings/{meeting}")
    assert "its minutes are final" in page.words
    assert not [form for form in page.all("form") if "/items" in form.get("action", "")]
    refused = chair.post(f"{at}/meetings/{meeting}/minutes", typed | {"version": "3"}, status=422)
    assert "its minutes are final" in refused.words


def test_minutes_that_somebody_saved_meanwhile_are_not_overwritten(desk: Desk, team: Team, at: str) -> None:
    meeting = called(team)
    opened = {"version": "1", "opened.minutes": "", "opened.present": ""}
    desk.of(team.pmo).post(f"{at}/meetings/{meeting}/minutes", opened | {"minutes": "Theirs"})
    chair = desk.of(team.chair)
    page = chair.post(f"{at}/meetings/{meeting}/minutes", opened | {"minutes": "Mine"}, status=409)
    assert "Theirs" in page.words and "Mine" in page.words
    kept = {"version": page.field("version"), "minutes": page.field("minutes"), "keep.minutes": "theirs", "present": ""}
    chair.post(f"{at}/meetings/{meeting}/minutes", kept)
    team.work.session.expire_all()
    assert team.work.get(MeetingRow, meeting).minutes == "Theirs"


def test_a_meeting_is_moved_and_called_off_and_calendars_follow(desk: Desk, team: Team, at: str) -> None:
    meeting, chair = called(team, TOMORROW), desk.of(team.chair)
    uid = event(chair, at, meeting)["uid"]
    chair.get(f"{at}/meetings/{meeting}/edit")
    moved = {"day": "2026-12-24", "time": "10:00", "minutes_long": "30", "place": "Call", "version": "1"}
    chair.post(f"{at}/meetings/{meeting}", moved)
    after = event(chair, at, meeting)
    assert (after["uid"], after["sequence"]) == (uid, 1)
    assert after.start == datetime(2026, 12, 24, 10, tzinfo=UTC)
    assert "Two versions" in chair.post(f"{at}/meetings/{meeting}", moved | {"place": "Room 5"}, status=409).title
    chair.post(f"{at}/meetings/{meeting}/cancellation", {"reason": "Nobody can come."})
    assert (event(chair, at, meeting)["sequence"], event(chair, at, meeting)["status"]) == (2, "CANCELLED")
    refused = chair.post(f"{at}/meetings/{meeting}/cancellation", {}, status=422)
    assert "This meeting was called off." in refused.words


def event(client: Client, at: str, meeting: UUID) -> Any:
    answer = client.get(f"{at}/meetings/{meeting}/meeting.ics").response
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.get_data(as_text=True)).events[0]


def test_an_action_is_agreed_listed_and_finished_by_its_owner(desk: Desk, team: Team, at: str) -> None:
    meeting, chair, action = called(team), desk.of(team.chair), uuid4()
    typed = {"id": str(action), "title": "Talk to the carriers", "owner": str(team.owner), "due": "2026-12-04"}
    assert len(chair.post(f"{at}/meetings/{meeting}/actions", {"id": str(action)}, status=422).errors()) == 3
    early = chair.post(f"{at}/meetings/{meeting}/actions", typed | {"due": "2026-11-01"}, status=422)
    assert early.errors() == ["The action is due before the meeting (20 Nov 2026)."]
    for _ in range(2):
        chair.post(f"{at}/meetings/{meeting}/actions", typed)
    assert "Talk to the carriers" in desk.of(team.owner).get(at).words
    sponsor = desk.of(team.sponsor)
    sponsor.post(f"{at}/actions/{action}/completion", {"next": at})
    assert "Its owner" in sponsor.get(at).text
    desk.of(team.owner).post(f"{at}/actions/{action}/completion", {"note": "Done by phone."})
    team.work.session.expire_all()
    row = team.work.get(MeetingActionRow, action)
    assert (row.done_on, row.done_by, row.note) == (date(2026, 11, 20), team.owner, "Done by phone.")


def test_the_trail_tells_what_happened_in_a_forum(desk: Desk, team: Team, at: str) -> None:
    request, meeting, chair = waiting_at_forum(team), called(team), desk.of(team.chair)
    item = uuid4()
    chair.post(f"{at}/meetings/{meeting}/items", {"id": str(item), "title": "Budget"})
    decide(chair, at, meeting, request, choice="approve", present=[str(team.chair), str(team.second)])
    moved = {"day": "2026-11-20", "time": "10:00", "minutes_long": "30", "place": "Call", "version": "1"}
    chair.post(f"{at}/meetings/{meeting}", moved)
    todo = {"id": str(uuid4()), "title": "Ask the carriers", "owner": str(team.owner), "due": "2026-12-04"}
    chair.post(f"{at}/meetings/{meeting}/actions", todo)
    chair.post(f"{at}/actions/{todo['id']}/completion")
    held = {"version": "2", "minutes": "", "present": [str(team.chair), str(team.second)], "final": "1"}
    chair.post(f"{at}/meetings/{meeting}/minutes", held)
    words = desk.of(team.pmo).get(at.replace("/forums", "/audit")).words
    for each in (
        "called a meeting for 2026-11-20, 09:30",
        "changed an agenda",
        "recorded what the forum decided, 2 of it counted: approved",
        "moved the meeting of 2026-11-20, 09:30 to 2026-11-20, 10:00",
        "Petra Holm does “Ask the carriers” by 4 Dec 2026",
        "finished “Ask the carriers”",
        "closed a meeting with 2 members present",
    ):
        assert each in words
