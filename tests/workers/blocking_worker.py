"""A worker for kill tests: its reports and imports stop in the middle, until a file says go on; its leases are short.

`python -m tests.workers.blocking_worker FOLDER LEASE_SECONDS`
"""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.imports import Table
from domain.reporting.pack import SteeringPack
from tenants.instance.actions import import_commit, order_import
from workers import jobs, reports, worker


def main(folder: Path, lease: timedelta) -> None:
    def draw(pack: SteeringPack, created: datetime) -> tuple[bytes, int]:
        """Gives the client's name for a PDF."""
        wait("drawing")
        return f"%PDF {pack.meta.client} {created.isoformat()}".encode(), 1

    def refresh(*arguments: Any) -> None:
        """Every row of the file is written by now, and nothing of it is committed."""
        wait("taking-in")
        whole(*arguments)

    def digest(table: Table) -> str:
        """The same of a file of orders."""
        wait("taking-in")
        return summed(table)

    def wait(what: str) -> None:
        """Says which process is in the middle of it, and waits."""
        (folder / f"{what}-{os.getpid()}").write_text(str(os.getppid()))
        while not (folder / "go-on").exists():
            time.sleep(0.02)

    whole: Callable[..., None] = import_commit.refresh
    summed: Callable[[Table], str] = order_import._digest
    reports.draw, import_commit.refresh, order_import._digest = draw, refresh, digest
    for name in ("make_report", "commit_import", "commit_orders"):
        jobs.JOBS[name] = replace(jobs.JOBS[name], seconds=60, margin=lease - timedelta(seconds=60))
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
