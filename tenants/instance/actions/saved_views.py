"""Keep a view of the order desk under a name, and drop it. A person's own matter: not in the trail."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.models.intake import SavedViewRow
from tenants.instance.models.people import MemberRow

NAME_LIMIT, QUERY_LIMIT, MOST = 80, 2_000, 30


@dataclass(frozen=True, kw_only=True)
class ViewSaved:
    name: str


@dataclass(frozen=True, kw_only=True)
class TooManyViews(Refusal):
    """`most` are kept already."""

    most: int


@action
def save_view(work: Work, view_id: UUID, name: str, query: str, actor: Actor) -> ViewSaved | Refusal:
    """Keep the query under a name; a name that is there already gets the new query."""
    name = " ".join(name.split())
    if not name:
        return FieldMissing(field="name")
    if len(name) > NAME_LIMIT:
        return FieldTooLong(field="name", limit=NAME_LIMIT)
    with work.transaction() as tx:
        tx.lock(MemberRow, actor.person)
        kept = {row.name: row for row in tx.session.scalars(select(SavedViewRow).filter_by(member_id=actor.person))}
        if row := kept.get(name):
            row.query, row.saved_at = query[:QUERY_LIMIT], work.now()
        elif len(kept) >= MOST:
            return TooManyViews(most=MOST)
        elif tx.session.get(SavedViewRow, view_id) is None:
            tx.add(
                SavedViewRow(
                    id=view_id, member_id=actor.person, name=name, query=query[:QUERY_LIMIT], saved_at=work.now()
                )
            )
    return ViewSaved(name=name)


@action
def drop_view(work: Work, view_id: UUID, actor: Actor) -> str:
    """The name it had. Raises NotFound for a view that is not the person's own."""
    with work.transaction() as tx:
        row = tx.lock(SavedViewRow, view_id)
        if row.member_id != actor.person:
            raise NotFound(f"view {view_id}")
        tx.delete(row)
    return row.name
