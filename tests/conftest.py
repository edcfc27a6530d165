"""What every test may ask for: an embedded PostgreSQL and Redis, started once a process when first asked for."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis  # first imported deep down, its rewriting by pytest can break CPython 3.11's parser
import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from bin.servers import start_postgres, start_redis, temporary_folder
from tenants.database import Work
from tenants.places import Instance
from tests.house import House, build_house, settings_for

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("mandate", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("mandate")


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder for servers of this test process (each pytest-xdist worker has its own)."""
    folder = temporary_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(server_folder: Path) -> Iterator[str]:
    """Administrative DSN of a PostgreSQL for this test process; MANDATE_TEST_DATABASE_URL names another server."""
    if given := os.environ.get("MANDATE_TEST_DATABASE_URL"):
        yield from _database_of_its_own(given)
        return
    server = start_postgres(server_folder / "postgres", durable=False)
    yield server.admin_dsn
    server.stop()


@pytest.fixture(scope="session")
def second_postgres(server_folder: Path) -> Iterator[str]:
    """Administrative DSN of another embedded PostgreSQL: a second cluster."""
    server = start_postgres(server_folder / "second_postgres", durable=False)
    yield server.admin_dsn
    server.stop()


@pytest.fixture(scope="session")
def redis_url(server_folder: Path) -> Iterator[str]:
    """URL of a Redis-compatible server for this test process; MANDATE_TEST_REDIS_URL names another one."""
    if given := os.environ.get("MANDATE_TEST_REDIS_URL"):
        yield given
        return
    server = start_redis(server_folder / "redis")
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One for all tests of this process: Playwright cannot be started twice in it."""
    program = os.environ.get("MANDATE_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.fail("No Chromium: install the package `chromium`, or say in MANDATE_CHROMIUM where one is.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def _database_of_its_own(dsn: str) -> Iterator[str]:
    name = f"mandate_test_{secrets.token_hex(6)}"
    with psycopg.connect(dsn, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def house(postgres: str) -> House:
    """The platform with its library and one firm, made once a test process."""
    return build_house(settings_for(postgres))


@pytest.fixture(scope="session")
def two_clients(house: House) -> tuple[Instance, Instance]:
    """Two client instances that are always both there: what one test does in one must not show in the other."""
    with house.app.app_context():
        return house.onboard("Lindqvist Home"), house.onboard("Nordfrakt", "order-governance")


@pytest.fixture(scope="session")
def two_shops(house: House, two_clients: tuple[Instance, Instance]) -> tuple[Instance, Instance]:
    """Two client instances whose template governs orders; the second of the two clients is the second of these."""
    with house.app.app_context():
        return house.onboard("Solgard", "order-governance"), two_clients[1]


@pytest.fixture
def shop(house: House, two_shops: tuple[Instance, Instance]) -> Iterator[Work]:
    """The first client with orders in hand."""
    with house.app.app_context():
        opened = house.work(two_shops[0])
        yield opened
        opened.close()


@pytest.fixture
def other_shop(house: House, two_shops: tuple[Instance, Instance]) -> Iterator[Work]:
    """The second client with orders in hand."""
    with house.app.app_context():
        opened = house.work(two_shops[1])
        yield opened
        opened.close()


@pytest.fixture
def work(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Work]:
    """The first client in hand, as its own login."""
    with house.app.app_context():
        opened = house.work(two_clients[0])
        yield opened
        opened.close()


@pytest.fixture
def other_work(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Work]:
    """The second client in hand."""
    with house.app.app_context():
        opened = house.work(two_clients[1])
        yield opened
        opened.close()
