"""Reference data and forums of an instance as set-up shows them, with how much hangs on each."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from tenants.database import NotFound, Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import ForumMemberRow, ForumRow, MemberRow, ReferenceRow

KINDS = ("business_unit", "function", "legal_entity")
UNITS = (
    select(ReferenceRow.id, ReferenceRow.name)
    .where(ReferenceRow.kind == "business_unit")
    .order_by(func.lower(ReferenceRow.name))
)


@dataclass(frozen=True, kw_only=True)
class ReferenceLine:
    """One entry of a list; `measures` is how many measures name it, in the whole instance."""

    id: UUID
    kind: str
    name: str
    measures: int
    is_retired: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class ForumLine:
    """A decision forum. `members` are those who can sign in, by name: (id, name)."""

    id: UUID
    name: str
    quorum: int
    chair: UUID | None
    chair_name: str
    members: tuple[tuple[UUID, str], ...]
    measures: int
    is_retired: bool
    version: int

    @property
    def can_decide(self) -> bool:
        return len(self.members) >= self.quorum


def list_references(work: Work) -> dict[str, tuple[ReferenceLine, ...]]:
    """All three lists by kind, each by name, what is retired at its end. One statement."""
    named = (MeasureRow.business_unit_id, MeasureRow.function_id, MeasureRow.legal_entity_id)
    uses = {
        kind: select(func.count()).where(column == ReferenceRow.id).correlate(ReferenceRow).scalar_subquery()
        for kind, column in zip(KINDS, named, strict=True)
    }
    columns = [uses[kind].label(kind) for kind in KINDS]
    lines: dict[str, list[ReferenceLine]] = {kind: [] for kind in KINDS}
    statement = select(
        ReferenceRow.id, ReferenceRow.kind, ReferenceRow.name, ReferenceRow.is_retired, ReferenceRow.version, *columns
    )
    for row in work.session.execute(statement.order_by(ReferenceRow.is_retired, func.lower(ReferenceRow.name))):
        lines[row.kind].append(
            ReferenceLine(
                id=row.id,
                kind=row.kind,
                name=row.name,
                measures=getattr(row, row.kind),
                is_retired=row.is_retired,
                version=row.version,
            )
        )
    return {kind: tuple(found) for kind, found in lines.items()}


def get_reference_line(work: Work, kind: str, reference: UUID) -> ReferenceLine:
    """One entry of a list. Raises NotFound."""
    found = next((line for line in list_references(work).get(kind, ()) if line.id == reference), None)
    if found is None:
        raise NotFound(f"{kind} {reference}")
    return found


def list_units(work: Work) -> tuple[tuple[UUID, str], ...]:
    """Every business unit by name, the retired ones too: what filters offer."""
    return tuple((row.id, row.name) for row in work.session.execute(UNITS))


def unit_names(work: Work) -> dict[str, str]:
    """The names of business units by their ids as text, as sources' statements hold them."""
    return {str(key): name for key, name in list_units(work)}


def list_forums(work: Work) -> tuple[ForumLine, ...]:
    """Every forum by name, what is retired at the end. Two statements."""
    seats = (
        select(ForumMemberRow.forum_id, MemberRow.id, MemberRow.name)
        .join(MemberRow, MemberRow.id == ForumMemberRow.member_id)
        .where(MemberRow.is_active)
        .order_by(func.lower(MemberRow.name))
    )
    members: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for forum, person, name in work.session.execute(seats):
        members[forum].append((person, name))
    uses = select(func.count()).where(MeasureRow.forum_id == ForumRow.id).correlate(ForumRow).scalar_subquery()
    statement = (
        select(ForumRow, func.coalesce(MemberRow.name, "").label("chair_name"), uses.label("measures"))
        .outerjoin(MemberRow, MemberRow.id == ForumRow.chair_id)
        .order_by(ForumRow.is_retired, func.lower(ForumRow.name))
    )
    return tuple(
        ForumLine(
            id=row.ForumRow.id,
            name=row.ForumRow.name,
            quorum=row.ForumRow.quorum,
            chair=row.ForumRow.chair_id,
            chair_name=row.chair_name,
            members=tuple(members[row.ForumRow.id]),
            measures=row.measures,
            is_retired=row.ForumRow.is_retired,
            version=row.ForumRow.version,
        )
        for row in work.session.execute(statement)
    )


def get_forum(work: Work, forum: UUID) -> ForumLine:
    """One forum. Raises NotFound."""
    found = next((line for line in list_forums(work) if line.id == forum), None)
    if found is None:
        raise NotFound(f"forum {forum}")
    return found


def list_active_names(work: Work) -> tuple[tuple[str, str], ...]:
    """Everybody who can sign in, by name: (id, name)."""
    statement = select(MemberRow.id, MemberRow.name).where(MemberRow.is_active).order_by(func.lower(MemberRow.name))
    return tuple((str(row.id), row.name) for row in work.session.execute(statement))
