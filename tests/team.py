"""People of one client with the roles of a governed path, a package to work in, and a measure taken through it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from domain.access import Actor, Role
from domain.approvals.request import Choice, Vote
from domain.hierarchy import Level
from domain.ids import ForumId, LineId, MilestoneId, NodeId, PersonId
from domain.lifecycle import MeasureCreated
from domain.measures import Milestone
from domain.months import Month, span
from domain.refusals import Refusal
from domain.stages import Stage
from domain.value import EffectLine, Recurrence, Scenario, Sign
from tenants.database import Work
from tenants.instance.actions import forums, hierarchy, measures, members, milestones, references, requests, values
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import ForumRow, ReferenceRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.readers import find_reader
from tenants.platform.actions.people import admit, ensure_people
from tests.house import House


class Team:
    """People of one client with the roles of a governed path, and a package to work in."""

    def __init__(self, work: Work, house: House) -> None:
        self.work = work
        self.house = house
        self.organization = get_governance(work).organization
        self.pmo = self.join("Clara Vogt", Role.PMO, house.manager)
        self.owner = self.join("Petra Holm", Role.OWNER)
        self.sponsor = self.join("Maria Lund", Role.SPONSOR)
        self.controller = self.join("Astrid Nyman", Role.CONTROLLER)
        self.chair = self.join("Elsa Wikström", Role.FORUM_MEMBER)
        self.second = self.join("Jonas Kvist", Role.FORUM_MEMBER)
        self.forum = work.session.scalars(select(ForumRow).order_by(ForumRow.name)).first()
        self.forum_id = self.forum.id
        forum = ForumId(self.forum.id), self.forum.name
        admin = self.actor(self.pmo)
        forums.save_forum(work, *forum, 2, (self.chair, self.second), self.chair, admin)
        references.add_reference(work, "business_unit", "Shared", admin)
        references.add_reference(work, "legal_entity", "Lindqvist Home AG", admin)
        self.package = self.build(admin)

    def join(self, name: str, role: Role, person: PersonId | None = None, node: NodeId | None = None) -> PersonId:
        """Somebody new who can sign in, or a person of the platform, with a role at a node (the organization)."""
        address = f"{uuid4()}@example.org"
        identity = person or self.enrol(name, address)
        members.admit_member(self.work, identity, name, address, "firm" if person else "client", None)
        members.give_role(self.work, identity, role, node or self.organization, None)
        return identity

    def enrol(self, name: str, address: str) -> PersonId:
        platform = self.house.platform()
        person = ensure_people(platform, {address: name})[address]
        admit(platform, self.work.instance.id, person, "client", invite=False)
        platform.close()
        return person

    def actor(self, person: PersonId) -> Actor:
        """The person with their roles, who has just given their password."""
        reader = find_reader(self.work, person)
        assert reader is not None
        return replace(reader.actor, confirmed_at=self.work.now())

    def build(self, admin: Actor) -> NodeId:
        above = self.organization
        for level in (Level.PORTFOLIO, Level.PROGRAM, Level.PROJECT, Level.MEASURE_PACKAGE):
            added = hierarchy.add_node(self.work, uuid4(), above, level, f"{level} {uuid4().hex[:6]}", admin)
            assert not isinstance(added, Refusal), added
            above = added.node.id
        return above

    def reference(self, kind: str) -> UUID:
        return self.work.session.scalars(select(ReferenceRow.id).where(ReferenceRow.kind == kind)).first()

    def define(self, **more: Any) -> UUID:
        """A measure with everything that its fields can say; `more` says otherwise."""
        identity = uuid4()
        fields = {
            "title": "Renegotiate parcel carrier contracts",
            "description": "Two-year contracts with two carriers.",
            "expected_effect": "Lower base rates from June on.",
            "owner": self.owner,
            "sponsor": self.sponsor,
            "controller": self.controller,
            "business_unit": self.reference("business_unit"),
            "function": self.reference("function"),
            "legal_entity": self.reference("legal_entity"),
            "forum": self.forum_id,
            "start": date(2026, 1, 1),
            "end": date(2026, 12, 31),
            "rough_value": Decimal("500000.00"),
            "target": Decimal("600000.00"),
            "baseline_source": "Carrier invoices 2025",
            "assumptions": "Volumes stay as they are.",
            "risks": "Volume guarantee",
            "no_dependencies": True,
        } | more
        outcome = measures.define_measure(self.work, identity, self.package, fields, self.actor(self.owner))
        assert isinstance(outcome, MeasureCreated), outcome
        return identity

    def plan(self, measure: UUID) -> LineId:
        owner = self.actor(self.owner)
        line = EffectLine(
            id=LineId(uuid4()),
            name="Parcel base rates",
            kind=get_governance(self.work).template.effect_kinds[0].key,
            recurrence=Recurrence.RECURRING,
            sign=Sign.BENEFIT,
        )
        assert not isinstance(values.save_line(self.work, measure, line, owner, None), Refusal)
        year = list(span(Month(2026, 1), Month(2027, 12)))
        amounts = dict.fromkeys(year, Decimal("50000.00"))
        grid = {(line.id, scenario): amounts for scenario in (Scenario.BASELINE, Scenario.PLAN, Scenario.FORECAST)}
        assert not isinstance(values.enter_amounts(self.work, measure, grid, owner, None), Refusal)
        step = Milestone(id=MilestoneId(uuid4()), title="Contract signed", owner=self.owner, due=date(2026, 12, 1))
        assert not isinstance(milestones.promise_milestone(self.work, measure, step, owner, None), Refusal)
        return line.id

    def ask(self, measure: UUID, target: Stage, by: PersonId | None = None):  # type: ignore[no-untyped-def]
        request = uuid4()
        outcome = requests.request_gate(self.work, measure, request, target, self.actor(by or self.owner))
        assert not isinstance(outcome, Refusal), outcome
        return outcome.request

    def approve(self, request, *people: PersonId) -> None:  # type: ignore[no-untyped-def]
        for person in people:
            outcome = requests.vote(self.work, request.id, Vote(choice=Choice.APPROVE), self.actor(person))
            assert not isinstance(outcome, Refusal), outcome

    def decide(self, measure: UUID) -> None:
        self.approve(self.ask(measure, Stage.IDENTIFIED), self.sponsor)
        self.approve(self.ask(measure, Stage.DETAILED), self.pmo, self.sponsor)
        version = self.row(measure).version
        confirmed = values.confirm_value(self.work, measure, self.actor(self.controller), version)
        assert not isinstance(confirmed, Refusal), confirmed
        self.approve(self.ask(measure, Stage.DECIDED), self.controller, self.chair, self.second)

    def row(self, measure: UUID) -> MeasureRow:
        self.work.session.expire_all()
        return self.work.get(MeasureRow, measure)
