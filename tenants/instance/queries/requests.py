"""Requests that wait: for the reader, by the reader, and everybody's; with the price of each week of waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain.access import Scope
from domain.approvals.request import ApprovalRequest, RequestState
from domain.stages import Stage
from tenants.database import NotFound, Work
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
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

    def days_open(self, now: datetime) -> int:
        return ((self.closed_at or now) - self.requested_at).days


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


def waiting_for(work: Work, person: UUID) -> Sequence[RequestLine]:
    """Open requests that wait for the person, or for somebody they stand in for; the earliest due first."""
    mine = RequestRow.id.in_(waiting_ids(person, work.now().date()))
    return _lines(work, _statement(mine).order_by(RequestRow.due_on, RequestRow.requested_at))


def asked_by(work: Work, person: UUID, limit: int = 50) -> Sequence[RequestLine]:
    """What the person asked for: open ones first, then the newest."""
    statement = _statement(RequestRow.requested_by == person)
    is_open = RequestRow.state == RequestState.OPEN
    return _lines(work, statement.order_by(is_open.desc(), RequestRow.requested_at.desc()).limit(limit))


def open_in_scope(work: Work, scope: Scope, limit: int = 200) -> Sequence[RequestLine]:
    """Every open request on measures that the reader sees, the earliest due first."""
    statement = _statement(RequestRow.state == RequestState.OPEN, seen(scope))
    return _lines(work, statement.order_by(RequestRow.due_on, RequestRow.requested_at).limit(limit))


def open_where(work: Work, *conditions: ColumnElement[bool]) -> Sequence[RequestLine]:
    """Open requests that meet the conditions, the earliest due first. What the reader may see is one of them."""
    statement = _statement(RequestRow.state == RequestState.OPEN, *conditions)
    return _lines(work, statement.order_by(RequestRow.due_on, RequestRow.requested_at))


def decided_in_scope(work: Work, scope: Scope, limit: int = 50) -> Sequence[RequestLine]:
    """What was settled on measures that the reader sees, the newest first."""
    statement = _statement(RequestRow.state != RequestState.OPEN, seen(scope))
    return _lines(work, statement.order_by(RequestRow.closed_at.desc()).limit(limit))


def get_request(work: Work, scope: Scope, person: UUID, request_id: UUID) -> RequestSheet:
    """One request: of a measure in scope, or one that waits for the person or was asked by them. Raises NotFound."""
    statement = (
        select(RequestRow, MeasureRow.code, MeasureRow.title, MeasureRow.path, FiguresRow.price_of_waiting)
        .join(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(
            RequestRow.id == request_id,
            seen(scope)
            | RequestRow.id.in_(waiting_ids(person, work.now().date()))
            | (RequestRow.requested_by == person),
        )
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
        price=_price(row.kind, found.price_of_waiting),
        changes=tuple(row.void_changes),
        closed_at=row.closed_at,
    )


def _statement(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(
            RequestRow,
            MeasureRow.code,
            MeasureRow.title,
            MemberRow.name.label("requester"),
            FiguresRow.price_of_waiting,
        )
        .join(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .join(MemberRow, MemberRow.id == RequestRow.requested_by)
        .where(*conditions)
    )


def _lines(work: Work, statement: Any) -> list[RequestLine]:
    return [
        RequestLine(
            id=found.RequestRow.id,
            measure=found.RequestRow.measure_id,
            code=found.code,
            title=found.title,
            kind=found.RequestRow.kind,
            target=Stage(found.RequestRow.target_stage) if found.RequestRow.target_stage else None,
            state=RequestState(found.RequestRow.state),
            requested_by=found.requester,
            requested_at=found.RequestRow.requested_at,
            waiting=tuple(found.RequestRow.waiting),
            due_on=found.RequestRow.due_on,
            closed_at=found.RequestRow.closed_at,
            price=_price(found.RequestRow.kind, found.price_of_waiting),
        )
        for found in work.session.execute(statement)
    ]


def _price(kind: str, price: Decimal) -> Decimal:
    return price if kind.startswith("gate:") else Decimal("0.00")
