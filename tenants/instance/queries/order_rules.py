"""Rules over orders as they are switched here, the orders they look at, and who hears of what is overdue."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.access import Actor, Assignment, OrderScope, Role
from domain.capabilities import Capability
from domain.governance.template import OrderRules
from domain.ids import NodeId, PersonId, ReferenceId
from domain.orders.order import OrderState
from domain.orders.rules import Switch, due_openings
from tenants.database import Work
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.intake import RuleSwitchRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.queries.order_aggregates import load_orders
from tenants.instance.queries.order_scope import in_scope


def rule_switches(work: Work) -> Mapping[str, Switch]:
    """By the rule's key; a rule that is not there stands as the template writes it."""
    rows = work.session.scalars(select(RuleSwitchRow))
    return {row.key: Switch(is_on=row.is_on, limits=tuple(row.limits)) for row in rows}


def open_orders_after(work: Work, last: UUID | None, limit: int) -> Sequence[UUID]:
    """The next open orders by id; none when all were looked at."""
    statement = select(OrderRow.id).where(OrderRow.state == OrderState.OPEN)
    if last is not None:
        statement = statement.where(OrderRow.id > last)
    return list(work.session.scalars(statement.order_by(OrderRow.id).limit(limit)))


def orders_with_openings(
    work: Work, orders: Sequence[UUID], rules: OrderRules, switches: Mapping[str, Switch]
) -> Sequence[UUID]:
    """Those of these orders on which a rule would open something now; three statements."""
    rows = list(work.session.scalars(select(OrderRow).where(OrderRow.id.in_(orders)).order_by(OrderRow.id)))
    loaded = load_orders(work.session, rows)
    return [order.id for order in loaded if due_openings(order, rules, switches, work.now())]


def overdue_exceptions(work: Work, now: datetime, limit: int) -> Sequence[UUID]:
    """Open ones past due on open orders that were not escalated yet, the oldest due first."""
    statement = (
        select(OrderExceptionRow.id)
        .join(OrderRow, OrderRow.id == OrderExceptionRow.order_id)
        .where(
            OrderExceptionRow.resolved_at.is_(None),
            OrderExceptionRow.escalated_at.is_(None),
            OrderExceptionRow.due_at < now,
            OrderRow.state == OrderState.OPEN,
        )
        .order_by(OrderExceptionRow.due_at, OrderExceptionRow.id)
    )
    return list(work.session.scalars(statement.limit(limit)))


def order_holders(work: Work, roles: Iterable[Role]) -> Mapping[Role, Sequence[tuple[PersonId, str, OrderScope]]]:
    """Who can sign in and holds these roles over orders: person, name, and which orders the role is for."""
    statement = (
        select(AssignmentRow, MemberRow.name)
        .join(MemberRow, MemberRow.id == AssignmentRow.member_id)
        .where(AssignmentRow.role.in_([str(role) for role in roles]), MemberRow.is_active)
        .order_by(MemberRow.name, MemberRow.id)
    )
    held: dict[tuple[Role, PersonId, str], list[Assignment]] = defaultdict(list)
    for row, name in work.session.execute(statement):
        role = Role(row.role)
        unit = ReferenceId(row.business_unit_id) if row.business_unit_id else None
        assignment = Assignment(role, NodeId(row.node_id), row.node_path, channel=row.channel, business_unit=unit)
        held[role, PersonId(row.member_id), name].append(assignment)
    found: dict[Role, list[tuple[PersonId, str, OrderScope]]] = defaultdict(list)
    for (role, person, name), assignments in held.items():
        actor = Actor(person=person, name=name, assignments=tuple(assignments))
        if scope := actor.orders(Capability.VIEW_ORDERS):
            found[role].append((person, name, scope))
    return found


def open_by_rule(work: Work, scope: OrderScope) -> Mapping[str, int]:
    """How many exceptions that each rule opened are open now."""
    statement = (
        select(OrderExceptionRow.rule, func.count())
        .join(OrderRow, OrderRow.id == OrderExceptionRow.order_id)
        .where(OrderExceptionRow.rule != "", OrderExceptionRow.resolved_at.is_(None), in_scope(scope))
        .group_by(OrderExceptionRow.rule)
    )
    return {rule: count for rule, count in work.session.execute(statement)}
