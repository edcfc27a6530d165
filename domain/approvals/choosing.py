"""Which policy applies to a request, who may decide each of its steps, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.access import Role
from domain.approvals.request import RequestStep
from domain.governance.policies import (
    Approvers,
    DecisionForum,
    Fact,
    NamedOnMeasure,
    NamedPeople,
    Policy,
    RoleAtNode,
    Rule,
    Step,
)
from domain.ids import ForumId, PersonId, ReferenceId
from domain.measures import Measure
from domain.refusals import Refusal
from domain.segregation import Duties, segregation_conflict

SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Place:
    """What selectors look at of a subject: where it is, whom it names, its forum; of an order its channel and unit.

    `channel` is None for a measure: who holds a role for some orders alone decides on no measure.
    """

    path: str
    named: Mapping[Role, PersonId | None] = field(default_factory=dict)
    forum: ForumId | None = None
    channel: str | None = None
    unit: ReferenceId | None = None


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One role of one person at a node's path; with a channel or a unit for those orders alone."""

    person: PersonId
    role: Role
    path: str
    channel: str = ""
    unit: ReferenceId | None = None

    def is_for(self, place: Place) -> bool:
        """Whether the subject lies where the role is held."""
        if not place.path.startswith(self.path):
            return False
        if self.channel:
            return self.channel == place.channel
        return self.unit is None or (place.channel is not None and self.unit == place.unit)


@dataclass(frozen=True, kw_only=True)
class ForumMembers:
    """A decision forum: who belongs to it and how many votes make a decision."""

    members: tuple[PersonId, ...]
    quorum: int
    chair: PersonId | None = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Who holds what in the instance; only people who can sign in. `gone` are those whose access was ended."""

    holders: tuple[Holder, ...] = ()
    forums: Mapping[ForumId, ForumMembers] = field(default_factory=dict)
    people_by_email: Mapping[str, PersonId] = field(default_factory=dict)
    gone: frozenset[PersonId] = frozenset()


@dataclass(frozen=True, kw_only=True)
class NoPolicy(Refusal):
    """The template has no policy for this kind and these facts."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class NoApprover(Refusal):
    """Nobody may decide the step: nobody is there, or only people whom segregation of duties excludes."""

    step: str
    selector: str  # "measure:sponsor", "role:pmo", "people", "forum"
    excluded: tuple[PersonId, ...]  # who is there but may not
    have: int
    need: int


def select_policy(policies: Iterable[Policy], kind: str, facts: Mapping[str, Fact]) -> Policy | NoPolicy:
    """The first policy that governs the kind and whose conditions all hold."""
    return next((policy for policy in policies if policy.applies(kind, facts)), NoPolicy(kind=kind))


def policy_facts(measure: Measure, asker: PersonId | None = None) -> Mapping[str, Fact]:
    """What the conditions of a policy may look at; `value` is the target, before there is one the rough value.

    `asked_by` is the part which who asks has in the measure: nobody decides what they asked for.
    """
    value = measure.rough_value if measure.target is None else measure.target
    parts = {measure.owner: "owner", measure.sponsor: "sponsor", measure.controller: "controller"}
    return {
        "asked_by": parts.get(asker, "other") if asker else None,
        "rough_value": measure.rough_value,
        "target": measure.target,
        "value": value,
        "stage": measure.stage.name.lower(),
    }


def place_of(measure: Measure, path: str) -> Place:
    named = {Role.OWNER: measure.owner, Role.SPONSOR: measure.sponsor, Role.CONTROLLER: measure.controller}
    return Place(path=path, named=named, forum=measure.forum)


def resolve_steps(
    policy: Policy, facts: Mapping[str, Fact], place: Place, duties: Duties, directory: Directory
) -> tuple[RequestStep, ...] | NoApprover:
    """The steps that apply, each with the people who may decide it; refused where a step cannot be satisfied."""
    resolved: list[RequestStep] = []
    for step in policy.steps:
        if not all(condition.holds(facts) for condition in step.when):
            continue
        outcome = resolve_step(step, place, duties, directory)
        if isinstance(outcome, NoApprover):
            return outcome
        resolved.append(outcome)
    return tuple(resolved)


def resolve_step(step: Step, place: Place, duties: Duties, directory: Directory) -> RequestStep | NoApprover:
    candidates = resolve_approvers(step.approvers, place, duties, directory)
    able = tuple(person for person in candidates if segregation_conflict(duties, person) is None)
    needed = votes_needed(step, able, place, directory)
    if len(able) < max(needed, 1):
        excluded = tuple(person for person in candidates if person not in able)
        named = selector_name(step.approvers)
        return NoApprover(step=step.name, selector=named, excluded=excluded, have=len(able), need=max(needed, 1))
    return RequestStep(
        name=step.name,
        selector=selector_name(step.approvers),
        approvers=able,
        rule=step.quorum.rule,
        needed=needed,
        due_working_days=step.due_working_days,
        step_up=step.step_up,
        escalate_to=step.escalate_to,
    )


def resolve_approvers(approvers: Approvers, place: Place, duties: Duties, directory: Directory) -> tuple[PersonId, ...]:
    """Everybody the selector names, each once, also those who may not decide this one."""
    match approvers:
        case NamedOnMeasure(role=role):
            person = place.named.get(role)
            return () if person is None or person in directory.gone else (person,)
        case RoleAtNode(role=role):
            return nearest_holders(role, place, duties, directory)
        case NamedPeople(emails=emails):
            found = (directory.people_by_email.get(email) for email in emails)
            return once(person for person in found if person is not None)
        case DecisionForum():
            forum = None if place.forum is None else directory.forums.get(place.forum)
            return () if forum is None else once(forum.members)


def nearest_holders(role: Role, place: Place, duties: Duties, directory: Directory) -> tuple[PersonId, ...]:
    """Holders at the longest path above the subject where somebody may decide; else all of them, to be named."""
    above = [holder for holder in directory.holders if holder.role is role and holder.is_for(place)]
    for level in sorted({holder.path for holder in above}, key=len, reverse=True):
        here = once(holder.person for holder in above if holder.path == level)
        if any(segregation_conflict(duties, person) is None for person in here):
            return here
    return once(holder.person for holder in above)


def forum_named(policy: Policy, directory: Directory) -> ForumId | None:
    """The forum that a policy on orders calls by its name."""
    names = {step.approvers.name for step in policy.steps if isinstance(step.approvers, DecisionForum)}
    return next((forum for forum, known in directory.forums.items() if known.name in names), None)


def votes_needed(step: Step, able: tuple[PersonId, ...], place: Place, directory: Directory) -> int:
    """A forum's quorum shrinks to those who may decide, but members who are missing are missed; so are they of N of M.

    N of M was written for a number of people, so it does not shrink at all.
    """
    match step.quorum.rule:
        case Rule.ANY:
            return 1
        case Rule.ALL:
            return len(able)
        case Rule.COUNT:
            return step.quorum.count
        case Rule.FORUM:
            forum = None if place.forum is None else directory.forums.get(place.forum)
            quorum, members = (1, 0) if forum is None else (max(forum.quorum, 1), len(once(forum.members)))
            return min(len(able), quorum) if members >= quorum else quorum


def selector_name(approvers: Approvers) -> str:
    match approvers:
        case NamedOnMeasure(role=role):
            return f"measure:{role}"
        case RoleAtNode(role=role):
            return f"role:{role}"
        case NamedPeople():
            return "people"
        case DecisionForum():
            return "forum"


def once(people: Iterable[PersonId]) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(people))


def add_working_days(day: date, count: int, holidays: frozenset[date] = frozenset()) -> date:
    """The day `count` working days after `day`; Saturdays, Sundays and holidays do not count."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY and day not in holidays
    return day
