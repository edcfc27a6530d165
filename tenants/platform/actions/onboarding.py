"""Onboard a client: claim a schema that stands ready, fill it from the template, open it, invite its administrator.

Every step is repeatable, so that a run whose worker died is simply run again.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from domain.access import Role
from domain.ids import FirmId, InstanceId, PersonId
from tenants.database import NotFound, PlatformWork, action, instance_work
from tenants.instance.actions.founding import Foundation, Founder, found
from tenants.places import Instance
from tenants.platform.actions.library import parsed
from tenants.platform.actions.people import admit, ensure_people
from tenants.platform.models.firms import FirmRow
from tenants.platform.models.instances import InstanceRow, OnboardingRow
from tenants.platform.models.library import TemplateVersionRow
from tenants.platform.models.people import PersonRow
from tenants.provisioning import register_spare
from tenants.registry import to_instance
from tenants.settings import Settings

STEPS = ("schema", "template", "people", "open")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an engagement manager asks for."""

    client_name: str
    template_version_id: UUID
    currency: str
    fiscal_year_start: int
    administrator_email: str
    administrator_name: str


@action
def ask(work: PlatformWork, firm: FirmId, asked_by: PersonId, wish: Wish, form_key: str) -> UUID:
    """Note the wish and put the job into the outbox. The same form twice is one onboarding. Returns its id."""
    with work.transaction() as tx:
        known = tx.session.scalar(select(OnboardingRow.id).where(OnboardingRow.form_key == form_key))
        if known:
            return known
        row = OnboardingRow(
            id=work.new_id(),
            firm_id=firm,
            asked_by=asked_by,
            form_key=form_key,
            wish={name: str(value) for name, value in vars(wish).items()},
            state="waiting",
            step="",
            created_at=work.now(),
        )
        tx.add(row)
        tx.later("onboard", onboarding_id=str(row.id))
        return row.id


@action
def try_again(work: PlatformWork, firm: FirmId, onboarding_id: UUID) -> None:
    """Have a failed onboarding go on from where it stands. One that did not fail stays as it is."""
    with work.transaction() as tx:
        row = tx.lock(OnboardingRow, onboarding_id)
        if row.firm_id != firm:
            raise NotFound(f"onboarding {onboarding_id}")
        if row.state == "failed":
            row.state, row.failure, row.finished_at = "waiting", "", None
            tx.later("onboard", onboarding_id=str(row.id))


def onboard(settings: Settings, work: PlatformWork, onboarding_id: UUID) -> Instance:
    """Carry out one onboarding from wherever it stands. Returns the open instance."""
    wish = _wish(work, onboarding_id)
    _note(work, onboarding_id, "schema")
    instance = claim(settings, work, onboarding_id, wish.client_name)
    _note(work, onboarding_id, "template")
    founders = _founders(work, onboarding_id, wish)
    _found(work, instance, wish, founders)
    _note(work, onboarding_id, "people")
    for founder in founders:
        admit(work, instance.id, founder.person, founder.side, invite=founder.side == "client")
    _note(work, onboarding_id, "open")
    _open(work, onboarding_id, instance)
    return instance


def claim(settings: Settings, work: PlatformWork, onboarding_id: UUID, name: str) -> Instance:
    """Take a spare schema by one UPDATE; where none stands ready, build one."""
    for _ in range(2):
        if instance := _claim_spare(work, onboarding_id, name, settings.clusters):
            return instance
        register_spare(settings, work, "main")
    raise RuntimeError("No schema could be claimed.")


@action
def _claim_spare(work: PlatformWork, onboarding_id: UUID, name: str, clusters: Iterable[str]) -> Instance | None:
    with work.transaction() as tx:
        onboarding = tx.lock(OnboardingRow, onboarding_id)
        if onboarding.instance_id:
            return to_instance(work.get(InstanceRow, onboarding.instance_id))
        ready = (InstanceRow.state == "spare", InstanceRow.cluster.in_(list(clusters)))
        spare = select(InstanceRow.id).where(*ready).limit(1).with_for_update(skip_locked=True)
        claimed = tx.session.scalar(
            update(InstanceRow)
            .where(InstanceRow.id == spare.scalar_subquery())
            .values(
                state="filling",
                name=name,
                slug=_free_slug(work, name),
                firm_id=onboarding.firm_id,
                template_version_id=UUID(onboarding.wish["template_version_id"]),
                claimed_at=work.now(),
            )
            .returning(InstanceRow.id)
        )
        if claimed is None:
            return None
        onboarding.instance_id = claimed
        tx.flush()
        return to_instance(tx.lock(InstanceRow, claimed))


def _free_slug(work: PlatformWork, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "client"
    taken = set(work.session.scalars(select(InstanceRow.slug).where(InstanceRow.slug.startswith(base))))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


def _wish(work: PlatformWork, onboarding_id: UUID) -> Wish:
    kept = work.get(OnboardingRow, onboarding_id).wish
    return Wish(
        client_name=kept["client_name"],
        template_version_id=UUID(kept["template_version_id"]),
        currency=kept["currency"],
        fiscal_year_start=int(kept["fiscal_year_start"]),
        administrator_email=kept["administrator_email"],
        administrator_name=kept["administrator_name"],
    )


def _founders(work: PlatformWork, onboarding_id: UUID, wish: Wish) -> tuple[Founder, ...]:
    manager = work.get(PersonRow, work.get(OnboardingRow, onboarding_id).asked_by)
    ids = ensure_people(work, {wish.administrator_email: wish.administrator_name})
    return (
        Founder(person=PersonId(manager.id), name=manager.name, email=manager.email, side="firm", role=Role.PMO),
        Founder(
            person=ids[wish.administrator_email],
            name=wish.administrator_name,
            email=wish.administrator_email,
            side="client",
            role=Role.INSTANCE_ADMINISTRATOR,
        ),
    )


def _found(work: PlatformWork, instance: Instance, wish: Wish, founders: tuple[Founder, ...]) -> None:
    text = work.get(TemplateVersionRow, wish.template_version_id).text
    assert instance.firm_id is not None
    foundation = Foundation(
        name=wish.client_name,
        firm_name=work.get(FirmRow, instance.firm_id).name,
        currency=wish.currency,
        fiscal_year_start=wish.fiscal_year_start,
        template=parsed(text),
        template_text=text,
        founders=founders,
    )
    inside = instance_work(instance, clock=work.clock, ids=work.ids, request_id=work.request_id)
    try:
        found(inside, foundation)
    finally:
        inside.close()


@action
def _note(work: PlatformWork, onboarding_id: UUID, step: str) -> None:
    with work.transaction() as tx:
        row = tx.lock(OnboardingRow, onboarding_id)
        row.state, row.step = "running", step


@action
def _open(work: PlatformWork, onboarding_id: UUID, instance: Instance) -> None:
    with work.transaction() as tx:
        tx.lock(InstanceRow, InstanceId(instance.id)).state = "active"
        row = tx.lock(OnboardingRow, onboarding_id)
        row.state, row.finished_at = "done", work.now()
        tx.later("fill_spares")
