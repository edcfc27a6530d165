"""Consulting firms: who somebody is in one, and who works there."""

from sqlalchemy import select

from domain.access import FirmActor, FirmRole
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork
from tenants.platform.models.firms import FirmMemberRow
from tenants.platform.models.people import PersonRow


def find_firm_actor(work: PlatformWork, person: PersonId) -> FirmActor | None:
    """The person with their roles in their firm; None for somebody who works for no firm."""
    statement = (
        select(FirmMemberRow.firm_id, FirmMemberRow.role, PersonRow.name)
        .join(PersonRow, PersonRow.id == FirmMemberRow.person_id)
        .where(FirmMemberRow.person_id == person)
        .order_by(FirmMemberRow.created_at, FirmMemberRow.firm_id)
    )
    rows = work.session.execute(statement).all()
    if not rows:
        return None
    firm = rows[0].firm_id
    roles = frozenset(FirmRole(row.role) for row in rows if row.firm_id == firm)
    return FirmActor(person=person, name=rows[0].name, firm=FirmId(firm), roles=roles)
