"""Relay, clock and worker as processes of their own, as in production: a report comes out, SIGTERM ends all."""

import pytest
from sqlalchemy import func, select

from tenants.platform.models.outbox import PlatformOutboxRow
from tests.workers.live import Live
from workers.relay import Relay


class Still(Relay):
    """The test's own relay keeps still: the process is to do the work."""

    def turn(self) -> int:
        return 0


@pytest.mark.slow
def test_a_report_asked_for_comes_out_and_sigterm_ends_every_process(live: Live) -> None:
    live.relay = Still(redis=live.redis)
    processes = [live.worker(f"workers.{name}") for name in ("relay", "clock", "worker")]
    report = live.ask_report()
    live.until(lambda: live.report(report).state == "done", "the report is done")
    [content] = live.files(report)
    assert content.startswith(b"%PDF-")
    platform = live.house.platform()
    of_the_clock = select(func.count()).select_from(PlatformOutboxRow).where(PlatformOutboxRow.job == "publish_head")
    live.until(lambda: platform.session.rollback() or platform.session.scalar(of_the_clock), "the clock has struck")
    platform.close()
    live.until(lambda: live.outbox(report).done_at, "the row is finished")
    for process in processes:
        process.terminate()
    assert [process.wait(timeout=30) for process in processes] == [0, 0, 0]
