"""Measures that ask for somebody to act: a check after the closure is overdue, or a met kill criterion undecided."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from domain.approvals.request import RequestState
from domain.checks import CheckOutcome
from domain.stages import MeasureState, Stage
from tenants.instance.models.checks import KillCriterionRow, SustainCheckRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow


class Watched(StrEnum):
    """What the list of measures can be narrowed to."""

    CHECK = "check"
    KILL = "kill"


def watched_measures(watched: Watched, today: date) -> ColumnElement[bool]:
    if watched is Watched.CHECK:
        overdue = (SustainCheckRow.outcome == CheckOutcome.DUE, SustainCheckRow.due_on < today)
        late = MeasureRow.id.in_(select(SustainCheckRow.measure_id).where(*overdue))
        return late & (MeasureRow.stage == int(Stage.CLOSED)) & (MeasureRow.state == MeasureState.ACTIVE)
    undecided = RequestRow.id.is_(None) | (RequestRow.state == RequestState.OPEN)
    met = (
        select(KillCriterionRow.measure_id)
        .outerjoin(RequestRow, RequestRow.id == KillCriterionRow.proposed_request_id)
        .where(KillCriterionRow.met_on.is_not(None), undecided)
    )
    is_running = (MeasureRow.stage < int(Stage.CLOSED)) & (MeasureRow.state == MeasureState.ACTIVE)
    return MeasureRow.id.in_(met) & is_running
