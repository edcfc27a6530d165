"""Put into the platform's outbox what is due by the hour and by the day. Two clocks do no harm: a row has one key."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from tenants.database import PlatformWork, action
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.registry import active_instances
from tenants.sessions import base_app
from tenants.settings import Settings, read_settings
from workers.relay import stop_on
from workers.task import opened_platform

LOOK_SECONDS = 20.0
NIGHT_HOUR, MORNING_HOUR = 1, 5  # UTC
NAMESPACE = UUID("6f1f6a0e-3a50-5f0e-9d3c-1d6a7a0f2b11")
HOURLY = ("publish_head", "watch_orders")
NIGHTLY = (
    "refresh_statuses",
    "record_ledger",
    "publish_metrics",
    "look_at_criteria",
    "purge_files",
    "purge_instance",
    "remind",
)  # of every instance
MORNINGLY = ("send_digests",)  # the same, when people will soon be at work
NIGHTLY_PLATFORM = ("purge_platform", "fill_spares")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A job that a moment calls for; `when` is the hour or the day it stands for."""

    job: str
    when: str
    instance: str = ""

    @property
    def key(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.instance}/{self.job}/{self.when}")


def due_at(now: datetime, instances: list[str]) -> Iterator[Due]:
    """Everything that should have been put by `now` in this hour and on this day."""
    hour, day = f"{now:%Y-%m-%dT%H}", f"{now:%Y-%m-%d}"
    for instance in instances:
        yield from (Due(job=job, when=hour, instance=instance) for job in HOURLY)
    if now.hour >= NIGHT_HOUR:
        for instance in instances:
            yield from (Due(job=job, when=day, instance=instance) for job in NIGHTLY)
        yield from (Due(job=job, when=day) for job in NIGHTLY_PLATFORM)
    if now.hour >= MORNING_HOUR:
        for instance in instances:
            yield from (Due(job=job, when=day, instance=instance) for job in MORNINGLY)


@action
def put_due(work: PlatformWork) -> int:
    """Put what is due; what was put already, by whomever, stays. Returns how many rows are new."""
    now = work.now()
    with work.transaction() as tx:
        instances = [str(instance.id) for instance in active_instances(work)]
        rows = [_row(due, now) for due in due_at(now, instances)]
        if not rows:
            return 0
        statement = insert(PlatformOutboxRow).on_conflict_do_nothing().returning(PlatformOutboxRow.id)
        return len(tx.session.execute(statement, rows).all())


def run(settings: Settings, stopped: threading.Event) -> None:
    """Look every twenty seconds until stopped; asks the database only when an hour has begun since it last did."""
    app, told = base_app(settings), ""
    with app.app_context():
        while not stopped.is_set():
            with opened_platform() as work:
                hour = f"{work.now():%Y-%m-%dT%H}"
                if hour != told:
                    told = hour if _put(work) else told
            stopped.wait(LOOK_SECONDS)


def _put(work: PlatformWork) -> bool:
    try:
        logger.info("%d jobs are due", put_due(work))
    except SQLAlchemyError as failure:
        logger.warning("The database does not answer: %s", failure)
        return False
    return True


def _row(due: Due, now: datetime) -> dict[str, Any]:
    arguments = {"instance_id": due.instance} if due.instance else {}
    return {"id": due.key, "job": due.job, "arguments": arguments, "created_at": now}


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    run(read_settings(os.environ), stop_on((signal.SIGTERM, signal.SIGINT)))


if __name__ == "__main__":
    main()
