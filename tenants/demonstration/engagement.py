"""One client before its measures: reference data, people with their roles, the hierarchy, the forums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from uuid import UUID, uuid5

from sqlalchemy import select

from domain.access import Actor, Role
from domain.hierarchy import Level
from domain.ids import ForumId, NodeId, PersonId
from tenants.database import Work
from tenants.demonstration.briefs import ClientBrief
from tenants.demonstration.timeline import Timeline, done
from tenants.instance.actions import forums, hierarchy, members, references
from tenants.instance.models.people import ForumRow, ReferenceRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.readers import find_reader


@dataclass(kw_only=True)
class Engagement:
    """A client in hand, with everybody and every place by name."""

    brief: ClientBrief
    work: Work
    timeline: Timeline
    rng: Random
    people: Mapping[str, PersonId]
    governance: Governance
    nodes: dict[str, NodeId] = field(default_factory=dict)
    forums: dict[str, ForumId] = field(default_factory=dict)
    references: dict[tuple[str, str], UUID] = field(default_factory=dict)
    _actors: dict[PersonId, Actor] = field(default_factory=dict)

    @property
    def contributors(self) -> tuple[str, ...]:
        """Who works on milestones without leading a measure."""
        roles = {person.name: {role for role, _ in person.roles} for person in self.brief.people}
        return tuple(name for name, held in roles.items() if Role.CONTRIBUTOR in held)

    def new_id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128), version=4)

    def named(self, what: str) -> UUID:
        """The same id every time, drawn from nothing: what draws its ids goes on as it did."""
        return uuid5(self.governance.organization, what)

    def actor(self, person: str | PersonId) -> Actor:
        """The person with the roles held here, asked once; everybody has just given their password."""
        identity = self.people[person] if isinstance(person, str) else person
        if identity not in self._actors:
            found = find_reader(self.work, identity)
            assert found is not None, person
            self._actors[identity] = found.actor
        return replace(self._actors[identity], confirmed_at=self.work.now())


def furnish(work: Work, brief: ClientBrief, timeline: Timeline, people: Mapping[str, PersonId]) -> Engagement:
    """Everything but the measures, done by the engagement manager."""
    rng = Random(brief.seed)  # noqa: S311 - the same figures every time, no secret
    here = Engagement(
        brief=brief, work=work, timeline=timeline, rng=rng, people=people, governance=get_governance(work)
    )
    manager = here.actor(brief.manager)
    _build(here, manager)
    _admit(here, manager)
    _reference(here, manager)
    _forums(here, manager)
    here._actors.clear()
    return here


def _build(here: Engagement, manager: Actor) -> None:
    organization = here.governance.organization
    here.nodes[""] = organization
    for portfolio, programmes in here.brief.hierarchy.items():
        below_portfolio = _node(here, organization, Level.PORTFOLIO, portfolio, manager)
        for programme, inside in programmes.items():
            below_programme = _node(here, below_portfolio, Level.PROGRAM, programme, manager)
            for project, packages in inside["projects"].items():
                below_project = _node(here, below_programme, Level.PROJECT, project, manager)
                for package in packages:
                    _node(here, below_project, Level.MEASURE_PACKAGE, package, manager)


def _node(here: Engagement, above: NodeId, level: Level, name: str, manager: Actor) -> NodeId:
    here.timeline.clock.tick(2)
    added = done(hierarchy.add_node(here.work, here.new_id(), above, level, name, manager))
    here.nodes[name] = added.node.id
    return added.node.id


def _admit(here: Engagement, manager: Actor) -> None:
    for person in here.brief.people:
        here.timeline.clock.tick(3)
        identity = here.people[person.name]
        done(members.admit_member(here.work, identity, person.name, person.email, person.side, manager))
        for role, node in person.roles:
            if role is not Role.INSTANCE_ADMINISTRATOR:
                done(members.give_role(here.work, identity, role, here.nodes[node], manager))


def _reference(here: Engagement, manager: Actor) -> None:
    wanted = {
        "business_unit": here.brief.business_units,
        "legal_entity": here.brief.legal_entities,
        "function": here.brief.functions,
    }
    for kind, names in wanted.items():
        for name in names:
            done(references.add_reference(here.work, kind, name, manager))
    found = here.work.session.execute(select(ReferenceRow.kind, ReferenceRow.name, ReferenceRow.id))
    here.references = {(row.kind, row.name): row.id for row in found}


def _forums(here: Engagement, manager: Actor) -> None:
    found = here.work.session.execute(select(ForumRow.name, ForumRow.id))
    here.forums = {row.name: ForumId(row.id) for row in found}
    for forum in here.brief.forums:
        here.timeline.clock.tick(4)
        seats = tuple(here.people[name] for name in forum.members)
        identity = here.forums.setdefault(forum.name, ForumId(here.new_id()))
        done(forums.save_forum(here.work, identity, forum.name, forum.quorum, seats, seats[0], manager))
