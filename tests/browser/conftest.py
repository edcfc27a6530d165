"""A real Chromium on the real thing. All of it lives once a test process; every test has desks of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from bin.servers import start_postgres, start_redis
from domain.ids import PersonId
from tenants.places import Instance
from tests.browser.desk import Desk
from tests.browser.processes import Running, run
from tests.team import Team

HERE = Path(__file__).parent
PATIENCE = 20_000
Desks = Callable[..., Desk]

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def running(server_folder: Path) -> Iterator[Running]:
    """Servers of its own: its relay and workers must not meet what other tests leave in theirs."""
    folder = server_folder / "browser"
    folder.mkdir()
    postgres = start_postgres(server_folder / "browser_postgres", durable=False)
    redis = start_redis(server_folder / "browser_redis")
    started = run(postgres.admin_dsn, redis.url, folder)
    yield started
    started.stop()
    redis.stop()
    postgres.stop()


@pytest.fixture(scope="session")
def engagement(running: Running) -> Instance:
    """A client in which the journeys take place; what one leaves there must not matter to another."""
    with running.house.app.app_context():
        return running.house.onboard("Varnholt Home")


@pytest.fixture
def team(running: Running, engagement: Instance) -> Iterator[Team]:
    """New people of that client in every role of a governed path, and a package of their own."""
    with running.inside(engagement) as work:
        yield Team(work, running.house)


@pytest.fixture
def closing_team(running: Running) -> Iterator[Team]:
    """The same in a client of their own: a month that is closed there is closed for nobody else."""
    with running.house.app.app_context():
        instance = running.house.onboard("Kvarnholm Paper")
    with running.inside(instance) as work:
        yield Team(work, running.house)


@pytest.fixture
def desks(chromium: Browser, running: Running) -> Iterator[Desks]:
    """desks(person) is a window where that person is signed in, desks() one where nobody is."""
    opened: list[Desk] = []

    def sit(person: PersonId | None = None, **options: Any) -> Desk:
        settings = {"base_url": running.address, "reduced_motion": "reduce", "locale": "en-GB"} | options
        context = chromium.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        if person is not None:
            context.add_cookies([{"name": "mandate", "value": running.cookie(person), "url": running.address}])
        opened.append(Desk(context))
        return opened[-1]

    yield sit
    for desk in opened:
        desk.context.close()
    for desk in opened:
        desk.check()
