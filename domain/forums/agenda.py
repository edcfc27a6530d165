"""The agenda of a meeting: filled with what waits, items of its own added, put in order, taken off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.access import Actor
from domain.forums.meeting import AgendaItem, Forum, Meeting, not_manageable
from domain.ids import AgendaItemId, MeetingId
from domain.refusals import FieldMissing, FieldTooLong, Refusal

TITLE_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class AgendaChanged:
    """The agenda as it is now, in order."""

    meeting: MeetingId
    agenda: tuple[AgendaItem, ...]


@dataclass(frozen=True, kw_only=True)
class AgendaItemGone(Refusal):
    """Somebody took it off meanwhile."""

    item: AgendaItemId


@dataclass(frozen=True, kw_only=True)
class NothingWaits(Refusal):
    """Everything that waits for the forum is on the agenda already."""

    meeting: MeetingId


def decide_fill_agenda(
    meeting: Meeting, forum: Forum, waiting: Sequence[AgendaItem], actor: Actor
) -> AgendaChanged | Refusal:
    """Add what waits for the forum and is not on it yet."""
    if refusal := not_manageable(meeting, forum, actor):
        return refusal
    agenda = filled(meeting.agenda, waiting)
    if len(agenda) == len(meeting.agenda):
        return NothingWaits(meeting=meeting.id)
    return AgendaChanged(meeting=meeting.id, agenda=agenda)


def decide_add_item(meeting: Meeting, forum: Forum, item: AgendaItem, actor: Actor) -> AgendaChanged | Refusal:
    """Add a subject of its own."""
    if refusal := not_manageable(meeting, forum, actor):
        return refusal
    if not item.title.strip():
        return FieldMissing(field="title")
    if len(item.title) > TITLE_LIMIT:
        return FieldTooLong(field="title", limit=TITLE_LIMIT)
    return AgendaChanged(meeting=meeting.id, agenda=(*meeting.agenda, item))


def decide_place_item(
    meeting: Meeting, forum: Forum, item: AgendaItemId, position: int, actor: Actor
) -> AgendaChanged | Refusal:
    """Put an item at a position, counted from 0; beyond the last is the last."""
    if refusal := not_manageable(meeting, forum, actor) or gone(meeting, item):
        return refusal
    agenda = [each for each in meeting.agenda if each.id != item]
    agenda.insert(max(position, 0), next(each for each in meeting.agenda if each.id == item))
    return AgendaChanged(meeting=meeting.id, agenda=tuple(agenda))


def decide_remove_item(meeting: Meeting, forum: Forum, item: AgendaItemId, actor: Actor) -> AgendaChanged | Refusal:
    """Take an item off; a request goes on waiting."""
    if refusal := not_manageable(meeting, forum, actor) or gone(meeting, item):
        return refusal
    return AgendaChanged(meeting=meeting.id, agenda=tuple(each for each in meeting.agenda if each.id != item))


def gone(meeting: Meeting, item: AgendaItemId) -> AgendaItemGone | None:
    return None if any(each.id == item for each in meeting.agenda) else AgendaItemGone(item=item)


def filled(agenda: Sequence[AgendaItem], waiting: Iterable[AgendaItem]) -> tuple[AgendaItem, ...]:
    """The agenda with what waits behind it, each request once."""
    known = {item.request for item in agenda}
    return (*agenda, *(item for item in waiting if item.request not in known))
