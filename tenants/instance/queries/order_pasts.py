"""Orders and requests of the past as trials look at them: streamed, so that memory does not grow with their number."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, func, literal, select

from domain.access import OrderScope
from domain.governance.policies import ORDER_PREFIX
from domain.orders.asking import ADDING
from domain.orders.deciding import DecidedBefore
from domain.orders.order import Happening
from domain.orders.past_decisions import PastRequest, facts_of_request
from domain.orders.replay import Past, Stay
from tenants.database import Work
from tenants.instance.models.exceptions import OrderEffectRow, OrderExceptionRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow, OrderStageRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.order_scope import in_scope

ZERO, AT_ONCE = Decimal("0.00"), 1_000
HAPPENED = tuple((each, getattr(OrderRow, f"{each}_at")) for each in Happening)
Held = tuple[str, datetime, datetime | None]


def count_pasts(work: Work, scope: OrderScope, since: datetime) -> int:
    """How many orders were placed since then."""
    return work.session.scalar(select(func.count()).select_from(OrderRow).where(*_placed(scope, since))) or 0


def count_requests(work: Work, scope: OrderScope, kind: str, since: datetime) -> int:
    statement = select(func.count()).select_from(RequestRow).join(OrderRow, OrderRow.id == RequestRow.order_id)
    return work.session.scalar(statement.where(*_asked(scope, kind, since))) or 0


def pasts(work: Work, scope: OrderScope, since: datetime) -> Iterator[Past]:
    """The orders placed since then in their order, each with its stays, exceptions and promises. Four statements for
    every thousand."""
    plain = (OrderRow.id, OrderRow.number, OrderRow.channel, OrderRow.business_unit_id, OrderRow.value)
    more = (OrderRow.discount, OrderRow.freight, OrderRow.payment, OrderRow.priority, OrderRow.placed_at)
    columns = (*plain, *more, OrderRow.promised_on, OrderRow.closed_at)
    statement = select(*columns, *(column.label(str(each)) for each, column in HAPPENED)).where(*_placed(scope, since))
    for rows in _in_parts(work, statement.order_by(OrderRow.placed_at, OrderRow.id)):
        orders = [row.id for row in rows]
        stays, held, promises = _stays(work, orders), _held(work, orders), _promises(work, orders)
        for row in rows:
            yield _past(row, stays.get(row.id, ()), held.get(row.id, ()), promises.get(row.id, ()))


def past_requests(work: Work, scope: OrderScope, kind: str, since: datetime) -> Iterator[PastRequest]:
    """The requests of a kind since then in their order, with the facts that they were decided on."""
    columns = (OrderRow.id, OrderRow.number, OrderRow.channel, OrderRow.business_unit_id.label("unit"), OrderRow.stage)
    asked = (RequestRow.amount, RequestRow.requested_at.label("at"), RequestRow.subject, RequestRow.proposal)
    statement = (
        select(*columns, *asked, OrderExceptionRow.type, _stage_then(), _granted(kind), _first_promise())
        .join(RequestRow, RequestRow.order_id == OrderRow.id)
        .outerjoin(OrderExceptionRow, OrderExceptionRow.id == RequestRow.exception_id)
        .where(*_asked(scope, kind, since))
        .order_by(RequestRow.requested_at, RequestRow.id)
    )
    for rows in _in_parts(work, statement):
        for row in rows:
            known = {"stage": row.stage_then or row.stage, "exception_type": row.type or "", "before": _before(row)}
            facts = facts_of_request(kind, row.subject, row.proposal, at=row.at, **known)
            amount, place = row.amount or ZERO, (row.channel, row.unit)
            yield PastRequest(order=row.id, number=row.number, at=row.at, amount=amount, place=place, facts=facts)


def _in_parts(work: Work, statement: Any) -> Iterator[Sequence[Any]]:
    return iter(work.session.execute(statement, execution_options={"yield_per": AT_ONCE}).partitions())


def _placed(scope: OrderScope, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OrderRow.placed_at >= since, in_scope(scope))


def _asked(scope: OrderScope, kind: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (RequestRow.kind == kind, RequestRow.requested_at >= since, in_scope(scope))


def _stage_then() -> Any:
    """Where the order was when it was asked."""
    mine = (OrderStageRow.order_id == RequestRow.order_id, OrderStageRow.entered_at <= RequestRow.requested_at)
    latest = select(OrderStageRow.stage).where(*mine).order_by(OrderStageRow.position.desc()).limit(1)
    return latest.correlate(RequestRow).scalar_subquery().label("stage_then")


def _granted(kind: str) -> Any:
    """What decisions of the kind had taken from the order before."""
    mine = (OrderEffectRow.order_id == RequestRow.order_id, OrderEffectRow.request_id.is_not(None))
    before = (OrderEffectRow.kind == kind.removeprefix(ORDER_PREFIX), OrderEffectRow.at < RequestRow.requested_at)
    if kind.removeprefix(ORDER_PREFIX) not in ADDING:
        return literal(ZERO).label("granted")
    taken = select(func.coalesce(func.sum(OrderEffectRow.amount), ZERO)).where(*mine, *before)
    return taken.correlate(RequestRow).scalar_subquery().label("granted")


def _first_promise() -> Any:
    """The day promised before the first decision that moved it, None where none had by then."""
    mine = (OrderPromiseRow.order_id == RequestRow.order_id, OrderPromiseRow.field == "promised_on")
    before = (OrderPromiseRow.request_id.is_not(None), OrderPromiseRow.at < RequestRow.requested_at)
    first = select(OrderPromiseRow.before).where(*mine, *before).order_by(OrderPromiseRow.at).limit(1)
    return first.correlate(RequestRow).scalar_subquery().label("first_promise")


def _before(row: Any) -> DecidedBefore:
    first = date.fromisoformat(row.first_promise) if row.first_promise else None
    return DecidedBefore(granted=row.granted, promised_on=first)


def _one_of(orders: Sequence[UUID]) -> Any:
    """As one array: a thousand placeholders cost more to write out than the orders to find."""
    return any_(literal(orders, ARRAY(Uuid())))


def _stays(work: Work, orders: Sequence[UUID]) -> dict[UUID, list[Stay]]:
    found: dict[UUID, list[Stay]] = defaultdict(list)
    statement = select(OrderStageRow.order_id, OrderStageRow.stage, OrderStageRow.entered_at)
    statement = statement.where(OrderStageRow.order_id == _one_of(orders)).order_by(OrderStageRow.entered_at)
    for order, stage, entered in work.session.execute(statement):
        found[order].append(Stay(stage=stage, since=entered))
    return found


def _held(work: Work, orders: Sequence[UUID]) -> dict[UUID, list[Held]]:
    found: dict[UUID, list[Held]] = defaultdict(list)
    columns = (OrderExceptionRow.type, OrderExceptionRow.opened_at, OrderExceptionRow.resolved_at)
    statement = select(OrderExceptionRow.order_id, *columns).where(OrderExceptionRow.order_id == _one_of(orders))
    for order, type_, opened, resolved in work.session.execute(statement):
        found[order].append((type_, opened, resolved))
    return found


def _promises(work: Work, orders: Sequence[UUID]) -> dict[UUID, list[tuple[datetime, date | None]]]:
    found: dict[UUID, list[tuple[datetime, date | None]]] = defaultdict(list)
    statement = select(OrderPromiseRow.order_id, OrderPromiseRow.at, OrderPromiseRow.before)
    mine = (OrderPromiseRow.order_id == _one_of(orders), OrderPromiseRow.field == "promised_on")
    for order, at, before in work.session.execute(statement.where(*mine).order_by(OrderPromiseRow.at)):
        found[order].append((at, date.fromisoformat(before) if before else None))
    return found


def _past(
    row: Any, stays: Sequence[Stay], held: Sequence[Held], promises: Sequence[tuple[datetime, date | None]]
) -> Past:
    happened = {each: at for each, _column in HAPPENED if (at := getattr(row, str(each)))}
    return Past(
        id=row.id, number=row.number, channel=row.channel, unit=row.business_unit_id, value=row.value,
        discount_percent=percent(row.discount, row.value + row.discount), payment=row.payment,
        priority=row.priority, placed_at=row.placed_at, promised_on=row.promised_on, ended=row.closed_at,
        happened=happened, stays=stays, held=held, promises=promises, discount=row.discount, freight=row.freight,
    )  # fmt: skip


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(Decimal("0.01")) if whole > 0 else ZERO
