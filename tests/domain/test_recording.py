"""Decisions of a forum in a meeting: who records them, who counts for the quorum, what they settle."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.access import Role
from domain.approvals import (
    ApprovalRequest,
    Ask,
    Choice,
    CommentNeeded,
    RequestNotOpen,
    RequestState,
    SealBroken,
    Vote,
    Voted,
    apply_vote,
    decide_vote,
    open_request,
    subject_of,
)
from domain.approvals.recording import (
    ChairExcluded,
    NotCountedBecause,
    NotForThisForum,
    NothingDecided,
    NotOnTheAgenda,
    NotQuorate,
    NotTheChair,
    Sitting,
    decide_record,
)
from domain.approvals.voting import StepUpNeeded
from domain.delegation import KindNotDelegated, NotStandingIn
from domain.forums import AgendaItem, Forum, Meeting, MeetingNotBegun, MeetingNotPlanned, MeetingState, When
from domain.governance.policies import DecisionForum, NamedOnMeasure, Policy, Quorum, Rule, Step
from domain.ids import AgendaItemId, ForumId, MeetingId, PersonId
from domain.measures import Measure
from domain.refusals import Refusal
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    FORUM,
    MEMBER,
    NOW,
    OWNER,
    PMO,
    ROOT_PATH,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    delegation,
    directory,
    measure,
    request_id,
    situation,
    template,
)

Because = NotCountedBecause
APPROVE = Vote(choice=Choice.APPROVE)
EVERYBODY = (CHAIR, MEMBER, THIRD)
BOARD = Step(name="Board", approvers=DecisionForum(), quorum=Quorum(rule=Rule.FORUM), due_working_days=5)
SPONSORING = Step(
    name="Sponsor", approvers=NamedOnMeasure(role=Role.SPONSOR), quorum=Quorum(rule=Rule.ANY), due_working_days=5
)


def asked(*steps: Step, by: PersonId = OWNER, of: Measure | None = None, **more: Any) -> ApprovalRequest:
    """A request to hold, which the steps decide; the forum of three has a quorum of two."""
    outcome = asking(*steps, by=by, of=of, **more)
    assert isinstance(outcome, ApprovalRequest), outcome
    return outcome


def asking(*steps: Step, by: PersonId = OWNER, of: Measure | None = None, **more: Any) -> ApprovalRequest | Refusal:
    policy = Policy(key="p", label="P", governs="hold", steps=steps or (BOARD,))
    world = situation(template=replace(template(), policies=(policy,)), **more)
    ask = Ask(kind="hold", reason="capacity")
    return open_request(ask, of or measure(), world, actor(by), NOW, request_id())


def forum(**more: Any) -> Forum:
    facts: dict[str, Any] = {"id": FORUM, "name": "Board", "members": EVERYBODY, "quorum": 2, "chair": CHAIR}
    return Forum(**facts | {"path": ROOT_PATH} | more)


def sitting(request: ApprovalRequest, *present: PersonId, of: Forum | None = None, **more: Any) -> Sitting:
    item = AgendaItem(id=AgendaItemId(request_id(9)), request=request.id)
    facts: dict[str, Any] = {
        "id": MeetingId(request_id(8)),
        "forum": FORUM,
        "when": When(starts_at=NOW, minutes_long=60),
        "agenda": (item,),
    }
    return Sitting(forum=of or forum(), meeting=Meeting(**facts | more), present=present or EVERYBODY)


def record(
    request: ApprovalRequest,
    sat: Sitting | None = None,
    vote: Vote = APPROVE,
    by: PersonId = CHAIR,
    now_is: Measure | None = None,
    **more: Any,
) -> Voted | Refusal:
    subject = subject_of(now_is or measure(), "hold")
    who = more.pop("acting", None) or actor(by)
    return decide_record(request, sat or sitting(request), vote, who, NOW, subject, **more)


@pytest.mark.parametrize(
    ("choice", "state"),
    [
        (Choice.APPROVE, RequestState.APPROVED),
        (Choice.REJECT, RequestState.REJECTED),
        (Choice.RETURN, RequestState.RETURNED),
    ],
)
def test_what_the_meeting_decided_settles_the_step(choice: Choice, state: RequestState) -> None:
    request = asked()
    outcome = record(request, vote=Vote(choice=choice, comment="As discussed."))
    assert isinstance(outcome, Voted)
    assert (outcome.step_outcome, outcome.state) == (state, state)
    assert (outcome.vote.person, outcome.vote.present) == (CHAIR, EVERYBODY)
    assert apply_vote(request, outcome).state is state


def test_an_approval_goes_on_to_the_next_step() -> None:
    request = asked(BOARD, SPONSORING)
    outcome = record(request)
    assert isinstance(outcome, Voted)
    assert (outcome.step_outcome, outcome.state) == (RequestState.APPROVED, RequestState.OPEN)
    assert outcome.next_step == "Sponsor"
    assert apply_vote(request, outcome).waits_for == (SPONSOR,)


def test_votes_on_the_page_stay_and_the_meeting_counts_instead_of_them() -> None:
    request = asked()
    against = Vote(choice=Choice.REJECT, comment="Not now.")
    for person in (CHAIR,):
        cast = decide_vote(request, against, actor(person), NOW, subject_of(measure(), "hold"))
        assert isinstance(cast, Voted) and cast.step_outcome is None
        request = apply_vote(request, cast)
    outcome = record(request)
    assert isinstance(outcome, Voted) and outcome.state is RequestState.APPROVED
    assert [vote.choice for vote in apply_vote(request, outcome).votes] == [Choice.REJECT, Choice.APPROVE]


@pytest.mark.parametrize("person", [MEMBER, THIRD, OWNER, SPONSOR, CONTROLLER, PMO, STRANGER])
def test_only_the_chair_records(person: PersonId) -> None:
    assert record(asked(), by=person) == NotTheChair(forum=FORUM, chair=CHAIR)


def test_a_forum_without_chair_decides_on_the_page() -> None:
    request = asked()
    assert record(request, sitting(request, of=forum(chair=None))) == NotTheChair(forum=FORUM, chair=None)


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({"by": CHAIR}, Because.REQUESTED),
        ({"of": measure(last_edited_by=CHAIR)}, Because.EDITED),
    ],
)
def test_a_chair_whom_segregation_excludes_records_nothing(more: dict[str, Any], because: Because) -> None:
    request = asked(**more)
    assert record(request, now_is=more.get("of")) == ChairExcluded(chair=CHAIR, because=because)


def test_a_chair_who_edited_the_measure_since_is_excluded_as_it_stands_now() -> None:
    outcome = record(asked(), now_is=measure(last_edited_by=CHAIR))
    assert outcome == ChairExcluded(chair=CHAIR, because=Because.EDITED)


def test_those_present_who_may_not_decide_do_not_count_and_are_named() -> None:
    request = asked(by=MEMBER)
    outcome = record(request, sitting(request, CHAIR, MEMBER, STRANGER))
    assert isinstance(outcome, NotQuorate)
    assert (outcome.need, outcome.counted) == (2, (CHAIR,))
    assert {each.person: each.because for each in outcome.not_counted} == {
        MEMBER: Because.REQUESTED,
        STRANGER: Because.NOT_A_MEMBER,
    }


def test_who_joined_the_forum_after_the_request_does_not_count() -> None:
    request = asked()
    grown = forum(members=(*EVERYBODY, STRANGER))
    outcome = record(request, sitting(request, CHAIR, STRANGER, of=grown))
    assert isinstance(outcome, NotQuorate)
    assert [(each.person, each.because) for each in outcome.not_counted] == [(STRANGER, Because.NOT_ASKED)]


def test_nobody_counts_twice() -> None:
    request = asked()
    assert isinstance(record(request, sitting(request, CHAIR, CHAIR)), NotQuorate)


@pytest.mark.parametrize("present", [each for size in range(1, 4) for each in combinations(EVERYBODY, size)])
def test_two_of_three_make_the_quorum(present: tuple[PersonId, ...]) -> None:
    request = asked()
    assert isinstance(record(request, sitting(request, *present)), Voted) == (len(present) >= 2)


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.RETURN])
def test_a_decision_against_says_why(choice: Choice) -> None:
    assert record(asked(), vote=Vote(choice=choice, comment=" ")) == CommentNeeded(choice=choice)


def test_a_meeting_does_not_abstain() -> None:
    vote = Vote(choice=Choice.ABSTAIN, comment="We do not know.")
    assert isinstance(record(asked(), vote=vote), NothingDecided)


def test_a_broken_seal_is_refused_with_what_differs() -> None:
    outcome = record(asked(), now_is=measure(title="Another title"))
    assert isinstance(outcome, SealBroken)
    assert [change.field for change in outcome.changes] == ["title"]


@pytest.mark.parametrize("state", [MeetingState.HELD, MeetingState.CALLED_OFF])
def test_a_meeting_that_is_over_decides_nothing(state: MeetingState) -> None:
    request = asked()
    assert isinstance(record(request, sitting(request, state=state)), MeetingNotPlanned)


def test_a_meeting_to_come_decides_nothing() -> None:
    request = asked()
    later = When(starts_at=NOW + timedelta(days=1), minutes_long=60)
    assert isinstance(record(request, sitting(request, when=later)), MeetingNotBegun)


def test_only_what_is_on_the_agenda_is_decided() -> None:
    request = asked()
    assert isinstance(record(request, sitting(request, agenda=())), NotOnTheAgenda)


def test_another_forum_does_not_decide_it() -> None:
    request, other = asked(), ForumId(request_id(51))
    assert isinstance(record(request, sitting(request, of=forum(id=other), forum=other)), NotForThisForum)
    assert isinstance(record(request, sitting(request, forum=other)), NotForThisForum)


def test_a_step_of_others_is_not_decided_in_the_meeting() -> None:
    assert isinstance(record(asked(SPONSORING, BOARD)), NotForThisForum)


def test_what_is_settled_is_not_decided_again() -> None:
    request = replace(asked(), state=RequestState.WITHDRAWN)
    assert record(request) == RequestNotOpen(request=request.id, state=RequestState.WITHDRAWN)


def test_a_step_up_is_asked_of_the_chair_too() -> None:
    request = asked(replace(BOARD, step_up=True))
    assert isinstance(record(request, acting=actor(CHAIR, confirmed_at=None)), StepUpNeeded)
    assert isinstance(record(request, acting=actor(CHAIR, confirmed_at=NOW)), Voted)


def test_who_stands_in_for_the_chair_records_within_the_delegation() -> None:
    request, acting = asked(), actor(STRANGER, on_behalf_of=CHAIR)
    given_all = (delegation(CHAIR, STRANGER),)
    outcome = record(request, acting=acting, delegations=given_all)
    assert isinstance(outcome, Voted) and outcome.vote.approver == CHAIR
    assert isinstance(record(request, acting=acting), NotStandingIn)
    others = (delegation(CHAIR, STRANGER, kinds=frozenset({"cancel"})),)
    assert isinstance(record(request, acting=acting, delegations=others), KindNotDelegated)


def test_a_stand_in_whom_segregation_excludes_records_nothing() -> None:
    acting = actor(OWNER, on_behalf_of=CHAIR)
    outcome = record(asked(), acting=acting, delegations=(delegation(CHAIR, OWNER),))
    assert outcome == ChairExcluded(chair=OWNER, because=Because.REQUESTED)


PEOPLE = (OWNER, SPONSOR, CONTROLLER, PMO, CHAIR, MEMBER, THIRD, STRANGER)


@given(
    by=st.sampled_from(PEOPLE),
    requester=st.sampled_from((OWNER, SPONSOR, CHAIR, MEMBER)),
    editor=st.sampled_from(PEOPLE),
    present=st.lists(st.sampled_from(PEOPLE), max_size=6),
    quorum=st.integers(1, 3),
)
def test_whatever_is_recorded_was_quorate_without_requester_and_editor(
    by: PersonId, requester: PersonId, editor: PersonId, present: list[PersonId], quorum: int
) -> None:
    edited = measure(last_edited_by=editor)
    members = replace(directory().forums[FORUM], quorum=quorum)
    policy_forum = directory(forums={FORUM: members})
    request = asking(by=requester, of=edited, directory=policy_forum)
    assume(isinstance(request, ApprovalRequest))  # else nobody could decide it
    assert isinstance(request, ApprovalRequest)
    sat = Sitting(forum=forum(quorum=quorum), meeting=sitting(request).meeting, present=tuple(present))
    outcome = record(request, sat, by=by, now_is=edited)
    if not isinstance(outcome, Voted):
        return
    counted = set(outcome.vote.present)
    assert by == CHAIR and not {requester, editor} & (counted | {by})
    assert counted <= set(EVERYBODY) & set(present) and len(counted) >= request.steps[0].needed
