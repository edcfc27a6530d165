"""Redis as seen from a transaction: ring for the relay after a commit, and say whether the queue answers.

Best effort by design: a ring that is lost costs minutes, because the relay also walks round all instances.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from redis import Redis
from redis import exceptions as redis_errors

WAITING = "mandate:waiting"  # sorted set: instance id -> when the relay is to look at its outbox (seconds)
QUEUES = ("mail", "asked", "default", "maintenance")
TIMEOUT_SECONDS = 0.25
SILENT_SECONDS = 5.0  # after a failure nobody tries for so long, so that a page does not wait twice

NO_ANSWER = (redis_errors.ConnectionError, redis_errors.TimeoutError)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """Whether the queue answers, and how many jobs wait in it. When it does not, work waits in the outboxes."""

    up: bool
    waiting: int


class Bell:
    """One Redis, reached with short time-outs, left alone for a while after it failed."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS)
        self._silent_until = 0.0

    def ring(self, instance: UUID, at: datetime | None = None) -> bool:
        """Have the relay look at an instance, now or at a moment. Never fails a page; False when nobody heard it."""
        if time.monotonic() < self._silent_until:
            return False
        try:
            self._redis.zadd(WAITING, {str(instance): at.timestamp() if at else time.time()}, lt=True)
        except NO_ANSWER as failure:
            self._silent_until = time.monotonic() + SILENT_SECONDS
            logger.warning("The relay could not be rung for instance %s: %s", instance, failure)
            return False
        return True

    def state(self) -> QueueState:
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for name in QUEUES:
                    pipeline.llen(f"rq:queue:{name}")
                return QueueState(up=True, waiting=sum(pipeline.execute()))
        except NO_ANSWER:
            return QueueState(up=False, waiting=0)


@lru_cache(maxsize=8)
def bell(redis_url: str) -> Bell:
    """The bell of this process for a Redis; redis-py's pool notices a fork and opens a connection of its own."""
    return Bell(redis_url)


def queue_state(redis_url: str) -> QueueState:
    """For the screen: whether reports and mail move, and how many wait."""
    return bell(redis_url).state()
