"""A worker for kill tests: its reports and imports stop in the middle, until a file says go on; its leases are short.

`python -m tests.workers.blocking_worker FOLDER LEASE_SECONDS`
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.imports import Table
from domain.reporting.pack import SteeringPack
from tenants.instance.actions import import_commit, order_import
from tests.workers.standing import shorten, stand_still
from workers import reports, worker


def main(folder: Path, lease: timedelta) -> None:
    def draw(pack: SteeringPack, created: datetime) -> tuple[bytes, int]:
        """Gives the client's name for a PDF."""
        stand_still(folder, "drawing")
        return f"%PDF {pack.meta.client} {created.isoformat()}".encode(), 1

    def refresh(*arguments: Any) -> None:
        """Every row of the file is written by now, and nothing of it is committed."""
        stand_still(folder, "taking-in")
        whole(*arguments)

    def digest(table: Table) -> str:
        """The same of a file of orders."""
        stand_still(folder, "taking-in")
        return summed(table)

    whole: Callable[..., None] = import_commit.refresh
    summed: Callable[[Table], str] = order_import._digest
    reports.draw, import_commit.refresh, order_import._digest = draw, refresh, digest
    for name in ("make_report", "commit_import", "commit_orders"):
        shorten(name, lease)
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
