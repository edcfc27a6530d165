"""Somebody of the consulting firm is staffed on the instance: in, and PMO at the organization."""

from dataclasses import dataclass

from sqlalchemy import select

from domain.access import Role
from domain.ids import PersonId
from tenants.database import Work, action
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.transaction import Subject


@dataclass(frozen=True, kw_only=True)
class ConsultantStaffed:
    """The firm put one of its people on the engagement. `staffed_by` is who decided it in the firm."""

    person: PersonId
    name: str
    role: Role
    staffed_by: PersonId
    staffed_by_name: str


@action
def staff(work: Work, person: PersonId, name: str, email: str, by: PersonId, by_name: str) -> ConsultantStaffed | None:
    """Admit a person of the firm with the role of PMO. None where the client ended their access: it stays ended."""
    with work.transaction() as tx:
        member = tx.session.get(MemberRow, person, with_for_update=True, populate_existing=True)
        if member is None:
            member = tx.add(MemberRow(id=person, email=email, name=name, side="firm", created_at=work.now()))
            member.is_active = True
            tx.flush()
        if not member.is_active:
            return None
        outcome = ConsultantStaffed(person=person, name=name, role=Role.PMO, staffed_by=by, staffed_by_name=by_name)
        organization = tx.session.scalars(select(NodeRow).where(NodeRow.parent_id.is_(None))).one()
        held = (AssignmentRow.member_id == person, AssignmentRow.role == Role.PMO)
        if not tx.lock_all(AssignmentRow, *held, AssignmentRow.node_id == organization.id):
            tx.add(
                AssignmentRow(
                    id=work.new_id(),
                    member_id=person,
                    role=Role.PMO,
                    node_id=organization.id,
                    node_path=organization.path,
                    created_at=work.now(),
                )
            )
            tx.record(outcome, None, Subject(kind="person", id=person, label=name), reason="")
    return outcome
