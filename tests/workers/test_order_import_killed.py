"""A worker killed in the middle of a file of orders: nothing of it is in until it is taken up again, then all, once."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import func, select

from tenants.instance.models.imports import ImportRow
from tenants.instance.models.orders import OrderRow
from tests.house import House
from tests.orderfiles import asked, line, orders
from tests.workers.live import Live, new_relay
from tests.workers.test_killed import BLOCKING, LEASE

ROWS = 120


@pytest.fixture
def shop(wired_house: House, redis_url: str, tmp_path: Path) -> Iterator[Live]:
    """A live house with a client whose template governs orders."""
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    with wired_house.app.app_context():
        client = wired_house.onboard("Varnholt Shop", "order-governance")
        opened = Live(house=wired_house, instance=client, folder=tmp_path, redis=redis, relay=new_relay(redis_url))
        yield opened
        opened.close()


def ask_import(live: Live) -> tuple[UUID, str]:
    """A file of orders under way, and how their numbers begin."""
    prefix = uuid4().hex[:8]
    table = orders(*(line(f"{prefix}-{number}") for number in range(ROWS)))
    return asked(live.work, live.team.actor(live.team.pmo), table), prefix


def taken_in(live: Live, prefix: str) -> int:
    live.work.session.rollback()
    count = select(func.count()).select_from(OrderRow).where(OrderRow.number.startswith(prefix))
    return live.work.session.scalar(count) or 0


@pytest.mark.slow
def test_a_killed_work_horse_leaves_exactly_one_whole_file(shop: Live) -> None:
    live = shop
    live.worker(BLOCKING, str(live.folder), LEASE)
    upload, prefix = ask_import(live)
    first = live.at_work("taking-in")
    os.kill(first, signal.SIGKILL)
    live.at_work("taking-in", but=(first,))
    assert taken_in(live, prefix) == 0
    (live.folder / "go-on").touch()
    live.until(lambda: live.outbox(upload, "import_id").done_at, "the outbox row is finished")
    assert live.work.get(ImportRow, upload).state == "committed"
    assert taken_in(live, prefix) == ROWS
    assert live.events("OrdersImported", upload) == 1
    assert live.outbox(upload, "import_id").attempts == 2
