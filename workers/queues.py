"""RQ held on a short leash: JSON only, one function only, ids that make a second hand-over harmless."""

from typing import Any
from uuid import UUID

from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from workers.jobs import JOBS

FUNCTION = "workers.execute.execute"
UNKNOWN_SECONDS = 60
KEEP_FAILURE_SECONDS = 300
REDIS_TIMEOUT_SECONDS = 5.0


class JobRefused(RuntimeError):
    """What the queue holds is not one of our jobs; it was not executed."""


class AllowedJob(Job):
    """A job that can do nothing but call `workers.execute.execute(place, row id)`.

    Whoever can write to Redis could name any function as job, callback or webhook; none of them is looked up.
    """

    @property
    def func(self) -> Any:
        if self.func_name != FUNCTION or self.instance is not None or self.kwargs or not _is_call(self.args):
            raise JobRefused(f"{self.func_name}{tuple(self.args)!r} is not on the list")
        from workers.execute import execute

        return execute

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None

    def send_webhooks(self, *_: Any, **__: Any) -> None:
        """Sends nothing."""


def connect(redis_url: str) -> Redis:
    return Redis.from_url(redis_url, socket_connect_timeout=REDIS_TIMEOUT_SECONDS, socket_timeout=REDIS_TIMEOUT_SECONDS)


def queue(redis: Redis, name: str) -> Queue:
    return Queue(name, connection=redis, serializer=JSONSerializer, job_class=AllowedJob)


def enqueue(redis: Redis, place: str, row_id: UUID, job: str, attempts: int) -> None:
    """Have a worker execute a row. The same row and attempt twice is once; one that Redis lost half of is put anew."""
    known = JOBS.get(job)
    target = queue(redis, known.queue if known else "default")
    job_id = f"{row_id}-{attempts}"
    options: dict[str, Any] = {
        "job_id": job_id,
        "unique": True,
        "timeout": (known.seconds if known else UNKNOWN_SECONDS),
        "result_ttl": 0,
        "failure_ttl": KEEP_FAILURE_SECONDS,
        "description": f"{job} {place}",
    }
    try:
        target.enqueue_call(FUNCTION, args=(place, str(row_id)), **options)
    except DuplicateJobError:
        if target.get_job_position(job_id) is None:  # its worker died before the claim: nobody would come back to it
            redis.delete(AllowedJob.key_for(job_id))
            target.enqueue_call(FUNCTION, args=(place, str(row_id)), **options)


def _is_call(arguments: Any) -> bool:
    return len(arguments) == 2 and all(isinstance(argument, str) for argument in arguments)
