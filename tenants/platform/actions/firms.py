"""Consulting firms: open one with its first person, staff it."""

import re
from uuid import UUID

from domain.access import FirmRole
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork, action
from tenants.platform.actions.people import ensure_people
from tenants.platform.models.firms import FirmMemberRow, FirmRow

FIRST_ROLES = (FirmRole.FIRM_ADMINISTRATOR, FirmRole.ENGAGEMENT_MANAGER, FirmRole.PARTNER)


def create_firm(work: PlatformWork, firm_name: str, email: str, name: str) -> UUID:
    """A firm whose first person holds every leading role and is invited by mail. Returns the firm's id."""
    person = ensure_people(work, {email: name})[email]
    return _create(work, firm_name, person)


@action
def add_member(work: PlatformWork, firm: FirmId, person: PersonId, role: FirmRole) -> None:
    """Give a person a role in a firm."""
    with work.transaction() as tx:
        if tx.session.get(FirmMemberRow, (firm, person, role)) is None:
            tx.add(FirmMemberRow(firm_id=firm, person_id=person, role=role, created_at=work.now()))


@action
def _create(work: PlatformWork, firm_name: str, person: PersonId) -> UUID:
    with work.transaction() as tx:
        slug = re.sub(r"[^a-z0-9]+", "-", firm_name.lower()).strip("-")
        firm = FirmRow(id=work.new_id(), slug=slug, name=firm_name, created_at=work.now())
        tx.add(firm)
        tx.flush()
        for role in FIRST_ROLES:
            tx.add(FirmMemberRow(firm_id=firm.id, person_id=person, role=role, created_at=work.now()))
        tx.later("send_invitation", person_id=str(person), instance_id="")
        return firm.id
