"""What bin/dev does once the virtual environment stands: servers, database, demonstration, processes, address.

Everything it starts ends with it. Data and secrets stay under var/ until `--fresh`.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import psycopg

from bin.processes import HOST, Process, free_port, spawn, stop
from bin.servers import remove_data, start_postgres, start_redis

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
ENV_FILE = VAR / "dev.env"
READY_SECONDS = 90.0
MAILBOX = "mailbox: exec env -u MANDATE_ADMIN_DATABASE_URL -u MANDATE_ADMIN_CLUSTERS python -m bin.mailbox\n"


def main() -> None:
    """Start the house and stay until Ctrl-C, SIGTERM, or one of its processes ends."""
    wanted = _arguments()
    os.chdir(ROOT)
    VAR.mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, _interrupted)
    with ExitStack() as house:
        _be_the_only_one(house)
        _check_port(wanted.port)
        if wanted.fresh:
            _start_over()
        try:
            environment = _settings(house, wanted.port)
            _prepare_database(environment)
            processes = _start_processes(house, environment, wanted.port)
            _await_ready(processes, environment["MANDATE_PUBLIC_URL"])
            _welcome(environment)
            sys.exit(_stay(processes))
        except KeyboardInterrupt:
            print("\nStopping ...", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/dev", description="Run Mandate on this machine.")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="default: 8000")
    parser.add_argument("--fresh", action="store_true", help="delete the data of earlier runs and start over")
    return parser.parse_args()


def _be_the_only_one(house: ExitStack) -> None:
    lock = house.enter_context((VAR / "dev.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _give_up("bin/dev is already running from this folder; stop it first (Ctrl-C where it runs).")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as failure:
            _give_up(f"Port {port} cannot be used ({failure}). Choose another:  bin/dev --port {port + 1}")


def _start_over() -> None:
    if os.environ.get("DATABASE_URL"):
        _give_up(
            "--fresh deletes only the embedded data, and DATABASE_URL names a database of yours: empty it yourself."
        )
    for name in ("postgres", "redis"):
        remove_data(VAR / name)
    for name in ("mailbox", "files"):
        shutil.rmtree(VAR / name, ignore_errors=True)
    ENV_FILE.unlink(missing_ok=True)


def _settings(house: ExitStack, port: int) -> dict[str, str]:
    """What every process is told; written to var/dev.env too, so that bin/mandate finds the same house."""
    kept = _kept_settings()
    settings = {
        "MANDATE_ENV": "development",
        "MANDATE_SECRET": kept.get("MANDATE_SECRET") or secrets.token_hex(32),
        "MANDATE_PUBLIC_URL": f"http://{HOST}:{port}",
        "MANDATE_MAILBOX": str(VAR / "mailbox"),
        "MANDATE_FILES": str(VAR / "files"),
        "SMTP_URL": f"smtp://{HOST}:{free_port()}",
        **_servers(house, kept),
    }
    given = {name: os.environ[name] for name in settings if os.environ.get(name)}
    settings |= given
    ENV_FILE.touch(mode=0o600)
    ENV_FILE.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, **settings, "PATH": path, "PYTHONUNBUFFERED": "1", "GUNICORN_CMD_ARGS": "--reload"}


def _kept_settings() -> dict[str, str]:
    lines = shlex.split(ENV_FILE.read_text()) if ENV_FILE.exists() else []
    return dict(line.split("=", 1) for line in lines)


def _servers(house: ExitStack, kept: dict[str, str]) -> dict[str, str]:
    """Addresses of the servers that are given, or of embedded ones started here."""
    settings = {"REDIS_URL": os.environ.get("REDIS_URL", "")}
    if not settings["REDIS_URL"]:
        redis = start_redis(VAR / "redis")
        house.callback(redis.stop)
        settings["REDIS_URL"] = redis.url
    if os.environ.get("DATABASE_URL"):
        if not os.environ.get("MANDATE_ADMIN_DATABASE_URL"):
            _give_up("DATABASE_URL is set; set MANDATE_ADMIN_DATABASE_URL too, a login that may create roles.")
        return settings | {name: os.environ[name] for name in ("DATABASE_URL", "MANDATE_ADMIN_DATABASE_URL")}
    server = start_postgres(VAR / "postgres", durable=True)
    house.callback(server.stop)
    _make_database(server.admin_dsn)
    earlier = re.search(r"//mandate_platform:(\w+)@", kept.get("DATABASE_URL", ""))
    password = earlier[1] if earlier else secrets.token_hex(32)
    return settings | {
        "DATABASE_URL": f"postgresql://mandate_platform:{password}@{server.host}:{server.port}/mandate",
        "MANDATE_ADMIN_DATABASE_URL": server.admin_dsn.removesuffix("/postgres") + "/mandate",
        "MANDATE_PREPARE": "yes",
    }


def _make_database(admin_dsn: str) -> None:
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = 'mandate'").fetchone():
            admin.execute("CREATE DATABASE mandate")


def _prepare_database(environment: dict[str, str]) -> None:
    """Without logins and tables nothing runs; without the demonstration the house is only empty."""
    for step, what in (("bootstrap", "Preparing logins"), ("migrate", "Migrating")):
        print(f"{what} ...", flush=True)
        if code := _mandate(step, environment=environment).returncode:
            _give_up(f"`bin/mandate {step}` failed (exit {code}); what it said is above.")
    print("Looking after the demonstration ...", flush=True)
    if code := _mandate("demo", environment=environment).returncode:
        print(f"bin/dev: `bin/mandate demo` failed (exit {code}), so there may be nobody to sign in as.", flush=True)


def _mandate(
    *arguments: str, environment: dict[str, str], output: int | None = None
) -> subprocess.CompletedProcess[str]:
    return _run([sys.executable, "-m", "tenants.cli", *arguments], environment, output)


def _run(command: list[str], environment: dict[str, str], output: int | None) -> subprocess.CompletedProcess[str]:
    """Run a step in a session of its own: Ctrl-C reaches only us, and we end the step with all that it started."""
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=output, text=True, start_new_session=True
    ) as step:
        try:
            said, _ = step.communicate()
        except KeyboardInterrupt:
            os.killpg(step.pid, signal.SIGTERM)
            raise
    return subprocess.CompletedProcess(command, step.returncode, said)


def _start_processes(house: ExitStack, environment: dict[str, str], port: int) -> Process:
    """Procfile and the local mailbox, under honcho."""
    procfile = VAR / "Procfile.dev"
    mailbox = "" if os.environ.get("SMTP_URL") else MAILBOX
    procfile.write_text((ROOT / "Procfile").read_text() + mailbox)
    command = [sys.executable, "-m", "honcho", "start", "--procfile", str(procfile), "--port", str(port)]
    processes = spawn(command, environment=environment, folder=ROOT)
    house.callback(stop, processes, signal.SIGTERM, signal.SIGKILL)
    return processes


def _await_ready(processes: Process, address: str) -> None:
    answer = "no answer"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if processes.poll() is not None:
            _give_up("One of the processes ended while starting; what it said is above.")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except urllib.error.HTTPError as failure:
            answer = f"{failure.code}: {failure.read(500).decode(errors='replace')}"
        except OSError as failure:
            answer = str(failure)
        time.sleep(0.2)
    _give_up(f"{address}/readyz was not ready within {READY_SECONDS:.0f} seconds: {answer}")


def _welcome(environment: dict[str, str]) -> None:
    logins = _mandate("demo", "--logins", environment=environment, output=subprocess.PIPE).stdout
    print(f"\nMandate is running:  {environment['MANDATE_PUBLIC_URL']}\n\n{logins}\nCtrl-C stops it.\n", flush=True)


def _stay(processes: Process) -> int:
    code = processes.wait()
    print("One of the processes ended, so all were stopped; what it said is above.", file=sys.stderr)
    return code or 1


def _interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _give_up(why: str) -> NoReturn:
    sys.exit(f"bin/dev: {why}")


if __name__ == "__main__":
    main()
