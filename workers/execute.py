"""Carry out one outbox row: claim it, run its job from the allow-list, finish it. The only function RQ may call."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app

from tenants.bell import bell
from tenants.database import Work
from tenants.jobs import ATTEMPTS, WORKER_DIED, Claim, Holder, claim, fail, finish
from workers.jobs import JOBS, MARGIN, Job
from workers.task import PLATFORM, Task, opened_instance, opened_platform

LONGEST_WORDS = 500

logger = logging.getLogger(__name__)


def execute(place: str, row_id: str) -> None:
    """Run the job of an outbox row of a place ("platform" or an instance id). Needs an application context.

    A row that is done, or in another worker's hands, is left alone. What a job raises is stored in its row and
    tried again later; what hinders the bookkeeping itself is raised, and the relay comes back to the row.
    """
    with _holder(place, row_id) as (task, holder):
        taken = claim(holder, UUID(row_id), _lease)
        if taken is None:
            return
        _ring(holder, taken.until)  # should this worker die, the relay is there when the lease runs out
        if words := _attempt(task, taken):
            logger.error("%s at %s, row %s, attempt %d: %s", taken.job, place, row_id, taken.attempt, words)
            _note_failure(task, holder, taken, words)
        else:
            finish(holder, taken)


@contextmanager
def _holder(place: str, row_id: str) -> Iterator[tuple[Task, Holder]]:
    """The task, and the work that holds the outbox."""
    settings = current_app.extensions["settings"]
    with opened_platform() as platform:
        if place == PLATFORM:
            yield Task(id=UUID(row_id), settings=settings, platform=platform, found=None), platform
            return
        with opened_instance(platform, place, row_id) as work:
            yield Task(id=UUID(row_id), settings=settings, platform=platform, found=work), work


def _lease(name: str) -> timedelta:
    return JOBS[name].lease if name in JOBS else MARGIN


def _attempt(task: Task, taken: Claim) -> str:
    """Run the job once. Returns what went wrong in words, "" when nothing did."""
    if taken.attempt > ATTEMPTS:
        return WORKER_DIED
    try:
        _run(JOBS[taken.job], task, dict(taken.arguments))
    except Exception as error:  # a job may fail in any way; its row keeps the words and the log the trace
        logger.exception("Job %s failed", taken.job)
        return _in_words(error)
    return ""


def _in_words(error: Exception) -> str:
    """What a person may read of an error: its first line; statements and their values come after that."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}".removesuffix(": ")[:LONGEST_WORDS]


def _run(job: Job, task: Task, arguments: dict[str, str]) -> None:
    with _in_instance(job, task, arguments) as placed:
        job.run(placed, **arguments)


@contextmanager
def _in_instance(job: Job, task: Task, arguments: dict[str, str]) -> Iterator[Task]:
    """A row of the platform may name the instance that the job works in."""
    if not job.of_instance or task.found is not None:
        yield task
        return
    with opened_instance(task.platform, arguments.pop("instance_id"), str(task.id)) as work:
        yield Task(id=task.id, settings=task.settings, platform=task.platform, found=work)


def _note_failure(task: Task, holder: Holder, taken: Claim, words: str) -> None:
    """Store the words; after the last attempt tell whoever waits. Until then the relay comes back when it is time."""
    holder.session.rollback()
    job = JOBS.get(taken.job)
    if taken.attempt >= ATTEMPTS and job is not None and job.give_up is not None:
        arguments = dict(taken.arguments)
        with _in_instance(job, task, arguments) as placed:
            job.give_up(placed, words, **arguments)
    fail(holder, taken, words)
    _ring(holder)


def _ring(holder: Holder, at: datetime | None = None) -> None:
    if isinstance(holder, Work):
        bell(current_app.extensions["settings"].redis_url).ring(holder.instance.id, at)
