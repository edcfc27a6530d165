"""Requests that wait: for the reader, by the reader, and everybody's; with the price of each week of waiting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select

from domain.access import Scope
from domain.approvals.request import ApprovalRequest, RequestState
from domain.governance.policies import STATE_KINDS
from domain.stages import MeasureState, Stage
from tenants.database import NotFound, Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.delegations import waiting_ids
from tenants.instance.queries.scoping import seen


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """One request in a list. `price` is a week of waiting, in the instance's currency; 0 but for gates."""

    id: UUID
    measure: UUID
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
    is_suspended: bool  # by a hold: it is not due while that lasts


@dataclass(frozen=True, kw_only=True)
class RequestSheet:
    """One request with its measure's code and title, as its page shows it."""

    request: ApprovalRequest
    code: str
    title: str
    path: str
    price: Decimal
    changes: tuple[dict[str, Any], ...]  # what broke the seal, when it is voided
    closed_at: datetime | None
    is_suspended: bool  # by a hold: nobody decides it while that lasts


def waiting_for(work: Work, person: UUID) -> Sequence[RequestLine]:
    """Open requests that wait for the person, or for somebody they stand in for; the earliest due first."""
    mine = RequestRow.id.in_(waiting_ids(person, work.now().date()))
    return read_lines(work, select_lines(mine).order_by(RequestRow.due_on, RequestRow.requested_at))


def visible(scope: Scope, person: UUID, today: date) -> ColumnElement[bool]:
    """Of a measure in scope; or it waits for the person, was asked by them, or a step of it asks or asked them."""
    steps = select(StepRow.request_id).where(
        StepRow.request_id == RequestRow.id,
        or_(StepRow.approvers.contains([person]), StepRow.escalated.contains([person])),
    )
    return or_(
        seen(scope),
        RequestRow.id.in_(waiting_ids(person, today)),
        RequestRow.requested_by == person,
        steps.exists(),
    )


def open_where(work: Work, *conditions: ColumnElement[bool]) -> Sequence[RequestLine]:
    """Open requests that meet the conditions, the earliest due first. What the reader may see is one of them."""
    statement = select_lines(RequestRow.state == RequestState.OPEN, *conditions)
    return read_lines(work, statement.order_by(RequestRow.due_on, RequestRow.requested_at))


def lines_among(work: Work, scope: Scope, person: UUID, requests: Collection[UUID]) -> Sequence[RequestLine]:
    """Those of the requests that the person may see, the earliest due first."""
    statement = select_lines(RequestRow.id.in_(requests), visible(scope, person, work.now().date()))
    return read_lines(work, statement.order_by(RequestRow.due_on, RequestRow.requested_at, RequestRow.id))


def get_request(work: Work, scope: Scope, person: UUID, request_id: UUID) -> RequestSheet:
    """One request, where the person may see it. Raises NotFound."""
    statement = (
        select(
            RequestRow,
            MeasureRow.code,
            MeasureRow.title,
            MeasureRow.path,
            price_of_week().label("price"),
            is_suspended().label("is_suspended"),
        )
        .join(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(RequestRow.id == request_id, visible(scope, person, work.now().date()))
    )
    found = work.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(f"request {request_id}")
    row = found.RequestRow
    return RequestSheet(
        request=load_requests(work.session, [(row, found.code)])[0],
        code=found.code,
        title=found.title,
        path=found.path,
        price=found.price,
        changes=tuple(row.void_changes),
        closed_at=row.closed_at,
        is_suspended=found.is_suspended,
    )


def select_lines(*conditions: ColumnElement[bool]) -> Any:
    """The statement behind a list of requests, without their sealed texts, which may be long."""
    return (
        select(
            RequestRow.id,
            RequestRow.measure_id,
            MeasureRow.code,
            MeasureRow.title,
            RequestRow.kind,
            RequestRow.target_stage,
            RequestRow.state,
            MemberRow.name.label("requested_by"),
            RequestRow.requested_at,
            RequestRow.waiting,
            RequestRow.due_on,
            RequestRow.closed_at,
            price_of_week().label("price"),
            is_suspended().label("is_suspended"),
        )
        .join(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .join(MemberRow, MemberRow.id == RequestRow.requested_by)
        .where(*conditions)
    )


def read_lines(work: Work, statement: Any) -> list[RequestLine]:
    return [
        RequestLine(
            id=found.id,
            measure=found.measure_id,
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
            is_suspended=found.is_suspended,
        )
        for found in work.session.execute(statement)
    ]


def price_of_week() -> Any:
    """What a week of waiting costs: of an open gate; everything else has no price. Source: DOMAIN.md, 3."""
    is_priced = (RequestRow.target_stage.is_not(None)) & (RequestRow.state == RequestState.OPEN)
    return case((is_priced, func.greatest(FiguresRow.price_of_waiting, 0)), else_=Decimal("0.00"))


def is_suspended() -> Any:
    """On a measure that is on hold nothing is decided, and nothing becomes late, but what turns its state."""
    return (MeasureRow.state == MeasureState.ON_HOLD) & RequestRow.kind.not_in(STATE_KINDS)
