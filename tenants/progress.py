"""How far long work has come, for whoever waits: told through Redis, beside the transaction that does the work.

Best effort: without Redis nobody hears of it, and the work goes on. The database row alone says whether it is done.
"""

from functools import lru_cache
from uuid import UUID

from redis import Redis

from tenants.bell import NO_ANSWER, TIMEOUT_SECONDS

KEPT_SECONDS = 3_600


def tell_progress(redis_url: str, work: UUID, done: int) -> None:
    """So many are done of the work with this id."""
    try:
        _redis(redis_url).set(_key(work), done, ex=KEPT_SECONDS)
    except NO_ANSWER:
        return


def hear_progress(redis_url: str, work: UUID) -> int | None:
    """How many are done; None where nobody said so."""
    try:
        told = _redis(redis_url).get(_key(work))
    except NO_ANSWER:
        return None
    return int(told) if isinstance(told, bytes) else None


def _key(work: UUID) -> str:
    return f"mandate:progress:{work}"


@lru_cache(maxsize=4)
def _redis(url: str) -> "Redis":
    return Redis.from_url(url, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS)
