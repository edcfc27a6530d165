"""A house with a real Redis, a relay in the test's own hands, and real worker processes that end with the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from redis import Redis
from sqlalchemy import func, select, update

from domain.refusals import Refusal
from tenants.database import Work, instance_work
from tenants.instance.actions.reports import ask_report
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.reports import ReportFileRow, ReportRow
from tenants.places import Instance
from tenants.settings import Settings
from tests.house import House
from tests.team import Team
from tests.workers.standing import STOPPED
from workers import queues
from workers.relay import Relay

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0
LEASE = "3"  # seconds
Found = TypeVar("Found")


@dataclass(kw_only=True)
class Live:
    """Call it inside the house's application context."""

    house: House
    instance: Instance
    folder: Path
    redis: Redis
    relay: Relay
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.work: Work = instance_work(self.instance, request_id="live")
        self.team = Team(self.work, self.house)

    def worker(self, module: str = "workers.worker", *arguments: str) -> subprocess.Popen[bytes]:
        """A worker process of its own."""
        command = [sys.executable, "-m", module, *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment(self.house.settings))
        self.processes.append(process)
        return process

    def until(self, condition: Callable[[], Found], what: str) -> Found:
        """What the condition gives once it holds; the relay turns meanwhile."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self.relay.turn()
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(f"{what}: not within {SECONDS:.0f} seconds")

    def ask_report(self) -> UUID:
        report = ask_report(self.work, self.team.actor(self.team.pmo), self.team.organization, uuid4())
        assert not isinstance(report, Refusal)
        return report

    def report(self, report: UUID) -> ReportRow:
        self.work.session.rollback()
        self.work.session.expire_all()
        return self.work.get(ReportRow, report)

    def files(self, report: UUID) -> list[bytes]:
        self.work.session.rollback()
        self.work.session.expire_all()
        return list(self.work.session.scalars(select(ReportFileRow.content).where(ReportFileRow.report_id == report)))

    def at_work(self, what: str, but: tuple[int, ...] = ()) -> int:
        """The process that stands in the middle of it right now, other than those of before."""

        def found() -> int:
            pids = [int(path.name.removeprefix(f"{what}-")) for path in self.folder.glob(f"{what}-*")]
            return next((pid for pid in pids if pid not in but), 0)

        return self.until(found, f"somebody is {what}")

    def count(self, *conditions: object) -> int:
        self.work.session.rollback()
        return self.work.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]

    def run(self, job: str) -> None:
        with self.work.transaction() as tx:
            tx.later(job)

    def run_to_the_middle(self, job: str) -> int:
        """The process that has done the first part of the job and stands still; for `goes_on_after_a_kill`.

        What the arranging left to be told is told by nobody: the job would wait behind it.
        """
        with self.work.transaction() as tx:
            tx.session.execute(update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(done_at=self.work.now()))
        self.run(job)
        self.worker("tests.workers.blocking_parts", str(self.folder), LEASE, job)
        return self.at_work(STOPPED)

    def goes_on_after_a_kill(self, first: int, job: str) -> None:
        """Kill it: after the lease another process takes the job up, and ends it."""
        os.kill(first, signal.SIGKILL)
        self.at_work(STOPPED, but=(first,))
        (self.folder / "go-on").touch()
        self.until_done(job)

    def until_done(self, *names: str) -> None:
        waiting = OutboxRow.job.in_(names), OutboxRow.done_at.is_(None)
        self.until(lambda: self.count(*waiting) == 0, f"{', '.join(names)} are over")

    def outbox(self, subject: UUID, argument: str = "report_id") -> OutboxRow:
        self.work.session.rollback()
        self.work.session.expire_all()
        wanted = OutboxRow.arguments[argument].astext == str(subject)
        return self.work.session.scalars(select(OutboxRow).where(wanted)).one()

    def events(self, kind: str, report: UUID) -> int:
        statement = select(AuditEventRow.sequence).where(AuditEventRow.kind == kind, AuditEventRow.subject_id == report)
        return len(self.work.session.scalars(statement).all())

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.work.close()


def environment(settings: Settings) -> dict[str, str]:
    """The settings as another process is told them."""
    return {
        **os.environ,
        "MANDATE_ENV": "test",
        "MANDATE_SECRET": settings.secret,
        "DATABASE_URL": settings.platform_url,
        "MANDATE_ADMIN_DATABASE_URL": settings.admin_url,
        "MANDATE_PUBLIC_URL": settings.public_url,
        "MANDATE_FILES": settings.files,
        "REDIS_URL": settings.redis_url,
        "SMTP_URL": settings.smtp_url,
    }


def new_relay(redis_url: str) -> Relay:
    return Relay(redis=queues.connect(redis_url))
