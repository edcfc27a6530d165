"""Approval requests as the domain sees them, loaded whole: with steps and votes."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from domain.access import Role
from domain.approvals.request import ApprovalRequest, CastVote, Choice, GateCondition, RequestState, RequestStep
from domain.approvals.requesting import OpenRequest
from domain.governance.criteria import CriterionResult, Met
from domain.governance.policies import Rule
from domain.ids import (
    ConditionId,
    ForumId,
    MeasureId,
    MeetingId,
    OrderExceptionId,
    OrderId,
    PersonId,
    RequestId,
)
from domain.seal import FieldChange
from domain.segregation import Duties
from domain.stages import Stage
from tenants.instance.models.conditions import GateConditionRow
from tenants.instance.models.requests import RequestRow, StepRow, VoteRow

DUTIES = ("owner", "sponsor", "controller", "requested_by", "last_edited_by")


def load_requests(session: Session, rows: Sequence[tuple[RequestRow, str]]) -> list[ApprovalRequest]:
    """Requests with the codes of their measures or orders, in the order given; three statements."""
    ids = [row.id for row, _ in rows]
    steps = _grouped(session, StepRow, ids, StepRow.position)
    votes = _grouped(session, VoteRow, ids, VoteRow.at)
    conditions = _grouped(session, GateConditionRow, ids, GateConditionRow.due_on)
    return [to_request(row, code, steps[row.id], votes[row.id], conditions[row.id]) for row, code in rows]


def open_requests(session: Session, of_it: ColumnElement[bool]) -> tuple[OpenRequest, ...]:
    """What is open on a measure or an order."""
    columns = (RequestRow.id, RequestRow.kind, RequestRow.exception_id)
    rows = session.execute(select(*columns).where(of_it, RequestRow.state == RequestState.OPEN))
    return tuple(
        OpenRequest(id=RequestId(row.id), kind=row.kind, about=OrderExceptionId(row.exception_id) if row[2] else None)
        for row in rows
    )


def to_request(
    row: RequestRow,
    code: str,
    steps: Sequence[StepRow],
    votes: Sequence[VoteRow],
    conditions: Sequence[GateConditionRow],
) -> ApprovalRequest:
    return ApprovalRequest(
        id=RequestId(row.id),
        kind=row.kind,
        measure=MeasureId(row.measure_id) if row.measure_id else None,
        order=OrderId(row.order_id) if row.order_id else None,
        exception=OrderExceptionId(row.exception_id) if row.exception_id else None,
        forum=ForumId(row.forum_id) if row.forum_id else None,
        code=code,
        target=Stage(row.target_stage) if row.target_stage else None,
        template=row.template,
        policy=row.policy,
        steps=tuple(_step(step) for step in steps),
        duties=_duties(row.duties),
        requested_by=PersonId(row.requested_by),
        requested_at=row.requested_at,
        seal=row.seal,
        subject=row.subject,
        proposal=row.proposal,
        checklist=tuple(to_result(item) for item in row.checklist),
        reason=row.reason,
        comment=row.comment,
        votes=tuple(_vote(vote, conditions) for vote in votes),
        state=RequestState(row.state),
        void_changes=tuple(FieldChange(**each) for each in row.void_changes),
    )


def to_result(item: dict[str, Any]) -> CriterionResult:
    return CriterionResult(**{**item, "outcome": Met(item["outcome"]), "missing": tuple(item["missing"])})


def _duties(kept: dict[str, Any]) -> Duties:
    people = {name: PersonId(UUID(kept[name])) if kept.get(name) else None for name in DUTIES}
    editors = frozenset(PersonId(UUID(editor)) for editor in kept["editors"])
    return Duties(**people, editors=editors, is_closure=kept["is_closure"])


def _step(row: StepRow) -> RequestStep:
    return RequestStep(
        name=row.name,
        selector=row.selector,
        approvers=tuple(PersonId(person) for person in row.approvers),
        rule=Rule(row.rule),
        needed=row.needed,
        due_working_days=row.due_working_days,
        due_on=row.due_on,
        settled=RequestState(row.settled) if row.settled else None,
        step_up=row.step_up,
        escalate_to=Role(row.escalate_to) if row.escalate_to else None,
        escalated=tuple(PersonId(person) for person in row.escalated),
    )


def _vote(row: VoteRow, conditions: Sequence[GateConditionRow]) -> CastVote:
    return CastVote(
        step=row.position,
        person=PersonId(row.person_id),
        choice=Choice(row.choice),
        comment=row.comment,
        at=row.at,
        on_behalf_of=PersonId(row.approver_id) if row.approver_id != row.person_id else None,
        conditions=tuple(
            GateCondition(id=ConditionId(each.id), words=each.words, owner=PersonId(each.owner_id), due=each.due_on)
            for each in conditions
            if (each.set_by, each.set_at) == (row.person_id, row.at)
        ),
        meeting=MeetingId(row.meeting_id) if row.meeting_id else None,
        present=tuple(PersonId(person) for person in row.present),
    )


def _grouped(session: Session, row_type: Any, ids: Sequence[UUID], order: Any) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    statement = select(row_type).where(row_type.request_id.in_(ids)).order_by(order)
    for row in session.scalars(statement.execution_options(populate_existing=True)):
        grouped[row.request_id].append(row)
    return grouped
