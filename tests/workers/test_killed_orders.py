"""A worker killed in the look at orders: after the lease it goes on, and every rule speaks once on every order."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import update

from domain.orders.order import Happening
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.notices import NoticeRow
from tests.ordering import Desk
from tests.workers.live import Live


@pytest.mark.slow
def test_a_look_that_was_killed_opens_and_escalates_each_once(live_shop: Live) -> None:
    live, desk = live_shop, Desk(live_shop.work, live_shop.house)
    paid = desk.happened(Happening.PAYMENT_CONFIRMED, Happening.ADDRESS_CONFIRMED)
    orders: list[UUID] = [desk.order(value=Decimal(9000), by=desk.lead, happened=paid).id for _number in range(3)]
    first = live.run_to_the_middle("watch_orders")
    assert live.count(OrderExceptionRow.rule == "high-value") == 1
    live.goes_on_after_a_kill(first, "watch_orders")
    for order in orders:
        assert live.count(OrderExceptionRow.order_id == order, OrderExceptionRow.rule == "high-value") == 1
        assert live.count(AuditEventRow.kind == "ExceptionOpened", AuditEventRow.subject_id == order) == 1
    with live.work.transaction() as tx:
        tx.session.execute(update(OrderExceptionRow).values(due_at=live.work.now() - timedelta(hours=1)))
        tx.session.execute(update(OrderExceptionRow).values(owner_id=desk.lead))
    live.run("watch_orders")
    live.until_done("watch_orders")
    for order in orders:
        assert live.count(AuditEventRow.kind == "ExceptionEscalated", AuditEventRow.subject_id == order) == 1
    assert live.count(NoticeRow.kind == "orders_late", NoticeRow.member_id == desk.lead) == 1
