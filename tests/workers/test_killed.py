"""A worker killed in the middle of a report: the work is picked up again after the lease, and there is one report."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from tests.workers.live import LEASE, Live

BLOCKING = "tests.workers.blocking_worker"


def is_gone(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def exactly_one(live: Live, report: UUID) -> None:
    live.until(lambda: live.outbox(report).done_at, "the outbox row is finished")
    assert live.report(report).state == "done"
    assert len(live.files(report)) == 1
    assert live.events("ReportMade", report) == 1
    assert live.outbox(report).attempts == 2


@pytest.mark.slow
def test_a_killed_work_horse_leaves_exactly_one_finished_report(live: Live) -> None:
    live.worker(BLOCKING, str(live.folder), LEASE)
    report = live.ask_report()
    first = live.at_work("drawing")
    assert (live.report(report).state, live.report(report).step) == ("running", "draw")
    os.kill(first, signal.SIGKILL)
    again = live.at_work("drawing", but=(first,))
    assert live.files(report) == []
    (live.folder / "go-on").touch()
    live.until(lambda: is_gone(again), "the second child ended")
    exactly_one(live, report)


@pytest.mark.slow
def test_a_killed_worker_leaves_exactly_one_finished_report(live: Live) -> None:
    worker = live.worker(BLOCKING, str(live.folder), LEASE)
    report = live.ask_report()
    first = live.at_work("drawing")
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    live.until(lambda: is_gone(first), "the child ended with its worker")
    live.worker(BLOCKING, str(live.folder), LEASE)
    live.at_work("drawing", but=(first,))
    (live.folder / "go-on").touch()
    exactly_one(live, report)


@pytest.mark.slow
def test_sigterm_lets_the_report_in_hand_finish(live: Live) -> None:
    worker = live.worker(BLOCKING, str(live.folder), "60")
    report = live.ask_report()
    live.at_work("drawing")
    worker.terminate()
    (live.folder / "go-on").touch()
    assert worker.wait(timeout=30) == 0
    assert live.report(report).state == "done" and len(live.files(report)) == 1
    assert live.outbox(report).attempts == 1
