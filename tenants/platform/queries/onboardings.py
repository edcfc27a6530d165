"""Onboardings: how far one has come, and which ones still need somebody."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.ids import FirmId
from tenants.database import NotFound, PlatformWork
from tenants.platform.models.instances import InstanceMemberRow, InstanceRow, OnboardingRow
from tenants.platform.models.people import PersonRow


@dataclass(frozen=True, kw_only=True)
class Onboarding:
    """`state`: waiting, running, done or failed; `step`: schema, template, people or open, empty before the first."""

    id: UUID
    client_name: str
    administrator_name: str
    administrator_email: str
    state: str
    step: str
    failure: str
    asked_by: str
    created_at: datetime
    slug: str

    @property
    def is_running(self) -> bool:
        return self.state in ("waiting", "running")


def get_onboarding(work: PlatformWork, firm: FirmId, onboarding: UUID) -> Onboarding:
    """One of the firm's onboardings. Raises NotFound."""
    statement = (
        select(OnboardingRow, PersonRow.name, InstanceRow.slug)
        .join(PersonRow, PersonRow.id == OnboardingRow.asked_by)
        .outerjoin(InstanceRow, InstanceRow.id == OnboardingRow.instance_id)
        .where(OnboardingRow.id == onboarding, OnboardingRow.firm_id == firm)
    )
    found = work.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(f"onboarding {onboarding}")
    return _onboarding(*found)


def list_unfinished(work: PlatformWork, firm: FirmId) -> list[Onboarding]:
    """The firm's onboardings that run, wait or have failed, the newest first."""
    statement = (
        select(OnboardingRow, PersonRow.name, InstanceRow.slug)
        .join(PersonRow, PersonRow.id == OnboardingRow.asked_by)
        .outerjoin(InstanceRow, InstanceRow.id == OnboardingRow.instance_id)
        .where(OnboardingRow.firm_id == firm, OnboardingRow.state != "done")
        .order_by(OnboardingRow.created_at.desc())
    )
    return [_onboarding(*found) for found in work.session.execute(statement)]


def is_member(work: PlatformWork, slug: str, person: UUID) -> bool:
    """Whether the person may enter this instance."""
    statement = (
        select(InstanceRow.id)
        .join(InstanceMemberRow, InstanceMemberRow.instance_id == InstanceRow.id)
        .where(InstanceRow.slug == slug, InstanceMemberRow.person_id == person)
    )
    return work.session.scalar(statement) is not None


def _onboarding(row: OnboardingRow, asked_by: str, slug: str | None) -> Onboarding:
    return Onboarding(
        id=row.id,
        client_name=row.wish["client_name"],
        administrator_name=row.wish["administrator_name"],
        administrator_email=row.wish["administrator_email"],
        state=row.state,
        step=row.step,
        failure=row.failure,
        asked_by=asked_by,
        created_at=row.created_at,
        slug=slug or "",
    )
