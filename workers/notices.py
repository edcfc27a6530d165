"""Letters about approval requests: to those a request waits for, and to the one who asked when it is decided."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.approvals.request import RequestState
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow, VoteRow
from tenants.instance.queries.governance import get_governance
from workers.letters import send
from workers.task import Task

KINDS = {"hold": "Hold", "resume": "Resume", "cancel": "Cancel", "reopen": "Reopen", "change": "Change request"}
OUTCOMES = {
    RequestState.APPROVED: "approved",
    RequestState.REJECTED: "rejected",
    RequestState.RETURNED: "returned for changes",
    RequestState.WITHDRAWN: "withdrawn",
    RequestState.VOIDED: "voided, because what it was about changed",
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as a letter tells of it."""

    request: RequestRow
    measure: MeasureRow
    requester: MemberRow
    instance_name: str
    what: str


def announce_request(task: Task, request_id: str) -> None:
    """Tell everybody whose vote the request waits for; nobody, when it was settled meanwhile."""
    asked = _asked(task.instance, UUID(request_id))
    if asked.request.state != RequestState.OPEN:
        return
    people = select(MemberRow).where(MemberRow.id.in_(asked.request.waiting), MemberRow.is_active)
    for member in task.instance.session.scalars(people.order_by(MemberRow.email)):
        send(task, "request", member.name, member.email, **_variables(task, asked), due=asked.request.due_on)


def announce_decision(task: Task, request_id: str) -> None:
    """Tell the person who asked what became of it, with the last comment."""
    asked = _asked(task.instance, UUID(request_id))
    outcome = OUTCOMES.get(RequestState(asked.request.state))
    if outcome is None or asked.request.state == RequestState.WITHDRAWN or not asked.requester.is_active:
        return
    variables = _variables(task, asked) | {"outcome": outcome, "comment": _last_comment(task.instance, asked)}
    send(task, "decision", asked.requester.name, asked.requester.email, **variables)


def describe(work: Work, kind: str, target: int | None) -> str:
    """A request's kind in the template's words: "Gate into Decided", "Hold"."""
    if target is None:
        return KINDS.get(kind, kind)
    return f"Gate into {get_governance(work).template.stages[Stage(target)].label}"


def _asked(work: Work, request_id: UUID) -> Asked:
    request = work.get(RequestRow, request_id)
    return Asked(
        request=request,
        measure=work.get(MeasureRow, request.measure_id),
        requester=work.get(MemberRow, request.requested_by),
        instance_name=get_governance(work).name,
        what=describe(work, request.kind, request.target_stage),
    )


def _variables(task: Task, asked: Asked) -> dict[str, object]:
    place = f"{task.settings.public_url}/clients/{task.instance.instance.slug}"
    return {
        "instance": asked.instance_name,
        "what": asked.what,
        "measure": f"{asked.measure.code} {asked.measure.title}",
        "requester": asked.requester.name,
        "link": f"{place}/requests/{asked.request.id}",
    }


def _last_comment(work: Work, asked: Asked) -> str:
    statement = select(VoteRow.comment).where(VoteRow.request_id == asked.request.id).order_by(VoteRow.at.desc())
    return work.session.scalar(statement.limit(1)) or ""
