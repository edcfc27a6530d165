"""Decisions on orders before they are asked for: what was granted already, and what would happen to a request."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.access import Actor, OrderScope
from domain.approvals.requesting import Ask, Situation
from domain.governance.policies import ORDER_PREFIX
from domain.orders.asking import OrderAsk, proposal_text
from domain.orders.deciding import DecidedBefore, about_order
from domain.orders.order import Order
from tenants.database import Work
from tenants.instance.models.exceptions import OrderEffectRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import open_requests
from tenants.instance.queries.directory import get_directory
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.policies import PolicyPreview, preview_about

ZERO = Decimal("0.00")


def granted_by_kind(session: Session, order_id: UUID) -> Mapping[str, Decimal]:
    """What decisions took from the order so far, by kind of effect."""
    sums = select(OrderEffectRow.kind, func.sum(OrderEffectRow.amount)).where(
        OrderEffectRow.order_id == order_id, OrderEffectRow.request_id.is_not(None)
    )
    return {kind: amount for kind, amount in session.execute(sums.group_by(OrderEffectRow.kind))}


def decided_before(session: Session, order_id: UUID, kind: str) -> DecidedBefore:
    """What decisions of this kind did to the order so far. Two statements."""
    moved = OrderPromiseRow.order_id == order_id, OrderPromiseRow.field == "promised_on"
    by_decision = select(OrderPromiseRow.before).where(*moved, OrderPromiseRow.request_id.is_not(None))
    first = session.scalar(by_decision.order_by(OrderPromiseRow.at).limit(1))
    granted = granted_by_kind(session, order_id).get(kind, ZERO)
    return DecidedBefore(granted=granted, promised_on=date.fromisoformat(first) if first else None)


def order_in_scope(work: Work, scope: OrderScope, order_id: UUID) -> bool:
    """Whether the reader sees the order."""
    found = select(OrderRow.id).where(OrderRow.id == order_id, in_scope(scope))
    return work.session.scalar(found) is not None


def order_situation(work: Work, governance: Governance, order_id: UUID) -> Situation:
    """What a decision about the order looks at beside it. Four statements."""
    return Situation(
        path=f"/{governance.organization}/",
        template=governance.template,
        directory=get_directory(work),
        open_requests=open_requests(work.session, RequestRow.order_id == order_id),
        holidays=governance.holidays,
    )


def preview_decision(work: Work, order: Order, ask: OrderAsk, governance: Governance, actor: Actor) -> PolicyPreview:
    """What would happen if the reader asked now; nothing is sent and nothing recorded."""
    situation = order_situation(work, governance, order.id)
    before = decided_before(work.session, order.id, ask.kind)
    wish = Ask(kind=f"{ORDER_PREFIX}{ask.kind}", proposal=proposal_text(order, ask))
    about = about_order(order, ask, wish, situation, actor.person, before)
    return preview_about(work, wish.kind, about, governance.template, situation.directory)
