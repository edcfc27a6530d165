"""What a source says anew of an order: its stays end where the next begin, and money follows what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.orders.exceptions import ExceptionOpened
from domain.orders.order import Happening, Order, OrderState
from tenants.database import Work
from tenants.instance.actions import order_exceptions, orders
from tenants.instance.actions.order_arrivals import effect_values
from tenants.instance.actions.order_rows import add_effect, move_order
from tenants.instance.actions.order_sums import fold_order_sums
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow
from tenants.instance.models.order_sums import OrderSumRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.places import Instance
from tests.house import House
from tests.orderfiles import brought_in, line, table_of
from tests.orderfiles import orders as table
from tests.ordering import Desk

SENT = {"Dispatched": "2026-02-04 08:00:00", "Delivered": "2026-02-06 09:00:00"}


@pytest.fixture(scope="module")
def desk(house: House, two_shops: tuple[Instance, Instance]) -> Iterator[Desk]:
    """The people of this file."""
    with house.app.app_context():
        desk = Desk(house.work(two_shops[0]), house)
        yield desk
        desk.work.close()


def come(desk: Desk, number: str, **said: str) -> Order:
    """The source says so of the order."""
    brought_in(desk.work, desk.actor(desk.house.manager), table(line(number, **said)))
    return desk.now(desk.work.session.scalars(select(OrderRow.id).where(OrderRow.number == number)).one())


def stays(work: Work, order: UUID) -> list[OrderStageRow]:
    chosen = select(OrderStageRow).where(OrderStageRow.order_id == order).order_by(OrderStageRow.position)
    return list(work.session.scalars(chosen))


def test_an_order_that_is_carried_on_and_closed_at_once_ends_each_stay_where_the_next_begins(desk: Desk) -> None:
    come(desk, "upd-closed")
    order = come(desk, "upd-closed", Invoice_issued="2026-02-04 08:00:00", **SENT)
    assert order.state is OrderState.CLOSED
    known = stays(desk.work, order.id)
    assert [stay.stage for stay in known] == ["intake", "allocation", "delivery", "closure"]
    assert [stay.left_at for stay in known] == [*(stay.entered_at for stay in known[1:]), known[-1].entered_at]


def test_a_cancelled_order_has_not_left_its_stage_before_it_came_there(desk: Desk) -> None:
    order = come(desk, "upd-moved")
    with desk.work.transaction() as tx:
        move_order(tx, tx.lock(OrderRow, order.id), "picking", None, desk.work.now(), desk.lead)
    come(desk, "upd-moved", Status="cancelled")
    assert [stay.hours >= 0 for stay in stays(desk.work, order.id)] == [True, True, True]
    assert desk.row(order.id).closed_at == desk.work.now()


def test_a_source_that_cancels_leaves_nothing_open_on_the_order(desk: Desk) -> None:
    order = come(desk, "upd-held")
    for kind in ("fraud", "partial_shipment"):
        identity = desk.work.new_id()
        opened = order_exceptions.open_exception(
            desk.work, order.id, identity, kind, "", "Look", desk.actor(desk.clerk)
        )
        assert isinstance(opened, ExceptionOpened), opened
    order = come(desk, "upd-held", Status="cancelled")
    row = desk.row(order.id)
    assert (row.state, row.open_holds, row.open_exceptions) == ("cancelled", 0, 0)
    resolutions = select(OrderExceptionRow.resolution).where(OrderExceptionRow.order_id == order.id)
    assert set(desk.work.session.scalars(resolutions)) == {"cancelled"}


@pytest.mark.parametrize(
    ("first", "then", "forecast", "actual"),
    [
        ({}, {"Freight": "0.00"}, "0.00", "0.00"),
        (SENT, {"Freight": "0.00", **SENT}, "0.00", "0.00"),
        ({}, {"Status": "cancelled"}, "0.00", "0.00"),
        (SENT, {"Status": "cancelled", **SENT}, "4.90", "4.90"),
        ({"Status": "cancelled"}, {"Status": "cancelled"}, "0.00", "0.00"),
    ],
    ids=["no freight any more", "nor after it left", "cancelled before it left", "cancelled after", "never came open"],
)
def test_the_freight_costs_what_the_source_says_by_now(
    desk: Desk, request: pytest.FixtureRequest, first: dict[str, str], then: dict[str, str], forecast: str, actual: str
) -> None:
    number = f"upd-{request.node.callspec.id}"
    come(desk, number, **first)
    row = desk.row(come(desk, number, **then).id)
    assert (row.cost_forecast, row.cost_actual) == (Decimal(forecast), Decimal(actual))
    costs = select(func.sum(OrderCostRow.forecast), func.sum(OrderCostRow.actual)).filter_by(order_id=row.id)
    assert tuple(each or 0 for each in desk.work.session.execute(costs).one()) == (row.cost_forecast, row.cost_actual)


def test_freight_is_owed_when_somebody_here_says_that_the_order_left(desk: Desk) -> None:
    order, left = come(desk, "upd-left"), datetime(2026, 2, 5, 12, tzinfo=UTC)
    orders.record_happening(desk.work, order.id, Happening.DISPATCHED, left, desk.actor(desk.lead))
    cost = desk.work.session.scalars(select(OrderCostRow).filter_by(order_id=order.id)).one()
    assert (cost.actual, cost.on, desk.row(order.id).cost_actual) == (Decimal("4.90"), left.date(), Decimal("4.90"))


def test_what_was_refunded_by_decision_is_not_lost_again_when_the_source_says_so(desk: Desk) -> None:
    head, pmo = "Order number,Channel,Placed at,Value,Refunded amount", desk.actor(desk.house.manager)

    def refunded(amount: str) -> Decimal:
        said = f"{head}\nupd-refund,shop,2026-02-02 09:00:00,80.00,{amount}\n"
        brought_in(desk.work, pmo, table_of(said.encode()))
        chosen = select(OrderRow).where(OrderRow.number == "upd-refund").execution_options(populate_existing=True)
        return desk.work.session.scalars(chosen).one().effects

    assert refunded("") == 0
    order = desk.work.session.scalars(select(OrderRow).where(OrderRow.number == "upd-refund")).one()
    with desk.work.transaction() as tx:
        known = {"kind": "refund", "reason": "Broken", "on": desk.work.now().date()}
        effect = OrderEffectRow(**effect_values(tx, order.id), amount=Decimal(30), **known)
        add_effect(tx, tx.lock(OrderRow, order.id), effect)
    assert [refunded(each) for each in ("30.00", "45.00", "40.00", "50.00")] == [30, 45, 45, 50]


def test_folding_loses_nothing_of_what_another_fold_left(desk: Desk) -> None:
    """Of two folds at once, the second may see only the half that takes away."""
    shop = desk.work
    month = datetime(2019, 1, 1, tzinfo=UTC).date()
    taken = {"channel": "fold", "is_cancelled": False, "cancel_reason": "", "count": 0, "cost_forecast": 0}
    with shop.transaction() as tx:
        tx.add(OrderSumRow(month=month, **taken, value=Decimal(-5), cost_actual=0, effects=0))
    fold_order_sums(shop, at_least=0)
    kept = shop.session.scalars(select(OrderSumRow.value).where(OrderSumRow.channel == "fold")).all()
    with shop.transaction() as tx:
        for row in tx.session.scalars(select(OrderSumRow).where(OrderSumRow.channel == "fold")):
            tx.delete(row)
    assert kept == [Decimal(-5)]
