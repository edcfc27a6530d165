"""A worker for a kill test of trials: it stops after the first order, until told to go on.

`python -m tests.workers.blocking_trials FOLDER LEASE_SECONDS`
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from tenants.instance.queries import rule_replay
from tests.workers.standing import shorten, stand_still
from workers import trials, worker


def main(folder: Path, lease: timedelta) -> None:
    def stop(*_told: Any) -> None:
        stand_still(folder)

    trials.tell_progress = stop
    rule_replay.TOLD_EVERY = 1
    shorten("try_on_orders", lease)
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])))
