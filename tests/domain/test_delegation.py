"""Standing in: who may arrange it, for how long, one link only; and what a delegate may decide."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.absences import (
    Absence,
    AbsenceEnded,
    AbsenceOver,
    AbsenceRecorded,
    PeriodEndsBeforeStart,
    PeriodInPast,
    PeriodTooLong,
    decide_absence,
    decide_end_absence,
)
from domain.access import NotAllowed, Role
from domain.approvals import AlreadyVoted, NotAnApprover, OnePersonOneVote, RequestNotOpen, StepUpNeeded, Vote, Voted
from domain.approvals.request import ApprovalRequest, Choice, RequestState
from domain.approvals.requesting import Ask, open_request, subject_of
from domain.approvals.standing import acting_for
from domain.approvals.voting import FRESH, apply_vote, decide_vote
from domain.delegation import (
    AboveDelegatedLimit,
    DelegateNotActive,
    Delegation,
    DelegationChain,
    DelegationEnded,
    DelegationGiven,
    DelegationNotNow,
    DelegationOver,
    DelegationOverlaps,
    DelegationToSelf,
    GiverNotAway,
    KindNotDelegated,
    LimitNotPositive,
    NotStandingIn,
    Staff,
    decide_delegate,
    decide_end_delegation,
    stands_in,
)
from domain.governance.policies import Rule
from domain.ids import AbsenceId, PersonId
from domain.segregation import EditedBySelf, OwnRequest
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    ELSEWHERE_PATH,
    MEMBER,
    NOW,
    OWNER,
    PATH,
    PMO,
    ROOT_PATH,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    delegation,
    measure,
    request_id,
    situation,
)

TODAY = NOW.date()
EVERYBODY = (OWNER, SPONSOR, CONTROLLER, PMO, CHAIR, MEMBER, THIRD, STRANGER)
ACTIVE = frozenset(EVERYBODY)
DAY = timedelta(days=1)


def wish(giver: PersonId = SPONSOR, taker: PersonId = PMO, **more: Any) -> Delegation:
    days = {"starts_on": TODAY, "ends_on": TODAY + 13 * DAY}
    return delegation(giver, taker, **{**days, **more})


def arranged(asked: Delegation, by: PersonId = SPONSOR, **staff: Any) -> Any:
    return decide_delegate(asked, actor(by), Staff(**{"active": ACTIVE, **staff}), NOW)


def away(person: PersonId, first: date = TODAY, last: date = TODAY + 20 * DAY) -> Absence:
    return Absence(id=AbsenceId(UUID(int=1)), person=person, starts_on=first, ends_on=last)


def test_the_giver_delegates_and_is_kept_as_who_did() -> None:
    outcome = arranged(wish(words=" Holiday "))
    assert isinstance(outcome, DelegationGiven)
    assert (outcome.delegation.created_by, outcome.delegation.words) == (SPONSOR, "Holiday")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (wish(taker=SPONSOR), DelegationToSelf(person=SPONSOR, is_own=True)),
        (wish(taker=PersonId(UUID(int=999))), DelegateNotActive(person=PersonId(UUID(int=999)))),
        (
            wish(starts_on=TODAY + DAY, ends_on=TODAY),
            PeriodEndsBeforeStart(starts_on=TODAY + DAY, ends_on=TODAY),
        ),
        (wish(starts_on=TODAY - DAY), PeriodInPast(starts_on=TODAY - DAY)),
        (
            wish(ends_on=TODAY + timedelta(days=366)),
            PeriodTooLong(starts_on=TODAY, ends_on=TODAY + timedelta(days=366)),
        ),
        (wish(value_limit=Decimal("0.00")), LimitNotPositive(limit=Decimal("0.00"))),
        (wish(value_limit=Decimal("-1.00")), LimitNotPositive(limit=Decimal("-1.00"))),
    ],
)
def test_what_is_no_delegation(asked: Delegation, expected: Any) -> None:
    assert arranged(asked) == expected


@pytest.mark.parametrize(
    "asked",
    [
        wish(ends_on=TODAY),
        wish(ends_on=TODAY + timedelta(days=365)),
        wish(starts_on=TODAY + 90 * DAY, ends_on=TODAY + 91 * DAY),
        wish(value_limit=Decimal("0.01")),
    ],
)
def test_limits_of_the_period_and_the_value_are_taken(asked: Delegation) -> None:
    assert isinstance(arranged(asked), DelegationGiven)


GATE, HOLD = frozenset({"gate:decided"}), frozenset({"hold"})
# what stands already, what is wanted beside it, what becomes of it
BESIDE: list[tuple[Delegation, Delegation, Any]] = [
    (wish(SPONSOR, CHAIR), wish(), DelegationOverlaps),
    (wish(SPONSOR, CHAIR, kinds=GATE), wish(), DelegationOverlaps),
    (wish(SPONSOR, CHAIR), wish(kinds=GATE), DelegationOverlaps),
    (wish(SPONSOR, CHAIR, kinds=HOLD), wish(kinds=GATE), DelegationGiven),
    (wish(SPONSOR, CHAIR, kinds=HOLD | GATE), wish(kinds=GATE), DelegationOverlaps),
    (wish(SPONSOR, CHAIR, starts_on=TODAY + 14 * DAY, ends_on=TODAY + 20 * DAY), wish(), DelegationGiven),
    (wish(SPONSOR, CHAIR, starts_on=TODAY + 13 * DAY, ends_on=TODAY + 20 * DAY), wish(), DelegationOverlaps),
    (wish(SPONSOR, CHAIR, ended_at=NOW), wish(), DelegationGiven),
    (wish(PMO, CHAIR), wish(), DelegationChain),
    (wish(PMO, CHAIR, kinds=HOLD), wish(kinds=GATE), DelegationGiven),
    (wish(PMO, CHAIR, starts_on=TODAY + 14 * DAY, ends_on=TODAY + 20 * DAY), wish(), DelegationGiven),
    (wish(PMO, SPONSOR), wish(), DelegationChain),  # each for the other
    (wish(CHAIR, SPONSOR), wish(), DelegationChain),  # the giver stands in for somebody
    (wish(CHAIR, SPONSOR, ended_at=NOW), wish(), DelegationGiven),
    (wish(CHAIR, PMO), wish(), DelegationGiven),  # one person may stand in for two
    (wish(CHAIR, MEMBER), wish(), DelegationGiven),
]


@pytest.mark.parametrize(("there", "wanted", "expected"), BESIDE)
def test_one_link_and_one_delegate(there: Delegation, wanted: Delegation, expected: type) -> None:
    assert type(arranged(wanted, others=(there,))) is expected


days = st.integers(0, 6).map(lambda n: TODAY + n * DAY)
wishes = st.builds(
    lambda people, first, last, kinds: wish(*people, starts_on=min(first, last), ends_on=max(first, last), kinds=kinds),
    st.permutations([SPONSOR, PMO, CHAIR, MEMBER]).map(lambda all_of: all_of[:2]),
    days,
    days,
    st.sampled_from([frozenset(), GATE, HOLD]),
)


@given(st.lists(wishes, max_size=8))
def test_however_they_are_arranged_nothing_is_passed_on(asked: list[Delegation]) -> None:
    """On every day and for every kind, who has a delegate is nobody's delegate and has no second one."""
    kept: tuple[Delegation, ...] = ()
    for each in asked:
        outcome = arranged(each, by=each.giver, others=kept)
        kept = (*kept, outcome.delegation) if isinstance(outcome, DelegationGiven) else kept
    for day in (TODAY + n * DAY for n in range(7)):
        for kind in ("gate:decided", "hold"):
            now = [each for each in kept if each.is_on(day) and each.is_about(kind)]
            givers = [each.giver for each in now]
            assert len(givers) == len(set(givers))
            assert not set(givers) & {each.taker for each in now}


def test_others_arrange_it_for_who_is_away_and_never_for_themselves() -> None:
    absent = (away(SPONSOR),)
    assert arranged(wish(taker=CHAIR), by=PMO) == GiverNotAway(person=SPONSOR)
    assert arranged(wish(taker=CHAIR), by=PMO, absences=(away(CHAIR),)) == GiverNotAway(person=SPONSOR)
    outcome = arranged(wish(taker=CHAIR), by=PMO, absences=absent)
    assert isinstance(outcome, DelegationGiven) and outcome.delegation.created_by == PMO
    assert arranged(wish(), by=PMO, absences=absent) == DelegationToSelf(person=PMO, is_own=False)


@pytest.mark.parametrize("by", [OWNER, CONTROLLER, CHAIR, STRANGER])
def test_who_does_not_manage_people_arranges_nothing_for_others(by: PersonId) -> None:
    assert isinstance(arranged(wish(taker=MEMBER), by=by, absences=(away(SPONSOR),)), NotAllowed)


def test_who_manages_people_elsewhere_arranges_nothing_here() -> None:
    manager = actor(PMO, ELSEWHERE_PATH, Role.PMO)
    staff = Staff(active=ACTIVE, absences=(away(SPONSOR),), giver_paths=(PATH,))
    assert isinstance(decide_delegate(wish(taker=CHAIR), manager, staff, NOW), NotAllowed)


@pytest.mark.parametrize(
    ("by", "expected"),
    [(SPONSOR, DelegationEnded), (PMO, DelegationEnded), (CHAIR, NotAllowed), (OWNER, NotAllowed)],
)
def test_giver_and_taker_end_it(by: PersonId, expected: type) -> None:
    assert type(decide_end_delegation(wish(), actor(by), (ROOT_PATH,), NOW)) is expected


def test_an_administrator_ends_it_and_what_is_over_is_over() -> None:
    manager = actor(STRANGER, role=Role.INSTANCE_ADMINISTRATOR)
    assert isinstance(decide_end_delegation(wish(), manager, (ROOT_PATH,), NOW), DelegationEnded)
    ended = wish(ended_at=NOW - DAY)
    assert decide_end_delegation(ended, manager, (), NOW) == DelegationOver(ended_on=(NOW - DAY).date())
    past = wish(starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY)
    assert decide_end_delegation(past, manager, (), NOW) == DelegationOver(ended_on=TODAY - DAY)


THOUSAND = Decimal("1000.00")
# the delegation, the kind, the value, the day from today, what comes of it
COVERS: list[tuple[dict[str, Any], str, Decimal | None, int, type]] = [
    ({}, "hold", None, 0, Delegation),
    ({}, "hold", THOUSAND, 13, Delegation),
    ({}, "hold", THOUSAND, 14, DelegationNotNow),
    ({}, "hold", THOUSAND, -1, DelegationNotNow),
    ({"kinds": GATE}, "gate:decided", THOUSAND, 0, Delegation),
    ({"kinds": GATE}, "gate:closed", THOUSAND, 0, KindNotDelegated),
    ({"value_limit": THOUSAND}, "hold", THOUSAND, 0, Delegation),
    ({"value_limit": THOUSAND}, "hold", Decimal("1000.01"), 0, AboveDelegatedLimit),
    ({"value_limit": THOUSAND}, "hold", Decimal("-1000.01"), 0, AboveDelegatedLimit),
    ({"value_limit": THOUSAND}, "hold", None, 0, AboveDelegatedLimit),
    ({"kinds": GATE, "value_limit": THOUSAND}, "hold", THOUSAND, 0, KindNotDelegated),
    ({"ended_at": NOW}, "hold", THOUSAND, 0, NotStandingIn),
]


@pytest.mark.parametrize(("given_so", "kind", "value", "days_on", "expected"), COVERS)
def test_what_a_delegation_covers(
    given_so: dict[str, Any], kind: str, value: Decimal | None, days_on: int, expected: type
) -> None:
    found = stands_in((wish(**given_so),), SPONSOR, PMO, kind, value, TODAY + days_on * DAY)
    assert type(found) is expected


def test_a_delegation_to_somebody_else_or_from_somebody_else_helps_nobody() -> None:
    for other in (wish(SPONSOR, CHAIR), wish(CHAIR, PMO)):
        assert stands_in((other,), SPONSOR, PMO, "hold", None, TODAY) == NotStandingIn(giver=SPONSOR)


def asked_for(kind: str = "hold", by: PersonId = OWNER, **more: Any) -> ApprovalRequest:
    outcome = open_request(Ask(kind=kind), measure(**more), situation(), actor(by), NOW, request_id())
    assert isinstance(outcome, ApprovalRequest), outcome
    return outcome


def stood(request: ApprovalRequest, person: PersonId, *delegations: Delegation, **more: Any) -> Any:
    duties = subject_of(measure(**more), request.kind).duties
    return acting_for(request, actor(person), duties, delegations, TODAY)


def test_for_whom_one_may_decide() -> None:
    request = asked_for()  # waits for the sponsor
    assert stood(request, SPONSOR) == (SPONSOR,)
    assert stood(request, PMO, wish()) == (SPONSOR,)
    assert isinstance(stood(request, PMO), NotAnApprover)
    assert isinstance(stood(request, PMO, wish(CHAIR, PMO)), NotAnApprover)


def test_why_a_delegate_may_not() -> None:
    request = asked_for()
    assert stood(request, PMO, wish(value_limit=THOUSAND)) == AboveDelegatedLimit(
        giver=SPONSOR, limit=THOUSAND, value=Decimal("12000.00")
    )
    assert isinstance(stood(request, PMO, wish(kinds=GATE)), KindNotDelegated)
    assert isinstance(stood(request, PMO, wish(starts_on=TODAY + DAY)), DelegationNotNow)
    assert stood(asked_for(by=PMO), PMO, wish()) == OwnRequest(person=PMO)
    assert stood(request, PMO, wish(), last_edited_by=PMO) == EditedBySelf(person=PMO, is_closure=False)
    settled = replace(request, state=RequestState.WITHDRAWN)
    assert stood(settled, PMO, wish()) == RequestNotOpen(request=request.id, state=RequestState.WITHDRAWN)


def test_what_was_received_is_not_passed_on_by_a_vote_either() -> None:
    """Even were both links there, the second giver is no approver."""
    request, links = asked_for(), (wish(SPONSOR, PMO), wish(PMO, CHAIR))
    assert isinstance(stood(request, CHAIR, *links), NotAnApprover)


def test_a_limit_counts_what_a_change_would_make_of_the_value() -> None:
    grown = replace(asked_for(), subject='{"proposal":"{\\"target\\":\\"90000.00\\"}","target":"500.00"}')
    assert stood(grown, PMO, wish(value_limit=THOUSAND)) == AboveDelegatedLimit(
        giver=SPONSOR, limit=THOUSAND, value=Decimal("90000.00")
    )


def vote(request: ApprovalRequest, person: PersonId, behalf: PersonId | None = None, **more: Any) -> Any:
    by = actor(person, on_behalf_of=behalf, **more)
    subject = subject_of(measure(), request.kind)
    return decide_vote(request, Vote(choice=Choice.APPROVE), by, NOW, subject, (wish(CHAIR, MEMBER), wish(CHAIR, PMO)))


def at_forum(rule: Rule = Rule.FORUM) -> ApprovalRequest:
    """At the step of the forum, which asks for a password."""
    request = asked_for("gate:decided")
    voted = vote(request, CONTROLLER)
    assert isinstance(voted, Voted)
    opened = apply_vote(request, voted)
    return replace(opened, steps=(opened.steps[0], replace(opened.steps[1], rule=rule)))


def test_a_proxy_counts_in_a_forum_but_not_where_a_number_of_people_is_asked_for() -> None:
    for rule, expected in ((Rule.FORUM, Voted), (Rule.COUNT, OnePersonOneVote)):
        request = at_forum(rule)
        request = apply_vote(request, vote(request, MEMBER))
        assert type(vote(request, MEMBER, behalf=CHAIR)) is expected


def test_an_approver_and_their_delegate_have_one_vote() -> None:
    request = at_forum()
    request = apply_vote(request, vote(request, PMO, behalf=CHAIR))
    assert isinstance(vote(request, CHAIR), AlreadyVoted)


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(0), Voted),
        (FRESH, Voted),
        (FRESH + timedelta(seconds=1), StepUpNeeded),
        (timedelta(hours=11), StepUpNeeded),
        (None, StepUpNeeded),
    ],
)
def test_a_step_that_asks_for_it_needs_a_password_given_just_now(ago: timedelta | None, expected: type) -> None:
    confirmed = None if ago is None else NOW - ago
    assert type(vote(at_forum(), CHAIR, confirmed_at=confirmed)) is expected
    assert type(vote(at_forum(), PMO, behalf=CHAIR, confirmed_at=confirmed)) is expected


def test_other_steps_need_none() -> None:
    assert isinstance(vote(asked_for("gate:decided"), CONTROLLER, confirmed_at=None), Voted)


def test_an_absence_is_said_by_oneself_or_by_who_manages_people() -> None:
    for by, expected in ((SPONSOR, AbsenceRecorded), (PMO, AbsenceRecorded), (OWNER, NotAllowed)):
        assert type(decide_absence(away(SPONSOR), actor(by), (PATH,), NOW)) is expected
    elsewhere = actor(PMO, ELSEWHERE_PATH, Role.PMO)
    assert isinstance(decide_absence(away(SPONSOR), elsewhere, (PATH,), NOW), NotAllowed)


def test_an_absence_may_have_begun_but_not_be_over() -> None:
    begun = away(SPONSOR, TODAY - 3 * DAY)
    assert isinstance(decide_absence(begun, actor(SPONSOR), (), NOW), AbsenceRecorded)
    over = away(SPONSOR, TODAY - 3 * DAY, TODAY - DAY)
    assert decide_absence(over, actor(SPONSOR), (), NOW) == PeriodInPast(starts_on=TODAY - 3 * DAY)


@pytest.mark.parametrize(
    ("absence", "expected"),
    [
        (away(SPONSOR, TODAY - 3 * DAY), TODAY - DAY),
        (away(SPONSOR), None),
        (away(SPONSOR, TODAY + 3 * DAY), None),
    ],
)
def test_who_is_back_sooner_is_here_from_today(absence: Absence, expected: date | None) -> None:
    outcome = decide_end_absence(absence, actor(SPONSOR), (), NOW)
    assert outcome == AbsenceEnded(absence=absence.id, person=SPONSOR, last_day=expected)


def test_an_absence_that_is_over_is_not_ended() -> None:
    over = away(SPONSOR, TODAY - 3 * DAY, TODAY - DAY)
    assert decide_end_absence(over, actor(SPONSOR), (), NOW) == AbsenceOver(ended_on=TODAY - DAY)
