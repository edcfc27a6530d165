"""Orders that a shop sends over the wire to two web processes as the Procfile starts them, on this machine."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice

from bench.intake import Call, shop_of
from bin.processes import free_port
from tenants.settings import Settings
from tests.house import House

CONNECTIONS, SECONDS = 8, 10.0
SIZES = {1: 10_000, 20: 5_000}  # orders in a call: calls made ready, more than can be answered in that time
GUNICORN = "gunicorn --no-control-socket --preload --worker-class gthread --workers 2 --threads 4 --log-level error"


def two_processes(house: House) -> Iterator[str]:
    """Accepted orders a second by the clock: web processes, database and shop share the machine."""
    shop, port = shop_of(house, "Wire"), free_port()
    with serving(house.settings, port), ThreadPoolExecutor(CONNECTIONS) as senders:
        for count, most in SIZES.items():
            ready = list(islice(shop.ready(count), most))  # signed before the clock starts
            until = time.monotonic() + SECONDS
            shares = [ready[place::CONNECTIONS] for place in range(CONNECTIONS)]
            done = count * sum(senders.map(partial(send, port, until), shares))
            what = f"orders accepted a second, {count} a call, two web processes on {os.cpu_count()} cores"
            yield f"{what}: {done / SECONDS:.0f}"


@contextmanager
def serving(settings: Settings, port: int) -> Iterator[None]:
    """Two web processes that answer."""
    environment = os.environ | {
        "MANDATE_ENV": settings.environment,
        "MANDATE_SECRET": settings.secret,
        "MANDATE_PUBLIC_URL": settings.public_url,
        "MANDATE_FILES": settings.files,
        "MANDATE_PREPARE": "yes" if settings.prepares else "no",
        "DATABASE_URL": settings.platform_url,
        "REDIS_URL": settings.redis_url,
    }
    command = [sys.executable, "-m", *GUNICORN.split(), "--bind", f"127.0.0.1:{port}", "web.serving:application()"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            assert process.poll() is None, "the web processes did not start"
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def send(port: int, until: float, calls: list[Call]) -> int:
    """One connection, one call after the other; returns how many were accepted."""
    connection = http.client.HTTPConnection("localhost", port)
    for done, (path, body, headers) in enumerate(calls):
        if time.monotonic() > until:
            return done
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status in (http.HTTPStatus.CREATED, http.HTTPStatus.OK), said
    raise AssertionError("all calls were answered before the time was over: make more of them ready")


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
