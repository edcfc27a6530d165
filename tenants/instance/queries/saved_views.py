"""The views of the order desk that a person keeps."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.ids import PersonId
from tenants.database import Work
from tenants.instance.models.intake import SavedViewRow


@dataclass(frozen=True, kw_only=True)
class SavedView:
    """A filter under a name; `query` is that of the address."""

    id: UUID
    name: str
    query: str


def list_views(work: Work, person: PersonId) -> tuple[SavedView, ...]:
    """By name."""
    statement = select(SavedViewRow).where(SavedViewRow.member_id == person).order_by(SavedViewRow.name)
    return tuple(SavedView(id=row.id, name=row.name, query=row.query) for row in work.session.scalars(statement))
