"""A worker for a kill test of trials: it stops after the first order, until told to go on.

`python -m tests.workers.blocking_trials FOLDER LEASE_SECONDS`
"""

import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tenants.instance.queries import rule_replay
from workers import jobs, trials, worker

MARK = "stopped"


def main(folder: Path, lease: timedelta) -> None:
    def stop(*_told: Any) -> None:
        (folder / f"{MARK}-{os.getpid()}").touch()
        while not (folder / "go-on").exists():
            time.sleep(0.02)

    trials.tell_progress = stop
    rule_replay.TOLD_EVERY = 1
    known = jobs.JOBS["try_on_orders"]
    jobs.JOBS["try_on_orders"] = replace(known, seconds=60, margin=lease - timedelta(seconds=60))
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
