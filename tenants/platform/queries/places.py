"""Where a person may go: the clients they are in, and what the frame of every page says about firm and client."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select

from domain.ids import FirmId, InstanceId, PersonId
from tenants.database import PlatformWork
from tenants.platform.models.engagements import PublishedHeadRow, VerificationRow
from tenants.platform.models.firms import FirmRow
from tenants.platform.models.instances import OPEN, InstanceMemberRow, InstanceRow

CLIENTS = (  # every page asks for these two: built once
    select(InstanceRow.id, InstanceRow.slug, InstanceRow.name, FirmRow.name.label("firm_name"))
    .join(InstanceMemberRow, InstanceMemberRow.instance_id == InstanceRow.id)
    .join(FirmRow, FirmRow.id == InstanceRow.firm_id)
    .where(InstanceMemberRow.person_id == bindparam("person"), InstanceRow.state.in_(OPEN))
    .order_by(func.lower(InstanceRow.name), InstanceRow.slug)
)
FAULTLESS = and_(VerificationRow.instance_id == PublishedHeadRow.instance_id, VerificationRow.faults == 0)
PROOF = (
    select(PublishedHeadRow.sequence, PublishedHeadRow.hash, PublishedHeadRow.published_at)
    .add_columns(VerificationRow.at.label("verified_at"))
    .outerjoin(VerificationRow, FAULTLESS)
    .where(PublishedHeadRow.instance_id == bindparam("instance"))
    .order_by(PublishedHeadRow.sequence.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Client:
    """One client a person is in."""

    id: UUID
    slug: str
    name: str
    firm_name: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The newest published head of an instance's trail, and when its chain was last verified without a fault."""

    sequence: int
    hash: str
    published_at: datetime
    verified_at: datetime | None


def list_clients(work: PlatformWork, person: PersonId) -> list[Client]:
    """The open instances a person is a member of, by name."""
    return [
        Client(id=row.id, slug=row.slug or "", name=row.name, firm_name=row.firm_name)
        for row in work.session.execute(CLIENTS, {"person": person})
    ]


def get_firm_name(work: PlatformWork, firm: FirmId) -> str:
    return work.session.scalar(select(FirmRow.name).where(FirmRow.id == firm)) or ""


def find_proof(work: PlatformWork, instance: InstanceId) -> Proof | None:
    """What the foot of an instance's page says about its trail; None before the first published head."""
    row = work.session.execute(PROOF, {"instance": instance}).one_or_none()
    return Proof(**row._mapping) if row else None
