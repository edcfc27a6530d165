"""Who reads an instance: the person with their roles there, and how much waits for them."""

from dataclasses import dataclass

from sqlalchemy import func, select

from domain.access import Actor, Assignment, Role
from domain.ids import NodeId, PersonId
from tenants.database import Work
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.queries.delegations import waiting_ids


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The actor, and the number of open requests whose current step waits for their vote or for one in a stead."""

    actor: Actor
    waiting: int


def find_reader(work: Work, person: PersonId) -> Reader | None:
    """The person in this instance, in one statement; None for somebody who is not, or no longer, in it."""
    waiting = select(func.count()).select_from(waiting_ids(person, work.now().date()).subquery()).scalar_subquery()
    statement = (
        select(MemberRow.name, MemberRow.side, AssignmentRow.role, AssignmentRow.node_id, AssignmentRow.node_path)
        .add_columns(waiting.label("waiting"))
        .outerjoin(AssignmentRow, AssignmentRow.member_id == MemberRow.id)
        .where(MemberRow.id == person, MemberRow.is_active)
        .order_by(AssignmentRow.node_path, AssignmentRow.role)
    )
    rows = work.session.execute(statement).all()
    if not rows:
        return None
    held = tuple(Assignment(Role(row.role), NodeId(row.node_id), row.node_path) for row in rows if row.role)
    actor = Actor(person=person, name=rows[0].name, is_firm=rows[0].side == "firm", assignments=held)
    return Reader(actor=actor, waiting=rows[0].waiting)
