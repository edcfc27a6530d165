"""Checks after a closure as the page of a measure shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from domain.access import Actor
from domain.checks import AHEAD, SustainCheck
from domain.measures import Measure
from domain.stages import Stage
from web.formats import DASH, day


@dataclass(frozen=True, kw_only=True)
class CheckItem:
    """One line of the panel. `state`: holds, lost, dropped, late, due, ahead. `may`: the reader can make it now."""

    id: UUID
    state: str
    due: date
    words: str
    note: str
    may: bool


def checks_shown(
    checks: Sequence[SustainCheck], measure: Measure, names: Mapping[UUID, str], actor: Actor, today: date
) -> tuple[CheckItem, ...]:
    """Every check in words; those that a reopening made needless last."""
    items = [check_item(each, measure, names, actor, today) for each in checks]
    return tuple(sorted(items, key=lambda item: item.state == "dropped"))


def check_item(each: SustainCheck, measure: Measure, names: Mapping[UUID, str], actor: Actor, today: date) -> CheckItem:
    is_now = each.is_open and each.due - AHEAD <= today and measure.stage is Stage.CLOSED
    return CheckItem(
        id=each.id,
        state=_state(each, today),
        due=each.due,
        words=each.words,
        note=_("%(who)s, %(day)s", who=names.get(each.checked_by, DASH), day=day(each.checked_on))
        if each.checked_by and each.checked_on
        else "",
        may=is_now and actor.person == measure.controller,
    )


def _state(each: SustainCheck, today: date) -> str:
    if not each.is_open:
        return {"holds": "holds", "reopen_asked": "lost", "reopened": "dropped"}[each.outcome]
    if each.is_overdue(today):
        return "late"
    return "due" if each.due - AHEAD <= today else "ahead"
