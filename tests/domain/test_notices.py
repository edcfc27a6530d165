"""Reminders and escalation: on which day, to whom, who may decide then; and how a notice is mailed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.absences import Absence
from domain.access import Role
from domain.approvals import Holder, Vote, Voted
from domain.approvals.choosing import SATURDAY, add_working_days, place_of
from domain.approvals.request import ApprovalRequest, CastVote, Choice, RequestState
from domain.approvals.requesting import Ask, open_request, subject_of
from domain.approvals.voting import apply_vote, decide_vote
from domain.delegation import Delegation
from domain.governance.policies import Rule
from domain.ids import AbsenceId, PersonId
from domain.notices import (
    Around,
    Delivery,
    Escalation,
    NoticeKind,
    Notify,
    Reminder,
    Urgency,
    Waited,
    delivery,
    due_notices,
    urgency_of,
)
from domain.refusals import Refusal
from domain.stages import Stage
from tests.domain.making import (
    CHAIR,
    LEADER,
    MEMBER,
    NOW,
    OWNER,
    PATH,
    PMO,
    PROGRAM_PATH,
    ROOT_PATH,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    at_stage,
    delegation,
    directory,
    measure,
    request_id,
    situation,
    template,
)

MONDAY = NOW.date()
ADMIN = PersonId(UUID(int=900))


def day(number: int) -> date:
    """Working days from the Monday on which everything was asked for."""
    return add_working_days(MONDAY, number)


def asked(kind: str = "hold", of: Any = None, **more: Any) -> ApprovalRequest:
    outcome = open_request(Ask(kind=kind), of or measure(), situation(**more), actor(OWNER), NOW, request_id())
    assert isinstance(outcome, ApprovalRequest), outcome
    return outcome


def around(when: date, **more: Any) -> Around:
    return Around(**{"directory": directory(), "day": when, **more})


LATER = day(30)


def away(*people: PersonId, until: date = LATER) -> tuple[Absence, ...]:
    return tuple(Absence(id=AbsenceId(person), person=person, starts_on=MONDAY, ends_on=until) for person in people)


def told(request: ApprovalRequest, when: date, *, is_escalated: bool = False, **more: Any) -> tuple[Any, ...]:
    return due_notices(request, place_of(measure(), PATH), around(when, **more), is_escalated=is_escalated)


def reminder(urgency: Urgency, *people: Waited) -> Reminder:
    return Reminder(people=people or (Waited(person=SPONSOR),), urgency=urgency, due_on=day(3))


def escalation(*people: PersonId, join: tuple[PersonId, ...] = (), role: Role = Role.PMO, due: int = 3) -> Escalation:
    return Escalation(role=role, people=people, join=join, due_on=day(due))


HOLD_TO_PMO = escalation(PMO, join=(PMO,))
# A hold asked for on Monday is due on Thursday, the third working day, and waits for the sponsor.
CALENDAR: list[tuple[date, tuple[Any, ...]]] = [
    (MONDAY, ()),
    (day(1), ()),
    (day(2), (reminder(Urgency.SOON),)),
    (day(3), (reminder(Urgency.SOON),)),
    (day(4), (reminder(Urgency.LATE),)),
    (day(4) + timedelta(days=1), ()),  # Saturday
    (day(4) + timedelta(days=2), ()),
    (day(5), (reminder(Urgency.LATE), HOLD_TO_PMO)),
    (day(12), (reminder(Urgency.LATE), HOLD_TO_PMO)),
]


@pytest.mark.parametrize(("when", "expected"), CALENDAR)
def test_what_is_told_on_which_day(when: date, expected: tuple[Any, ...]) -> None:
    assert told(asked(), when) == expected


def test_a_weekend_before_the_day_is_reminded_before() -> None:
    friday, monday = day(4), day(5)
    assert friday.weekday() == SATURDAY - 1
    assert urgency_of(monday, friday) is Urgency.SOON
    assert urgency_of(monday, day(3)) is None
    assert urgency_of(day(6), friday) is None
    assert urgency_of(day(6), friday, holidays=frozenset({monday})) is Urgency.SOON


def test_holidays_are_days_off() -> None:
    assert told(asked(), day(4), holidays=frozenset({day(4)})) == ()
    [only] = told(asked(), day(5), holidays=frozenset({day(4)}))
    assert isinstance(only, Reminder)


def test_what_was_escalated_is_not_escalated_again() -> None:
    assert told(asked(), day(9), is_escalated=True) == (reminder(Urgency.LATE),)


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.OPEN])
def test_nothing_is_told_about_what_is_settled(state: RequestState) -> None:
    assert told(replace(asked(), state=state), day(9)) == ()


def test_who_stands_in_is_reminded_too() -> None:
    given = (delegation(SPONSOR, CHAIR, starts_on=MONDAY, ends_on=day(9)),)
    expected = reminder(Urgency.SOON, Waited(person=SPONSOR), Waited(person=CHAIR, whom=SPONSOR))
    assert told(asked(), day(2), delegations=given) == (expected,)


# who is away, who stands in for whom, whether the day after it was due is already too long
ATTENDED: list[tuple[tuple[PersonId, ...], tuple[Delegation, ...], bool]] = [
    ((), (), False),
    ((SPONSOR,), (), True),
    ((SPONSOR,), (delegation(SPONSOR, CHAIR, ends_on=day(9)),), False),
    ((SPONSOR, CHAIR), (delegation(SPONSOR, CHAIR, ends_on=day(9)),), True),
    ((SPONSOR,), (delegation(SPONSOR, OWNER, ends_on=day(9)),), True),  # asked for it: may not decide
    ((SPONSOR,), (delegation(SPONSOR, CHAIR, ends_on=day(9), kinds=frozenset({"gate:closed"})),), True),
    ((SPONSOR,), (delegation(SPONSOR, CHAIR, ends_on=day(9), value_limit=1),), True),
    ((SPONSOR,), (delegation(MEMBER, CHAIR, ends_on=day(9)),), True),
    ((CHAIR,), (), False),
]


@pytest.mark.parametrize(("absent", "given", "expected"), ATTENDED)
def test_nobody_there_means_no_patience(
    absent: tuple[PersonId, ...], given: tuple[Delegation, ...], expected: bool
) -> None:
    found = told(asked(), day(4), absences=away(*absent), delegations=given)
    assert any(isinstance(each, Escalation) for each in found) is expected
    assert not any(isinstance(each, Escalation) for each in told(asked(), day(3), absences=away(*absent)))


def with_step(request: ApprovalRequest, **more: Any) -> ApprovalRequest:
    return replace(request, steps=(replace(request.steps[0], **more), *request.steps[1:]))


# the rule, how many it takes, who of three is away, whether too few are there
TOO_FEW: list[tuple[Rule, int, tuple[PersonId, ...], bool]] = [
    (Rule.ANY, 1, (CHAIR, MEMBER), False),
    (Rule.ANY, 1, (CHAIR, MEMBER, THIRD), True),
    (Rule.ALL, 3, (CHAIR,), True),
    (Rule.ALL, 3, (), False),
    (Rule.COUNT, 2, (CHAIR,), False),
    (Rule.COUNT, 2, (CHAIR, MEMBER), True),
    (Rule.FORUM, 2, (CHAIR,), False),
    (Rule.FORUM, 2, (CHAIR, MEMBER), True),
]


@pytest.mark.parametrize(("rule", "needed", "absent", "expected"), TOO_FEW)
def test_too_few_are_there_to_decide(rule: Rule, needed: int, absent: tuple[PersonId, ...], expected: bool) -> None:
    request = with_step(asked(), approvers=(CHAIR, MEMBER, THIRD), rule=rule, needed=needed)
    found = told(request, day(4), absences=away(*absent))
    assert any(isinstance(each, Escalation) for each in found) is expected


def test_votes_that_were_cast_count() -> None:
    request = with_step(asked(), approvers=(CHAIR, MEMBER, THIRD), rule=Rule.COUNT, needed=2)
    cast = CastVote(step=0, person=CHAIR, choice=Choice.APPROVE, comment="", at=NOW)
    found = told(replace(request, votes=(cast,)), day(4), absences=away(MEMBER))
    assert not any(isinstance(each, Escalation) for each in found)


def escalated(request: ApprovalRequest, when: date = LATER, **more: Any) -> Escalation:
    [found] = [each for each in told(request, when, **more) if isinstance(each, Escalation)]
    return found


def test_a_role_that_decides_joins_and_one_that_reads_is_told() -> None:
    assert escalated(asked()).join == (PMO,)
    to_leaders = escalated(asked("gate:detailed"))  # its first step escalates to the leadership
    assert (to_leaders.role, to_leaders.people, to_leaders.join) == (Role.LEADERSHIP, (LEADER,), ())


def test_a_forums_decision_stays_the_forums_and_a_closure_the_controllers() -> None:
    forum = with_step(asked(), approvers=(CHAIR, MEMBER), rule=Rule.FORUM, needed=2)
    assert (escalated(forum).people, escalated(forum).join) == ((PMO,), ())
    closure = asked("gate:closed", of=at_stage(Stage.IMPLEMENTED))
    assert (escalated(closure).people, escalated(closure).join) == ((PMO,), ())


def test_who_is_excluded_by_segregation_is_told_and_does_not_join() -> None:
    request = asked()
    edited = replace(request, duties=replace(request.duties, last_edited_by=PMO))
    assert (escalated(edited).people, escalated(edited).join) == ((PMO,), ())


def test_the_nearest_holders_are_told() -> None:
    near = Holder(person=STRANGER, role=Role.PMO, path=PROGRAM_PATH)
    known = directory()
    assert escalated(asked(), directory=replace(known, holders=(*known.holders, near))).people == (STRANGER,)


def test_where_nobody_holds_the_role_administrators_are_told() -> None:
    holders = (Holder(person=ADMIN, role=Role.INSTANCE_ADMINISTRATOR, path=ROOT_PATH),)
    found = escalated(asked(), directory=directory(holders=holders))
    assert (found.people, found.join) == ((ADMIN,), ())
    assert escalated(asked(), directory=directory(holders=())).people == ()


def test_a_step_that_escalates_to_nobody_is_only_reminded() -> None:
    request = with_step(asked(), escalate_to=None)
    assert told(request, day(30)) == (reminder(Urgency.LATE),)


def joined(request: ApprovalRequest) -> ApprovalRequest:
    return with_step(request, escalated=escalated(request).join)


def vote(request: ApprovalRequest, person: PersonId, choice: Choice = Choice.APPROVE) -> Any:
    subject = subject_of(measure(), request.kind)
    return decide_vote(request, Vote(choice=choice, comment="Because"), actor(person), NOW, subject)


def test_who_joined_decides_like_the_approver() -> None:
    request = asked()
    assert told(joined(request), LATER, is_escalated=True) == (reminder(Urgency.LATE),)  # to the sponsor alone
    assert isinstance(vote(request, PMO), Refusal)
    outcome = vote(joined(request), PMO)
    assert isinstance(outcome, Voted) and outcome.state is RequestState.APPROVED


def test_where_all_must_approve_a_no_still_settles_it_and_as_many_must_say_yes() -> None:
    request = joined(with_step(asked(), approvers=(CHAIR, MEMBER), rule=Rule.ALL, needed=2))
    assert vote(request, CHAIR, Choice.REJECT).state is RequestState.REJECTED
    once = vote(request, CHAIR)
    assert once.state is RequestState.OPEN
    assert vote(apply_vote(request, once), PMO).state is RequestState.APPROVED


SETTINGS: list[tuple[NoticeKind, Notify, Delivery]] = [
    (NoticeKind.REMINDER, Notify.AT_ONCE, Delivery.NOW),
    (NoticeKind.REMINDER, Notify.DAILY, Delivery.DIGEST),
    (NoticeKind.REMINDER, Notify.ESCALATIONS, Delivery.NEVER),
    (NoticeKind.ASKED, Notify.AT_ONCE, Delivery.NOW),
    (NoticeKind.ASKED, Notify.DAILY, Delivery.DIGEST),
    (NoticeKind.ASKED, Notify.ESCALATIONS, Delivery.NEVER),
    *[(NoticeKind.ESCALATION, setting, Delivery.NOW) for setting in Notify],
]


@pytest.mark.parametrize(("kind", "setting", "expected"), SETTINGS)
def test_a_notice_is_mailed_as_the_person_likes(kind: NoticeKind, setting: Notify, expected: Delivery) -> None:
    assert delivery(kind, setting) is expected


def test_the_shipped_templates_escalate_every_step() -> None:
    assert all(step.escalate_to for policy in template().policies for step in policy.steps)


def test_keys_tell_urgencies_steps_and_days_apart() -> None:
    soon, late = reminder(Urgency.SOON), reminder(Urgency.LATE)
    keys = {soon.key(request_id(), 0), late.key(request_id(), 0), soon.key(request_id(), 1), soon.key(request_id(2), 0)}
    assert len(keys | {HOLD_TO_PMO.key(request_id(), 0)}) == 5
    assert replace(soon, due_on=day(4)).key(request_id(), 0) not in keys
