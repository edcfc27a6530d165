"""What tests of jobs ask for: a house with Redis, and a client of their own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from tenants.database import base_app
from tenants.places import Instance
from tests.house import House
from tests.workers.live import Live, new_relay


@pytest.fixture(scope="session")
def wired_house(house: House, redis_url: str) -> House:
    """The same house, with Redis."""
    settings = replace(house.settings, redis_url=redis_url)
    return House(settings=settings, app=base_app(settings), firm=house.firm, manager=house.manager)


@pytest.fixture(scope="session")
def client(wired_house: House) -> Instance:
    """A client that only these tests work in."""
    with wired_house.app.app_context():
        return wired_house.onboard("Varnholt Home")


@pytest.fixture
def live(wired_house: House, client: Instance, redis_url: str, tmp_path: Path) -> Iterator[Live]:
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    with wired_house.app.app_context():
        opened = Live(house=wired_house, instance=client, folder=tmp_path, redis=redis, relay=new_relay(redis_url))
        yield opened
        opened.close()
