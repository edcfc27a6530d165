"""Carry outbox rows to the queue. The platform's outbox is looked at every half second, an instance's when it rang.

Whoever commits work in an instance rings: it puts the instance into a sorted set in Redis with the moment to look. The
relay takes those whose moment has come, hands their due rows over, and puts them back with the moment their next row
falls due (a lease that runs out, a retry). Rings get lost when Redis is away; so all instances are walked round every
five minutes, a few at every turn, and quickly when Redis has come back.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from tenants.bell import WAITING
from tenants.database import NotFound
from tenants.jobs import HandedOver, Holder, hand_over
from tenants.registry import InstanceMoving, active_instances
from tenants.sessions import base_app
from tenants.settings import Settings, read_settings
from workers import queues
from workers.jobs import JOBS
from workers.task import PLATFORM, opened_instance, opened_platform

IDLE_SECONDS = 0.5
ROUND_SECONDS = 300.0  # a look costs about 16 ms of work with its connect: 500 instances take 3 % of a core
AT_ONCE = 50  # instances a turn that rang
QUICKLY = 25  # instances a turn when rings were lost
ENGINES_KEPT = 16
COALESCED = frozenset(name for name, job in JOBS.items() if job.coalesced)

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Relay:
    """One relay; several side by side do no harm. Needs an application context."""

    redis: Redis
    _round: list[str] = field(default_factory=list)  # instances still to be visited in this round
    _a_turn: int = 1
    _next_round: float = 0.0
    _was_down: bool = True

    def turn(self) -> int:
        """Look once everywhere where work may be. Returns how many rows were handed over."""
        try:
            self.redis.ping()
            if self._was_down:
                self._start_round(quickly=True)
            self._was_down = False
            return self._platform() + sum(self._instance(place) for place in [*self._rung(), *self._walked()])
        except RedisError as failure:
            self._was_down = True
            logger.warning("Redis does not answer, work waits in the outboxes: %s", failure)
        except SQLAlchemyError as failure:
            logger.warning("The database does not answer: %s", failure)
        return 0

    def _platform(self) -> int:
        with opened_platform() as work:
            return self._hand_over(work, PLATFORM).count

    def _instance(self, place: str) -> int:
        """One instance; one that fails does not keep the others waiting, the next round comes back to it."""
        try:
            with opened_platform() as platform, opened_instance(platform, place) as work:
                done = self._hand_over(work, place)
        except (NotFound, ValueError):
            logger.warning("There is no instance %s", place)
            return 0
        except InstanceMoving:  # what waits moves with it; the round comes back to it
            return 0
        except SQLAlchemyError as failure:
            logger.warning("Instance %s was passed over: %s", place, failure)
            return 0
        if done.look_again is not None:
            self.redis.zadd(WAITING, {place: done.look_again.timestamp()}, lt=True)
        return done.count

    def _hand_over(self, work: Holder, place: str) -> HandedOver:
        def enqueue(row: Any) -> None:
            queues.enqueue(self.redis, place, row.id, row.job, row.attempts)

        return hand_over(work, enqueue, COALESCED)

    def _rung(self) -> list[str]:
        """Instances whose moment has come, taken out of the set first: a ring during the look is not lost."""
        found: Any = self.redis.zrangebyscore(WAITING, "-inf", time.time(), start=0, num=AT_ONCE)
        return [place.decode() for place in found if self.redis.zrem(WAITING, place)]

    def _walked(self) -> list[str]:
        """The next few of the round."""
        if not self._round and time.monotonic() >= self._next_round:
            self._start_round(quickly=False)
        share, self._round = self._round[: self._a_turn], self._round[self._a_turn :]
        return share

    def _start_round(self, *, quickly: bool) -> None:
        with opened_platform() as work:
            self._round = [str(instance.id) for instance in active_instances(work)]
        self._next_round = time.monotonic() + ROUND_SECONDS
        turns = ROUND_SECONDS / IDLE_SECONDS
        self._a_turn = QUICKLY if quickly else ceil(len(self._round) / turns)


def run(settings: Settings, stopped: threading.Event) -> None:
    """Turn after turn until stopped: at once while there is work, else every half second."""
    app = base_app(replace(settings, engines_kept=ENGINES_KEPT))
    relay = Relay(redis=queues.connect(settings.redis_url))
    with app.app_context():
        while not stopped.is_set():
            if not relay.turn():
                stopped.wait(IDLE_SECONDS)


def stop_on(signals: Iterable[signal.Signals]) -> threading.Event:
    """An event that is set by any of these signals."""
    stopped = threading.Event()
    for wanted in signals:
        signal.signal(wanted, lambda *_: stopped.set())
    return stopped


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    run(read_settings(os.environ), stop_on((signal.SIGTERM, signal.SIGINT)))


if __name__ == "__main__":
    main()
