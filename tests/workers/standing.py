"""What workers of kill tests do: say where they are and stand still until a file says go on; under short leases."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from workers import jobs

STOPPED = "stopped"


def stand_still(folder: Path, mark: str = STOPPED) -> None:
    """The name of the file says who stands where."""
    (folder / f"{mark}-{os.getpid()}").touch()
    while not (folder / "go-on").exists():
        time.sleep(0.02)


def shorten(job: str, lease: timedelta) -> None:
    """The job is picked up again after this time."""
    jobs.JOBS[job] = replace(jobs.JOBS[job], seconds=60, margin=lease - timedelta(seconds=60))
