"""Letters as they arrive in a real mailbox: to whom, with which link, and nothing a name could smuggle in."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from domain.approvals.request import Choice, Vote
from domain.ids import PersonId
from domain.stages import Stage
from tenants.instance.actions import requests
from tenants.instance.actions.members import admit_member
from tenants.instance.models.people import MemberRow
from tenants.platform.actions.people import ensure_people
from tenants.platform.models.instances import InstanceMemberRow
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.platform.models.people import PersonRow
from tenants.sessions import base_app
from tests.workers.live import Live
from tests.workers.mailbox import Mailbox, post, run
from workers.execute import execute
from workers.letters import send, write
from workers.task import Task


def on_platform(live: Live, job: str, **arguments: str) -> str:
    """Execute a job of the platform. Returns its failure."""
    platform = live.house.platform()
    row = PlatformOutboxRow(id=uuid4(), job=job, arguments=arguments, created_at=platform.now())
    with platform.transaction() as tx:
        tx.add(row)
    execute("platform", str(row.id))
    platform.session.expire_all()
    failure = platform.get(PlatformOutboxRow, row.id).failure
    platform.close()
    return failure


def address(live: Live, person: PersonId) -> str:
    return live.work.get(MemberRow, person).email


def test_a_request_is_announced_to_those_it_waits_for(live: Live, mail: Mailbox) -> None:
    request = live.team.ask(live.team.define(), Stage.IDENTIFIED)
    assert run(live, "announce_request", request_id=str(request.id)).failure == ""
    post(live)
    [letter] = mail.letters
    assert mail.recipients == [address(live, live.team.sponsor)]
    assert letter["Subject"].startswith("Waiting for you: Gate into Identified, M-")
    assert f"/clients/{live.instance.slug}/requests/{request.id}" in letter.get_content()
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_settled_request_is_announced_to_nobody_and_its_outcome_to_who_asked(live: Live, mail: Mailbox) -> None:
    request = live.team.ask(live.team.define(), Stage.IDENTIFIED)
    vote = Vote(choice=Choice.RETURN, comment="Say what it costs.")
    requests.vote(live.work, request.id, vote, live.team.actor(live.team.sponsor))
    run(live, "announce_request", request_id=str(request.id))
    post(live)
    assert mail.letters == []
    run(live, "announce_decision", request_id=str(request.id))
    post(live)
    [letter] = mail.letters
    assert mail.recipients == [address(live, live.team.owner)]
    assert "returned for changes" in letter["Subject"]
    assert "Say what it costs." in letter.get_content()


def test_a_member_is_let_in_and_invited_once(live: Live, mail: Mailbox) -> None:
    platform = live.house.platform()
    person = ensure_people(platform, {"new@varnholt.example": "Nele Neu"})["new@varnholt.example"]
    admit_member(live.work, person, "Nele Neu", "new@varnholt.example", "client", None)
    assert run(live, "invite_member", member_id=str(person)).failure == ""
    assert platform.get(InstanceMemberRow, (live.instance.id, person)).side == "client"
    platform.close()


def test_an_invitation_carries_a_link_that_works_once(live: Live, mail: Mailbox) -> None:
    platform = live.house.platform()
    person = ensure_people(platform, {"guest@varnholt.example": "Gita Gast"})["guest@varnholt.example"]
    assert on_platform(live, "send_invitation", person_id=str(person), instance_id=str(live.instance.id)) == ""
    assert on_platform(live, "send_invitation", person_id=str(person), instance_id="") == ""
    assert on_platform(live, "send_password_reset", person_id=str(person)) == ""
    first, second, reset = mail.letters
    assert first["Subject"] == "Your access to Varnholt Home" and first["To"] == "Gita Gast <guest@varnholt.example>"
    assert second["Subject"] == "Your access to Mandate"
    links = [line for each in (first, second, reset) for line in each.get_content().splitlines() if "http" in line]
    assert len(set(links)) == 3 and links[0].startswith("http://localhost/invitations/")
    platform.close()


def test_who_has_a_password_is_not_invited(live: Live, mail: Mailbox) -> None:
    platform = live.house.platform()
    person = ensure_people(platform, {"old@varnholt.example": "Olga Alt"})["old@varnholt.example"]
    with platform.transaction() as tx:
        tx.lock(PersonRow, person).password_hash = "set"
    assert on_platform(live, "send_invitation", person_id=str(person), instance_id="") == ""
    assert mail.letters == []
    platform.close()


def test_a_mail_server_that_is_down_is_tried_again(live: Live) -> None:
    request = live.team.ask(live.team.define(), Stage.IDENTIFIED)
    settings = replace(live.house.settings, smtp_url="smtp://127.0.0.1:1")
    run(live, "announce_request", request_id=str(request.id))
    with base_app(settings).app_context():
        [row] = post(live)
    assert row.failure.startswith("ConnectionRefusedError") and row.done_at is None and row.leased_until is not None


def test_a_name_adds_no_header() -> None:
    subject, _ = write("invitation", name="x", public_url="", place="A\r\nBcc: all@example.org", link="")
    assert subject == "Your access to A Bcc: all@example.org"


def test_a_letter_that_lacks_a_variable_is_a_bug() -> None:
    with pytest.raises(Exception, match="place"):
        write("invitation", name="x", link="")


def test_every_message_has_an_identity_that_a_second_attempt_keeps(live: Live, mail: Mailbox) -> None:
    platform = live.house.platform()
    task = Task(id=UUID(int=1), settings=live.house.settings, platform=platform, found=None)
    for _ in range(2):
        send(task, "password_reset", "Åsa Öberg, PhD", "asa@varnholt.example", link="http://localhost/x")
    first, second = mail.letters
    assert first["Message-ID"] == second["Message-ID"] and first["To"].addresses[0].display_name == "Åsa Öberg, PhD"
    platform.close()
