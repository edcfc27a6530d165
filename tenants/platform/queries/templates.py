"""The library as a firm sees it: the shipped governance templates and its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from domain.governance.parsing import parse_template
from domain.governance.template import GovernanceTemplate
from domain.ids import FirmId
from tenants.database import NotFound, PlatformWork
from tenants.platform.models.instances import InstanceRow
from tenants.platform.models.library import TemplateVersionRow


@dataclass(frozen=True, kw_only=True)
class TemplateVersion:
    """One published version. `engagements` counts the firm's instances that are pinned to it."""

    id: UUID
    key: str
    number: int
    name: str
    description: str
    published_at: datetime
    is_shipped: bool
    engagements: int


@dataclass(frozen=True, kw_only=True)
class TemplateText:
    """A version with what it says."""

    version: TemplateVersion
    template: GovernanceTemplate
    digest: str


def list_templates(work: PlatformWork, firm: FirmId) -> list[TemplateVersion]:
    """What the firm may choose from: not retired, by name, the newest version first."""
    statement = _visible(firm).where(TemplateVersionRow.retired_at.is_(None))
    statement = statement.order_by(TemplateVersionRow.name, TemplateVersionRow.number.desc())
    return [_version(row, count) for row, count in work.session.execute(statement)]


def newest_templates(work: PlatformWork, firm: FirmId) -> list[TemplateVersion]:
    """What a new client begins with: of every template the firm may choose, the newest version."""
    newest: dict[tuple[str, bool], TemplateVersion] = {}
    for version in list_templates(work, firm):
        newest.setdefault((version.key, version.is_shipped), version)
    return list(newest.values())


def get_template(work: PlatformWork, firm: FirmId, version: UUID) -> TemplateText:
    """One version, parsed. Raises NotFound where it is another firm's."""
    found = work.session.execute(_visible(firm).where(TemplateVersionRow.id == version)).one_or_none()
    if found is None:
        raise NotFound(f"template {version}")
    row, count = found
    template = parse_template(row.text)
    assert isinstance(template, GovernanceTemplate), template
    return TemplateText(version=_version(row, count), template=template, digest=row.digest)


def _visible(firm: FirmId) -> Select[TemplateVersionRow, int]:
    pinned = (
        select(func.count())
        .select_from(InstanceRow)
        .where(InstanceRow.template_version_id == TemplateVersionRow.id, InstanceRow.firm_id == firm)
        .correlate(TemplateVersionRow)
        .scalar_subquery()
    )
    own = or_(TemplateVersionRow.firm_id.is_(None), TemplateVersionRow.firm_id == firm)
    return select(TemplateVersionRow, pinned).where(own)


def _version(row: TemplateVersionRow, engagements: int) -> TemplateVersion:
    return TemplateVersion(
        id=row.id,
        key=row.key,
        number=row.number,
        name=row.name,
        description=row.description,
        published_at=row.published_at,
        is_shipped=row.firm_id is None,
        engagements=engagements,
    )
