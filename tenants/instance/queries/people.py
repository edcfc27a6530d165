"""People of an instance with the roles they hold at nodes, and what to choose from when roles are given."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.access import Role, Scope
from domain.ids import PersonId
from domain.notices import Notify
from tenants.database import PlatformWork, Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.people import AssignmentRow, MemberRow, ReferenceRow
from tenants.platform.models.people import PersonRow


@dataclass(frozen=True, kw_only=True)
class HeldRole:
    """A role at a node and below; with a channel or a business unit it is for those orders alone."""

    role: Role
    node: UUID
    node_name: str
    path: str
    channel: str = ""
    unit: UUID | None = None
    unit_name: str = ""


@dataclass(frozen=True, kw_only=True)
class MemberLine:
    """A person. `has_entered`: has a password, so that the invitation was taken up."""

    id: UUID
    name: str
    email: str
    side: str
    is_active: bool
    has_entered: bool
    created_at: datetime
    roles: tuple[HeldRole, ...]

    @property
    def is_firm(self) -> bool:
        return self.side == "firm"

    @property
    def state(self) -> str:
        """active, invited or ended."""
        if not self.is_active:
            return "ended"
        return "active" if self.has_entered else "invited"


def list_members(work: Work, platform: PlatformWork, scope: Scope) -> tuple[MemberLine, ...]:
    """Everybody with a role inside the scope, with the roles held there; who covers the organization sees all.

    Three statements.
    """
    covers_all = work.session.scalar(select(NodeRow.path).where(NodeRow.parent_id.is_(None)))
    sees_all = bool(covers_all) and scope.covers(covers_all or "")
    held = _roles(work, scope)
    rows = work.session.scalars(select(MemberRow).order_by(MemberRow.is_active.desc(), func.lower(MemberRow.name)))
    shown = [row for row in rows if sees_all or row.id in held]
    entered = _entered(platform, [row.id for row in shown])
    return tuple(_line(row, row.id in entered, tuple(held.get(row.id, ()))) for row in shown)


def find_self(work: Work, person: UUID) -> MemberLine:
    """Oneself with all one's roles, wherever they are. Two statements."""
    everywhere = Scope(("/",), PersonId(person))
    return _line(work.get(MemberRow, person), True, tuple(_roles(work, everywhere).get(person, ())))


def find_notify(work: Work, person: UUID) -> Notify:
    """How letters reach the person."""
    return Notify(work.get(MemberRow, person).notify)


def is_ended(work: Work, person: UUID) -> bool:
    """Whether the person was a member here whose access has ended."""
    return work.session.scalar(select(MemberRow.is_active).where(MemberRow.id == person)) is False


def list_names(work: Work) -> Sequence[tuple[str, str]]:
    """Everybody by name, to choose from: (id, name)."""
    statement = select(MemberRow.id, MemberRow.name).order_by(func.lower(MemberRow.name))
    return [(str(row.id), row.name) for row in work.session.execute(statement)]


def _roles(work: Work, scope: Scope) -> dict[UUID, list[HeldRole]]:
    statement = (
        select(AssignmentRow, NodeRow.name, NodeRow.path, ReferenceRow.name)
        .join(NodeRow, NodeRow.id == AssignmentRow.node_id)
        .outerjoin(ReferenceRow, ReferenceRow.id == AssignmentRow.business_unit_id)
        .order_by(NodeRow.path, AssignmentRow.role, AssignmentRow.channel, ReferenceRow.name)
    )
    held: dict[UUID, list[HeldRole]] = defaultdict(list)
    for row, name, path, unit in work.session.execute(statement):
        if scope.covers(path):
            role = HeldRole(role=Role(row.role), node=row.node_id, node_name=name, path=path, channel=row.channel)
            held[row.member_id].append(replace(role, unit=row.business_unit_id, unit_name=unit or ""))
    return held


def _entered(platform: PlatformWork, people: Sequence[UUID]) -> set[UUID]:
    statement = select(PersonRow.id).where(PersonRow.id.in_(people), PersonRow.password_hash != "")
    return set(platform.session.scalars(statement))


def _line(row: MemberRow, has_entered: bool, roles: tuple[HeldRole, ...]) -> MemberLine:
    return MemberLine(
        id=row.id,
        name=row.name,
        email=row.email,
        side=row.side,
        is_active=row.is_active,
        has_entered=has_entered,
        created_at=row.created_at,
        roles=roles,
    )
