"""Consulting firms: who somebody is in one, and who works there."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from domain.access import FirmActor, FirmRole
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork
from tenants.platform.models.firms import FirmMemberRow
from tenants.platform.models.instances import OPEN, InstanceMemberRow, InstanceRow
from tenants.platform.models.people import PersonRow

ACTOR = (  # every page asks for it: built once
    select(FirmMemberRow.firm_id, FirmMemberRow.role, PersonRow.name)
    .join(PersonRow, PersonRow.id == FirmMemberRow.person_id)
    .where(FirmMemberRow.person_id == bindparam("person"))
    .order_by(FirmMemberRow.created_at, FirmMemberRow.firm_id)
)


def find_firm_actor(work: PlatformWork, person: PersonId) -> FirmActor | None:
    """The person with their roles in their firm; None for somebody who works for no firm."""
    rows = work.session.execute(ACTOR, {"person": person}).all()
    if not rows:
        return None
    firm = rows[0].firm_id
    roles = frozenset(FirmRole(row.role) for row in rows if row.firm_id == firm)
    return FirmActor(person=person, name=rows[0].name, firm=FirmId(firm), roles=roles)


@dataclass(frozen=True, kw_only=True)
class FirmMember:
    """Somebody of the firm with their roles there and the clients they are staffed on."""

    id: PersonId
    name: str
    email: str
    roles: tuple[FirmRole, ...]
    clients: tuple[str, ...]
    has_signed_in: bool
    is_active: bool


def list_members(work: PlatformWork, firm: FirmId) -> list[FirmMember]:
    """Everybody of the firm, by name, in one statement."""
    roles = (
        select(func.array_agg(FirmMemberRow.role))
        .where(FirmMemberRow.firm_id == firm, FirmMemberRow.person_id == PersonRow.id)
        .correlate(PersonRow)
        .scalar_subquery()
    )
    clients = (
        select(func.array_agg(aggregate_order_by(InstanceRow.name, InstanceRow.name)))
        .join(InstanceMemberRow, InstanceMemberRow.instance_id == InstanceRow.id)
        .where(InstanceRow.firm_id == firm, InstanceRow.state.in_(OPEN))
        .where(InstanceMemberRow.person_id == PersonRow.id, InstanceMemberRow.side == "firm")
        .correlate(PersonRow)
        .scalar_subquery()
    )
    inside = select(FirmMemberRow.person_id).where(FirmMemberRow.firm_id == firm)
    statement = select(PersonRow, roles, clients).where(PersonRow.id.in_(inside)).order_by(func.lower(PersonRow.name))
    return [_member(*row) for row in work.session.execute(statement)]


def _member(person: PersonRow, roles: list[str], clients: list[str] | None) -> FirmMember:
    return FirmMember(
        id=PersonId(person.id),
        name=person.name,
        email=person.email,
        roles=tuple(role for role in FirmRole if role in roles),
        clients=tuple(clients or ()),
        has_signed_in=bool(person.password_hash),
        is_active=person.is_active,
    )
