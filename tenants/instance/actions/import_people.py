"""People named in an import: newcomers are let in and invited; all get the role that lets them do their part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.access import NAMED_ROLES, Actor, Capability, Role
from domain.ids import NodeId, PersonId
from domain.imports import ImportPlan, NewPerson
from tenants.instance.actions.members import MemberAdmitted, RoleGiven
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.transaction import Subject, Transaction


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A person of the service who is not in the instance yet. `side` is client or firm."""

    person: PersonId
    side: str


@dataclass(frozen=True, kw_only=True)
class _Grant:
    person: UUID
    role: Role
    node: UUID
    path: str


def admit_people(
    tx: Transaction, plan: ImportPlan, enrol: Callable[[Sequence[NewPerson]], Mapping[str, Newcomer]], actor: Actor
) -> Mapping[str, PersonId]:
    """Everybody in the instance by e-mail as the plan writes it, newcomers included; each of those is invited once."""
    newcomers = enrol(plan.people) if plan.people else {}
    known = {row.id: row for row in tx.session.scalars(select(MemberRow))}
    people = {row.email: PersonId(row.id) for row in known.values()}
    for named in plan.people:
        found = newcomers[named.email]
        people[named.email] = found.person
        if found.person not in known:
            _admit(tx, named, found, actor)
    return people


def give_roles(tx: Transaction, measures: Sequence[MeasureRow], actor: Actor) -> None:
    """Owner, sponsor and controller hold their role at the package, unless they hold it there or above already.

    Where the importer does not manage people, nobody gets a role: being named on a measure opens that one measure.
    """
    held = {(row.member_id, row.role, row.node_path) for row in tx.session.scalars(select(AssignmentRow))}
    active = set(tx.session.scalars(select(MemberRow.id).where(MemberRow.is_active)))
    wanted = dict.fromkeys(
        _Grant(person=person, role=role, node=row.package_id, path=row.path)
        for row in measures
        for word, role in NAMED_ROLES.items()
        if (person := getattr(row, f"{word}_id")) in active
    )
    scope = actor.scope_for(Capability.MANAGE_PEOPLE)
    grants = [grant for grant in wanted if scope.covers(grant.path) and not _holds(held, grant)]
    tx.session.add_all(_assignment(tx, grant) for grant in grants)
    names = {row.id: row.name for row in tx.session.scalars(select(MemberRow))}
    tx.record_all([(_given(grant), _subject(grant.person, names[grant.person], grant.path)) for grant in grants], actor)


def _admit(tx: Transaction, named: NewPerson, found: Newcomer, actor: Actor) -> None:
    name = named.name or named.email
    tx.add(MemberRow(id=found.person, email=named.email, name=name, side=found.side, created_at=tx.work.now()))
    tx.flush()
    admitted = MemberAdmitted(person=found.person, name=name, email=named.email, side=found.side)
    tx.record(admitted, actor, _subject(found.person, name))
    tx.later("invite_member", member_id=str(found.person))


def _holds(held: set[tuple[UUID, str, str]], grant: _Grant) -> bool:
    parts = grant.path.strip("/").split("/")
    paths = (f"/{'/'.join(parts[:depth])}/" for depth in range(1, len(parts) + 1))
    return any((grant.person, grant.role.value, path) in held for path in paths)


def _assignment(tx: Transaction, grant: _Grant) -> AssignmentRow:
    return AssignmentRow(
        id=tx.work.new_id(),
        member_id=grant.person,
        role=grant.role,
        node_id=grant.node,
        node_path=grant.path,
        created_at=tx.work.now(),
    )


def _given(grant: _Grant) -> RoleGiven:
    return RoleGiven(person=PersonId(grant.person), role=grant.role, node=NodeId(grant.node))


def _subject(person: UUID, name: str, path: str = "") -> Subject:
    return Subject(kind="person", id=person, label=name, path=path)
