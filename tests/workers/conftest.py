"""What tests of jobs ask for: a house with Redis, and a client of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from redis import Redis

from bin.processes import free_port
from bin.servers import start_postgres
from tenants.places import Instance
from tenants.sessions import base_app
from tests.house import House, build_house, settings_for
from tests.workers.live import ROOT, Live, new_relay
from tests.workers.mailbox import Mailbox


@pytest.fixture(scope="session")
def wired_house(server_folder: Path, redis_url: str) -> Iterator[House]:
    """A house with Redis and a PostgreSQL of its own: a relay carries whatever other tests leave in their outboxes."""
    server = start_postgres(server_folder / "workers_postgres", durable=False)
    yield build_house(settings_for(server.admin_dsn, redis_url))
    server.stop()


@pytest.fixture(scope="session")
def client(wired_house: House) -> Instance:
    """A client that only these tests work in."""
    with wired_house.app.app_context():
        return wired_house.onboard("Varnholt Home")


@pytest.fixture
def live(wired_house: House, client: Instance, redis_url: str, tmp_path: Path) -> Iterator[Live]:
    """A client where nothing waits: what earlier tests asked for and left would be done in the middle of this one."""
    yield from opened(wired_house, client, redis_url, tmp_path)


@pytest.fixture
def live_shop(wired_house: House, redis_url: str, tmp_path: Path) -> Iterator[Live]:
    """The same with a client of its own whose template governs orders."""
    with wired_house.app.app_context():
        shop = wired_house.onboard(f"Varnholt Shop {uuid4().hex[:6]}", "order-governance")
    yield from opened(wired_house, shop, redis_url, tmp_path)


def opened(house: House, instance: Instance, redis_url: str, folder: Path) -> Iterator[Live]:
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    empty_outboxes(house.settings.admin_url)
    with house.app.app_context():
        found = Live(house=house, instance=instance, folder=folder, redis=redis, relay=new_relay(redis_url))
        yield found
        found.close()


@pytest.fixture
def mail(live: Live, tmp_path: Path) -> Iterator[Mailbox]:
    """A live house whose letters arrive."""
    port, folder = free_port(), tmp_path / "mailbox"
    environment = {**os.environ, "SMTP_URL": f"smtp://127.0.0.1:{port}", "MANDATE_MAILBOX": str(folder)}
    server = subprocess.Popen([sys.executable, "-m", "bin.mailbox"], cwd=ROOT, env=environment)
    settings = replace(live.house.settings, smtp_url=environment["SMTP_URL"])
    live.until(lambda: _listens(port), "the mailbox listens")
    with base_app(settings).app_context():
        live.house = House(settings=settings, app=live.house.app, firm=live.house.firm, manager=live.house.manager)
        yield Mailbox(folder)
    server.kill()
    server.wait()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def empty_outboxes(admin_url: str) -> None:
    """The platform's and those of all instances of this server."""
    outboxes = "SELECT schemaname, tablename FROM pg_tables WHERE tablename = 'outbox'"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for name in admin.execute(outboxes).fetchall():
            admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(*name)))
