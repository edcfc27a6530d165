"""What was said on a measure, and who may be spoken to there: everybody who sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, or_, select
from sqlalchemy.orm import Session

from domain.access import ROLE_CAPABILITIES, Capability
from domain.comments import Reader
from domain.ids import PersonId
from tenants.database import Work
from tenants.instance.models.comments import CommentRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import AssignmentRow, MemberRow

SEEING = [role for role, capabilities in ROLE_CAPABILITIES.items() if Capability.VIEW_MEASURES in capabilities]


@dataclass(frozen=True, kw_only=True)
class Comment:
    """`words` are empty once it is retracted: the trail keeps them."""

    id: UUID
    by: UUID
    at: datetime
    words: str
    mentions: tuple[UUID, ...]
    retracted_at: datetime | None


def comments_of(work: Work, measure: UUID) -> Sequence[Comment]:
    """All that was said, the oldest first. One statement."""
    statement = select(CommentRow).where(CommentRow.measure_id == measure).order_by(CommentRow.at, CommentRow.id)
    return [
        Comment(
            id=row.id,
            by=row.by,
            at=row.at,
            words="" if row.retracted_at else row.words,
            mentions=tuple(row.mentions),
            retracted_at=row.retracted_at,
        )
        for row in work.session.scalars(statement)
    ]


def readers_of(session: Session, measure: UUID) -> Sequence[Reader]:
    """Everybody with access who sees the measure: by a role at its node or above, or because it names them."""
    above = select(AssignmentRow.member_id).where(
        AssignmentRow.role.in_(SEEING),
        AssignmentRow.channel == "",  # a role for some orders sees no measure
        AssignmentRow.business_unit_id.is_(None),
        func.starts_with(
            select(MeasureRow.path).where(MeasureRow.id == measure).scalar_subquery(), AssignmentRow.node_path
        ),
    )
    named = select(literal(1)).where(
        MeasureRow.id == measure,
        or_(*(each == MemberRow.id for each in (MeasureRow.owner_id, MeasureRow.sponsor_id, MeasureRow.controller_id))),
    )
    statement = select(MemberRow.id, MemberRow.name, MemberRow.email).where(
        MemberRow.is_active, or_(MemberRow.id.in_(above), named.exists())
    )
    rows = session.execute(statement.order_by(func.lower(MemberRow.name), MemberRow.email))
    return [Reader(id=PersonId(row.id), name=row.name, email=row.email) for row in rows]
