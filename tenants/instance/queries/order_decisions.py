"""Open decisions on orders for readers of reports: what is asked, whom it waits for, what a day of waiting costs."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from domain.access import OrderScope
from domain.approvals.request import RequestState
from tenants.database import Work
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.order_scope import in_scope

ZERO = Decimal("0.00")
Requester = aliased(MemberRow, name="requester")


@dataclass(frozen=True, kw_only=True)
class OpenDecision:
    """An open request on an order. `waiting`: names of those whose vote it waits for."""

    id: UUID
    order: str  # its number
    kind: str  # "order:refund"
    policy: str
    requested_by: str
    waiting: tuple[str, ...]
    opened: date
    due: date | None
    amount: Decimal | None
    daily_cost: Decimal

    @property
    def code(self) -> str:
        """Requests have no number of their own: the beginning of their id."""
        return f"R-{self.id.hex[:6].upper()}"

    def days_open(self, today: date) -> int:
        return (today - self.opened).days

    def days_overdue(self, today: date) -> int:
        return max(0, (today - self.due).days) if self.due else 0


def list_open_decisions(work: Work, scope: OrderScope) -> tuple[OpenDecision, ...]:
    """On orders that the reader sees, the dearest first. Two statements."""
    cost = func.coalesce(RequestRow.daily_cost, ZERO)
    statement = (
        select(RequestRow, OrderRow.number, Requester.name, cost.label("cost"))
        .join(OrderRow, OrderRow.id == RequestRow.order_id)
        .join(Requester, Requester.id == RequestRow.requested_by)
        .where(RequestRow.state == RequestState.OPEN, in_scope(scope))
        .order_by(cost.desc(), RequestRow.requested_at, RequestRow.id)
    )
    rows = work.session.execute(statement).all()
    people = {person for row in rows for person in row.RequestRow.waiting}
    members = work.session.execute(select(MemberRow.id, MemberRow.name).where(MemberRow.id.in_(people)))
    names = {member: name for member, name in members}
    return tuple(_decision(row.RequestRow, row.number, row.name, row.cost, names) for row in rows)


def _decision(
    request: RequestRow, number: str, requested_by: str, cost: Decimal, names: dict[UUID, str]
) -> OpenDecision:
    return OpenDecision(
        id=request.id,
        order=number,
        kind=request.kind,
        policy=request.policy,
        requested_by=requested_by,
        waiting=tuple(sorted(names[person] for person in request.waiting)),
        opened=request.requested_at.date(),
        due=request.due_on,
        amount=request.amount,
        daily_cost=cost,
    )
