"""Letters that let people in: invitations and password resets, each with a link that works once."""

from uuid import UUID

from domain.ids import InstanceId, PersonId
from tenants.instance.models.people import MemberRow
from tenants.platform.actions.invitations import issue_token
from tenants.platform.actions.people import admit
from tenants.platform.models.firms import FirmMemberRow, FirmRow
from tenants.platform.models.instances import InstanceRow
from tenants.platform.models.people import PersonRow
from workers.letters import send
from workers.task import Task

INVITATION, PASSWORD_RESET = "invitation", "password_reset"
LINKS = {INVITATION: "/invitations/{token}", PASSWORD_RESET: "/password-resets/{token}"}


def send_invitation(task: Task, person_id: str, instance_id: str) -> None:
    """Invite a person who has no password yet, to an instance or (`instance_id` empty) to their firm."""
    person = task.platform.get(PersonRow, UUID(person_id))
    if person.password_hash or not person.is_active:
        return
    place = _instance_name(task, instance_id) if instance_id else _firm_name(task, person.id)
    name, email = person.name, person.email
    send(task, "invitation", name, email, place=place, link=_link(task, person.id, INVITATION))


def send_password_reset(task: Task, person_id: str) -> None:
    """Send the link that sets a new password."""
    person = task.platform.get(PersonRow, UUID(person_id))
    if person.is_active:
        name, email = person.name, person.email
        send(task, "password_reset", name, email, link=_link(task, person.id, PASSWORD_RESET))


def invite_member(task: Task, member_id: str) -> None:
    """Let a member of the instance in on the platform; one who has no password yet gets an invitation."""
    member = task.instance.get(MemberRow, UUID(member_id))
    if member.is_active:
        admit(task.platform, task.instance.instance.id, PersonId(member.id), member.side, invite=True)


def _link(task: Task, person: UUID, kind: str) -> str:
    token = issue_token(task.platform, PersonId(person), kind)
    return task.settings.public_url + LINKS[kind].format(token=token)


def _instance_name(task: Task, instance_id: str) -> str:
    return task.platform.get(InstanceRow, InstanceId(UUID(instance_id))).name


def _firm_name(task: Task, person: UUID) -> str:
    query = task.platform.session.query(FirmRow.name).join(FirmMemberRow, FirmMemberRow.firm_id == FirmRow.id)
    return query.filter(FirmMemberRow.person_id == person).order_by(FirmRow.created_at).limit(1).scalar() or "Mandate"
