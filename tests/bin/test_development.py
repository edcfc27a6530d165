"""bin/dev says what is in its way and how to go on, uses the servers it is given, and leaves nothing running."""

import os
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from bin import development
from bin.processes import HOST

OUTLIVES = """
import os, signal, subprocess, sys
pipe = os.open(sys.argv[1], os.O_WRONLY)
wait = f"import os, time; time.sleep(30); os.write({pipe}, b'lived on')"
started = subprocess.Popen([sys.executable, "-c", wait], pass_fds=[pipe])
os.kill(os.getppid(), signal.SIGINT)
started.wait()
"""
GIVEN = {
    "DATABASE_URL": "postgresql://platform:secret@db.example/mandate",
    "MANDATE_ADMIN_DATABASE_URL": "postgresql://admin:secret@db.example/mandate",
    "REDIS_URL": "redis://queue.example/0",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A var/ of the test's own, and none of the settings of whoever runs the tests."""
    monkeypatch.setattr(development, "VAR", tmp_path)
    monkeypatch.setattr(development, "ENV_FILE", tmp_path / "dev.env")
    for name in (*GIVEN, "SMTP_URL", "MANDATE_SECRET", "MANDATE_PUBLIC_URL", "MANDATE_ENV", "MANDATE_MAILBOX"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=rf"Port {port} cannot be used.* bin/dev --port {port + 1}"):
            development._check_port(port)


def test_the_same_folder_runs_once() -> None:
    with ExitStack() as first, ExitStack() as second:
        development._be_the_only_one(first)
        with pytest.raises(SystemExit, match="already running from this folder"):
            development._be_the_only_one(second)
    with ExitStack() as third:
        development._be_the_only_one(third)


def test_given_servers_are_used_and_none_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    for name in ("start_postgres", "start_redis"):
        monkeypatch.setattr(development, name, lambda *_, **__: pytest.fail("a server was started"))
    with ExitStack() as house:
        environment = development._settings(house, 8123)
    assert {name: environment[name] for name in GIVEN} == GIVEN
    assert development._kept_settings().items() >= GIVEN.items()


def test_a_database_without_its_administrative_login_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", GIVEN["REDIS_URL"])
    monkeypatch.setenv("DATABASE_URL", GIVEN["DATABASE_URL"])
    with ExitStack() as house, pytest.raises(SystemExit, match="set MANDATE_ADMIN_DATABASE_URL too"):
        development._settings(house, 8123)


def test_secret_and_data_stay_until_fresh(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    with ExitStack() as house:
        first = development._settings(house, 8123)["MANDATE_SECRET"]
        assert development._settings(house, 8124)["MANDATE_SECRET"] == first
    with pytest.raises(SystemExit, match="a database of yours"):
        development._start_over()
    monkeypatch.delenv("DATABASE_URL")
    (elsewhere / "postgres").mkdir()
    development._start_over()
    assert not development._kept_settings()
    assert not (elsewhere / "postgres").exists()


def test_an_interrupted_step_ends_with_all_it_started(elsewhere: Path) -> None:
    pipe = elsewhere / "pipe"
    os.mkfifo(pipe)
    ear = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
    with pytest.raises(KeyboardInterrupt):
        development._run([sys.executable, "-c", OUTLIVES, str(pipe)], dict(os.environ), None)
    os.set_blocking(ear, True)
    assert os.read(ear, 100) == b""  # the end: nobody holds the other side any more
    os.close(ear)
