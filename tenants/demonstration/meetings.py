"""Each forum of the demonstration meets: one meeting is over, with minutes and an action, one is to come."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from uuid import UUID, uuid5

from domain.approvals.choosing import SATURDAY
from domain.forums import Minutes, When
from domain.ids import AgendaItemId, ForumId, PersonId
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.timeline import done
from tenants.instance.actions.agendas import add_item
from tenants.instance.actions.following import agree_action
from tenants.instance.actions.meetings import call_meeting, hold_meeting

MET_BEFORE, CALLED_BEFORE, COMING = timedelta(days=14), timedelta(days=10), timedelta(days=8)
CALLED_AT, BEGINS, ENDED, LONG = time(9, 0), time(13, 0), time(15, 0), 90
PLACE = "Board room"
SUBJECT, SAID = "Capacity of the project office", "Two people from January on; the line names them."
TO_DO = "Name two people for the project office"


def plan_meetings(here: Engagement) -> None:
    """The meeting that is over, in the order of everything else that happens."""
    for forum in here.brief.forums:
        seats = [here.people[name] for name in forum.members]
        meeting = uuid5(here.forums[forum.name], "met")  # drawn from nothing: the stories stay as they are
        item = uuid5(meeting, "item")
        called, held = _moment(here, MET_BEFORE + CALLED_BEFORE, CALLED_AT), _moment(here, MET_BEFORE, ENDED)
        when = When(starts_at=datetime.combine(held.date(), BEGINS, UTC), minutes_long=LONG, place=PLACE)
        here.timeline.at(called, partial(_call, here, forum.name, seats, meeting, item, when), forum.name)
        here.timeline.at(held, partial(_hold, here, seats, meeting, item), forum.name)


def call_next(here: Engagement) -> None:
    """The meeting that is to come, with what waits today on its agenda."""
    here.timeline.clock.moment = here.timeline.now
    for forum in () if here.brief.is_young else here.brief.forums:
        starts = datetime.combine((here.timeline.now + COMING).date(), BEGINS, UTC)
        when = When(starts_at=starts, minutes_long=LONG, place=PLACE)
        chair = here.people[forum.members[0]]
        done(call_meeting(here.work, here.new_id(), here.forums[forum.name], when, here.actor(chair)))


def _call(here: Engagement, forum: str, seats: Sequence[PersonId], meeting: UUID, item: UUID, when: When) -> None:
    chair = here.actor(seats[0])
    done(call_meeting(here.work, meeting, ForumId(here.forums[forum]), when, chair))
    done(add_item(here.work, meeting, item, SUBJECT, chair))


def _hold(here: Engagement, seats: Sequence[PersonId], meeting: UUID, item: UUID) -> None:
    """All but the last one came, who is given something to do."""
    chair, due = here.actor(seats[0]), (here.timeline.now + COMING).date()
    done(agree_action(here.work, meeting, uuid5(meeting, "action"), TO_DO, seats[-1], due, chair))
    present = tuple(seats[:-1]) or tuple(seats)
    said = Minutes(present=present, words="", notes={AgendaItemId(item): SAID})
    done(hold_meeting(here.work, meeting, said, chair, seen=1))


def _moment(here: Engagement, before: timedelta, at: time) -> datetime:
    """So long ago, on a working day."""
    day = (here.timeline.now - before).date()
    return datetime.combine(day - timedelta(days=max(day.weekday() - SATURDAY + 1, 0)), at, UTC)
