"""A firm's engagements with the figures each has published about itself. Nothing here opens an instance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from domain.access import FirmActor, FirmRole
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork
from tenants.platform.figures import EngagementFigures
from tenants.platform.models.engagements import EngagementMetricsRow
from tenants.platform.models.instances import OPEN, InstanceMemberRow, InstanceRow, OnboardingRow
from tenants.platform.models.library import TemplateVersionRow
from tenants.platform.models.people import PersonRow

SEE_ALL = frozenset({FirmRole.PARTNER, FirmRole.FIRM_ADMINISTRATOR})


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """One client instance as the firm sees it from outside. `figures` is None until it has published some."""

    id: UUID
    slug: str
    name: str
    template_name: str
    template_number: int
    manager: str
    since: datetime
    is_mine: bool
    figures: EngagementFigures | None


def list_engagements(work: PlatformWork, actor: FirmActor) -> list[Engagement]:
    """All of the firm's for partners and firm administrators, for others those they are staffed on; by name."""
    statement = _engagements(actor.firm, actor.person)
    if not actor.roles & SEE_ALL:
        statement = statement.where(InstanceMemberRow.person_id.is_not(None))
    return [_engagement(row) for row in work.session.execute(statement)]


def list_all_engagements(work: PlatformWork, firm: FirmId, person: PersonId) -> list[Engagement]:
    """All of the firm's, for the comparison; by name."""
    return [_engagement(row) for row in work.session.execute(_engagements(firm, person))]


def _engagements(firm: FirmId, person: PersonId) -> Select[*tuple[Any, ...]]:
    mine = and_(InstanceMemberRow.instance_id == InstanceRow.id, InstanceMemberRow.person_id == person)
    return (
        select(
            InstanceRow.id,
            InstanceRow.slug,
            InstanceRow.name,
            InstanceRow.claimed_at,
            InstanceRow.created_at,
            TemplateVersionRow.name.label("template_name"),
            TemplateVersionRow.number.label("template_number"),
            PersonRow.name.label("manager"),
            InstanceMemberRow.person_id.label("mine"),
            EngagementMetricsRow.figures,
        )
        .outerjoin(TemplateVersionRow, TemplateVersionRow.id == InstanceRow.template_version_id)
        .outerjoin(OnboardingRow, OnboardingRow.instance_id == InstanceRow.id)
        .outerjoin(PersonRow, PersonRow.id == OnboardingRow.asked_by)
        .outerjoin(InstanceMemberRow, mine)
        .outerjoin(EngagementMetricsRow, EngagementMetricsRow.instance_id == InstanceRow.id)
        .where(InstanceRow.firm_id == firm, InstanceRow.state.in_(OPEN))
        .order_by(func.lower(InstanceRow.name), InstanceRow.slug)
    )


def _engagement(row: Any) -> Engagement:
    return Engagement(
        id=row.id,
        slug=row.slug,
        name=row.name,
        template_name=row.template_name or "",
        template_number=row.template_number or 0,
        manager=row.manager or "",
        since=row.claimed_at or row.created_at,
        is_mine=row.mine is not None,
        figures=EngagementFigures.from_json(row.figures) if row.figures else None,
    )
