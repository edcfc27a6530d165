"""PostgreSQL stopped: a plain page that says so, and recovery by itself once it is back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from bin.servers import start_postgres
from tenants.places import Instance
from tenants.platform.models.instances import InstanceRow
from tests.house import House, build_house, settings_for
from tests.web.client import Client
from web.app import create_app


class Line:
    """A fixed address that leads to a server, or to nothing."""

    def __init__(self) -> None:
        self.target: tuple[str, int] | None = None
        self.ears = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.ears.getsockname()[1]
        self.open: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self) -> None:
        """Close what is open and refuse what comes."""
        self.target = None
        for end in self.open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def _listen(self) -> None:
        while True:
            near, _address = self.ears.accept()
            if self.target is None:
                near.close()
                continue
            far = socket.create_connection(self.target)
            self.open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(source, sink), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.cut()
    made.ears.close()


def test_the_database_stops_and_comes_back(line: Line, server_folder: Path) -> None:
    folder = server_folder / "outage"
    server = start_postgres(folder, durable=False)
    line.target = (server.host, server.port)
    house = build_house(settings_for(at(server.admin_dsn, line.port)))
    app = create_app(house.settings)
    with house.app.app_context():
        instance = house.onboard("Outage AG")
    client = Client(app, house.manager)
    page = f"/clients/{instance.slug}/measures"
    assert client.http.get(page).status_code == 200

    for state, status in (("moving", 503), ("active", 200)):
        _note(house, instance, state)
        assert client.http.get(page).status_code == status

    line.cut()
    server.stop()
    gone = client.http.get(page)
    assert gone.status_code == 503
    assert b"<h1" in gone.data
    assert client.http.get("/readyz").status_code == 503
    assert client.http.get("/healthz").status_code == 200

    server = start_postgres(folder, durable=False)
    line.target = (server.host, server.port)
    answers = [client.http.get(page).status_code for _ in range(3)]
    assert answers[-1] == 200
    server.stop()


def _note(house: House, instance: Instance, state: str) -> None:
    with house.app.app_context(), house.platform().transaction() as tx:
        tx.lock(InstanceRow, instance.id).state = state


def at(dsn: str, port: int) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))
