"""A worker for kill tests of what people are told: it stops in the middle, until a file says go on.

`python -m tests.workers.blocking_notices FOLDER LEASE_SECONDS remind|letter|sent`: in the round of the clock after
the first request is dealt with, in a letter that is about to be handed to the mail server, or in one that the
server has taken.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from domain import notices as domain_notices
from tenants.instance.actions import reminding
from tests.workers.standing import shorten, stand_still
from workers import letters, notices, worker

JOBS = {"remind": "remind", "letter": "send_notice", "sent": "send_notice"}


def main(folder: Path, lease: timedelta, where: str) -> None:
    def remind_and_stop(*arguments: Any) -> None:
        reminding.remind_of_request(*arguments)
        stand_still(folder)

    def stop_and_send(*arguments: Any, **variables: Any) -> None:
        stand_still(folder)
        letters.send(*arguments, **variables)

    def send_and_stop(*arguments: Any, **variables: Any) -> None:
        letters.send(*arguments, **variables)
        stand_still(folder)

    domain_notices.is_working_day = lambda *_: True  # whatever day this test runs on
    if where == "remind":
        notices.remind_of_request = remind_and_stop
    else:
        notices.send = stop_and_send if where == "letter" else send_and_stop
    shorten(JOBS[where], lease)
    worker.main.main(args=[])


if __name__ == "__main__":
    main(Path(sys.argv[1]), timedelta(seconds=float(sys.argv[2])), sys.argv[3])
