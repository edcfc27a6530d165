"""Who reads an instance: the person with their roles there, and how much waits for them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, bindparam, func, select

from domain.access import Actor, Assignment, Role
from domain.ids import NodeId, PersonId, ReferenceId
from tenants.database import Work
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.queries.delegations import waiting_of
from tenants.instance.queries.told import unread_of

PERSON: ColumnElement[UUID] = bindparam("person", type_=MemberRow.id.type)
WAITING = select(func.count()).select_from(waiting_of(PERSON, bindparam("day", type_=Date)).subquery())
HAS_ORDERS = select(SettingsRow.template_text.contains("\norders:")).limit(1)  # a section of the template's document
READER = (  # every page asks for it: built once
    select(MemberRow.name, MemberRow.side, AssignmentRow.role, AssignmentRow.node_id, AssignmentRow.node_path)
    .add_columns(AssignmentRow.channel, AssignmentRow.business_unit_id)
    .add_columns(WAITING.scalar_subquery().label("waiting"), HAS_ORDERS.scalar_subquery().label("has_orders"))
    .add_columns(unread_of(PERSON).scalar_subquery().label("unread"))
    .outerjoin(AssignmentRow, AssignmentRow.member_id == MemberRow.id)
    .where(MemberRow.id == PERSON, MemberRow.is_active)
    .order_by(AssignmentRow.node_path, AssignmentRow.role)
)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The actor, and the number of open requests whose current step waits for their vote or for one in a stead.

    `unread`: notices they have not seen; `has_orders`: the client's template governs orders.
    """

    actor: Actor
    waiting: int
    unread: int
    has_orders: bool


def find_reader(work: Work, person: PersonId) -> Reader | None:
    """The person in this instance, in one statement; None for somebody who is not, or no longer, in it."""
    rows = work.session.execute(READER, {"person": person, "day": work.now().date()}).all()
    if not rows:
        return None
    held = tuple(assignment_of(row) for row in rows if row.role)
    actor = Actor(person=person, name=rows[0].name, is_firm=rows[0].side == "firm", assignments=held)
    return Reader(actor=actor, waiting=rows[0].waiting, unread=rows[0].unread, has_orders=bool(rows[0].has_orders))


def assignment_of(row: Any) -> Assignment:
    """From the columns of READER."""
    unit = row.business_unit_id and ReferenceId(row.business_unit_id)
    return Assignment(Role(row.role), NodeId(row.node_id), row.node_path, channel=row.channel, business_unit=unit)
