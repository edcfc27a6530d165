"""Comments on a measure: said once, by who may, to who sees it; taken back in sight."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from domain.access import Role
from domain.ids import PersonId
from tenants.instance.models.comments import CommentRow
from tenants.instance.models.notices import NoticeRow
from tenants.places import Instance
from tests.house import House
from tests.team import Team
from tests.web.client import statements

MENTION = "Nobody who sees this measure is called “%s”."


@pytest.fixture
def team(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Team]:
    with house.app.app_context():
        team = Team(house.work(two_clients[0]), house)
        yield team
        team.work.close()


@pytest.fixture
def measure(team: Team) -> UUID:
    return team.define()


def address(team: Team, measure: UUID, home: str) -> str:
    return f"{home}/measures/{team.row(measure).code}"


def said(words: str, **more: str) -> dict[str, str]:
    return {"comment_id": str(uuid4()), "comment": words} | more


def kept(team: Team, measure: UUID) -> list[CommentRow]:
    team.work.session.rollback()
    return list(team.work.session.scalars(select(CommentRow).where(CommentRow.measure_id == measure)))


def told(team: Team, person: PersonId) -> list[str]:
    team.work.session.rollback()
    mine = select(NoticeRow).where(NoticeRow.member_id == person, NoticeRow.kind == "mention")
    return [row.body["words"] for row in team.work.session.scalars(mine)]


def test_a_comment_is_said_once_and_tells_whom_it_mentions(at, team: Team, measure: UUID, home: str) -> None:
    url, owner = address(team, measure, home), at(team.owner)
    reader = team.join(f"Rita {uuid4().hex[:6]}", Role.CONTRIBUTOR)
    name = team.actor(reader).name
    version = team.row(measure).version
    assert "No comments yet" in owner.get(url).words
    form = said(f"See <b>this</b> https://example.org @{name.upper()}, and write to x@y.example.")
    owner.post(f"{url}/comments", form)
    owner.post(f"{url}/comments", form)
    page = at(reader).get(url)
    assert form["comment"] in page.words and "One comment" in page.words
    assert "https://example.org" not in page.links()
    assert len(kept(team, measure)) == 1
    assert told(team, reader) == [form["comment"]]
    assert team.row(measure).version == version


def test_a_name_chosen_beside_the_words_is_told_too(at, team: Team, measure: UUID, home: str) -> None:
    reader = team.join(f"Rita {uuid4().hex[:6]}", Role.CONTRIBUTOR)
    name = team.actor(reader).name
    at(team.owner).post(f"{address(team, measure, home)}/comments", said("Look, please.", tell=name))
    assert told(team, reader) == [f"@{name} Look, please."]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (" ", "comment"),
        ("x" * 2001, "2000"),
        ("Ask @Nobody Here now", MENTION % "Nobody Here"),
        ("Ask @Nora Node", MENTION % "Nora Node"),
        ("Ask @Same Name", "Several people are called “Same Name”."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_words_kept(
    at, team: Team, measure: UUID, home: str, words: str, fault: str
) -> None:
    team.join("Nora Node", Role.OWNER, node=team.build(team.actor(team.pmo)))
    for _twice in range(2):
        team.join("Same Name", Role.CONTRIBUTOR)
    page = at(team.owner).post(f"{address(team, measure, home)}/comments", said(words), 422)
    assert any(fault in error for error in page.errors()), page.errors()
    texts = [each.text or "" for each in page.all("textarea", id="say")]
    assert [text.strip() for text in texts] == [words.strip()]
    assert not kept(team, measure)


def test_only_who_said_it_takes_it_back_and_a_trace_stays(at, team: Team, measure: UUID, home: str) -> None:
    url, mark = address(team, measure, home), str(uuid4())
    at(team.owner).post(f"{url}/comments", said(mark))
    [row] = kept(team, measure)
    back = f"{url}/comments/{row.id}/retraction"
    assert "Only the person who said it" in at(team.sponsor).post(back, {}, 422).words
    for _twice in range(2):
        at(team.owner).post(back, {})
    [section] = at(team.owner).get(url).all("section", id="comments")
    shown = "".join(section.itertext())
    assert "Taken back by who said it." in shown and mark not in shown


def test_who_only_reads_or_does_not_see_it_says_nothing(at, browser, team: Team, measure: UUID, home: str) -> None:
    url = f"{address(team, measure, home)}/comments"
    stranger = team.join("Olga Other", Role.OWNER, node=team.build(team.actor(team.pmo)))
    at(stranger).post(url, said("Hello"), 404)
    browser("nobody").post(url, said("Hello"), 404)
    assert "Your role here does not include this." in browser("auditor").post(url, said("Hello"), 422).words
    assert not kept(team, measure)


def test_statements_do_not_grow_with_what_is_said(site: Flask, at, team: Team, measure: UUID, home: str) -> None:
    client, url, counts = at(team.owner), address(team, measure, home), []
    for _round in range(2):
        for _more in range(3):
            client.post(f"{url}/comments", said("look"))
        client.get(url)
        with statements(site) as seen:
            client.get(url)
        counts.append(len(seen))
    assert counts[0] == counts[1]
