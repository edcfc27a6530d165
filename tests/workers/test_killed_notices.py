"""A worker killed in the middle of telling people something: after the lease it goes on, and nobody hears it twice."""

import os
import signal
from uuid import UUID

import pytest
from sqlalchemy import update

from domain.approvals.choosing import add_working_days
from domain.stages import Stage
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.requests import RequestRow, StepRow
from tests.workers.live import LEASE, Live
from tests.workers.mailbox import Mailbox
from tests.workers.standing import STOPPED

BLOCKING = "tests.workers.blocking_notices"


def subjects(mail: Mailbox, begin: str) -> int:
    """How many letters begin so; others are about the house that the relay found to do."""
    return sum(letter["Subject"].startswith(begin) for letter in mail.letters)


def due_soon(live: Live, number: int) -> list[UUID]:
    """So many requests of the sponsor that are due on the next working day; nothing else is due here."""
    day = add_working_days(live.work.now().date(), 1)
    with live.work.transaction() as tx:
        tx.session.execute(update(RequestRow).values(state="withdrawn", due_on=None))
    asked = [live.team.ask(live.team.define(), Stage.IDENTIFIED).id for _number in range(number)]
    with live.work.transaction() as tx:
        for row in (RequestRow, StepRow):
            key = RequestRow.id if row is RequestRow else StepRow.request_id
            tx.session.execute(update(row).where(key.in_(asked)).values(due_on=day))
        tx.session.execute(update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(done_at=live.work.now()))
        tx.session.execute(update(NoticeRow).where(NoticeRow.mailed_at.is_(None)).values(mailed_at=live.work.now()))
    return [UUID(str(request)) for request in asked]


@pytest.mark.slow
def test_a_round_of_the_clock_that_was_killed_reminds_each_once(live: Live, mail: Mailbox) -> None:
    asked = due_soon(live, 3)
    with live.work.transaction() as tx:
        tx.later("remind")
    live.worker(BLOCKING, str(live.folder), LEASE, "remind")
    first = live.at_work(STOPPED)
    assert live.count(NoticeRow.key.like("reminder/%"), NoticeRow.body["request"].astext.in_(map(str, asked))) == 1
    os.kill(first, signal.SIGKILL)
    live.at_work(STOPPED, but=(first,))
    (live.folder / "go-on").touch()
    live.until_done("remind", "send_notice")
    for request in asked:
        assert live.count(NoticeRow.key.like("reminder/%"), NoticeRow.body["request"].astext == str(request)) == 1
        assert live.count(AuditEventRow.kind == "ApproversReminded", AuditEventRow.body.contains(str(request))) == 1
    assert subjects(mail, "Due ") == 3


@pytest.mark.slow
def test_a_letter_whose_worker_was_killed_is_sent_once(live: Live, mail: Mailbox) -> None:
    [request] = due_soon(live, 1)
    with live.work.transaction() as tx:
        tx.later("announce_request", request_id=str(request))
    live.worker(BLOCKING, str(live.folder), LEASE, "letter")
    first = live.at_work(STOPPED)
    assert subjects(mail, "Waiting for you") == 0
    os.kill(first, signal.SIGKILL)
    live.at_work(STOPPED, but=(first,))
    (live.folder / "go-on").touch()
    live.until_done("remind", "send_notice")
    assert subjects(mail, "Waiting for you") == 1
    assert live.count(NoticeRow.body["request"].astext == str(request), NoticeRow.mailed_at.is_(None)) == 0


@pytest.mark.slow
def test_a_letter_that_was_taken_before_the_kill_is_known_as_the_same(live: Live, mail: Mailbox) -> None:
    [request] = due_soon(live, 1)
    with live.work.transaction() as tx:
        tx.later("announce_request", request_id=str(request))
    live.worker(BLOCKING, str(live.folder), LEASE, "sent")
    first = live.at_work(STOPPED)
    assert subjects(mail, "Waiting for you") == 1
    os.kill(first, signal.SIGKILL)
    live.at_work(STOPPED, but=(first,))
    (live.folder / "go-on").touch()
    live.until_done("remind", "send_notice")
    sent = {letter["Message-ID"] for letter in mail.letters if letter["Subject"].startswith("Waiting for you")}
    assert subjects(mail, "Waiting for you") == 2 and len(sent) == 1
