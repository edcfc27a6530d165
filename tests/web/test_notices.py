"""What I was told, as my page shows it: unread first, in words for every kind, marked as read by me alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.access import Role
from domain.ids import PersonId
from domain.notices import NoticeKind
from domain.stages import Stage
from tenants.instance.actions.notices import mark_read, tell, tell_asked, tell_decided
from tenants.instance.models.notices import NoticeRow
from tests.team import Team
from tests.web.client import Client

MEASURE = "M-0007 Two carriers"
REQUEST = {
    "request": str(UUID(int=7)),
    "link": f"requests/{UUID(int=7)}",
    "what": "Gate into Decided",
    "measure": MEASURE,
}
REQUEST |= {"requester": "Petra Holm", "due": "2026-12-03", "price": "11,538 EUR"}
BODIES: dict[NoticeKind, tuple[dict[str, Any], str]] = {
    NoticeKind.ASKED: (REQUEST | {"whom": "Maria Lund"}, "Waiting for Maria Lund, you stand in: Gate into Decided"),
    NoticeKind.DECIDED: (REQUEST | {"outcome": "approved", "comment": "Well done."}, "Gate into Decided: approved"),
    NoticeKind.REMINDER: (REQUEST | {"step": "Sponsor", "urgency": "late", "whom": ""}, "Overdue: Gate into Decided"),
    NoticeKind.ESCALATION: (
        REQUEST | {"step": "Sponsor", "waits_for": "Maria Lund", "may_decide": True},
        "you may decide it now as well",
    ),
    NoticeKind.CONDITION: (
        {"link": "measures/M-0007", "urgency": "soon", "due": "2026-12-03", "words": "Cap it.", "measure": MEASURE},
        "A condition of yours is soon due",
    ),
    NoticeKind.STAND_IN: (
        {
            "link": "people",
            "giver": "Maria Lund",
            "first": "2026-12-01",
            "last": "2026-12-03",
            "words": "",
            "ended": False,
        },
        "1 Dec 2026 to 3 Dec 2026",
    ),
    NoticeKind.MENTION: (
        {"link": "measures/M-0007#comments", "who": "Petra Holm", "words": "<b>Look</b>", "measure": MEASURE},
        "Petra Holm mentions you",
    ),
    NoticeKind.SUSTAIN: (
        {"link": "measures/M-0007#sustain", "measure": MEASURE, "due": "2026-12-03"},
        "M-0007 Two carriers · due 3 Dec 2026",
    ),
    NoticeKind.ORDERS_LATE: (
        {"link": "orders?due=late", "count": 2, "orders": "1001, 1002", "kinds": "Stock"},
        "2 exceptions of orders are overdue",
    ),
    NoticeKind.PROPOSAL: (
        {"link": "measures/M-0007#kill", "what": "Cancel", "measure": MEASURE, "words": "Too late to pay."},
        "A kill criterion is met: to cancel is proposed",
    ),
}


def told(team: Team, person: PersonId) -> list[NoticeRow]:
    team.work.session.rollback()
    team.work.session.expire_all()
    return list(team.work.session.scalars(select(NoticeRow).where(NoticeRow.member_id == person)))


def say(team: Team, person: PersonId, kind: NoticeKind, body: dict[str, Any]) -> None:
    with team.work.transaction() as tx:
        tell(tx, (person,), kind, str(uuid4()), body)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_its_words(at, team: Team, home: str, kind: NoticeKind) -> None:
    body, words = BODIES[kind]
    say(team, team.second, kind, body)
    page = at(team.second).get(f"{home}/notices")
    assert words in page.words
    assert f"{home}/{body['link']}" in page.links()


def test_read_once_seen_and_a_decision_taken_meanwhile_is_said(at, team: Team, home: str) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    tell_asked(team.work, request.id)
    [notice] = told(team, team.sponsor)
    sponsor = at(team.sponsor)
    assert new_ones(sponsor, home) == 1
    page = sponsor.get(f"{home}/notices")
    assert "One notice is new" in page.words
    assert f"{home}/requests/{request.id}" in page.links()
    assert told(team, team.sponsor)[0].read_at is None
    answer = sponsor.post(f"{home}/notices/reading", {"notice": str(notice.id)}, status=200, htmx=True)
    assert "The new one is marked as read now." in answer.words
    assert told(team, team.sponsor)[0].read_at is not None
    assert new_ones(sponsor, home) == 0
    team.approve(request, team.sponsor)
    tell_decided(team.work, request.id)
    assert "decided meanwhile" in sponsor.get(f"{home}/notices").words
    assert "Gate into Identified: approved" in at(team.owner).get(f"{home}/notices").words


def test_nobody_reads_or_marks_what_another_was_told(at, team: Team, home: str) -> None:
    say(team, team.chair, *_mention())
    [notice] = told(team, team.chair)
    assert mark_read(team.work, [notice.id], team.actor(team.controller)) == 0
    at(team.controller).post(f"{home}/notices/reading", {"notice": str(notice.id)})
    assert told(team, team.chair)[0].read_at is None
    assert "Nothing was told to you yet" in at(team.controller).get(f"{home}/notices").words
    at(team.chair).post(f"{home}/notices/reading", {"notice": "every one"}, status=400)


def test_long_lists_are_paged_with_the_unread_first(at, team: Team, home: str) -> None:
    person = team.join("Nora Reader", Role.CONTRIBUTOR)
    for _number in range(51):
        say(team, person, *_mention())
    with team.work.transaction() as tx:
        newest = tx.session.scalars(select(NoticeRow).where(NoticeRow.member_id == person).limit(50)).all()
        for each in newest:
            each.read_at = team.work.now()
    page = at(person).get(f"{home}/notices")
    assert f"{home}/notices?page=2" in page.links()
    assert page.words.index("One notice is new") < page.words.index("Petra Holm mentions you")
    at(person).get(f"{home}/notices?page=2")
    at(person).get(f"{home}/notices?page=9999999")


def new_ones(client: Client, home: str) -> int:
    """The number beside the link of the menu, on any page."""
    menu = client.get(f"{home}/").all("a", href=f"{home}/notices")[0]
    digits = "".join(each for each in "".join(menu.itertext()) if each.isdigit())
    return int(digits or "0")


def _mention() -> tuple[NoticeKind, dict[str, Any]]:
    return NoticeKind.MENTION, BODIES[NoticeKind.MENTION][0]
