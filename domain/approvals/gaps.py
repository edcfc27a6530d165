"""Policies that cannot be satisfied as the instance is staffed: which step, why, where, and who can mend it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.access import ROLE_CAPABILITIES, Capability, Role
from domain.approvals.choosing import Directory, Holder, selector_name
from domain.governance.policies import (
    ORDER_PREFIX,
    DecisionForum,
    NamedOnMeasure,
    NamedPeople,
    Policy,
    RoleAtNode,
    Rule,
    Step,
)
from domain.ids import ForumId, PersonId

MENDING = Capability.MANAGE_PEOPLE


class GapKind(StrEnum):
    NOBODY = "nobody"  # nobody holds the role, or none of the people named can sign in
    ONLY_ONE = "only_one"  # one person holds the role and may ask: what they ask for nobody decides
    TOO_FEW = "too_few"  # fewer than the step needs
    NO_FORUM = "no_forum"  # there is no decision forum
    NO_MEMBERS = "no_members"
    GONE = "gone"  # whom measures name can sign in no more


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Why a step of a policy cannot be decided. `paths` are nodes where that is so, () for everywhere."""

    policy: str
    step: str
    selector: str
    kind: GapKind
    have: int = 0
    need: int = 1
    paths: tuple[str, ...] = ()
    forum: ForumId | None = None
    person: PersonId | None = None
    measures: int = 0  # for GONE: how many measures


def find_gaps(
    policies: Iterable[Policy], directory: Directory, paths: Sequence[str], gone: Mapping[Role, int]
) -> tuple[Gap, ...]:
    """Every gap, in the order of the policies. `paths`: where measures can be; `gone`: see `measures` of a gap."""
    return tuple(
        gap for policy in policies for step in policy.steps for gap in gaps_of(policy, step, directory, paths, gone)
    )


def gaps_of(
    policy: Policy, step: Step, directory: Directory, paths: Sequence[str], gone: Mapping[Role, int]
) -> Iterator[Gap]:
    need = count_needed(step)
    gap = Gap(policy=policy.key, step=step.name, selector=selector_name(step.approvers), kind=GapKind.NOBODY, need=need)
    if is_order := policy.governs.startswith(ORDER_PREFIX):
        paths = tuple(dict.fromkeys(organization_of(path) for path in paths))
    match step.approvers:
        case RoleAtNode(role=role):
            for kind, have, person, where in role_gaps(
                role, need, holders_of(role, directory, is_order=is_order), paths
            ):
                there = () if len(where) == len(paths) else where
                yield replace(gap, kind=kind, have=have, person=person, paths=there)
        case NamedPeople(emails=emails):
            have = sum(email in directory.people_by_email for email in emails)
            if have < need:
                yield replace(gap, kind=GapKind.TOO_FEW if have else GapKind.NOBODY, have=have)
        case DecisionForum():
            yield from forum_gaps(gap, step, step.approvers.name, directory)
        case NamedOnMeasure(role=role):
            if count := gone.get(role, 0):
                yield replace(gap, kind=GapKind.GONE, measures=count)


def count_needed(step: Step) -> int:
    return step.quorum.count if step.quorum.rule is Rule.COUNT else 1


Found = tuple[GapKind, int, PersonId | None, tuple[str, ...]]


def organization_of(path: str) -> str:
    """Where orders are decided, wherever measures are."""
    return f"/{path.split('/')[1]}/"


def holders_of(role: Role, directory: Directory, *, is_order: bool) -> list[Holder]:
    """On measures nobody decides who holds the role for some orders alone; on orders each for theirs."""
    held = [holder for holder in directory.holders if holder.role is role]
    return held if is_order else [each for each in held if not each.channel and each.unit is None]


def role_gaps(role: Role, need: int, holders: Sequence[Holder], paths: Sequence[str]) -> list[Found]:
    """The same gap at several nodes is one."""
    where: dict[tuple[GapKind, int, PersonId | None], list[str]] = defaultdict(list)
    for path in paths:
        above = [holder for holder in holders if path.startswith(holder.path)]
        people = {holder.person for holder in above}
        nearest = max((len(holder.path) for holder in above), default=0)
        here = {holder.person for holder in above if len(holder.path) == nearest}
        if not people:
            where[GapKind.NOBODY, 0, None].append(path)
        elif len(here) < need:
            where[GapKind.TOO_FEW, len(here), None].append(path)
        elif len(people) == 1 and Capability.REQUEST_GATE in ROLE_CAPABILITIES[role]:
            where[GapKind.ONLY_ONE, 1, next(iter(people))].append(path)
    return [(*key, tuple(found)) for key, found in where.items()]


def forum_gaps(gap: Gap, step: Step, name: str, directory: Directory) -> Iterator[Gap]:
    """Every forum a measure can name, or the one of that name."""
    forums = {forum: known for forum, known in directory.forums.items() if name in ("", known.name)}
    if not forums:
        yield replace(gap, kind=GapKind.NO_FORUM)
    for forum, members in forums.items():
        need = max(members.quorum, 1) if step.quorum.rule is Rule.FORUM else gap.need
        have = len(set(members.members))
        if have < need:
            kind = GapKind.TOO_FEW if have else GapKind.NO_MEMBERS
            yield replace(gap, kind=kind, have=have, need=need, forum=forum)


def menders(directory: Directory, path: str) -> tuple[PersonId, ...]:
    """Who can give roles and access at a node: the programme office and administrators there and above."""
    return tuple(
        dict.fromkeys(
            holder.person
            for holder in directory.holders
            if MENDING in ROLE_CAPABILITIES[holder.role] and path.startswith(holder.path)
        )
    )
