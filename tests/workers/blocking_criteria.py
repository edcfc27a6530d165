"""A worker for a kill test of the nightly look at kill criteria: it stops after the first measure, until told to go on.

`python -m tests.workers.blocking_criteria FOLDER LEASE_SECONDS`
"""

import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from tenants.instance.actions import kill_criteria
from workers import jobs, upkeep, worker

MARK = "stopped"


def main(folder: Path, lease: timedelta) -> None:
    def look_and_stop(*arguments: Any) -> None:
        kill_criteria.look_at_kill_criteria(*arguments)
        (folder / f"{MARK}-{os.getpid()}").touch()
        while not (folder / "go-on").exists():
            time.sleep(0.02)

    upkeep.look_at_kill_criteria = look_and_stop
    known = jobs.JOBS["look_at_criteria"]
    jobs.JOBS["look_at_criteria"] = replace(known, seconds=60, margin=lease - timedelta(seconds=60))
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
