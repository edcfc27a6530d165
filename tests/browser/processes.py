"""The real thing, for a browser: web, relay, workers and a mailbox as processes, on servers of their own."""

from __future__ import annotations

import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from re import search

from flask import Flask

from bin.processes import HOST, Process, free_port, spawn, stop
from domain.ids import PersonId
from tenants.database import PlatformWork, Work, instance_work, platform_work
from tenants.places import Instance
from tenants.platform.actions.sessions import open_session
from tenants.platform.actions.signin import hasher
from tenants.platform.models.people import PersonRow
from tests.house import House, build_house, settings_for
from tests.workers.live import environment
from web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
PASSWORD = "orchard copper lantern seventeen"


class LiveHouse(House):
    """The house at the real time, as its processes have it."""

    def platform(self) -> PlatformWork:
        return platform_work()

    def work(self, instance: Instance) -> Work:
        return instance_work(instance, request_id="browser")


@dataclass(kw_only=True)
class Running:
    """Everything that runs. `address` is where it answers; `log` holds what each process said."""

    house: LiveHouse
    site: Flask
    address: str
    letters: Path
    log: Path
    processes: dict[str, Process] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        told = environment(self.house.settings) | {"MANDATE_MAILBOX": str(self.letters) if name == "mailbox" else ""}
        with (self.log / f"{name}.log").open("ab") as output:
            self.processes[name] = spawn([sys.executable, "-m", *command], output=output, environment=told, folder=ROOT)

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM) if process.poll() is None else None
        for process in self.processes.values():
            stop(process, signal.SIGTERM, signal.SIGKILL)

    @contextmanager
    def inside(self, instance: Instance) -> Iterator[Work]:
        """A client in hand, to arrange what a browser test does not click."""
        with self.house.app.app_context():
            work = self.house.work(instance)
            yield work
            work.close()

    def cookie(self, person: PersonId) -> str:
        """What the sign-in form would give this person's browser; it takes its time on purpose."""
        with self.house.app.app_context():
            token = open_session(platform_work(), person, agent="Test browser", address="192.0.2.1")
        signer = self.site.session_interface.get_signing_serializer(self.site)  # type: ignore[attr-defined]
        return str(signer.dumps({"_user_id": token, "_fresh": True}))

    def give_password(self, person: PersonId) -> str:
        """Let somebody sign in by the form with PASSWORD. Returns the e-mail address."""
        with self.house.app.app_context():
            work = platform_work()
            with work.transaction() as tx:
                row = tx.lock(PersonRow, person)
                row.password_hash = hasher.hash(PASSWORD)
                email = str(row.email)
            work.close()
        return email

    def invitation(self, email: str) -> str:
        """The link in the letter to this address, once it has come."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for file in sorted(self.letters.glob("*.eml"), reverse=True):
                letter = message_from_bytes(file.read_bytes(), policy=policy.default)
                body = letter.get_body(("plain",))
                if email in str(letter["to"]) and body and (link := search(r"\S+/invitations/\S+", body.get_content())):
                    return link[0]
            time.sleep(0.05)
        raise AssertionError(f"no invitation to {email} within {READY_SECONDS:.0f} seconds; see {self.log}")


def run(postgres: str, redis_url: str, folder: Path) -> Running:
    """Build a house and start its processes; returns when the site answers."""
    address, sink = f"http://{HOST}:{free_port()}", f"smtp://{HOST}:{free_port()}"
    more = {"MANDATE_PUBLIC_URL": address, "SMTP_URL": sink}
    built = build_house(settings_for(postgres, redis_url, **more))
    house = LiveHouse(**vars(built))
    site = create_app(replace(house.settings, mailbox=""))
    running = Running(house=house, site=site, address=address, letters=folder / "letters", log=folder)
    running.start("mailbox", "bin.mailbox")
    where = address.removeprefix("http://")
    server = (
        "gunicorn",
        "--no-control-socket",
        "--preload",
        "--bind",
        where,
        "--worker-class",
        "gthread",
        "--threads",
        "8",
    )
    running.start("web", *server, "web.serving:application()")
    for name, command in (("relay", ()), ("worker", ()), ("maintenance", ("--maintenance",))):
        running.start(name, "workers.relay" if name == "relay" else "workers.worker", *command)
    _await(running)
    return running


def _await(running: Running) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        dead = [name for name, process in running.processes.items() if process.poll() is not None]
        if dead:
            raise AssertionError((running.log / f"{dead[0]}.log").read_text()[-3000:])
        with suppress(OSError, urllib.error.HTTPError), urllib.request.urlopen(f"{running.address}/readyz", timeout=5):
            return
        time.sleep(0.05)
    raise AssertionError(f"{running.address}/readyz was not ready; see {running.log}")
