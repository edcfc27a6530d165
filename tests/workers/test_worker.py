"""The worker before it forks: everything is loaded, nothing is connected; and what its children may not do."""

import gc
import json
import subprocess
import sys
from dataclasses import replace

from tests.house import House
from tests.workers.live import ROOT, environment

PRELOAD = """
import gc, json, os, socket, sys
opened = []
connect = socket.socket.connect
socket.socket.connect = lambda self, address: (opened.append(str(address)), connect(self, address))[1]
from tenants.settings import read_settings
from workers import worker
import psycopg
psycopg.connect = lambda *a, **k: opened.append("psycopg")
psycopg.Connection.connect = classmethod(lambda cls, *a, **k: opened.append("psycopg"))
worker.preload(read_settings(os.environ))
loaded = [name for name in ("weasyprint", "workers.reports", "tenants.instance.actions.reports") if name in sys.modules]
print(json.dumps({"opened": opened, "loaded": loaded, "frozen": gc.get_freeze_count()}))
"""

LIMITED = """
import os, resource
from workers import worker
worker._limit_child(os.getppid())
try:
    bytearray(3 * 1024**3)
except MemoryError:
    print("refused")
"""


def said_by(program: str, house: House) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, cwd=ROOT, env=environment(house.settings), check=True, capture_output=True, text=True
    ).stdout


def test_before_the_fork_everything_is_loaded_and_nothing_connected(wired_house: House) -> None:
    said = json.loads(said_by(PRELOAD, wired_house))
    assert said["opened"] == []
    assert said["loaded"] == ["weasyprint", "workers.reports", "tenants.instance.actions.reports"]
    assert said["frozen"] > 50_000
    assert gc.get_freeze_count() == 0


def test_a_child_cannot_take_all_memory(wired_house: House) -> None:
    assert said_by(LIMITED, wired_house) == "refused\n"


def test_maintenance_needs_the_administrative_login(wired_house: House) -> None:
    settings = replace(wired_house.settings, admin_url="")
    command = [sys.executable, "-m", "workers.worker", "--maintenance"]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings), check=False, capture_output=True, text=True)
    assert done.returncode == 1 and "MANDATE_ADMIN_DATABASE_URL is not set" in done.stderr


def test_a_missing_setting_is_named(wired_house: House) -> None:
    settings = replace(wired_house.settings, platform_url="")
    command = [sys.executable, "-m", "workers.worker"]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings), check=False, capture_output=True, text=True)
    assert done.returncode == 1 and "DATABASE_URL is not set" in done.stderr
