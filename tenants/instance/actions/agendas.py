"""The agenda of a meeting: fill it with what waits, add to it, put it in order, take items off."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from domain.access import Actor
from domain.forums import (
    AgendaChanged,
    AgendaItem,
    decide_add_item,
    decide_fill_agenda,
    decide_place_item,
    decide_remove_item,
)
from domain.ids import AgendaItemId
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.meetings import Sat, sit, store_agenda, waiting_items


@action
def fill_agenda(work: Work, meeting_id: UUID, actor: Actor) -> AgendaChanged | Refusal:
    """Add what waits for the forum by now. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        lambda sat: decide_fill_agenda(sat.meeting, sat.forum, waiting_items(work, sat.forum.id), actor),
    )


@action
def add_item(work: Work, meeting_id: UUID, item_id: UUID, title: str, actor: Actor) -> AgendaChanged | Refusal:
    """A subject of its own. `item_id` comes with the form: the same form twice adds one. Raises NotFound."""
    item = AgendaItem(id=AgendaItemId(item_id), title=title.strip())

    def decide(sat: Sat) -> AgendaChanged | Refusal:
        if any(each.id == item_id for each in sat.meeting.agenda):
            return AgendaChanged(meeting=sat.meeting.id, agenda=sat.meeting.agenda)
        return decide_add_item(sat.meeting, sat.forum, item, actor)

    return _change(work, meeting_id, actor, decide)


@action
def place_item(work: Work, meeting_id: UUID, item_id: UUID, position: int, actor: Actor) -> AgendaChanged | Refusal:
    """Put an item at a position, counted from 0. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        lambda sat: decide_place_item(sat.meeting, sat.forum, AgendaItemId(item_id), position, actor),
    )


@action
def remove_item(work: Work, meeting_id: UUID, item_id: UUID, actor: Actor) -> AgendaChanged | Refusal:
    """Take an item off. Raises NotFound."""
    return _change(
        work,
        meeting_id,
        actor,
        lambda sat: decide_remove_item(sat.meeting, sat.forum, AgendaItemId(item_id), actor),
    )


def _change(
    work: Work, meeting_id: UUID, actor: Actor, decide: Callable[[Sat], AgendaChanged | Refusal]
) -> AgendaChanged | Refusal:
    with work.transaction() as tx:
        sat = sit(tx, meeting_id)
        outcome = decide(sat)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, sat.subject)
        if outcome.agenda != sat.meeting.agenda:
            store_agenda(tx, replace(sat.meeting, agenda=outcome.agenda))
            tx.record(outcome, actor, sat.subject)
    return outcome
