"""The approval engine: which policy, who decides, when a step is settled, what is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Role
from domain.approvals import (
    AbstentionNotPossible,
    AlreadyVoted,
    ApprovalRequest,
    Ask,
    Choice,
    CommentNeeded,
    Directory,
    ForumMembers,
    Holder,
    NoApprover,
    NoPolicy,
    NotAnApprover,
    NotYourRequest,
    RequestNotOpen,
    RequestState,
    RequestStep,
    RequestWithdrawn,
    SealBroken,
    Vote,
    Voted,
    add_working_days,
    apply_vote,
    decide_vote,
    decide_withdraw,
    open_request,
    place_of,
    resolve_approvers,
    select_policy,
    settle,
    subject_of,
    void_if_changed,
)
from domain.governance.policies import (
    Condition,
    DecisionForum,
    NamedOnMeasure,
    NamedPeople,
    Operator,
    Policy,
    Quorum,
    RoleAtNode,
    Rule,
    Step,
)
from domain.ids import PersonId
from domain.measures import Measure
from domain.segregation import Duties, EditedBySelf, OwnRequest, SegregationConflict
from domain.stages import Stage
from tests.domain.making import (
    CHAIR,
    CONTROLLER,
    ELSEWHERE_PATH,
    FORUM,
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

A, R, B, X = Choice.APPROVE, Choice.REJECT, Choice.RETURN, Choice.ABSTAIN
YES, NO, BACK = RequestState.APPROVED, RequestState.REJECTED, RequestState.RETURNED
ANY, ALL, COUNT, MAJORITY = Rule.ANY, Rule.ALL, Rule.COUNT, Rule.FORUM

# rule, approvers, needed, votes so far, outcome
SETTLED: list[tuple[Rule, int, int, str, RequestState | None]] = [
    (ANY, 1, 1, "", None),
    (ANY, 1, 1, "a", YES),
    (ANY, 3, 1, "a", YES),
    (ANY, 3, 1, "r", NO),
    (ANY, 3, 1, "b", BACK),
    (ALL, 1, 1, "a", YES),
    (ALL, 3, 3, "", None),
    (ALL, 3, 3, "a", None),
    (ALL, 3, 3, "aa", None),
    (ALL, 3, 3, "aaa", YES),
    (ALL, 3, 3, "r", NO),
    (ALL, 3, 3, "ar", NO),
    (ALL, 3, 3, "ab", BACK),
    (ALL, 3, 3, "aab", BACK),
    (COUNT, 3, 2, "a", None),
    (COUNT, 3, 2, "aa", YES),
    (COUNT, 3, 2, "r", None),
    (COUNT, 3, 2, "ra", None),
    (COUNT, 3, 2, "raa", YES),
    (COUNT, 3, 2, "rr", NO),
    (COUNT, 3, 2, "rb", BACK),
    (COUNT, 3, 2, "arr", NO),
    (COUNT, 3, 3, "aar", NO),
    (COUNT, 5, 2, "rrr", None),
    (COUNT, 5, 2, "rrrr", NO),
    (COUNT, 5, 2, "rrrbb", NO),
    (COUNT, 5, 1, "rrrra", YES),
    (MAJORITY, 3, 2, "a", None),
    (MAJORITY, 3, 2, "aa", YES),
    (MAJORITY, 3, 2, "ax", YES),
    (MAJORITY, 3, 2, "ar", None),
    (MAJORITY, 3, 2, "ara", YES),
    (MAJORITY, 3, 2, "arr", NO),
    (MAJORITY, 3, 2, "arb", BACK),
    (MAJORITY, 3, 2, "rr", NO),
    (MAJORITY, 3, 2, "bb", BACK),
    (MAJORITY, 3, 2, "rx", NO),
    (MAJORITY, 3, 2, "xx", None),
    (MAJORITY, 3, 2, "xxa", YES),
    (MAJORITY, 3, 2, "xxx", NO),
    (MAJORITY, 3, 2, "arx", NO),
    (MAJORITY, 4, 4, "aaa", None),
    (MAJORITY, 4, 4, "aarr", NO),
    (MAJORITY, 4, 4, "aaar", YES),
    (MAJORITY, 5, 3, "aar", YES),
    (MAJORITY, 5, 3, "aa", None),
    (MAJORITY, 1, 1, "a", YES),
]
LETTERS = {"a": A, "r": R, "b": B, "x": X}


def step_of(rule: Rule, approvers: int, needed: int) -> RequestStep:
    people = tuple(PersonId(request_id(n)) for n in range(approvers))
    return RequestStep(name="S", selector="people", approvers=people, rule=rule, needed=needed, due_working_days=1)


@pytest.mark.parametrize(("rule", "approvers", "needed", "votes", "expected"), SETTLED)
def test_quorum(rule: Rule, approvers: int, needed: int, votes: str, expected: RequestState | None) -> None:
    assert settle(step_of(rule, approvers, needed), [LETTERS[letter] for letter in votes]) is expected


@given(st.sampled_from(Rule), st.integers(1, 6), st.data())
def test_step_is_settled_when_all_have_voted_and_never_approved_without_an_approval(
    rule: Rule, size: int, data: st.DataObject
) -> None:
    needed = {ANY: 1, ALL: size}.get(rule) or data.draw(st.integers(1, size))
    choices = list(Choice) if rule is MAJORITY else [A, R, B]
    votes = data.draw(st.lists(st.sampled_from(choices), min_size=size, max_size=size))
    step = step_of(rule, size, needed)
    outcome = settle(step, votes)
    assert outcome is not None
    if outcome is YES:
        assert A in votes
    if rule is ALL:
        assert (outcome is YES) == (set(votes) == {A})


def condition(field: str, operator: Operator, value: Any) -> Condition:
    return Condition(field=field, operator=operator, value=value)


@pytest.mark.parametrize(
    ("have", "operator", "value", "expected"),
    [
        (Decimal(100), Operator.ABOVE, Decimal(100), False),
        (Decimal("100.01"), Operator.ABOVE, Decimal(100), True),
        (Decimal(100), Operator.AT_LEAST, Decimal(100), True),
        (Decimal("99.99"), Operator.AT_LEAST, Decimal(100), False),
        (Decimal(100), Operator.BELOW, Decimal(100), False),
        (Decimal("99.99"), Operator.BELOW, Decimal(100), True),
        (Decimal(-10), Operator.AT_MOST, Decimal(-10), True),
        (Decimal("-9.99"), Operator.AT_MOST, Decimal(-10), False),
        (5, Operator.AT_LEAST, Decimal(5), True),
        ("decided", Operator.IS, "decided", True),
        ("decided", Operator.IS, "closed", False),
        ("decided", Operator.IS_NOT, "closed", True),
        ("decided", Operator.IS_NOT, "decided", False),
        ("shop", Operator.ONE_OF, ("shop", "app"), True),
        ("b2b", Operator.ONE_OF, ("shop", "app"), False),
        (True, Operator.IS, True, True),
        (False, Operator.IS, True, False),
        (None, Operator.ABOVE, Decimal(0), False),
        (None, Operator.IS_NOT, "x", False),
        (None, Operator.BELOW, Decimal(0), False),
    ],
)
def test_condition(have: Any, operator: Operator, value: Any, expected: bool) -> None:
    assert condition("f", operator, value).holds({"f": have}) is expected


STEP = Step(name="S", approvers=NamedOnMeasure(Role.SPONSOR), quorum=Quorum(rule=ANY), due_working_days=1)
LARGE = condition("value", Operator.AT_LEAST, Decimal(1000))
LATE = condition("stage", Operator.IS, "decided")
POLICIES = (
    Policy(key="both", label="", governs="cancel", steps=(STEP,), when=(LARGE, LATE)),
    Policy(key="large", label="", governs="cancel", steps=(STEP,), when=(LARGE,)),
    Policy(key="rest", label="", governs="cancel", steps=(STEP,)),
    Policy(key="other", label="", governs="hold", steps=(STEP,), when=(LARGE,)),
)


@pytest.mark.parametrize(
    ("kind", "value", "stage", "expected"),
    [
        ("cancel", 1000, "decided", "both"),
        ("cancel", 1000, "closed", "large"),
        ("cancel", 999, "decided", "rest"),
        ("cancel", None, "decided", "rest"),
        ("cancel", 999, "closed", "rest"),
        ("hold", 1000, "closed", "other"),
        ("hold", 999, "closed", None),
        ("resume", 1000, "decided", None),
    ],
)
def test_first_matching_policy_applies(kind: str, value: int | None, stage: str, expected: str | None) -> None:
    facts = {"value": None if value is None else Decimal(value), "stage": stage}
    found = select_policy(POLICIES, kind, facts)
    assert found == NoPolicy(kind=kind) if expected is None else isinstance(found, Policy) and found.key == expected


@pytest.mark.parametrize(
    ("target", "policy"), [(Decimal(99_999), "cancel"), (Decimal(100_000), "cancel-large"), (None, "cancel")]
)
def test_shipped_template_asks_the_forum_to_cancel_what_is_large(target: Decimal | None, policy: str) -> None:
    assert opened("cancel", of=measure(target=target)).policy == policy


FAR = Holder(person=LEADER, role=Role.PMO, path="/")
NEAR = Holder(person=PMO, role=Role.PMO, path=PROGRAM_PATH)
ASIDE = Holder(person=STRANGER, role=Role.PMO, path=ELSEWHERE_PATH)
BELOW = Holder(person=STRANGER, role=Role.PMO, path=f"{PATH}deeper/")


@pytest.mark.parametrize(
    ("approvers", "holders", "expected"),
    [
        (NamedOnMeasure(Role.SPONSOR), (), (SPONSOR,)),
        (NamedOnMeasure(Role.CONTROLLER), (), (CONTROLLER,)),
        (NamedOnMeasure(Role.OWNER), (), (OWNER,)),
        (RoleAtNode(Role.PMO), (), ()),
        (RoleAtNode(Role.PMO), (FAR, NEAR), (PMO,)),
        (RoleAtNode(Role.PMO), (FAR,), (LEADER,)),
        (RoleAtNode(Role.PMO), (ASIDE, BELOW), ()),
        (RoleAtNode(Role.PMO), (NEAR, NEAR), (PMO,)),
        (RoleAtNode(Role.LEADERSHIP), (FAR, NEAR), ()),
        (NamedPeople(("p@x.example", "gone@x.example")), (), (PMO,)),
        (DecisionForum(), (), (CHAIR, MEMBER, THIRD)),
    ],
)
def test_approvers(approvers: Any, holders: tuple[Holder, ...], expected: tuple[PersonId, ...]) -> None:
    who = directory(holders=holders, people_by_email={"p@x.example": PMO})
    assert resolve_approvers(approvers, place_of(measure(), PATH), Duties(), who) == expected


def test_nearest_holder_who_asked_is_passed_over_for_the_next_above() -> None:
    who = directory(holders=(FAR, NEAR))
    assert resolve_approvers(RoleAtNode(Role.PMO), place_of(measure(), PATH), Duties(requested_by=PMO), who) == (
        LEADER,
    )


def ask(kind: str = "gate:detailed", person: PersonId = OWNER, of: Measure | None = None, **more: Any) -> Any:
    target = Stage[kind.partition(":")[2].upper()] if kind.startswith("gate:") else None
    subject = of or measure()
    return open_request(
        Ask(kind=kind, target=target, reason="capacity"), subject, situation(**more), actor(person), NOW, request_id()
    )


def opened(kind: str = "gate:detailed", person: PersonId = OWNER, **more: Any) -> ApprovalRequest:
    outcome = ask(kind, person, **more)
    assert isinstance(outcome, ApprovalRequest)
    return outcome


def test_nobody_with_the_role_is_named_at_once() -> None:
    holders = tuple(holder for holder in directory().holders if holder.role is not Role.PMO)
    outcome = ask(directory=directory(holders=holders))
    assert outcome == NoApprover(step="Programme office", selector="role:pmo", excluded=(), have=0, need=1)


def test_only_the_requester_with_the_role_is_named_at_once() -> None:
    outcome = ask(person=PMO)
    assert outcome == NoApprover(step="Programme office", selector="role:pmo", excluded=(PMO,), have=0, need=1)


def test_last_editor_is_no_approver() -> None:
    outcome = ask(of=measure(last_edited_by=SPONSOR))
    assert outcome == NoApprover(step="Sponsor", selector="measure:sponsor", excluded=(SPONSOR,), have=0, need=1)


@pytest.mark.parametrize("kind", ["gate:identified", "hold", "resume", "cancel"])
def test_sponsor_cannot_ask_themselves(kind: str) -> None:
    assert isinstance(ask(kind, SPONSOR), NoApprover)


def test_measure_without_forum_cannot_be_decided() -> None:
    outcome = ask("gate:decided", of=measure(forum=None))
    assert isinstance(outcome, NoApprover)
    assert outcome.selector == "forum"


def test_requester_is_left_out_of_the_forum_and_the_quorum_of_the_rest_holds() -> None:
    request = opened("gate:decided", person=CHAIR)
    assert request.steps[1].approvers == (MEMBER, THIRD)
    assert request.steps[1].needed == 2
    small = directory(forums={FORUM: ForumMembers(members=(CHAIR, MEMBER), quorum=2)})
    assert opened("gate:decided", person=CHAIR, directory=small).steps[1].needed == 1


def test_n_of_m_that_cannot_be_reached_is_refused() -> None:
    step = replace(STEP, approvers=RoleAtNode(Role.PMO), quorum=Quorum(rule=COUNT, count=2))
    policies = (Policy(key="p", label="", governs="hold", steps=(step,)),)
    outcome = ask("hold", template=replace(template(), policies=policies))
    assert outcome == NoApprover(step="S", selector="role:pmo", excluded=(), have=1, need=2)


def test_step_whose_conditions_do_not_hold_is_skipped() -> None:
    policies = (Policy(key="p", label="", governs="hold", steps=(replace(STEP, name="Large", when=(LARGE,)), STEP)),)
    small = ask("hold", of=measure(target=Decimal(999)), template=replace(template(), policies=policies))
    large = ask("hold", of=measure(target=Decimal(1000)), template=replace(template(), policies=policies))
    assert [step.name for step in small.steps] == ["S"]
    assert [step.name for step in large.steps] == ["Large", "S"]


def test_closer_must_not_have_edited() -> None:
    of = at_stage(Stage.IMPLEMENTED, editors=frozenset({OWNER, CONTROLLER}))
    outcome = ask("gate:closed", of=of)
    assert outcome == NoApprover(
        step="Controller", selector="measure:controller", excluded=(CONTROLLER,), have=0, need=1
    )


def say(request: ApprovalRequest, person: PersonId, choice: Choice = A, comment: str = "x", **more: Any) -> Any:
    of, delegations = more.pop("of", measure()), more.pop("delegations", ())
    subject = subject_of(of, request.kind)
    return decide_vote(request, Vote(choice=choice, comment=comment), actor(person, **more), NOW, subject, delegations)


def after(request: ApprovalRequest, *people: PersonId) -> ApprovalRequest:
    for person in people:
        outcome = say(request, person)
        assert isinstance(outcome, Voted), outcome
        request = apply_vote(request, outcome)
    return request


def test_steps_are_decided_in_order() -> None:
    request = opened()
    assert request.waits_for == (PMO,)
    assert say(request, SPONSOR) == NotAnApprover(request=request.id, step="Programme office", waits_for=(PMO,))
    first = say(request, PMO)
    assert (first.step_outcome, first.state, first.next_step) == (YES, RequestState.OPEN, "Sponsor")
    request = apply_vote(request, first)
    assert request.waits_for == (SPONSOR,)
    last = say(request, SPONSOR)
    assert (last.step_outcome, last.state, last.next_step) == (YES, YES, None)
    assert apply_vote(request, last).state is YES


def test_next_step_is_due_from_the_day_it_is_reached() -> None:
    request = after(opened(), PMO)
    assert [step.due_on for step in request.steps] == [date(2026, 11, 5), date(2026, 11, 9)]


@pytest.mark.parametrize(("choice", "state"), [(R, NO), (B, BACK)])
def test_first_step_that_is_not_approved_ends_the_request(choice: Choice, state: RequestState) -> None:
    request = opened()
    ended = apply_vote(request, say(request, PMO, choice))
    assert ended.state is state
    assert ended.current is None
    assert say(ended, SPONSOR) == RequestNotOpen(request=request.id, state=state)


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.OPEN])
def test_vote_on_a_settled_request_is_refused(state: RequestState) -> None:
    request = replace(opened(), state=state)
    assert say(request, PMO) == RequestNotOpen(request=request.id, state=state)


def test_requester_cannot_decide_even_when_listed() -> None:
    request = opened()
    forged = replace(request, steps=(replace(request.steps[0], approvers=(OWNER,)), request.steps[1]))
    assert say(forged, OWNER) == OwnRequest(person=OWNER)


def test_last_editor_cannot_decide() -> None:
    outcome = say(opened(), PMO, of=measure(last_edited_by=PMO))
    assert outcome == EditedBySelf(person=PMO, is_closure=False)


@pytest.mark.parametrize("word", ["owner", "sponsor"])
def test_closure_is_not_accepted_by_who_became_owner_or_sponsor_meanwhile(word: str) -> None:
    ready = at_stage(Stage.IMPLEMENTED)
    request = opened("gate:closed", of=ready)
    people = {"controller": STRANGER, word: CONTROLLER}
    outcome = say(request, CONTROLLER, of=replace(ready, **people))
    assert outcome == SegregationConflict(duty="closure", conflicts_with=word, person=CONTROLLER)


@pytest.mark.parametrize("person", [OWNER, SPONSOR, PMO, CHAIR, LEADER, STRANGER])
def test_only_the_controller_accepts_a_closure(person: PersonId) -> None:
    ready = at_stage(Stage.IMPLEMENTED)
    request = opened("gate:closed", of=ready)
    assert not isinstance(say(request, person, of=ready), Voted)
    assert isinstance(say(request, CONTROLLER, of=ready), Voted)


def test_delegate_votes_for_the_approver_and_is_shown() -> None:
    outcome = say(opened(), STRANGER, on_behalf_of=PMO, delegations=(delegation(PMO, STRANGER),))
    assert isinstance(outcome, Voted)
    assert (outcome.vote.person, outcome.vote.on_behalf_of, outcome.vote.approver) == (STRANGER, PMO, PMO)


def test_delegation_to_the_requester_is_refused() -> None:
    given = (delegation(PMO, OWNER),)
    assert say(opened(), OWNER, on_behalf_of=PMO, delegations=given) == OwnRequest(person=OWNER)


def test_nobody_votes_twice_on_a_step() -> None:
    request = after(opened("gate:decided"), CONTROLLER, CHAIR)
    assert say(request, CHAIR) == AlreadyVoted(request=request.id, step="Decision forum", choice=A)
    given = (delegation(CHAIR, STRANGER),)
    assert say(request, STRANGER, on_behalf_of=CHAIR, delegations=given) == AlreadyVoted(
        request=request.id, step="Decision forum", choice=A
    )


def test_forum_decides_by_quorum() -> None:
    request = after(opened("gate:decided"), CONTROLLER, CHAIR)
    assert request.state is RequestState.OPEN
    assert request.waits_for == (MEMBER, THIRD)
    assert after(request, THIRD).state is YES


@pytest.mark.parametrize("choice", [R, B])
@pytest.mark.parametrize("comment", ["", "  \n"])
def test_everything_but_approval_needs_a_comment(choice: Choice, comment: str) -> None:
    assert say(opened(), PMO, choice, comment) == CommentNeeded(choice=choice)


def test_approval_needs_no_comment() -> None:
    assert isinstance(say(opened(), PMO, A, ""), Voted)


def test_only_forums_abstain() -> None:
    assert say(opened(), PMO, X) == AbstentionNotPossible(step="Programme office")
    request = after(opened("gate:decided"), CONTROLLER)
    assert isinstance(say(request, CHAIR, X), Voted)
    assert say(request, CHAIR, X, "") == CommentNeeded(choice=X)


def test_vote_on_a_changed_measure_is_refused_with_the_differences() -> None:
    outcome = say(opened(), PMO, of=measure(target=Decimal(1)))
    assert isinstance(outcome, SealBroken)
    assert [(c.field, c.before, c.after) for c in outcome.changes] == [("target", "12000.00", "1.00")]


def test_change_while_open_voids_and_names_the_fields() -> None:
    voided = void_if_changed(opened(), subject_of(measure(title="Other", end=None), opened().kind), NOW)
    assert voided is not None
    assert {change.field for change in voided.changes} == {"title", "end"}
    assert void_if_changed(opened(), subject_of(measure(version=99), opened().kind), NOW) is None


def test_settled_request_is_not_voided() -> None:
    assert void_if_changed(replace(opened(), state=YES), subject_of(measure(title="Other"), opened().kind), NOW) is None


def test_requester_and_nobody_else_withdraws() -> None:
    request = opened()
    assert isinstance(decide_withdraw(request, actor(OWNER), NOW, "Too early"), RequestWithdrawn)
    assert decide_withdraw(request, actor(PMO), NOW, "") == NotYourRequest(request=request.id, requested_by=OWNER)
    settled = replace(request, state=NO)
    assert decide_withdraw(settled, actor(OWNER), NOW, "") == RequestNotOpen(request=request.id, state=NO)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 2), 0, date(2026, 11, 2)),
        (date(2026, 11, 2), 1, date(2026, 11, 3)),
        (date(2026, 11, 6), 1, date(2026, 11, 9)),
        (date(2026, 11, 7), 1, date(2026, 11, 9)),
        (date(2026, 11, 2), 5, date(2026, 11, 9)),
        (date(2026, 12, 23), 2, date(2026, 12, 28)),
    ],
)
def test_working_days(day: date, count: int, expected: date) -> None:
    assert add_working_days(day, count, frozenset({date(2026, 12, 25)})) == expected


def test_request_is_sealed_on_what_it_was_made_on() -> None:
    request = opened()
    assert request.subject == subject_of(measure(), request.kind).text
    assert len(request.seal) == 64
    assert request.template == "cost-programme/v2"
    assert request.duties.requested_by == OWNER


def test_directory_without_anybody_satisfies_no_role() -> None:
    assert resolve_approvers(DecisionForum(), place_of(measure(), ROOT_PATH), Duties(), Directory()) == ()
