"""Valid things by default: people, a directory, a template, a measure that is ready for any gate."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.access import Actor, Assignment, Role
from domain.approvals import Directory, ForumMembers, Holder, Situation
from domain.delegation import Delegation
from domain.governance import GovernanceTemplate, parse_template
from domain.ids import (
    DelegationId,
    EvidenceId,
    ForumId,
    LineId,
    MeasureId,
    MilestoneId,
    NodeId,
    PersonId,
    ReferenceId,
    RequestId,
)
from domain.measures import Evidence, Measure, Milestone
from domain.months import Month
from domain.stages import Stage
from domain.value import EffectLine, Recurrence, Scenario, Sign

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
TEMPLATES = Path(__file__).parents[2] / "templates" / "governance"

ROOT, PROGRAM, PACKAGE, ELSEWHERE = (NodeId(UUID(int=n)) for n in range(1, 5))
ROOT_PATH = f"/{ROOT}/"
PROGRAM_PATH = f"{ROOT_PATH}{PROGRAM}/"
PATH = f"{PROGRAM_PATH}{PACKAGE}/"
ELSEWHERE_PATH = f"{ROOT_PATH}{ELSEWHERE}/"
FORUM = ForumId(UUID(int=50))

OWNER, SPONSOR, CONTROLLER, PMO, CHAIR, MEMBER, THIRD, LEADER, STRANGER = (
    PersonId(UUID(int=n)) for n in range(100, 109)
)
ROLES = {
    OWNER: Role.OWNER,
    SPONSOR: Role.SPONSOR,
    CONTROLLER: Role.CONTROLLER,
    PMO: Role.PMO,
    CHAIR: Role.FORUM_MEMBER,
    MEMBER: Role.FORUM_MEMBER,
    THIRD: Role.FORUM_MEMBER,
    LEADER: Role.LEADERSHIP,
}
PLAN_MONTHS = tuple(Month(2026, n) for n in range(1, 13))


def request_ids() -> Iterator[RequestId]:
    number = 1000
    while True:
        number += 1
        yield RequestId(UUID(int=number))


def request_id(number: int = 1) -> RequestId:
    return RequestId(UUID(int=1000 + number))


@cache
def template(key: str = "cost-programme") -> GovernanceTemplate:
    outcome = parse_template((TEMPLATES / key / "v2.yaml").read_text())
    assert isinstance(outcome, GovernanceTemplate)
    return outcome


def actor(person: PersonId, path: str = ROOT_PATH, role: Role | None = None, **more: Any) -> Actor:
    """A person with their role at the program's root, or with no role when they have none; who has just signed in."""
    held = role or ROLES.get(person)
    assignments = (Assignment(held, NodeId(UUID(path.rstrip("/").split("/")[-1])), path),) if held else ()
    more = {"confirmed_at": NOW} | more
    return Actor(person=person, name=f"Person {person.int}", assignments=assignments, **more)


def directory(**more: Any) -> Directory:
    holders = tuple(Holder(person=person, role=role, path=ROOT_PATH) for person, role in ROLES.items())
    forums = {FORUM: ForumMembers(members=(CHAIR, MEMBER, THIRD), quorum=2, chair=CHAIR)}
    return Directory(**{"holders": holders, "forums": forums, **more})


def delegation(giver: PersonId, taker: PersonId, **more: Any) -> Delegation:
    """In force for a fortnight around NOW, for everything."""
    defaults: dict[str, Any] = {"id": DelegationId(UUID(int=giver.int * 1000 + taker.int))}
    days = {"starts_on": date(2026, 10, 26), "ends_on": date(2026, 11, 8)}
    return Delegation(**{**defaults, **days, "giver": giver, "taker": taker, **more})


def situation(**more: Any) -> Situation:
    return Situation(**{"path": PATH, "template": template(), "directory": directory(), **more})


def line(number: int = 1, **more: Any) -> EffectLine:
    even = {month: Decimal("1000.00") for month in PLAN_MONTHS}
    series = {Scenario.BASELINE: even, Scenario.PLAN: even, Scenario.FORECAST: even, Scenario.ACTUAL: even}
    defaults: dict[str, Any] = {
        "id": LineId(UUID(int=200 + number)),
        "name": f"Line {number}",
        "kind": "material_cost",
        "recurrence": Recurrence.RECURRING,
        "sign": Sign.BENEFIT,
        "series": series,
    }
    return EffectLine(**{**defaults, **more})


def milestone(number: int = 1, **more: Any) -> Milestone:
    defaults: dict[str, Any] = {
        "id": MilestoneId(UUID(int=300 + number)),
        "title": f"Milestone {number}",
        "owner": OWNER,
        "due": date(2026, 6, 30),
        "done_on": date(2026, 6, 29),
        "evidence": 1,
    }
    return Milestone(**{**defaults, **more})


def measure(**more: Any) -> Measure:
    """Complete in every respect, at the first stage, last edited by its owner."""
    defaults: dict[str, Any] = {
        "id": MeasureId(UUID(int=10)),
        "code": "M-0001",
        "package": PACKAGE,
        "title": "Bundle carriers",
        "description": "One contract for three sites.",
        "expected_effect": "Lower freight cost.",
        "owner": OWNER,
        "sponsor": SPONSOR,
        "controller": CONTROLLER,
        "business_unit": ReferenceId(UUID(int=20)),
        "function": ReferenceId(UUID(int=21)),
        "legal_entity": ReferenceId(UUID(int=22)),
        "forum": FORUM,
        "start": date(2026, 1, 1),
        "end": date(2026, 12, 31),
        "rough_value": Decimal("12000.00"),
        "target": Decimal("12000.00"),
        "baseline_source": "Ledger 2025",
        "assumptions": "Volume stays.",
        "no_risks": True,
        "no_dependencies": True,
        "controller_confirmed_at": NOW,
        "closed_through": "2026-09",
        "milestones": (milestone(),),
        "lines": (line(),),
        "evidence": (Evidence(id=EvidenceId(UUID(int=400)), title="Statement", milestone=None, is_closure=True),),
        "last_edited_by": OWNER,
        "editors": frozenset({OWNER}),
    }
    return Measure(**{**defaults, **more})


def at_stage(stage: Stage, **more: Any) -> Measure:
    return measure(stage=stage, plan_version=1 if stage >= Stage.DECIDED else 0, **more)


def without(of: Measure, **changes: Any) -> Measure:
    return replace(of, **changes)
