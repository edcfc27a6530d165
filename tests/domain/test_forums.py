"""Meetings of forums: who calls and keeps them, what an agenda holds, when minutes are final, actions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Role
from domain.forums import (
    ActionAgreed,
    ActionDone,
    ActionFinished,
    ActionNotYours,
    AgendaChanged,
    AgendaItem,
    AgendaItemGone,
    CountedAsPresent,
    DueBeforeMeeting,
    Forum,
    ForumWithoutMembers,
    Meeting,
    MeetingAction,
    MeetingCalled,
    MeetingCalledOff,
    MeetingHeld,
    MeetingInPast,
    MeetingLengthImpossible,
    MeetingMoved,
    MeetingNotBegun,
    MeetingNotPlanned,
    MeetingState,
    Minutes,
    MinutesKept,
    NobodyPresent,
    NothingWaits,
    NotMembers,
    NotTheForums,
    When,
    after_calling_off,
    after_holding,
    after_moving,
    decide_add_item,
    decide_agree_action,
    decide_call_meeting,
    decide_call_off,
    decide_fill_agenda,
    decide_finish_action,
    decide_hold_meeting,
    decide_keep_minutes,
    decide_move_meeting,
    decide_place_item,
    decide_remove_item,
    may_see,
    sees_all,
)
from domain.ids import AgendaItemId, MeetingActionId, MeetingId, PersonId
from domain.refusals import FieldMissing, FieldTooLong
from tests.domain.making import (
    CHAIR,
    ELSEWHERE_PATH,
    FORUM,
    LEADER,
    MEMBER,
    NOW,
    OWNER,
    PMO,
    PROGRAM_PATH,
    ROOT_PATH,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    request_id,
)

BOARD = Forum(id=FORUM, name="Board", members=(CHAIR, MEMBER, THIRD), quorum=2, chair=CHAIR, path=ROOT_PATH)
SOON = When(starts_at=NOW + timedelta(hours=1), minutes_long=60, place="Room 4")
LATER = replace(SOON, starts_at=NOW + timedelta(days=2))
TODAY = NOW.date()
MANAGERS, OTHERS = (CHAIR, PMO), (MEMBER, OWNER, SPONSOR, LEADER, STRANGER)


def item(number: int, **more: Any) -> AgendaItem:
    facts: dict[str, Any] = {"id": AgendaItemId(UUID(int=number)), "title": f"Item {number}"}
    return AgendaItem(**facts | more)


def waiting(number: int) -> AgendaItem:
    return item(number, title="", request=request_id(number))


def meeting(**more: Any) -> Meeting:
    facts: dict[str, Any] = {"id": MeetingId(UUID(int=8)), "forum": FORUM, "when": SOON}
    return Meeting(**facts | more)


def action(**more: Any) -> MeetingAction:
    facts: dict[str, Any] = {"id": MeetingActionId(UUID(int=7)), "meeting": meeting().id, "title": "Ask the carriers"}
    return MeetingAction(**facts | {"owner": OWNER, "due": TODAY} | more)


def minutes(*present: PersonId, **more: Any) -> Minutes:
    facts: dict[str, Any] = {"present": present, "words": "All agreed.", "notes": {}}
    return Minutes(**facts | more)


@pytest.mark.parametrize("person", MANAGERS)
def test_chair_and_programme_office_call_a_meeting_that_takes_what_waits(person: PersonId) -> None:
    outcome = decide_call_meeting(meeting(), BOARD, (waiting(1), waiting(2)), actor(person), NOW)
    assert isinstance(outcome, MeetingCalled)
    assert outcome.meeting.requests == (request_id(1), request_id(2))


@pytest.mark.parametrize("person", OTHERS)
def test_others_change_nothing_of_a_meeting(person: PersonId) -> None:
    who, met = actor(person), meeting(agenda=(item(1),))
    refused = NotTheForums(forum=FORUM)
    assert decide_call_meeting(meeting(), BOARD, (), who, NOW) == refused
    assert decide_move_meeting(met, BOARD, LATER, who, NOW) == refused
    assert decide_call_off(met, BOARD, "", who) == refused
    assert decide_fill_agenda(met, BOARD, (waiting(2),), who) == refused
    assert decide_add_item(met, BOARD, item(2), who) == refused
    assert decide_place_item(met, BOARD, item(1).id, 0, who) == refused
    assert decide_remove_item(met, BOARD, item(1).id, who) == refused
    assert decide_keep_minutes(met, BOARD, minutes(), who) == refused
    assert decide_hold_meeting(met, BOARD, minutes(CHAIR), (), who, NOW) == refused
    assert decide_agree_action(action(), met, BOARD, who) == refused


def test_an_office_of_one_part_manages_no_forum_of_the_whole() -> None:
    local = actor(STRANGER, path=PROGRAM_PATH, role=Role.PMO)
    assert isinstance(decide_call_off(meeting(), BOARD, "", local), NotTheForums)


@pytest.mark.parametrize("state", [MeetingState.HELD, MeetingState.CALLED_OFF])
def test_a_meeting_that_is_over_does_not_change(state: MeetingState) -> None:
    met, chair = meeting(agenda=(item(1),), state=state), actor(CHAIR)
    refused = MeetingNotPlanned(meeting=met.id, state=state)
    assert decide_move_meeting(met, BOARD, LATER, chair, NOW) == refused
    assert decide_call_off(met, BOARD, "", chair) == refused
    assert decide_add_item(met, BOARD, item(2), chair) == refused
    assert decide_remove_item(met, BOARD, item(1).id, chair) == refused
    assert decide_keep_minutes(met, BOARD, minutes(), chair) == refused
    assert decide_hold_meeting(met, BOARD, minutes(CHAIR), (), chair, NOW) == refused


@pytest.mark.parametrize(
    ("when", "refusal"),
    [
        (replace(SOON, starts_at=NOW), MeetingInPast),
        (replace(SOON, starts_at=NOW - timedelta(minutes=1)), MeetingInPast),
        (replace(SOON, minutes_long=4), MeetingLengthImpossible),
        (replace(SOON, minutes_long=1441), MeetingLengthImpossible),
        (replace(SOON, place="x" * 301), FieldTooLong),
    ],
)
def test_a_time_that_cannot_be_is_refused_for_calling_and_moving(when: When, refusal: type) -> None:
    assert isinstance(decide_call_meeting(meeting(when=when), BOARD, (), actor(CHAIR), NOW), refusal)
    assert isinstance(decide_move_meeting(meeting(), BOARD, when, actor(CHAIR), NOW), refusal)


def test_a_forum_of_nobody_does_not_meet() -> None:
    empty = replace(BOARD, members=())
    assert decide_call_meeting(meeting(), empty, (), actor(CHAIR), NOW) == ForumWithoutMembers(forum=FORUM)


def test_every_change_that_is_announced_raises_the_sequence() -> None:
    moved = decide_move_meeting(meeting(), BOARD, LATER, actor(CHAIR), NOW)
    assert isinstance(moved, MeetingMoved) and (moved.before, moved.after) == (SOON, LATER)
    met = after_moving(meeting(), moved)
    off = decide_call_off(met, BOARD, " Nobody can come. ", actor(CHAIR))
    assert isinstance(off, MeetingCalledOff) and off.reason == "Nobody can come."
    ended = after_calling_off(met, off)
    assert (met.sequence, ended.sequence, ended.state) == (1, 2, MeetingState.CALLED_OFF)


def test_an_agenda_is_filled_once_with_what_waits() -> None:
    met = meeting(agenda=(item(1), waiting(2)))
    again = replace(waiting(2), id=AgendaItemId(UUID(int=9)))
    outcome = decide_fill_agenda(met, BOARD, (again, waiting(3)), actor(PMO))
    assert isinstance(outcome, AgendaChanged)
    assert outcome.agenda == (item(1), waiting(2), waiting(3))
    full = replace(met, agenda=outcome.agenda)
    assert decide_fill_agenda(full, BOARD, (again,), actor(PMO)) == NothingWaits(meeting=met.id)


@pytest.mark.parametrize(("title", "refusal"), [("  ", FieldMissing), ("x" * 201, FieldTooLong)])
def test_an_item_of_its_own_has_a_title(title: str, refusal: type) -> None:
    assert isinstance(decide_add_item(meeting(), BOARD, item(1, title=title), actor(CHAIR)), refusal)


@given(st.integers(1, 6), st.integers(-2, 9), st.data())
def test_placing_an_item_keeps_all_and_the_order_of_the_others(count: int, position: int, data: Any) -> None:
    agenda = tuple(item(number) for number in range(1, count + 1))
    moved = data.draw(st.sampled_from(agenda))
    outcome = decide_place_item(meeting(agenda=agenda), BOARD, moved.id, position, actor(CHAIR))
    assert isinstance(outcome, AgendaChanged)
    assert outcome.agenda.index(moved) == min(max(position, 0), count - 1)
    assert [each for each in outcome.agenda if each != moved] == [each for each in agenda if each != moved]


def test_an_item_that_is_gone_is_neither_placed_nor_removed() -> None:
    met, gone = meeting(agenda=(item(1),)), AgendaItemGone(item=item(2).id)
    assert decide_place_item(met, BOARD, item(2).id, 0, actor(CHAIR)) == gone
    assert decide_remove_item(met, BOARD, item(2).id, actor(CHAIR)) == gone
    removed = decide_remove_item(met, BOARD, item(1).id, actor(CHAIR))
    assert isinstance(removed, AgendaChanged) and removed.agenda == ()


def test_a_held_meeting_keeps_who_came_and_what_was_said() -> None:
    met = meeting(agenda=(item(1), item(2, note="Before")))
    said = minutes(CHAIR, MEMBER, notes={item(1).id: "Agreed."})
    outcome = decide_hold_meeting(met, BOARD, said, (CHAIR,), actor(CHAIR), NOW)
    assert isinstance(outcome, MeetingHeld)
    held = after_holding(met, outcome)
    assert (held.state, held.present, held.minutes) == (MeetingState.HELD, (CHAIR, MEMBER), "All agreed.")
    assert [each.note for each in held.agenda] == ["Agreed.", "Before"]


@pytest.mark.parametrize(
    ("said", "counted", "refusal"),
    [
        (minutes(), (), NobodyPresent),
        (minutes(CHAIR, STRANGER), (), NotMembers),
        (minutes(CHAIR), (CHAIR, MEMBER), CountedAsPresent),
        (minutes(CHAIR, words="x" * 20_001), (), FieldTooLong),
        (minutes(CHAIR, notes={item(1).id: "x" * 4_001}), (), FieldTooLong),
    ],
)
def test_minutes_that_do_not_hold_are_refused(said: Minutes, counted: tuple[PersonId, ...], refusal: type) -> None:
    assert isinstance(decide_hold_meeting(meeting(), BOARD, said, counted, actor(CHAIR), NOW), refusal)


def test_a_meeting_is_held_on_its_day_at_the_earliest_its_minutes_can_begin_before() -> None:
    met = meeting(when=LATER)
    assert isinstance(decide_hold_meeting(met, BOARD, minutes(CHAIR), (), actor(CHAIR), NOW), MeetingNotBegun)
    assert isinstance(decide_keep_minutes(met, BOARD, minutes(), actor(CHAIR)), MinutesKept)


def test_an_action_is_agreed_also_when_the_meeting_was_held_but_not_when_it_was_called_off() -> None:
    for state in (MeetingState.PLANNED, MeetingState.HELD):
        assert isinstance(decide_agree_action(action(), meeting(state=state), BOARD, actor(CHAIR)), ActionAgreed)
    off = meeting(state=MeetingState.CALLED_OFF)
    assert isinstance(decide_agree_action(action(), off, BOARD, actor(CHAIR)), MeetingNotPlanned)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"title": " "}, FieldMissing),
        ({"title": "x" * 301}, FieldTooLong),
        ({"due": TODAY - timedelta(days=1)}, DueBeforeMeeting),
    ],
)
def test_an_action_says_what_and_by_when(wrong: dict[str, Any], refusal: type) -> None:
    assert isinstance(decide_agree_action(action(**wrong), meeting(), BOARD, actor(CHAIR)), refusal)


@pytest.mark.parametrize("person", [OWNER, CHAIR, PMO])
def test_owner_chair_and_office_say_that_it_is_done(person: PersonId) -> None:
    outcome = decide_finish_action(action(), BOARD, " By phone. ", actor(person), TODAY)
    assert isinstance(outcome, ActionFinished) and (outcome.on, outcome.note) == (TODAY, "By phone.")


def test_others_do_not_and_nobody_does_twice() -> None:
    assert isinstance(decide_finish_action(action(), BOARD, "", actor(MEMBER), TODAY), ActionNotYours)
    done = action(done_on=date(2026, 10, 1))
    assert isinstance(decide_finish_action(done, BOARD, "", actor(OWNER), TODAY), ActionDone)


def test_members_see_all_of_their_forum_readers_of_a_part_only_what_is_theirs() -> None:
    seated = actor(STRANGER)
    of_strangers = replace(BOARD, members=(STRANGER,))
    assert may_see(of_strangers, seated) and sees_all(of_strangers, seated)
    local = actor(LEADER, path=ELSEWHERE_PATH)
    assert may_see(BOARD, local) and not sees_all(BOARD, local)
    assert sees_all(BOARD, actor(LEADER))
    assert not may_see(BOARD, seated)
