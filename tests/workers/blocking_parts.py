"""A worker for kill tests of jobs that go on part by part: it stops after the first part, until told to go on.

`python -m tests.workers.blocking_parts FOLDER LEASE_SECONDS JOB`
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.workers.standing import shorten, stand_still
from workers import ledger, ordering, upkeep, worker

PARTS: dict[str, tuple[Any, str]] = {
    "look_at_criteria": (upkeep, "look_at_kill_criteria"),
    "record_ledger": (ledger, "record_ledger_actuals"),
    "watch_orders": (ordering, "apply_rules"),
}


def main(folder: Path, lease: timedelta, job: str) -> None:
    module, name = PARTS[job]
    whole = getattr(module, name)

    def do_and_stop(*arguments: Any) -> Any:
        done = whole(*arguments)
        stand_still(folder)
        return done

    setattr(module, name, do_and_stop)
    ordering.LOOKED_AT = 1
    shorten(job, lease)
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])), sys.argv[3])
