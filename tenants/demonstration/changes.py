"""Locked plans that change: one change carried out, one waits for sponsor and controller, one for a forum."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from domain.approvals.request import Choice, RequestState, Vote
from domain.approvals.requesting import Requested
from domain.changes.proposal import Proposal
from domain.ids import PersonId, RequestId
from domain.stages import MeasureState, Stage
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.timeline import done
from tenants.instance.actions import changes, requests
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow

BEFORE = timedelta(hours=1)  # today, and done before somebody looks
SMALL, LARGE, LESS = timedelta(days=14), timedelta(days=45), Decimal("0.95")


def ask_changes(here: Engagement) -> None:
    """On the first measures at Decided for which somebody can decide a change."""
    measures = _decided(here)
    here.timeline.clock.moment = here.timeline.now - BEFORE
    wanted = (
        (lambda row: {"end": row.end_on + SMALL}, "The second carrier signs two weeks later than planned.", True),
        (lambda row: {"target": (row.target * LESS).quantize(row.target)}, "Volumes settle a little lower.", False),
        (lambda row: {"end": row.end_on + LARGE}, "The site moves only after the peak season.", False),
    )
    for values, words, is_approved in wanted:
        asked = next((made for row in measures if (made := _ask(here, row, values(row), words))), None)
        if asked and is_approved:
            _approve(here, asked.request.id)


def _decided(here: Engagement) -> Iterator[MeasureRow]:
    """Each measure once, whoever looks for the next one."""
    busy = select(RequestRow.measure_id).where(
        RequestRow.state == RequestState.OPEN, RequestRow.measure_id.is_not(None)
    )
    statement = (
        select(MeasureRow)
        .where(
            MeasureRow.stage == int(Stage.DECIDED),
            MeasureRow.state == MeasureState.ACTIVE,
            MeasureRow.end_on.is_not(None),
            MeasureRow.target.is_not(None),
            MeasureRow.id.not_in(busy),
        )
        .order_by(MeasureRow.code)
    )
    return iter(here.work.session.scalars(statement).all())


def _ask(here: Engagement, row: MeasureRow, values: dict[str, object], words: str) -> Requested | None:
    assert row.owner_id is not None
    here.timeline.clock.tick(7)
    owner = here.actor(PersonId(row.owner_id))
    made = changes.request_change(here.work, row.id, here.new_id(), Proposal(values=values), words, owner, None)
    return made if isinstance(made, Requested) else None


def _approve(here: Engagement, request: RequestId) -> None:
    """Step by step, as long as somebody is asked."""
    while waiting := here.work.session.scalars(select(RequestRow.waiting).where(RequestRow.id == request)).one():
        here.timeline.clock.tick(11)
        vote = Vote(choice=Choice.APPROVE, comment="Agreed; the value stays.")
        done(requests.vote(here.work, request, vote, here.actor(PersonId(waiting[0]))))
