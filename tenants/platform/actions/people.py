"""People of the service: find or make them by e-mail, let them into an instance, invite them."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.ids import InstanceId, PersonId
from tenants.database import PlatformWork, action
from tenants.platform.models.instances import InstanceMemberRow
from tenants.platform.models.people import PersonRow


@action
def ensure_people(work: PlatformWork, names: Mapping[str, str]) -> dict[str, PersonId]:
    """One person for each e-mail (lower case) in `names` (e-mail to name); those who exist keep their name."""
    if not names:
        return {}
    with work.transaction() as tx:
        rows = [
            {"id": work.new_id(), "email": email, "name": name or email, "created_at": work.now()}
            for email, name in sorted(names.items())
        ]
        tx.session.execute(insert(PersonRow).values(rows).on_conflict_do_nothing(index_elements=["email"]))
        found = tx.session.execute(select(PersonRow.email, PersonRow.id).where(PersonRow.email.in_(names))).all()
    return {email: PersonId(person) for email, person in found}


@action
def admit(work: PlatformWork, instance: InstanceId, person: PersonId, side: str, *, invite: bool) -> None:
    """Let a person into an instance; with `invite`, one who has no password yet gets a link by mail."""
    with work.transaction() as tx:
        values = {"instance_id": instance, "person_id": person, "side": side, "created_at": work.now()}
        tx.session.execute(insert(InstanceMemberRow).values(values).on_conflict_do_nothing())
        if invite and not tx.session.scalar(select(PersonRow.password_hash).where(PersonRow.id == person)):
            tx.later("send_invitation", person_id=str(person), instance_id=str(instance))


@action
def shut_out(work: PlatformWork, instance: InstanceId, person: PersonId) -> None:
    """Take a person's entry to an instance away."""
    with work.transaction() as tx:
        if row := tx.session.get(InstanceMemberRow, (instance, person)):
            tx.delete(row)


@action
def choose_theme(work: PlatformWork, person: PersonId, theme: str) -> None:
    """How pages look to this person: "" follows the system, "light" or "dark"."""
    with work.transaction() as tx:
        tx.lock(PersonRow, person).theme = theme
