"""People of an instance: let them in, give and take roles at nodes, end their access; reference data."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from domain.access import EVERYTHING, ORDER_ROLES, Actor, Capability, NotAllowed, OrderLimit, Role
from domain.ids import NodeId, PersonId, ReferenceId
from domain.refusals import FieldMissing, Refusal
from tenants.database import Work, action
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.people import AssignmentRow, MemberRow, ReferenceRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.transaction import INSTANCE, Subject, Transaction


@dataclass(frozen=True, kw_only=True)
class MemberAdmitted:
    person: PersonId
    name: str
    email: str
    side: str


@dataclass(frozen=True, kw_only=True)
class RoleGiven:
    person: PersonId
    role: Role
    node: NodeId
    channel: str = ""
    business_unit: ReferenceId | None = None


@dataclass(frozen=True, kw_only=True)
class RoleTaken:
    person: PersonId
    role: Role
    node: NodeId
    channel: str = ""
    business_unit: ReferenceId | None = None


@dataclass(frozen=True, kw_only=True)
class AccessEnded:
    person: PersonId
    name: str


@dataclass(frozen=True, kw_only=True)
class AccessRestored:
    person: PersonId
    name: str


@dataclass(frozen=True, kw_only=True)
class LastAdministrator(Refusal):
    """An instance keeps at least one administrator who can sign in."""

    person: PersonId


@dataclass(frozen=True, kw_only=True)
class LimitNotPossible(Refusal):
    """Only roles of orders are limited, at the organization, to one channel or one business unit that can be chosen."""

    role: Role


@action
def admit_member(
    work: Work, person: PersonId, name: str, email: str, side: str, actor: Actor | None
) -> MemberAdmitted | Refusal:
    """Copy a person of the platform into the instance. `actor` None: the service itself, at onboarding or staffing."""
    with work.transaction() as tx:
        outcome = MemberAdmitted(person=person, name=name, email=email, side=side)
        if actor and not actor.can_anywhere(Capability.MANAGE_PEOPLE):
            return tx.refuse(NotAllowed(capability=Capability.MANAGE_PEOPLE), actor, INSTANCE)
        if not name.strip():
            return FieldMissing(field="name")
        if tx.session.get(MemberRow, person) is None:
            tx.add(MemberRow(id=person, email=email, name=name.strip(), side=side, created_at=work.now()))
            tx.flush()
            tx.record(outcome, actor, _subject(person, name))
    return outcome


@action
def give_role(
    work: Work, person: PersonId, role: Role, node: NodeId, actor: Actor | None, limit: OrderLimit = EVERYTHING
) -> RoleGiven | Refusal:
    """A role at a node and below, or for some orders. Giving it twice changes nothing. Raises NotFound."""
    with work.transaction() as tx:
        member, at = tx.lock(MemberRow, person), tx.lock(NodeRow, node)
        refused = (_may_not_give(actor, role, at.path) if actor else None) or _not_limitable(tx, role, at, limit)
        if refused:
            return tx.refuse(refused, actor, _subject(person, member.name)) if actor else refused
        outcome = RoleGiven(
            person=person, role=role, node=node, channel=limit.channel, business_unit=limit.business_unit
        )
        if not tx.lock_all(AssignmentRow, *_same(person, role, node, limit)):
            tx.add(
                AssignmentRow(
                    id=work.new_id(),
                    member_id=person,
                    role=role,
                    node_id=node,
                    node_path=at.path,
                    channel=limit.channel,
                    business_unit_id=limit.business_unit,
                    created_at=work.now(),
                )
            )
            tx.record(outcome, actor, _subject(person, member.name, at.path))
    return outcome


@action
def take_role(
    work: Work, person: PersonId, role: Role, node: NodeId, actor: Actor, limit: OrderLimit = EVERYTHING
) -> RoleTaken | Refusal:
    """End a role at a node, or the one for these orders. Raises NotFound."""
    with work.transaction() as tx:
        member, at = tx.lock(MemberRow, person), tx.lock(NodeRow, node)
        if refusal := _may_not_give(actor, role, at.path):
            return tx.refuse(refusal, actor, _subject(person, member.name))
        if role is Role.INSTANCE_ADMINISTRATOR and _administrators(tx) <= 1:
            return tx.refuse(LastAdministrator(person=person), actor, _subject(person, member.name))
        outcome = RoleTaken(
            person=person, role=role, node=node, channel=limit.channel, business_unit=limit.business_unit
        )
        for row in tx.lock_all(AssignmentRow, *_same(person, role, node, limit)):
            tx.delete(row)
            tx.record(outcome, actor, _subject(person, member.name, at.path))
    return outcome


@action
def end_access(work: Work, person: PersonId, actor: Actor) -> AccessEnded | Refusal:
    """The person may not enter any more; what they did stays. Raises NotFound."""
    with work.transaction() as tx:
        member = tx.lock(MemberRow, person)
        if refusal := _may_not_shut(tx, person, actor):
            return tx.refuse(refusal, actor, _subject(person, member.name))
        if _is_administrator(tx, person) and _administrators(tx) <= 1:
            return tx.refuse(LastAdministrator(person=person), actor, _subject(person, member.name))
        outcome = AccessEnded(person=person, name=member.name)
        if member.is_active:
            member.is_active = False
            tx.record(outcome, actor, _subject(person, member.name))
    return outcome


@action
def restore_access(work: Work, person: PersonId, actor: Actor) -> AccessRestored | Refusal:
    """Let a person whose access was ended in again, with the roles they had. Raises NotFound."""
    with work.transaction() as tx:
        member = tx.lock(MemberRow, person)
        if refusal := _may_not_shut(tx, person, actor):
            return tx.refuse(refusal, actor, _subject(person, member.name))
        outcome = AccessRestored(person=person, name=member.name)
        if not member.is_active:
            member.is_active = True
            tx.record(outcome, actor, _subject(person, member.name))
    return outcome


def _subject(person: PersonId, name: str, path: str = "") -> Subject:
    return Subject(kind="person", id=person, label=name, path=path)


def _same(person: PersonId, role: Role, node: UUID, limit: OrderLimit) -> tuple[object, ...]:
    held = (AssignmentRow.member_id == person, AssignmentRow.role == role, AssignmentRow.node_id == node)
    unit = AssignmentRow.business_unit_id.is_not_distinct_from(limit.business_unit)
    return (*held, AssignmentRow.channel == limit.channel, unit)


def _not_limitable(tx: Transaction, role: Role, node: NodeRow, limit: OrderLimit) -> LimitNotPossible | None:
    if not limit:
        return None
    orders = get_governance(tx.work).template.orders
    unit = tx.session.get(ReferenceRow, limit.business_unit) if limit.business_unit else None
    is_known = unit is not None and unit.kind == "business_unit" and not unit.is_retired and not limit.channel
    is_known = is_known or bool(orders and limit.channel in orders.channel_codes and limit.business_unit is None)
    is_possible = orders and is_known and role in ORDER_ROLES and node.parent_id is None
    return None if is_possible else LimitNotPossible(role=role)


def _administrators(tx: Transaction) -> int:
    statement = (
        select(func.count(func.distinct(AssignmentRow.member_id)))
        .join(MemberRow, MemberRow.id == AssignmentRow.member_id)
        .where(AssignmentRow.role == Role.INSTANCE_ADMINISTRATOR, MemberRow.is_active)
    )
    return tx.session.scalar(statement) or 0


def _is_administrator(tx: Transaction, person: PersonId) -> bool:
    wanted = (AssignmentRow.member_id == person, AssignmentRow.role == Role.INSTANCE_ADMINISTRATOR)
    return bool(tx.lock_all(AssignmentRow, *wanted))


def _may_not_give(actor: Actor, role: Role, path: str) -> NotAllowed | None:
    """Only an administrator makes or unmakes one: nobody raises themselves, the firm does not rule the client."""
    wanted = Capability.MANAGE_SETTINGS if role is Role.INSTANCE_ADMINISTRATOR else Capability.MANAGE_PEOPLE
    return None if actor.can(wanted, path) else NotAllowed(capability=wanted)


def _may_not_shut(tx: Transaction, person: PersonId, actor: Actor) -> NotAllowed | None:
    """Access is ended and restored by who could take every role that the person holds."""
    if not actor.can_anywhere(Capability.MANAGE_PEOPLE):
        return NotAllowed(capability=Capability.MANAGE_PEOPLE)
    held = tx.lock_all(AssignmentRow, AssignmentRow.member_id == person)
    refusals = (_may_not_give(actor, Role(row.role), row.node_path) for row in held)
    return next((refusal for refusal in refusals if refusal), None)
