"""A worker killed in the middle of a file of orders: nothing of it is in until it is taken up again, then all, once."""

import os
import signal
from uuid import UUID, uuid4

import pytest

from tenants.instance.models.imports import ImportRow
from tenants.instance.models.orders import OrderRow
from tests.orderfiles import asked, line, orders
from tests.workers.live import LEASE, Live
from tests.workers.test_killed import BLOCKING

ROWS = 120


def ask_import(live: Live) -> tuple[UUID, str]:
    """A file of orders under way, and how their numbers begin."""
    prefix = uuid4().hex[:8]
    table = orders(*(line(f"{prefix}-{number}") for number in range(ROWS)))
    return asked(live.work, live.team.actor(live.team.pmo), table), prefix


@pytest.mark.slow
def test_a_killed_work_horse_leaves_exactly_one_whole_file(live_shop: Live) -> None:
    live = live_shop
    live.worker(BLOCKING, str(live.folder), LEASE)
    upload, prefix = ask_import(live)
    first = live.at_work("taking-in")
    os.kill(first, signal.SIGKILL)
    live.at_work("taking-in", but=(first,))
    assert live.count(OrderRow.number.startswith(prefix)) == 0
    (live.folder / "go-on").touch()
    live.until(lambda: live.outbox(upload, "import_id").done_at, "the outbox row is finished")
    assert live.work.get(ImportRow, upload).state == "committed"
    assert live.count(OrderRow.number.startswith(prefix)) == ROWS
    assert live.events("OrdersImported", upload) == 1
    assert live.outbox(upload, "import_id").attempts == 2
