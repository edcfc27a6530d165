"""What a reader sees of requests: those on the measures in their scope, and those on the orders in theirs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_

from domain.access import Actor, Capability, OrderScope, Scope
from domain.approvals.request import RequestState
from domain.governance.policies import STATE_KINDS
from domain.ids import PersonId
from domain.stages import MeasureState
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.scoping import seen

ZERO = literal(Decimal("0.00"))
WEEK = 7  # days: by the price of a week orders and gates stand in one order


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Both scopes of one reader."""

    measures: Scope
    orders: OrderScope

    @property
    def person(self) -> PersonId:
        return self.measures.person


def sight_of(actor: Actor) -> Sight:
    return Sight(
        measures=actor.scope_for(Capability.VIEW_MEASURES),
        orders=actor.orders(Capability.VIEW_ORDERS),
    )


def with_subject(statement: Any) -> Any:
    """Requests with what they are about: `MeasureRow` and its figures, or `OrderRow`; the other one is empty."""
    return (
        statement.outerjoin(MeasureRow, MeasureRow.id == RequestRow.measure_id)
        .outerjoin(FiguresRow, FiguresRow.measure_id == RequestRow.measure_id)
        .outerjoin(OrderRow, OrderRow.id == RequestRow.order_id)
    )


def in_sight(sight: Sight) -> ColumnElement[bool]:
    """Of a measure or an order that the reader sees. Asks `with_subject`."""
    of_measures = and_(RequestRow.measure_id.is_not(None), seen(sight.measures))
    return or_(of_measures, and_(RequestRow.order_id.is_not(None), in_scope(sight.orders)))


def code() -> ColumnElement[str]:
    """A measure's code or an order's number."""
    return func.coalesce(MeasureRow.code, OrderRow.number)


def title() -> ColumnElement[str]:
    """A measure's title; orders have none."""
    return func.coalesce(MeasureRow.title, "")


def last_edited_by() -> ColumnElement[UUID | None]:
    return func.coalesce(MeasureRow.last_edited_by, OrderRow.last_edited_by)


def of_forum(forum: UUID) -> ColumnElement[bool]:
    """The forum of the measure, or the one that the policy on the order names."""
    return or_(MeasureRow.forum_id == forum, RequestRow.forum_id == forum)


def forum_id() -> ColumnElement[UUID | None]:
    """As it was when the request was made; requests from before that was kept go by their measure."""
    return func.coalesce(RequestRow.forum_id, MeasureRow.forum_id)


def price_of_week() -> Any:
    """What a week of waiting costs: of an open gate; everything else has no price. Source: DOMAIN.md, 3."""
    is_priced = (RequestRow.target_stage.is_not(None)) & (RequestRow.state == RequestState.OPEN)
    return case((is_priced, func.greatest(FiguresRow.price_of_waiting, ZERO)), else_=ZERO)


def price_of_day() -> Any:
    """The stated daily cost of an open decision on an order."""
    is_open = RequestRow.state == RequestState.OPEN
    return case((is_open, func.coalesce(RequestRow.daily_cost, ZERO)), else_=ZERO)


def price() -> Any:
    """Both by the week: what lists are ordered by."""
    return price_of_week() + price_of_day() * WEEK


def is_suspended() -> ColumnElement[bool]:
    """On a measure that is on hold nothing is decided, and nothing becomes late, but what turns its state."""
    held = (MeasureRow.state == MeasureState.ON_HOLD) & RequestRow.kind.not_in(STATE_KINDS)
    return func.coalesce(held, false())
