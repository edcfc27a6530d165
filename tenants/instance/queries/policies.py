"""Before anything is asked: which policy would apply and why, who would decide, are they there, how long it takes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from domain.access import Actor, Role
from domain.approvals.choosing import (
    Directory,
    NoApprover,
    NoPolicy,
    place_of,
    policy_facts,
    resolve_steps,
    select_policy,
)
from domain.approvals.gaps import Gap, find_gaps, menders
from domain.approvals.request import RequestStep
from domain.approvals.requesting import About, subject_of
from domain.delegation import Delegation, stands_in
from domain.governance.policies import Condition, Fact, Policy
from domain.governance.template import GovernanceTemplate
from domain.ids import PersonId
from domain.measures import Measure
from domain.refusals import Refusal
from domain.seal import sealed_value
from domain.segregation import segregation_conflict
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow, StepRow, VoteRow
from tenants.instance.queries.delegations import absences_on, delegations_in_force
from tenants.instance.queries.directory import get_directory

DAY = 86_400
MENDERS = 4


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Who decides while somebody is away. `refusal`: why not of this one."""

    person: PersonId
    refusal: Refusal | None


@dataclass(frozen=True, kw_only=True)
class Absent:
    """One of those who would decide is away, until when, and who stands in."""

    until: date
    stand_ins: tuple[StandIn, ...]


@dataclass(frozen=True, kw_only=True)
class Took:
    """How long a step took in this instance so far: the median of its days, over so many decisions."""

    days: int
    decisions: int


@dataclass(frozen=True, kw_only=True)
class Considered:
    """A policy that governs what is asked: each of its conditions, what there is, whether it holds."""

    policy: Policy
    conditions: tuple[tuple[Condition, Fact, bool], ...]

    @property
    def applies(self) -> bool:
        return all(holds for _, _, holds in self.conditions)


@dataclass(frozen=True, kw_only=True)
class PolicyPreview:
    """The dry run of a request. `considered` ends with the policy that applies, if one does; `took` is by step."""

    kind: str
    policy: Policy | None
    considered: tuple[Considered, ...]
    steps: tuple[RequestStep, ...] = ()
    obstacle: Refusal | None = None  # no policy, nobody who may decide, duties that exclude each other
    menders: tuple[PersonId, ...] = ()  # who can mend what stands in the way
    away: Mapping[PersonId, Absent] = field(default_factory=dict)
    took: Mapping[str, Took] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What a change request would bring along: its canonical text, and what the conditions of policies see of it."""

    text: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


NOTHING = Proposed()


def preview_policy(
    work: Work,
    measure: Measure,
    path: str,
    template: GovernanceTemplate,
    kind: str,
    actor: Actor,
    proposed: Proposed = NOTHING,
) -> PolicyPreview:
    """What would happen if the reader asked now; nothing is sent and nothing recorded. At most eight statements."""
    about = About(
        measure=measure.id,
        code=measure.code,
        subject=subject_of(measure, kind, actor.person, proposed.text),
        place=place_of(measure, path),
        facts={**policy_facts(measure, actor.person), **proposed.facts},
    )
    return preview_about(work, kind, about, template, get_directory(work))


def preview_about(
    work: Work, kind: str, about: About, template: GovernanceTemplate, directory: Directory
) -> PolicyPreview:
    """The same for whatever is governed."""
    looked_at = considered(template.policies, kind, about.facts)
    policy = select_policy(template.policies, kind, about.facts)
    if isinstance(policy, NoPolicy):
        return PolicyPreview(kind=kind, policy=None, considered=looked_at, obstacle=policy)
    preview = PolicyPreview(kind=kind, policy=policy, considered=looked_at)
    duties = about.subject.duties
    if conflict := segregation_conflict(duties):
        return replace(preview, obstacle=conflict)
    steps = resolve_steps(policy, about.facts, about.place, duties, directory)
    if isinstance(steps, NoApprover):
        return replace(preview, obstacle=steps, menders=menders(directory, about.place.path)[:MENDERS])
    people = {person for step in steps for person in step.approvers}
    return replace(
        preview,
        steps=steps,
        away=_away(work, people, kind, sealed_value(about.subject.text)),
        took=durations(work, kind),
    )


def considered(policies: Sequence[Policy], kind: str, facts: Mapping[str, Fact]) -> tuple[Considered, ...]:
    """The policies of a kind in their order, up to the first that applies."""
    found: list[Considered] = []
    for policy in policies:
        if policy.governs != kind:
            continue
        looked_at = tuple((each, facts.get(each.field), each.holds(facts)) for each in policy.when)
        found.append(Considered(policy=policy, conditions=looked_at))
        if found[-1].applies:
            break
    return tuple(found)


def durations(work: Work, kind: str) -> Mapping[str, Took]:
    """How long each step of such requests took in this instance, from when it was reached to its last vote."""
    settled = (
        select(VoteRow.request_id, VoteRow.position, func.max(VoteRow.at).label("at"))
        .join(RequestRow, RequestRow.id == VoteRow.request_id)
        .where(RequestRow.kind == kind)
        .group_by(VoteRow.request_id, VoteRow.position)
        .subquery()
    )
    before = func.lag(settled.c.at).over(partition_by=settled.c.request_id, order_by=settled.c.position)
    spans = (
        select(StepRow.name, (settled.c.at - func.coalesce(before, RequestRow.requested_at)).label("took"))
        .select_from(settled)
        .join(StepRow, (StepRow.request_id == settled.c.request_id) & (StepRow.position == settled.c.position))
        .join(RequestRow, RequestRow.id == settled.c.request_id)
        .where(StepRow.settled.is_not(None))
        .subquery()
    )
    middle = func.percentile_cont(0.5).within_group(func.extract("epoch", spans.c.took) / DAY)
    rows = work.session.execute(select(spans.c.name, middle, func.count()).group_by(spans.c.name))
    return {name: Took(days=round(days), decisions=count) for name, days, count in rows}


def get_gaps(work: Work, template: GovernanceTemplate) -> tuple[tuple[Gap, ...], tuple[PersonId, ...]]:
    """Every step of the pinned policies that cannot be decided as the instance is staffed, and who can mend it."""
    directory = get_directory(work)
    packages = select(NodeRow.path).where(NodeRow.level == "measure_package")
    organization = select(NodeRow.path).where(NodeRow.parent_id.is_(None))
    root = work.session.scalars(organization).one()
    paths: Sequence[str] = work.session.scalars(packages).all() or [root]
    gaps = find_gaps(template.policies, directory, paths, _gone(work, directory))
    return gaps, menders(directory, root)[:MENDERS]


def names_at(work: Work, paths: Collection[str]) -> Mapping[str, str]:
    """The names of nodes by their paths."""
    if not paths:
        return {}
    rows = work.session.execute(select(NodeRow.path, NodeRow.name).where(NodeRow.path.in_(list(paths))))
    return {path: name for path, name in rows}


def _away(work: Work, people: set[PersonId], kind: str, value: Decimal | None) -> Mapping[PersonId, Absent]:
    today = work.now().date()
    absences = [each for each in absences_on(work.session, today) if each.person in people]
    if not absences:
        return {}
    given = delegations_in_force(work.session, today)
    until: dict[PersonId, date] = {}
    for absence in absences:
        until[absence.person] = max(absence.ends_on, until.get(absence.person, absence.ends_on))
    return {
        person: Absent(
            until=last,
            stand_ins=tuple(_stand_in(each, kind, value, today) for each in given if each.giver == person),
        )
        for person, last in until.items()
    }


def _stand_in(delegation: Delegation, kind: str, value: Decimal | None, today: date) -> StandIn:
    found = stands_in((delegation,), delegation.giver, delegation.taker, kind, value, today)
    return StandIn(person=delegation.taker, refusal=found if isinstance(found, Refusal) else None)


def _gone(work: Work, directory: Directory) -> Mapping[Role, int]:
    """How many measures that are worked on name somebody who can sign in no more, by their part."""
    if not directory.gone:
        return {}
    named = {
        Role.OWNER: MeasureRow.owner_id,
        Role.SPONSOR: MeasureRow.sponsor_id,
        Role.CONTROLLER: MeasureRow.controller_id,
    }
    ended = select(MemberRow.id).where(MemberRow.is_active.is_(False))
    counts = [func.count().filter(column.in_(ended)) for column in named.values()]
    working = (MeasureRow.state != MeasureState.CANCELLED, MeasureRow.stage < int(Stage.CLOSED))
    found = work.session.execute(select(*counts).where(*working)).one()
    return dict(zip(named, found, strict=True))
