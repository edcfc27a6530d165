"""Measures that ask for somebody to act: a check after the closure is overdue, or a kill criterion is met."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from domain.checks import CheckOutcome
from domain.stages import MeasureState, Stage
from tenants.instance.models.checks import KillCriterionRow, SustainCheckRow
from tenants.instance.models.measures import MeasureRow


class Watched(StrEnum):
    """What the list of measures can be narrowed to."""

    CHECK = "check"
    KILL = "kill"


def watched_measures(watched: Watched, today: date) -> ColumnElement[bool]:
    if watched is Watched.CHECK:
        overdue = (SustainCheckRow.outcome == CheckOutcome.DUE, SustainCheckRow.due_on < today)
        late = MeasureRow.id.in_(select(SustainCheckRow.measure_id).where(*overdue))
        return late & (MeasureRow.stage == int(Stage.CLOSED)) & (MeasureRow.state == MeasureState.ACTIVE)
    met = MeasureRow.id.in_(select(KillCriterionRow.measure_id).where(KillCriterionRow.met_on.is_not(None)))
    return met & (MeasureRow.stage < int(Stage.CLOSED)) & (MeasureRow.state == MeasureState.ACTIVE)
