"""Requests that wait: for the reader, by the reader, and everybody's; with the price of each week of waiting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from domain.approvals.request import ApprovalRequest, RequestState
from domain.ids import PersonId
from domain.stages import Stage
from tenants.database import NotFound, Work
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.delegations import waiting_ids
from tenants.instance.queries.sight import (
    Sight,
    code,
    in_sight,
    is_suspended,
    last_edited_by,
    price_of_day,
    price_of_week,
    title,
    with_subject,
)

LINES = with_subject(  # without their sealed texts, which may be long
    select(
        RequestRow.id,
        RequestRow.measure_id,
        RequestRow.order_id,
        code().label("code"),
        title().label("title"),
        RequestRow.kind,
        RequestRow.target_stage,
        RequestRow.state,
        MemberRow.name.label("requested_by"),
        RequestRow.requested_at,
        RequestRow.waiting,
        RequestRow.due_on,
        RequestRow.closed_at,
        price_of_week().label("price"),
        price_of_day().label("per_day"),
        RequestRow.amount,
        is_suspended().label("is_suspended"),
    ).select_from(RequestRow)
).join(MemberRow, MemberRow.id == RequestRow.requested_by)


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """One request in a list: on a measure, or on an order, whose `code` is its number and whose title is empty.

    `price` is a week of waiting, in the instance's currency; 0 but for gates. `per_day` is what an order's costs.
    """

    id: UUID
    measure: UUID | None
    order: UUID | None
    code: str
    title: str
    kind: str
    target: Stage | None
    state: RequestState
    requested_by: str
    requested_at: datetime
    waiting: tuple[UUID, ...]
    due_on: date | None
    closed_at: datetime | None
    price: Decimal
    per_day: Decimal
    amount: Decimal | None
    is_suspended: bool  # by a hold: it is not due while that lasts


@dataclass(frozen=True, kw_only=True)
class RequestSheet:
    """One request with the code and title of its measure, or the number of its order, as its page shows it."""

    request: ApprovalRequest
    code: str
    title: str
    path: str
    price: Decimal
    per_day: Decimal
    amount: Decimal | None
    changes: tuple[dict[str, Any], ...]  # what broke the seal, when it is voided
    closed_at: datetime | None
    is_suspended: bool  # by a hold: nobody decides it while that lasts
    last_edited_by: PersonId | None  # as it is now: who edited since it was sealed decides no more


def visible(sight: Sight, today: date) -> ColumnElement[bool]:
    """In sight; or it waits for the person, was asked by them, or a step of it asks or asked them."""
    person = sight.person
    steps = select(StepRow.request_id).where(
        StepRow.request_id == RequestRow.id,
        or_(StepRow.approvers.contains([person]), StepRow.escalated.contains([person])),
    )
    return or_(
        in_sight(sight),
        RequestRow.id.in_(waiting_ids(person, today)),
        RequestRow.requested_by == person,
        steps.exists(),
    )


def open_where(work: Work, *conditions: ColumnElement[bool]) -> Sequence[RequestLine]:
    """Open requests that meet the conditions, the earliest due first. What the reader may see is one of them."""
    statement = select_lines(RequestRow.state == RequestState.OPEN, *conditions)
    return read_lines(work, statement.order_by(RequestRow.due_on, RequestRow.requested_at))


def lines_among(work: Work, sight: Sight, requests: Collection[UUID]) -> Sequence[RequestLine]:
    """Those of the requests that the reader may see, the earliest due first."""
    statement = select_lines(RequestRow.id.in_(requests), visible(sight, work.now().date()))
    return read_lines(work, statement.order_by(RequestRow.due_on, RequestRow.requested_at, RequestRow.id))


def get_request(work: Work, sight: Sight, request_id: UUID) -> RequestSheet:
    """One request, where the reader may see it. Raises NotFound."""
    columns = (code().label("code"), title().label("title"), price_of_week().label("price"))
    more = (price_of_day().label("per_day"), is_suspended().label("is_suspended"))
    editor = last_edited_by().label("last_edited_by")
    statement = with_subject(select(RequestRow, *columns, *more, editor).select_from(RequestRow)).where(
        RequestRow.id == request_id, visible(sight, work.now().date())
    )
    found = work.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(f"request {request_id}")
    row = found.RequestRow
    return RequestSheet(
        request=load_requests(work.session, [(row, found.code)])[0],
        code=found.code,
        title=found.title,
        path=row.path,
        price=found.price,
        per_day=found.per_day,
        amount=row.amount,
        changes=tuple(row.void_changes),
        closed_at=row.closed_at,
        is_suspended=found.is_suspended,
        last_edited_by=PersonId(found.last_edited_by) if found.last_edited_by else None,
    )


def select_lines(*conditions: ColumnElement[bool]) -> Any:
    """The statement behind a list of requests."""
    return LINES.where(*conditions)


def read_lines(work: Work, statement: Any) -> list[RequestLine]:
    return [
        RequestLine(
            id=found.id,
            measure=found.measure_id,
            order=found.order_id,
            code=found.code,
            title=found.title,
            kind=found.kind,
            target=Stage(found.target_stage) if found.target_stage else None,
            state=RequestState(found.state),
            requested_by=found.requested_by,
            requested_at=found.requested_at,
            waiting=tuple(found.waiting),
            due_on=found.due_on,
            closed_at=found.closed_at,
            price=found.price,
            per_day=found.per_day,
            amount=found.amount,
            is_suspended=found.is_suspended,
        )
        for found in work.session.execute(statement)
    ]
