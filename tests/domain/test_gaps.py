"""Policies that nobody can satisfy are named: nobody with the role, only one, too few, a forum without members."""

from typing import Any

import pytest

from domain.access import Role
from domain.approvals import Directory, ForumMembers, Holder
from domain.approvals.gaps import Gap, GapKind, find_gaps, menders
from domain.governance.policies import (
    DecisionForum,
    NamedOnMeasure,
    NamedPeople,
    Policy,
    Quorum,
    RoleAtNode,
    Rule,
    Step,
)
from domain.ids import PersonId
from tests.domain.making import (
    CHAIR,
    ELSEWHERE_PATH,
    FORUM,
    LEADER,
    MEMBER,
    PATH,
    PMO,
    PROGRAM_PATH,
    ROOT_PATH,
    STRANGER,
)

OTHER = f"{ELSEWHERE_PATH}other/"
HERE = (PATH, OTHER)
ANY, MAJORITY = Quorum(rule=Rule.ANY), Quorum(rule=Rule.FORUM)


def holder(person: PersonId, role: Role = Role.PMO, path: str = ROOT_PATH) -> Holder:
    return Holder(person=person, role=role, path=path)


def gaps(approvers: Any, quorum: Quorum = ANY, gone: dict[Role, int] | None = None, **there: Any) -> list[Gap]:
    step = Step(name="S", approvers=approvers, quorum=quorum, due_working_days=1)
    policy = Policy(key="p", label="P", governs="hold", steps=(step,))
    return list(find_gaps((policy,), Directory(**there), HERE, gone or {}))


def forum(*members: PersonId, quorum: int = 2) -> dict[Any, ForumMembers]:
    return {FORUM: ForumMembers(members=members, quorum=quorum)}


OFFICE, TWO = RoleAtNode(Role.PMO), Quorum(rule=Rule.COUNT, count=2)
ROWS: list[tuple[Any, Quorum, dict[str, Any], list[tuple[GapKind, int, int, tuple[str, ...]]]]] = [
    (OFFICE, ANY, {}, [(GapKind.NOBODY, 0, 1, ())]),
    (OFFICE, ANY, {"holders": (holder(PMO), holder(LEADER))}, []),
    (OFFICE, ANY, {"holders": (holder(PMO),)}, [(GapKind.ONLY_ONE, 1, 1, ())]),
    (RoleAtNode(Role.LEADERSHIP), ANY, {"holders": (holder(LEADER, Role.LEADERSHIP),)}, []),
    (
        OFFICE,
        ANY,
        {"holders": (holder(PMO, path=PROGRAM_PATH), holder(LEADER, path=PROGRAM_PATH))},
        [(GapKind.NOBODY, 0, 1, (OTHER,))],
    ),
    (OFFICE, TWO, {"holders": (holder(PMO), holder(LEADER))}, []),
    (OFFICE, TWO, {"holders": (holder(PMO),)}, [(GapKind.TOO_FEW, 1, 2, ())]),
    (
        OFFICE,
        TWO,
        {"holders": (holder(PMO), holder(LEADER), holder(STRANGER, path=PROGRAM_PATH))},
        [(GapKind.TOO_FEW, 1, 2, (PATH,))],
    ),
    (NamedPeople(("a@x.example",)), ANY, {}, [(GapKind.NOBODY, 0, 1, ())]),
    (NamedPeople(("a@x.example",)), ANY, {"people_by_email": {"a@x.example": PMO}}, []),
    (
        NamedPeople(("a@x.example", "b@x.example")),
        TWO,
        {"people_by_email": {"a@x.example": PMO}},
        [(GapKind.TOO_FEW, 1, 2, ())],
    ),
    (DecisionForum(), MAJORITY, {}, [(GapKind.NO_FORUM, 0, 1, ())]),
    (DecisionForum(), MAJORITY, {"forums": forum()}, [(GapKind.NO_MEMBERS, 0, 2, ())]),
    (DecisionForum(), MAJORITY, {"forums": forum(CHAIR)}, [(GapKind.TOO_FEW, 1, 2, ())]),
    (DecisionForum(), MAJORITY, {"forums": forum(CHAIR, MEMBER)}, []),
    (NamedOnMeasure(Role.SPONSOR), ANY, {}, []),
    (NamedOnMeasure(Role.SPONSOR), ANY, {"gone": {Role.SPONSOR: 3}}, [(GapKind.GONE, 0, 1, ())]),
]


@pytest.mark.parametrize(("approvers", "quorum", "there", "expected"), ROWS)
def test_gap_is_named_with_its_kind_and_where(
    approvers: Any, quorum: Quorum, there: dict[str, Any], expected: list[tuple[GapKind, int, int, tuple[str, ...]]]
) -> None:
    found = gaps(approvers, quorum, **there)
    assert [(gap.kind, gap.have, gap.need, gap.paths) for gap in found] == expected


def test_only_one_names_the_person_and_gone_the_number_of_measures() -> None:
    assert gaps(OFFICE, holders=(holder(PMO),))[0].person == PMO
    assert gaps(NamedOnMeasure(Role.SPONSOR), gone={Role.SPONSOR: 3})[0].measures == 3


def test_the_office_and_administrators_at_the_node_and_above_can_mend_it() -> None:
    there = Directory(
        holders=(
            holder(PMO),
            holder(LEADER, Role.INSTANCE_ADMINISTRATOR),
            holder(STRANGER, path=ELSEWHERE_PATH),
            holder(CHAIR, Role.FORUM_MEMBER),
        )
    )
    assert menders(there, PATH) == (PMO, LEADER)
