"""Orders as the rules see them, loaded whole: with their exceptions and the constraints that block them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import Role
from domain.ids import ConstraintId, OrderExceptionId, OrderId, PersonId, ReferenceId
from domain.orders.order import Blocking, Happening, Order, OrderException, OrderState, Priority
from tenants.instance.models.exceptions import ConstrainedOrderRow, ConstraintRow, OrderExceptionRow
from tenants.instance.models.orders import OrderRow


def load_order(session: Session, row: OrderRow) -> Order:
    return load_orders(session, [row])[0]


def load_orders(session: Session, rows: Sequence[OrderRow]) -> list[Order]:
    """In the order of `rows`; two statements, whatever their number."""
    exceptions = exceptions_by_order(session, [row.id for row in rows])
    constraints = _constraints(session, [row.id for row in rows if row.open_constraints])
    return [to_order(row, exceptions.get(row.id, ()), constraints.get(row.id, ())) for row in rows]


def exceptions_by_order(session: Session, orders: Iterable[UUID]) -> Mapping[UUID, list[OrderException]]:
    """Open and resolved ones, in the order in which they were opened."""
    statement = select(OrderExceptionRow).where(OrderExceptionRow.order_id.in_(list(orders)))
    found: dict[UUID, list[OrderException]] = defaultdict(list)
    for row in session.scalars(statement.order_by(OrderExceptionRow.opened_at, OrderExceptionRow.id)):
        found[row.order_id].append(to_exception(row))
    return found


def to_exception(row: OrderExceptionRow) -> OrderException:
    return OrderException(
        id=OrderExceptionId(row.id),
        type=row.type,
        is_hold=row.is_hold,
        owner_role=Role(row.owner_role),
        opened_at=row.opened_at,
        due_at=row.due_at,
        cause=row.cause,
        stops=tuple(row.stops),
        owner=PersonId(row.owner_id) if row.owner_id else None,
        opened_by=PersonId(row.opened_by) if row.opened_by else None,
        reason=row.reason,
        decision=row.decision,
        rule=row.rule,
        escalated_at=row.escalated_at,
        resolved_at=row.resolved_at,
    )


def to_order(row: OrderRow, exceptions: Iterable[OrderException], constraints: Iterable[Blocking]) -> Order:
    happened = {each: at for each in Happening if (at := getattr(row, f"{each}_at"))}
    return Order(
        id=OrderId(row.id),
        number=row.number,
        channel=row.channel,
        placed_at=row.placed_at,
        currency=row.currency,
        value=row.value,
        discount=row.discount,
        freight=row.freight,
        items=row.items,
        payment=row.payment,
        customer=row.customer,
        business_unit=ReferenceId(row.business_unit_id) if row.business_unit_id else None,
        priority=Priority(row.priority),
        promised_on=row.promised_on,
        commitment=row.commitment,
        stage=row.stage,
        stage_since=row.stage_since,
        due_at=row.due_at,
        state=OrderState(row.state),
        owner=PersonId(row.owner_id) if row.owner_id else None,
        happened=happened,
        exceptions=tuple(exceptions),
        constraints=tuple(constraints),
        open_tickets=row.open_tickets,
        created_by=PersonId(row.created_by) if row.created_by else None,
        last_edited_by=PersonId(row.last_edited_by) if row.last_edited_by else None,
    )


def _constraints(session: Session, orders: Sequence[UUID]) -> Mapping[UUID, list[Blocking]]:
    found: dict[UUID, list[Blocking]] = defaultdict(list)
    if not orders:
        return found
    statement = (
        select(ConstrainedOrderRow.order_id, ConstraintRow.id, ConstraintRow.title, ConstraintRow.stops)
        .join(ConstraintRow, ConstraintRow.id == ConstrainedOrderRow.constraint_id)
        .where(ConstrainedOrderRow.order_id.in_(orders), ConstraintRow.ended_at.is_(None))
        .order_by(ConstraintRow.opened_at, ConstraintRow.id)
    )
    for order_id, constraint, title, stops in session.execute(statement):
        found[order_id].append(Blocking(id=ConstraintId(constraint), title=title, stops=tuple(stops)))
    return found
