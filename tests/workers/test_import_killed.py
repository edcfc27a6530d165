"""A worker killed in the middle of an import: nothing of it is in until it is taken up again, then all of it, once."""

import os
import signal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tenants.instance.models.imports import ImportRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import AmountRow, EffectLineRow
from tests.tenants.test_imports import asked, row
from tests.workers.live import LEASE, Live
from tests.workers.test_killed import BLOCKING, is_gone

ROWS = 3


def ask_import(live: Live) -> tuple[UUID, str]:
    """An import of three measures under way, and the title they share."""
    title = f"Grid loss {uuid4().hex}"
    rows = [row(title=title) for _ in range(ROWS)]
    return asked(live.work, live.team.actor(live.team.pmo), *rows), title


def taken_in(live: Live, title: str) -> tuple[int, int]:
    """How many measures of the file there are, and how many of their months."""
    live.work.session.rollback()
    count = select(func.count(func.distinct(MeasureRow.id)), func.count(AmountRow.amount)).select_from(MeasureRow)
    lines = count.outerjoin(EffectLineRow, EffectLineRow.measure_id == MeasureRow.id)
    joined = lines.outerjoin(AmountRow, AmountRow.line_id == EffectLineRow.id).where(MeasureRow.title == title)
    measures, months = live.work.session.execute(joined).one()
    return measures, months


def exactly_one(live: Live, upload: UUID, title: str) -> None:
    live.until(lambda: live.outbox(upload, "import_id").done_at, "the outbox row is finished")
    assert live.work.get(ImportRow, upload).state == "committed"
    assert taken_in(live, title) == (ROWS, ROWS * 3)
    assert live.events("ImportCommitted", upload) == 1
    assert live.outbox(upload, "import_id").attempts == 2


@pytest.mark.slow
def test_a_killed_work_horse_leaves_exactly_one_whole_import(live: Live) -> None:
    live.worker(BLOCKING, str(live.folder), LEASE)
    upload, title = ask_import(live)
    first = live.at_work("taking-in")
    os.kill(first, signal.SIGKILL)
    live.at_work("taking-in", but=(first,))
    assert taken_in(live, title) == (0, 0)
    (live.folder / "go-on").touch()
    exactly_one(live, upload, title)


@pytest.mark.slow
def test_a_killed_worker_leaves_exactly_one_whole_import(live: Live) -> None:
    worker = live.worker(BLOCKING, str(live.folder), LEASE)
    upload, title = ask_import(live)
    first = live.at_work("taking-in")
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    live.until(lambda: is_gone(first), "the child ended with its worker")
    assert taken_in(live, title) == (0, 0)
    live.worker(BLOCKING, str(live.folder), LEASE)
    live.at_work("taking-in", but=(first,))
    (live.folder / "go-on").touch()
    exactly_one(live, upload, title)
