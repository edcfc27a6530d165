"""How fast one key may call: a bucket of calls that fills again. It lives in the process and needs no other server."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

RATE = 200.0  # calls a second, in each process
BURST = 400.0
MOST_KEPT = 10_000


@dataclass(kw_only=True)
class Pace:
    """Buckets by key. Only keys that have proven themselves get one, so that nobody can empty another's."""

    rate: float = RATE
    burst: float = BURST
    clock: Callable[[], float] = time.monotonic
    _left: dict[UUID, tuple[float, float]] = field(default_factory=dict)  # calls, as of when
    _lock: Lock = field(default_factory=Lock)

    def wait(self, key: UUID) -> float:
        """Take one call. 0 where it may go on, else the seconds after which the next one may."""
        with self._lock:
            now = self.clock()
            if len(self._left) > MOST_KEPT:
                self._left.clear()
            left, since = self._left.get(key, (self.burst, now))
            left = min(self.burst, left + (now - since) * self.rate)
            is_there = left >= 1
            self._left[key] = (left - 1 if is_there else left, now)
        return 0.0 if is_there else (1 - left) / self.rate
