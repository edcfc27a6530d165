"""The worker: everything loaded and one page laid out before it forks; one child for each job, under limits.

`python -m workers.worker` takes jobs and mail; `--maintenance` takes what needs the administrative login.
"""

import ctypes
import gc
import logging
import os
import resource
import signal
import sys
import time
from typing import Any, NoReturn

import click
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from tenants.sessions import base_app, db
from tenants.settings import Settings, SettingsInvalid, read_settings
from workers import queues

MEMORY_LIMIT = 2 * 1024**3
MONITOR_SECONDS = 10
STANDARD, MAINTENANCE = ("mail", "asked", "default"), ("maintenance",)  # the first that has work goes first
PR_SET_PDEATHSIG = 1

logger = logging.getLogger(__name__)


class Horseman(Worker):
    """RQ's worker on our allow-list, with limits on its children."""

    job_class = queues.AllowedJob
    was_asked_to_stop = False
    app: Flask

    def request_stop(self, signum: Any, frame: Any) -> None:
        """SIGTERM: the job in hand is finished, no other is begun."""
        self.was_asked_to_stop = True
        super().request_stop(signum, frame)

    def main_work_horse(self, job: Job, queue: Queue) -> NoReturn:
        _limit_child(os.getppid())
        with self.app.app_context():
            super().main_work_horse(job, queue)
        os._exit(1)


def preload(settings: Settings) -> Flask:
    """Load all that a job may need and lay out a page; no connection to a database is opened."""
    import workers.execute
    import workers.rendering

    app = base_app(settings)
    with app.app_context():
        assert db.engines
    workers.rendering.warm()
    gc.collect()
    gc.freeze()  # what is loaded is never looked at again, so children keep sharing its pages
    return app


def work(app: Flask, redis_url: str, names: tuple[str, ...]) -> None:
    """Work until asked to stop. When Redis goes away the job in hand is finished and Redis is waited for."""
    pause = 1.0
    while True:
        worker = None
        try:
            worker = _worker(app, redis_url, names)
            worker.work(logging_level="WARNING")
            pause = 1.0
        except RedisError as failure:
            logger.warning("Redis does not answer: %s", failure)
        if worker is not None and worker.horse_pid:
            worker.wait_for_horse()
        if worker is not None and worker.was_asked_to_stop:
            return
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, signal.SIG_DFL)
        time.sleep(pause)
        pause = min(pause * 2, 10.0)


def _worker(app: Flask, redis_url: str, names: tuple[str, ...]) -> Horseman:
    redis = Redis.from_url(redis_url)
    worker = Horseman(
        [queues.queue(redis, name) for name in names],
        connection=redis,
        serializer=JSONSerializer,
        job_class=queues.AllowedJob,
        job_monitoring_interval=MONITOR_SECONDS,
        log_job_description=False,
    )
    worker.app = app
    return worker


def _limit_child(parent: int) -> None:
    """A child that eats the machine fails alone, and none outlives its worker."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


@click.command()
@click.option("--maintenance", is_flag=True, help="Take the jobs that need the administrative login.")
def main(maintenance: bool) -> None:
    """Work until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for talkative in ("fontTools", "weasyprint.progress"):  # every table of every font, every step of every page
        logging.getLogger(talkative).setLevel(logging.WARNING)
    try:
        settings = read_settings(os.environ)
    except SettingsInvalid as error:
        raise click.ClickException(f"Settings: {error}") from None
    if maintenance and not settings.admin_url:
        raise click.ClickException("Settings: MANDATE_ADMIN_DATABASE_URL is not set")
    work(preload(settings), settings.redis_url, MAINTENANCE if maintenance else STANDARD)


if __name__ == "__main__":
    main()
