"""Whether who was asked for a role still holds it: a step keeps the people it asked, roles come and go."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from domain.access import Assignment, Role
from domain.approvals.request import ApprovalRequest, RequestStep
from domain.ids import PersonId, RequestId
from domain.refusals import Refusal

BY_ROLE = "role:"


@dataclass(frozen=True, kw_only=True)
class RoleGone(Refusal):
    """The person was asked as holder of this role and holds it no more, or not for this order."""

    request: RequestId
    step: str
    role: Role
    person: PersonId


def role_gone(
    request: ApprovalRequest, step: RequestStep, person: PersonId, held: Iterable[Assignment]
) -> RoleGone | None:
    """`held`: what the person holds now. None also for who was asked by name or as member of a forum."""
    roles = asked_as(step, person)
    if not roles or any(each.role in roles and reaches(each, request) for each in held):
        return None
    return RoleGone(request=request.id, step=step.name, role=roles[0], person=person)


def asked_as(step: RequestStep, person: PersonId) -> tuple[Role, ...]:
    first = (Role(step.selector.removeprefix(BY_ROLE)),) if step.selector.startswith(BY_ROLE) else ()
    later = (step.escalate_to,) if step.escalate_to and person in step.escalated else ()
    return (*first, *later) if person in step.approvers else later


def reaches(held: Assignment, request: ApprovalRequest) -> bool:
    """Whether a role that is held for some orders alone is for this one."""
    if not held.is_limited:
        return True
    sealed = json.loads(request.subject) if request.order else {}
    if held.channel:
        return bool(held.channel == sealed.get("channel"))
    return bool(str(held.business_unit) == sealed.get("business_unit"))
