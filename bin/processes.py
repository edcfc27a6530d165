"""Run a server process that listens on a free port and ends with the process that started it.

Run as a script, this file is what turns into that server: `processes.py PARENT_PID USER COMMAND...`.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0

Process = subprocess.Popen[bytes]


class ServerDidNotStart(RuntimeError):
    """An embedded server could not be started; the message says why and ends with its log."""


def start_on_free_port(
    command: Callable[[int], list[str]], *, log: Path, ready: Callable[[Process, int], bool], user: str | None
) -> tuple[Process, int]:
    """Start command(port) as `user` (None: as ourselves) and wait until ready(process, port)."""
    for _ in range(5):  # another process may take the port between our look and the server's bind
        port = free_port()
        with log.open("wb") as output:
            process = spawn(command(port), output=output, user=user)
        if _becomes_ready(process, port, ready):
            atexit.register(stop, process, signal.SIGINT, signal.SIGKILL)
            return process, port
        timed_out = process.poll() is None
        stop(process, signal.SIGINT, signal.SIGKILL)
        text = log.read_text(errors="replace")
        if timed_out or "ddress already in use" not in text:
            break
    raise ServerDidNotStart(f"the server did not start; its log, {log}, ends:\n{text[-2000:]}")


def spawn(
    command: list[str],
    *,
    output: BinaryIO | None = None,
    user: str | None = None,
    environment: dict[str, str] | None = None,
    folder: Path = Path("/"),
) -> Process:
    """Start a command that gets SIGINT when we die, in a session of its own.

    Ctrl-C then reaches only us, and we stop things in order. Output goes where ours goes when `output` is None.
    """
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(os.getpid()), user or "-"]
    return subprocess.Popen(
        launcher + command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )


def stop(process: Process, gently: signal.Signals, at_once: signal.Signals) -> None:
    """End a server: first with the signal that lets it finish, then with harder ones; harmless when it has ended."""
    for request in (gently, at_once, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(request)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def alive(pid: int) -> bool:
    """Whether a process with this id exists, whoever it belongs to."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _becomes_ready(process: Process, port: int, ready: Callable[[Process, int], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if ready(process, port):
            return True
        time.sleep(0.02)
    return False


def _become_server(parent: int, user: str, command: list[str]) -> None:
    """Drop to `user`, ask to be signalled when the parent dies (changing user would undo that), become the server."""
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


if __name__ == "__main__":
    _become_server(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
