"""A worker for a kill test of the look at orders: it stops after the first batch, until told to go on.

`python -m tests.workers.blocking_orders FOLDER LEASE_SECONDS`
"""

import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tenants.instance.actions import order_rules
from workers import jobs, ordering, worker

MARK = "stopped"


def main(folder: Path, lease: timedelta) -> None:
    def apply_and_stop(*arguments: Any) -> int:
        opened = order_rules.apply_rules(*arguments)
        (folder / f"{MARK}-{os.getpid()}").touch()
        while not (folder / "go-on").exists():
            time.sleep(0.02)
        return opened

    ordering.apply_rules = apply_and_stop
    ordering.LOOKED_AT = 1
    known = jobs.JOBS["watch_orders"]
    jobs.JOBS["watch_orders"] = replace(known, seconds=60, margin=lease - timedelta(seconds=60))
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
