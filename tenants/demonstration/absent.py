"""Somebody is away today, and somebody decides for them: what a client looks like in any week."""

from datetime import timedelta

from domain.absences import Absence
from domain.delegation import Delegation
from domain.ids import AbsenceId, DelegationId
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.timeline import done
from tenants.instance.actions import delegations

AWAY_SINCE, AWAY_FOR = timedelta(days=2), timedelta(days=12)


def send_away(here: Engagement) -> None:
    """The sponsor of the last programme is on leave; the first other sponsor stands in, else the programme office."""
    *others, absent = dict.fromkeys(led["sponsor"] for led in here.brief.programmes.values())
    stands_in = others[0] if others else here.brief.programme_office
    giver, taker, today = here.people[absent], here.people[stands_in], here.timeline.today
    last = today + AWAY_FOR
    absence = Absence(
        id=AbsenceId(here.new_id()), person=giver, starts_on=today - AWAY_SINCE, ends_on=last, words="On leave"
    )
    done(delegations.record_absence(here.work, absence, here.actor(giver)))
    given = Delegation(
        id=DelegationId(here.new_id()), giver=giver, taker=taker, starts_on=today, ends_on=last, words="While on leave"
    )
    done(delegations.delegate(here.work, given, here.actor(giver)))
