"""A worker killed in the look at orders: after the lease it goes on, and every rule speaks once on every order."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import func, select, update

from domain.orders.order import Happening
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.outbox import OutboxRow
from tests.house import House
from tests.ordering import Desk
from tests.workers.blocking_orders import MARK
from tests.workers.live import Live, new_relay


@pytest.fixture
def ordering(wired_house: House, redis_url: str, tmp_path: Path) -> Iterator[Live]:
    """A client whose template governs orders."""
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    with wired_house.app.app_context():
        shop = wired_house.onboard("Fjordhandel", "order-governance")
        opened = Live(house=wired_house, instance=shop, folder=tmp_path, redis=redis, relay=new_relay(redis_url))
        yield opened
        opened.close()


def count(live: Live, *conditions: object) -> int:
    live.work.session.rollback()
    return live.work.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def stopped(live: Live, but: tuple[int, ...] = ()) -> int:
    def found() -> int:
        pids = [int(path.name.removeprefix(f"{MARK}-")) for path in live.folder.glob(f"{MARK}-*")]
        return next((pid for pid in pids if pid not in but), 0)

    return live.until(found, "a worker stopped in the middle")


def run(live: Live) -> None:
    with live.work.transaction() as tx:
        tx.later("watch_orders")


def done(live: Live) -> bool:
    return count(live, OutboxRow.job == "watch_orders", OutboxRow.done_at.is_(None)) == 0


@pytest.mark.slow
def test_a_look_that_was_killed_opens_and_escalates_each_once(ordering: Live) -> None:
    live, desk = ordering, Desk(ordering.work, ordering.house)
    paid = desk.happened(Happening.PAYMENT_CONFIRMED, Happening.ADDRESS_CONFIRMED)
    orders: list[UUID] = [desk.order(value=Decimal(9000), by=desk.lead, happened=paid).id for _number in range(3)]
    run(live)
    live.worker("tests.workers.blocking_orders", str(live.folder), "3")
    first = stopped(live)
    assert count(live, OrderExceptionRow.rule == "high-value") == 1
    os.kill(first, signal.SIGKILL)
    stopped(live, but=(first,))
    (live.folder / "go-on").touch()
    live.until(lambda: done(live), "the look is over")
    for order in orders:
        assert count(live, OrderExceptionRow.order_id == order, OrderExceptionRow.rule == "high-value") == 1
        assert count(live, AuditEventRow.kind == "ExceptionOpened", AuditEventRow.subject_id == order) == 1
    with live.work.transaction() as tx:
        tx.session.execute(update(OrderExceptionRow).values(due_at=live.work.now() - timedelta(hours=1)))
        tx.session.execute(update(OrderExceptionRow).values(owner_id=desk.lead))
    run(live)
    live.until(lambda: done(live), "the second look is over")
    for order in orders:
        assert count(live, AuditEventRow.kind == "ExceptionEscalated", AuditEventRow.subject_id == order) == 1
    assert count(live, NoticeRow.kind == "orders_late", NoticeRow.member_id == desk.lead) == 1
