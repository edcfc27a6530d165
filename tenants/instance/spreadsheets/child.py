"""Reading an uploaded file in a child process that may use only so much memory and time."""

import json
import logging
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from domain.table import Table
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.messages import from_message
from tenants.instance.spreadsheets.refused import DamagedWorkbook, FileRefused, FileTooLarge, ReadingGaveUp

OUT_OF_MEMORY = 77  # exit status of a child that could still say so
_LOG = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[3]
_COMMAND = (sys.executable, "-m", "tenants.instance.spreadsheets")


def read_table(
    data: bytes, filename: str = "", limits: Limits | None = None, command: tuple[str, ...] = _COMMAND
) -> Table | FileRefused:
    """Read the one table of an XLSX or CSV. The name is for the reader's eyes only: the content says what it is.

    The child gets the bytes and nothing else: no settings, no secrets, no connection.
    """
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        return FileTooLarge(size=len(data), limit=limits.file_bytes)
    head = json.dumps(asdict(limits)).encode() + b"\n"
    try:
        done = subprocess.run(
            command,
            input=head + data,
            capture_output=True,
            timeout=limits.wall_seconds,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ReadingGaveUp(limit="time")
    return from_message(done.stdout) if done.returncode == 0 else _gave_up(done.returncode, done.stderr)


def _gave_up(status: int, complaint: bytes) -> FileRefused:
    if status in (OUT_OF_MEMORY, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV) or b"MemoryError" in complaint:
        return ReadingGaveUp(limit="memory")
    if status == -signal.SIGXCPU:
        return ReadingGaveUp(limit="time")
    last_line = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    _LOG.error("the reading child failed: status %s, %s", status, last_line.partition(":")[0])  # no cell in a log
    return DamagedWorkbook()
