"""What is with a reader at the order desk: tickets, holds and exceptions, and orders, theirs or their role's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.access import OrderScope, Role
from domain.orders.order import OrderState
from tenants.database import Work
from tenants.instance.models.exceptions import OrderExceptionRow, OrderTicketRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.order_scope import in_scope


@dataclass(frozen=True, kw_only=True)
class RoleWork:
    """Open exceptions that are a role's and nobody's by name; `overdue` of them."""

    role: Role
    count: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class OrderWork:
    """Counts of what each link of it opens. `free_tickets`: orders with a ticket that nobody has."""

    tickets: int
    oldest_ticket: datetime | None
    free_tickets: int | None
    exceptions: int
    exceptions_overdue: int
    of_roles: tuple[RoleWork, ...]
    orders: int
    orders_late: int

    def __bool__(self) -> bool:
        return bool(self.tickets or self.free_tickets or self.exceptions or self.of_roles or self.orders)


def get_order_work(work: Work, scope: OrderScope, person: UUID, roles: Collection[Role]) -> OrderWork:
    """Three statements, whatever the number of orders."""
    now = work.now()
    mine, oldest, free = _tickets(work, scope, person)
    own, of_roles = _exceptions(work, scope, person, roles, now)
    orders = select(func.count(), func.count().filter(OrderRow.due_at < now)).where(
        in_scope(scope), OrderRow.owner_id == person, OrderRow.state == OrderState.OPEN
    )
    count, late = work.session.execute(orders).one()
    return OrderWork(
        tickets=mine,
        oldest_ticket=oldest,
        free_tickets=free if Role.CUSTOMER_SERVICE in roles else None,
        exceptions=own[0],
        exceptions_overdue=own[1],
        of_roles=of_roles,
        orders=count,
        orders_late=late,
    )


def _tickets(work: Work, scope: OrderScope, person: UUID) -> tuple[int, datetime | None, int]:
    row = OrderTicketRow
    is_mine = row.owner_id == person
    statement = (
        select(
            func.count().filter(is_mine),
            func.min(row.opened_at).filter(is_mine),
            func.count(row.order_id.distinct()).filter(row.owner_id.is_(None)),
        )
        .join(OrderRow, OrderRow.id == row.order_id)
        .where(row.closed_at.is_(None), in_scope(scope))
    )
    mine, oldest, free = work.session.execute(statement).one()
    return mine, oldest, free


def _exceptions(
    work: Work, scope: OrderScope, person: UUID, roles: Collection[Role], now: datetime
) -> tuple[tuple[int, int], tuple[RoleWork, ...]]:
    """Those of the person, and by role those that nobody has taken; both with how many are overdue."""
    row = OrderExceptionRow
    is_mine = (row.owner_id == person).label("is_mine")
    wanted = (row.owner_id == person) | (row.owner_id.is_(None) & row.owner_role.in_(sorted(roles)))
    statement = (
        select(is_mine, row.owner_role, func.count(), func.count().filter(row.due_at < now))
        .join(OrderRow, OrderRow.id == row.order_id)
        .where(row.resolved_at.is_(None), OrderRow.state == OrderState.OPEN, in_scope(scope), wanted)
        .group_by(is_mine, row.owner_role)
        .order_by(row.owner_role)
    )
    found = work.session.execute(statement).all()
    mine = [each for each in found if each[0]]
    return (
        (sum(each[2] for each in mine), sum(each[3] for each in mine)),
        tuple(RoleWork(role=Role(each[1]), count=each[2], overdue=each[3]) for each in found if not each[0]),
    )
