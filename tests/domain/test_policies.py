"""Policy selection and quorum as one table: which policy applies, which steps remain, who decides, how many of them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from domain.access import Role
from domain.approvals import (
    ApprovalRequest,
    Ask,
    Choice,
    Directory,
    ForumMembers,
    Holder,
    NoApprover,
    NoPolicy,
    Vote,
    Voted,
    apply_vote,
    decide_vote,
    open_request,
    subject_of,
)
from domain.governance.policies import (
    Approvers,
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
    measure,
    request_id,
    situation,
    template,
)

NAMES = {
    OWNER: "owner",
    SPONSOR: "sponsor",
    CONTROLLER: "controller",
    PMO: "pmo",
    CHAIR: "chair",
    MEMBER: "member",
    THIRD: "third",
    LEADER: "leader",
    STRANGER: "stranger",
}
MEASURE_SPONSOR, MEASURE_CONTROLLER, MEASURE_OWNER = (
    NamedOnMeasure(role) for role in (Role.SPONSOR, Role.CONTROLLER, Role.OWNER)
)
OFFICE, BOARD = RoleAtNode(Role.PMO), DecisionForum()
ANY, ALL, MAJORITY = Quorum(rule=Rule.ANY), Quorum(rule=Rule.ALL), Quorum(rule=Rule.FORUM)


def at_least(count: int) -> Quorum:
    return Quorum(rule=Rule.COUNT, count=count)


def when(field: str, operator: str, value: Any) -> Condition:
    known = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return Condition(field=field, operator=Operator(operator), value=known)


def step(approvers: Approvers, quorum: Quorum = ANY, *conditions: Condition, name: str = "S") -> Step:
    return Step(name=name, approvers=approvers, quorum=quorum, due_working_days=1, when=conditions)


def policy(key: str, *steps: Step, governs: str = "hold", **conditions: Any) -> Policy:
    given = conditions.get("when", ())
    return Policy(key=key, label=key, governs=governs, steps=steps or (step(MEASURE_SPONSOR),), when=given)


def held(role: Role, *people: PersonId, path: str = ROOT_PATH) -> tuple[Holder, ...]:
    return tuple(Holder(person=person, role=role, path=path) for person in people)


def who(
    *holders: tuple[Holder, ...], forum: tuple[PersonId, ...] = (CHAIR, MEMBER, THIRD), quorum: int = 2
) -> Directory:
    return Directory(
        holders=tuple(holder for group in holders for holder in group),
        forums={FORUM: ForumMembers(members=forum, quorum=quorum, chair=CHAIR)},
        people_by_email={"a@x.example": PMO, "b@x.example": LEADER, "c@x.example": OWNER},
    )


def p(*steps: Step) -> tuple[Policy, ...]:
    return (policy("p", *steps),)


ONE_OFFICE = who(held(Role.PMO, PMO))
THREE = who(held(Role.PMO, PMO, LEADER, STRANGER))
LEVELS = who(
    held(Role.PMO, LEADER), held(Role.PMO, PMO, path=PROGRAM_PATH), held(Role.PMO, STRANGER, path=ELSEWHERE_PATH)
)
NOBODY = who()


def written(outcome: Any) -> str:
    """ "large: sponsor 1 > chair+member 2", "nobody: S 0 of 1 not pmo", "no policy"."""
    match outcome:
        case NoPolicy():
            return "no policy"
        case NoApprover(step=name, have=have, need=need, excluded=excluded):
            left_out = f" not {'+'.join(NAMES[person] for person in excluded)}" if excluded else ""
            return f"nobody: {name} {have} of {need}{left_out}"
        case ApprovalRequest():
            steps = (f"{'+'.join(NAMES[p] for p in each.approvers)} {each.needed}" for each in outcome.steps)
            return f"{outcome.policy}: {' > '.join(steps)}"
    return type(outcome).__name__


BIG = when("value", "at_least", 100)
BY_VALUE = (policy("big", step(MEASURE_CONTROLLER), when=(BIG,)), policy("rest"))
BY_ROUGH = (policy("rough", when=(when("rough_value", "above", 5),)), policy("rest"))
BANDS = (
    policy("over", when=(when("value", "above", 1000),)),
    policy("middle", when=(when("value", "above", 100), when("value", "at_most", 1000))),
    policy("under", when=(when("value", "below", 100),)),
    policy("hundred"),
)
BY_STAGE = (
    policy("late", when=(when("stage", "one_of", ("decided", "implemented")),)),
    policy("early", when=(when("stage", "is_not", "defined"),)),
    policy("first"),
)


def valued(value: str | None, rough: str | None = "1.00") -> dict[str, Any]:
    return {"target": Decimal(value) if value else None, "rough_value": Decimal(rough) if rough else None}


# policies, what differs in the measure, who asks, who is there, what comes of it
SELECTED: list[tuple[tuple[Policy, ...], dict[str, Any], PersonId, Directory, str]] = [
    # The first policy whose conditions all hold; boundaries.
    (BY_VALUE, valued("99.99"), OWNER, NOBODY, "rest: sponsor 1"),
    (BY_VALUE, valued("100.00"), OWNER, NOBODY, "big: controller 1"),
    (BY_VALUE, valued("100.01"), OWNER, NOBODY, "big: controller 1"),
    (BY_VALUE, valued(None, "100.00"), OWNER, NOBODY, "big: controller 1"),
    (BY_VALUE, valued(None, "99.99"), OWNER, NOBODY, "rest: sponsor 1"),
    (BY_VALUE, valued(None, None), OWNER, NOBODY, "rest: sponsor 1"),
    (BY_VALUE, valued("0.00"), OWNER, NOBODY, "rest: sponsor 1"),
    (BY_VALUE, valued("-100.00"), OWNER, NOBODY, "rest: sponsor 1"),
    (BANDS, valued("1000.01"), OWNER, NOBODY, "over: sponsor 1"),
    (BANDS, valued("1000.00"), OWNER, NOBODY, "middle: sponsor 1"),
    (BANDS, valued("100.01"), OWNER, NOBODY, "middle: sponsor 1"),
    (BANDS, valued("100.00"), OWNER, NOBODY, "hundred: sponsor 1"),
    (BANDS, valued("99.99"), OWNER, NOBODY, "under: sponsor 1"),
    (BANDS, valued(None, None), OWNER, NOBODY, "hundred: sponsor 1"),
    (BY_STAGE, {"stage": Stage.DEFINED}, OWNER, NOBODY, "first: sponsor 1"),
    (BY_STAGE, {"stage": Stage.DETAILED}, OWNER, NOBODY, "early: sponsor 1"),
    (BY_STAGE, {"stage": Stage.DECIDED}, OWNER, NOBODY, "late: sponsor 1"),
    (BY_STAGE, {"stage": Stage.IMPLEMENTED}, OWNER, NOBODY, "late: sponsor 1"),
    (tuple(reversed(BY_VALUE)), valued("100.00"), OWNER, NOBODY, "rest: sponsor 1"),
    ((policy("both", when=(BIG, when("stage", "is", "decided"))),), valued("100.00"), OWNER, NOBODY, "no policy"),
    ((policy("other", governs="cancel"),), {}, OWNER, NOBODY, "no policy"),
    ((), {}, OWNER, NOBODY, "no policy"),
    (BY_ROUGH, valued("9.00"), OWNER, NOBODY, "rest: sponsor 1"),
    # Steps: in order, skipped where their conditions do not hold.
    (p(step(MEASURE_SPONSOR), step(MEASURE_CONTROLLER)), {}, OWNER, NOBODY, "p: sponsor 1 > controller 1"),
    (p(step(MEASURE_CONTROLLER, ANY, BIG), step(MEASURE_SPONSOR)), valued("99.99"), OWNER, NOBODY, "p: sponsor 1"),
    (
        p(step(MEASURE_CONTROLLER, ANY, BIG), step(MEASURE_SPONSOR)),
        valued("100.00"),
        OWNER,
        NOBODY,
        "p: controller 1 > sponsor 1",
    ),
    (
        p(step(MEASURE_SPONSOR), step(BOARD, MAJORITY, BIG)),
        valued("100.00"),
        OWNER,
        NOBODY,
        "p: sponsor 1 > chair+member+third 2",
    ),
    (p(step(OFFICE, ANY, BIG), step(MEASURE_SPONSOR)), valued("1.00"), OWNER, NOBODY, "p: sponsor 1"),
    (p(step(OFFICE, ANY, BIG), step(MEASURE_SPONSOR)), valued("100.00"), OWNER, NOBODY, "nobody: S 0 of 1"),
    (p(step(MEASURE_SPONSOR), step(OFFICE, name="Second")), {}, OWNER, NOBODY, "nobody: Second 0 of 1"),
    # Whom the measure names.
    (p(step(MEASURE_OWNER)), {}, SPONSOR, NOBODY, "nobody: S 0 of 1 not owner"),
    (p(step(MEASURE_OWNER)), {"last_edited_by": PMO}, SPONSOR, NOBODY, "p: owner 1"),
    (p(), {"sponsor": None}, OWNER, NOBODY, "nobody: S 0 of 1"),
    (p(), {}, SPONSOR, NOBODY, "nobody: S 0 of 1 not sponsor"),
    (p(), {"last_edited_by": SPONSOR}, OWNER, NOBODY, "nobody: S 0 of 1 not sponsor"),
    (p(), {"editors": frozenset({SPONSOR})}, OWNER, NOBODY, "p: sponsor 1"),
    (p(step(MEASURE_SPONSOR, ALL)), {}, OWNER, NOBODY, "p: sponsor 1"),
    (p(step(MEASURE_SPONSOR)), {"controller": SPONSOR}, OWNER, NOBODY, "SegregationConflict"),
    # The role at the node, or at the nearest node above where somebody may decide.
    (p(step(OFFICE)), {}, OWNER, ONE_OFFICE, "p: pmo 1"),
    (p(step(OFFICE)), {}, OWNER, LEVELS, "p: pmo 1"),
    (p(step(OFFICE)), {}, PMO, LEVELS, "p: leader 1"),
    (p(step(OFFICE)), {"last_edited_by": PMO}, OWNER, LEVELS, "p: leader 1"),
    (p(step(OFFICE)), {"last_edited_by": LEADER}, PMO, LEVELS, "nobody: S 0 of 1 not leader+pmo"),
    (p(step(OFFICE)), {}, OWNER, who(held(Role.PMO, PMO, path=ELSEWHERE_PATH)), "nobody: S 0 of 1"),
    (p(step(OFFICE)), {}, OWNER, who(held(Role.PMO, PMO, path=f"{PATH}deeper/")), "nobody: S 0 of 1"),
    (p(step(OFFICE)), {}, OWNER, who(held(Role.PMO, PMO, path=PATH), held(Role.PMO, LEADER)), "p: pmo 1"),
    (p(step(OFFICE)), {}, PMO, ONE_OFFICE, "nobody: S 0 of 1 not pmo"),
    (p(step(OFFICE)), {}, OWNER, NOBODY, "nobody: S 0 of 1"),
    (p(step(RoleAtNode(Role.LEADERSHIP))), {}, OWNER, ONE_OFFICE, "nobody: S 0 of 1"),
    (p(step(OFFICE)), {}, OWNER, who(held(Role.PMO, PMO, PMO)), "p: pmo 1"),
    # How many of them.
    (p(step(OFFICE, ANY)), {}, OWNER, THREE, "p: pmo+leader+stranger 1"),
    (p(step(OFFICE, ALL)), {}, OWNER, THREE, "p: pmo+leader+stranger 3"),
    (p(step(OFFICE, ALL)), {}, PMO, THREE, "p: leader+stranger 2"),
    (p(step(OFFICE, at_least(2))), {}, OWNER, THREE, "p: pmo+leader+stranger 2"),
    (p(step(OFFICE, at_least(2))), {}, PMO, THREE, "p: leader+stranger 2"),
    (p(step(OFFICE, at_least(3))), {}, PMO, THREE, "nobody: S 2 of 3 not pmo"),
    (p(step(OFFICE, at_least(4))), {}, OWNER, THREE, "nobody: S 3 of 4"),
    (p(step(OFFICE, at_least(2))), {}, OWNER, ONE_OFFICE, "nobody: S 1 of 2"),
    # People by their address.
    (p(step(NamedPeople(("a@x.example", "b@x.example")))), {}, OWNER, NOBODY, "p: pmo+leader 1"),
    (p(step(NamedPeople(("a@x.example", "gone@x.example")), ALL)), {}, OWNER, NOBODY, "p: pmo 1"),
    (
        p(step(NamedPeople(("a@x.example", "c@x.example")), at_least(2))),
        {},
        OWNER,
        NOBODY,
        "nobody: S 1 of 2 not owner",
    ),
    (p(step(NamedPeople(("gone@x.example",)))), {}, OWNER, NOBODY, "nobody: S 0 of 1"),
    # The decision forum.
    (p(step(BOARD, MAJORITY)), {}, OWNER, NOBODY, "p: chair+member+third 2"),
    (p(step(BOARD, MAJORITY)), {}, CHAIR, NOBODY, "p: member+third 2"),
    (p(step(BOARD, MAJORITY)), {}, CHAIR, who(quorum=3), "p: member+third 2"),
    (p(step(BOARD, MAJORITY)), {}, OWNER, who(quorum=4), "nobody: S 3 of 4"),
    (p(step(BOARD, MAJORITY)), {}, OWNER, who(forum=()), "nobody: S 0 of 2"),
    (p(step(BOARD, MAJORITY)), {}, OWNER, who(forum=(CHAIR,)), "nobody: S 1 of 2"),
    (p(step(BOARD, MAJORITY)), {"forum": None}, OWNER, NOBODY, "nobody: S 0 of 1"),
    (p(step(BOARD, ANY)), {}, OWNER, NOBODY, "p: chair+member+third 1"),
    (p(step(BOARD, ALL)), {"last_edited_by": MEMBER}, OWNER, NOBODY, "p: chair+third 2"),
    (p(step(BOARD, at_least(2))), {}, OWNER, NOBODY, "p: chair+member+third 2"),
]


@pytest.mark.parametrize(("policies", "differs", "asks", "there", "expected"), SELECTED)
def test_which_policy_applies_and_who_decides_it(
    policies: tuple[Policy, ...], differs: dict[str, Any], asks: PersonId, there: Directory, expected: str
) -> None:
    around = situation(template=replace(template(), policies=policies), directory=there)
    ask = Ask(kind="hold", reason="capacity", comment="Because")
    assert written(open_request(ask, measure(**differs), around, actor(asks), NOW, request_id())) == expected


CLOSE = (policy("close", step(MEASURE_CONTROLLER), governs="gate:closed"),)
CLOSED_BY_OFFICE = (policy("close", step(OFFICE), governs="gate:closed"),)


@pytest.mark.parametrize(
    ("policies", "differs", "expected"),
    [
        (CLOSE, {}, "close: controller 1"),
        (CLOSE, {"editors": frozenset({OWNER, CONTROLLER})}, "nobody: S 0 of 1 not controller"),
        (CLOSED_BY_OFFICE, {}, "close: pmo 1"),
        (CLOSED_BY_OFFICE, {"editors": frozenset({OWNER, PMO})}, "nobody: S 0 of 1 not pmo"),
        (CLOSED_BY_OFFICE, {"sponsor": PMO}, "nobody: S 0 of 1 not pmo"),
        (CLOSED_BY_OFFICE, {"owner": PMO}, "nobody: S 0 of 1 not pmo"),
    ],
)
def test_closure_excludes_whoever_owns_sponsors_or_ever_edited(
    policies: tuple[Policy, ...], differs: dict[str, Any], expected: str
) -> None:
    around = situation(template=replace(template(), policies=policies), directory=ONE_OFFICE)
    of = at_stage(Stage.IMPLEMENTED, **differs)
    ask = Ask(kind="gate:closed", target=Stage.CLOSED)
    assert written(open_request(ask, of, around, actor(OWNER), NOW, request_id())) == expected


TWO_STEPS = p(step(OFFICE, at_least(2), name="Office"), step(BOARD, MAJORITY, name="Board"))
VOTES = {"+": Choice.APPROVE, "-": Choice.REJECT, "<": Choice.RETURN, "0": Choice.ABSTAIN}

# what is voted, one after the other; what the request is then, and the step that waits
COUNTED: list[tuple[str, str, str | None]] = [
    ("", "open", "Office"),
    ("pmo+", "open", "Office"),
    ("pmo+ leader+", "open", "Board"),
    ("pmo- leader+ stranger+", "open", "Board"),
    ("pmo- leader-", "rejected", None),
    ("pmo< leader-", "returned", None),
    ("pmo+ leader+ chair+", "open", "Board"),
    ("pmo+ leader+ chair+ member+", "approved", None),
    ("pmo+ leader+ chair+ member-", "open", "Board"),
    ("pmo+ leader+ chair+ member- third+", "approved", None),
    ("pmo+ leader+ chair+ member- third-", "rejected", None),
    ("pmo+ leader+ chair0 member0", "open", "Board"),
    ("pmo+ leader+ chair0 member0 third+", "approved", None),
    ("pmo+ leader+ chair0 member+", "approved", None),
    ("pmo+ leader+ chair0 member0 third0", "rejected", None),
    ("pmo+ leader+ chair< member<", "returned", None),
]


@pytest.mark.parametrize(("votes", "state", "waits"), COUNTED)
def test_votes_are_counted_step_by_step(votes: str, state: str, waits: str | None) -> None:
    around = situation(template=replace(template(), policies=TWO_STEPS), directory=THREE)
    ask = Ask(kind="hold", reason="capacity", comment="Because")
    request = open_request(ask, measure(), around, actor(OWNER), NOW, request_id())
    assert isinstance(request, ApprovalRequest)
    people = {name: person for person, name in NAMES.items()}
    for each in votes.split():
        person, choice = people[each[:-1]], VOTES[each[-1]]
        vote = Vote(choice=choice, comment="Because")
        by = actor(person, role=Role.PMO)
        outcome = decide_vote(request, vote, by, NOW, subject_of(measure(), "hold"))
        assert isinstance(outcome, Voted), outcome
        request = apply_vote(request, outcome)
    assert request.state == state
    assert (request.steps[request.current].name if request.current is not None else None) == waits
