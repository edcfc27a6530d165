"""Letters as they arrive in a real mailbox, and the jobs that send them, executed one by one."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from tenants.instance.models.outbox import OutboxRow
from tests.workers.live import Live
from workers.execute import execute


class Mailbox:
    """What was delivered since the test began."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def letters(self) -> list[EmailMessage]:
        files = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]  # type: ignore[misc]

    @property
    def recipients(self) -> list[str]:
        return sorted(letter["To"].addresses[0].addr_spec for letter in self.letters)


def run(live: Live, job: str, **arguments: str) -> OutboxRow:
    row = OutboxRow(id=uuid4(), job=job, arguments=arguments, created_at=live.work.now())
    with live.work.transaction() as tx:
        tx.add(row)
    execute(str(live.instance.id), str(row.id))
    live.work.session.expire_all()
    return live.work.get(OutboxRow, row.id)


def post(live: Live) -> list[OutboxRow]:
    """Execute what the jobs before have put into the outbox to be mailed, once. Returns these rows."""
    due = (OutboxRow.done_at.is_(None), OutboxRow.leased_until.is_(None))
    letters = select(OutboxRow.id).where(OutboxRow.job.in_(("send_notice", "send_digest")), *due)
    live.work.session.rollback()
    rows = list(live.work.session.scalars(letters))
    live.work.session.rollback()
    for row in rows:
        execute(str(live.instance.id), str(row))
    live.work.session.expire_all()
    return [live.work.get(OutboxRow, row) for row in rows]
