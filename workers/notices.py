"""Letters that tell people something, one by one or as one a day; and the round of the clock that finds what is due."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from domain.approvals.choosing import add_working_days
from tenants.database import Work, action
from tenants.instance.actions.mailing import Letter, claim_digest, claim_notice, mail_letter
from tenants.instance.actions.notices import tell_asked, tell_decided
from tenants.instance.actions.reminding import remind_of_condition, remind_of_request
from tenants.instance.actions.sustain import remind_of_check
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.notices import due_conditions, due_requests, waiting_digests
from tenants.instance.queries.sustain import due_checks
from workers.letters import send, write
from workers.task import Task


def announce_request(task: Task, request_id: str) -> None:
    """Tell everybody whose vote the request waits for; nobody, when it was settled meanwhile."""
    tell_asked(task.instance, UUID(request_id))


def announce_decision(task: Task, request_id: str) -> None:
    """Tell the person who asked what became of it."""
    tell_decided(task.instance, UUID(request_id))


def send_notice(task: Task, notice_id: str) -> None:
    """One notice as a letter of its own."""
    if letter := claim_notice(task.instance, UUID(notice_id)):
        mail_letter(task.instance, letter, partial(_post, task))


def send_digest(task: Task, member_id: str) -> None:
    """Everything that is due to one person as one letter, after what was begun before; nothing when nothing is."""
    while letter := claim_digest(task.instance, UUID(member_id)):
        mail_letter(task.instance, letter, partial(_post, task))


def send_digests(task: Task) -> None:
    """One job for each person who wants one letter a day and has something for it."""
    _put_digests(task.instance)


def remind(task: Task) -> None:
    """Every step, condition and check that is due: each in a transaction of its own, so that a second run goes on."""
    work = task.instance
    until = add_working_days(work.now().date(), 1, get_governance(work).holidays)
    for request in due_requests(work, until):
        remind_of_request(work, request)
    for condition, due_on in due_conditions(work, until):
        remind_of_condition(work, condition, due_on)
    for check, due_on in due_checks(work, until):
        remind_of_check(work, check, due_on)


@action
def _put_digests(work: Work) -> None:
    with work.transaction() as tx:
        for person in waiting_digests(work):
            tx.later("send_digest", member_id=str(person))


def _post(task: Task, letter: Letter) -> None:
    """The letter's id makes its Message-ID, so that a second attempt is known as the same, whichever job makes it."""
    same = replace(task, id=letter.id)
    if not letter.is_digest:
        [(kind, body)] = letter.notices
        send(same, kind, letter.name, letter.email, **_variables(task, body))
        return
    place = get_governance(task.instance).name
    told = [_line(task, letter.name, kind, body) for kind, body in letter.notices]
    send(same, "digest", letter.name, letter.email, instance=place, told=told, link=_link(task, "waiting"))


def _line(task: Task, name: str, kind: str, body: Mapping[str, Any]) -> dict[str, str]:
    variables = _variables(task, body)
    return {
        "subject": write(kind, name=name, public_url=task.settings.public_url, **variables)[0],
        "link": variables["link"],
    }


def _variables(task: Task, body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "instance": get_governance(task.instance).name, "link": _link(task, body["link"])}


def _link(task: Task, path: str) -> str:
    """A page of the instance: opening it shows what there is to decide and changes nothing."""
    return f"{task.settings.public_url}/clients/{task.instance.instance.slug}/{path}"
