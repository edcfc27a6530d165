"""Staff a firm: invite its people, and put them on engagements."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.access import FirmActor, FirmRole
from domain.ids import FirmId, InstanceId, PersonId
from domain.refusals import Refusal
from tenants.database import NotFound, PlatformWork, action, instance_work
from tenants.instance.actions.staffing import staff
from tenants.platform.actions.people import admit
from tenants.platform.models.firms import FirmMemberRow
from tenants.platform.models.instances import InstanceMemberRow, InstanceRow
from tenants.platform.models.people import PersonRow
from tenants.registry import get_instance


@dataclass(frozen=True, kw_only=True)
class WorksElsewhere(Refusal):
    """The address belongs to somebody of another firm, or of a client of this one."""

    email: str


@dataclass(frozen=True, kw_only=True)
class AccessEndedByClient(Refusal):
    """The client's administrator ended this person's access; only the client can restore it."""

    person: PersonId


@dataclass(frozen=True, kw_only=True)
class Invited:
    person: PersonId
    is_new: bool


@action
def invite_to_firm(work: PlatformWork, firm: FirmId, email: str, name: str, role: FirmRole) -> Invited | Refusal:
    """Give somebody a role in the firm; who has no password yet gets an invitation."""
    with work.transaction() as tx:
        fresh = {"id": work.new_id(), "email": email, "name": name, "created_at": work.now()}
        once = insert(PersonRow).values(fresh).on_conflict_do_nothing(index_elements=["email"])
        is_new = tx.session.scalar(once.returning(PersonRow.id)) is not None
        person = tx.session.scalars(select(PersonRow).where(PersonRow.email == email)).one()
        if not is_new and _works_elsewhere(work, firm, PersonId(person.id)):
            return WorksElsewhere(email=email)
        if tx.session.get(FirmMemberRow, (firm, person.id, role)) is None:
            tx.add(FirmMemberRow(firm_id=firm, person_id=person.id, role=role, created_at=work.now()))
        if not person.password_hash:
            tx.later("send_invitation", person_id=str(person.id), instance_id="")
        return Invited(person=PersonId(person.id), is_new=is_new)


def staff_engagement(work: PlatformWork, instance: InstanceId, person: PersonId, by: FirmActor) -> Refusal | None:
    """Put one of the firm's people on one of its engagements. Repeatable. Raises NotFound for what is not theirs."""
    name, email = _colleague(work, by.firm, person)
    if not can_staff(work, instance, by):
        raise NotFound(f"instance {instance}")
    inside = instance_work(get_instance(work, instance), clock=work.clock, ids=work.ids, request_id=work.request_id)
    try:
        if staff(inside, person, name, email, by.person, by.name) is None:
            return AccessEndedByClient(person=person)
    finally:
        inside.close()
    admit(work, instance, person, "firm", invite=True)
    return None


def can_staff(work: PlatformWork, instance: InstanceId, by: FirmActor) -> bool:
    """A firm administrator staffs every engagement of the firm, a manager those they are on."""
    row = work.session.get(InstanceRow, instance)
    if row is None or row.firm_id != by.firm or row.state != "active":
        return False
    if FirmRole.FIRM_ADMINISTRATOR in by.roles:
        return True
    return work.session.get(InstanceMemberRow, (instance, by.person)) is not None


def _colleague(work: PlatformWork, firm: FirmId, person: PersonId) -> tuple[str, str]:
    statement = (
        select(PersonRow.name, PersonRow.email)
        .join(FirmMemberRow, FirmMemberRow.person_id == PersonRow.id)
        .where(FirmMemberRow.firm_id == firm, PersonRow.id == person, PersonRow.is_active)
    )
    found = work.session.execute(statement).first()
    if found is None:
        raise NotFound(f"person {person}")
    return found.name, found.email


def _works_elsewhere(work: PlatformWork, firm: FirmId, person: PersonId) -> bool:
    other = select(FirmMemberRow.person_id).where(FirmMemberRow.person_id == person, FirmMemberRow.firm_id != firm)
    client = select(InstanceMemberRow.person_id).where(
        InstanceMemberRow.person_id == person, InstanceMemberRow.side == "client"
    )
    return work.session.scalar(other.limit(1)) is not None or work.session.scalar(client.limit(1)) is not None
