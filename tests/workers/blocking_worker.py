"""A worker for kill tests: its reports stop while they are drawn, until a file says go on; its leases are short.

`python -m tests.workers.blocking_worker FOLDER LEASE_SECONDS`
"""

import os
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.reporting.pack import SteeringPack
from workers import jobs, reports, worker


def main(folder: Path, lease: timedelta) -> None:
    def draw(pack: SteeringPack, created: datetime) -> tuple[bytes, int]:
        """Says which process draws, waits, and gives the client's name for a PDF."""
        (folder / f"drawing-{os.getpid()}").write_text(str(os.getppid()))
        while not (folder / "go-on").exists():
            time.sleep(0.02)
        return f"%PDF {pack.meta.client} {created.isoformat()}".encode(), 1

    reports.draw = draw
    known = jobs.JOBS["make_report"]
    jobs.JOBS["make_report"] = replace(known, seconds=60, margin=lease - timedelta(seconds=60))
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
