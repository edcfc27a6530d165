"""What people said on a measure, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from domain.access import Actor, Capability
from domain.comments import spoken_to
from tenants.instance.queries.comments import Comment, comments_of, readers_of
from tenants.instance.queries.measure import MeasureSheet, Names
from web.formats import DASH, initials
from web.hands import hand

C = Capability


@dataclass(frozen=True, kw_only=True)
class Said:
    """One comment as the page shows it: `pieces` are words and whether they speak to somebody."""

    id: UUID
    name: str
    initials: str
    firm: bool
    at: datetime
    pieces: list[tuple[str, bool]]
    is_retracted: bool
    is_mine: bool


def talk_of(sheet: MeasureSheet, actor: Actor, kept: dict[str, str]) -> dict[str, Any]:
    """What the section of comments needs. Two statements."""
    work, found = hand().work, comments_of(hand().work, sheet.measure.id)
    may = actor.can_on(C.COMMENT, sheet.measure, sheet.path)
    readers = readers_of(work.session, sheet.measure.id) if may or found else []
    return {
        "comments": [_said(each, sheet.names, {r.id: (r.name, r.email) for r in readers}, actor) for each in found],
        "may": may,
        "people": [each.name for each in readers if each.id != actor.person],
        "id": kept.get("comment_id") or str(uuid4()),
        "words": kept.get("comment", "") if "comment_id" in kept else "",
    }


def _said(each: Comment, names: Names, readers: dict[Any, tuple[str, str]], actor: Actor) -> Said:
    name = names.get(each.by, DASH)
    called = [word for person in each.mentions for word in readers.get(person, (names.get(person, ""),)) if word]
    return Said(
        id=each.id,
        name=name,
        initials=initials(name),
        firm=each.by in names.firm,
        at=each.at,
        pieces=spoken_to(each.words, called),
        is_retracted=each.retracted_at is not None,
        is_mine=each.by == actor.person,
    )
