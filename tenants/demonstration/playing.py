"""What happened in one engagement: the stories of its measures and orders, its months, its meetings, its report."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial

from sqlalchemy import select, update

from domain.approvals.request import RequestState
from domain.months import Month, span
from tenants.database import Work, action
from tenants.demonstration.absent import send_away
from tenants.demonstration.briefs import MeasureBrief
from tenants.demonstration.changes import ask_changes
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.meetings import call_next, plan_meetings
from tenants.demonstration.ordering import plan_orders
from tenants.demonstration.outcome import work_out
from tenants.demonstration.story import Story
from tenants.demonstration.timeline import Diary, done
from tenants.instance.actions.reports import ask_report
from tenants.instance.actions.values import close_month
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.requests import RequestRow


def play(here: Engagement) -> None:
    """All stories into one timeline, and through it; what is asked of today comes after."""
    for brief in here.brief.measures:
        _story(here, brief).tell()
    if not here.brief.is_young:
        _close_months(here)
        plan_meetings(here)
        plan_orders(here)
    here.timeline.play()
    ask_changes(here)
    send_away(here)
    call_next(here)


def _story(here: Engagement, brief: MeasureBrief) -> Story:
    led = here.brief.programmes[brief.programme]
    owners = [name for name in here.brief.owners[brief.function] if name not in (led["sponsor"], led["controller"])]
    return Story(
        here=here,
        brief=brief,
        diary=Diary(timeline=here.timeline, rng=here.rng, story=brief.title),
        days=work_out(brief, here.timeline, here.rng),
        measure=here.new_id(),
        owner=here.rng.choice(owners),
        sponsor=led["sponsor"],
        controller=led["controller"],
    )


def _close_months(here: Engagement) -> None:
    """From the first month of the year through last month, each on its day."""
    timeline = here.timeline
    controller = next(iter(here.brief.programmes.values()))["controller"]
    for month in span(timeline.year_start, timeline.last_month):
        moment = datetime.combine(timeline.closing_day(month), time(17, 30), tzinfo=UTC)
        timeline.at(moment, partial(_close, here, month, controller))


def _close(here: Engagement, month: Month, controller: str) -> None:
    done(close_month(here.work, month, here.actor(controller)))


def ask_last_report(here: Engagement) -> None:
    """The last act of every engagement: where it is done, the engagement is complete."""
    here.timeline.clock.moment = here.timeline.now
    done(ask_report(here.work, here.actor(here.brief.manager), here.governance.organization, here.new_id()))


@action
def settle_letters(work: Work) -> None:
    """Letters about requests that are settled long ago are not sent any more."""
    waiting = select(RequestRow.id).where(RequestRow.state == RequestState.OPEN)
    with work.transaction() as tx:
        open_ids = [str(request) for request in tx.session.scalars(waiting)]
        stale = (
            OutboxRow.job.in_(("announce_request", "announce_decision")),
            OutboxRow.arguments["request_id"].astext.not_in(open_ids),
        )
        tx.session.execute(update(OutboxRow).where(*stale).values(done_at=work.now()))
