"""The measures of a steering pack that say two things at once."""

from collections.abc import Sequence

from domain.contradictions import (
    Contradiction,
    GreenWhilePotentialFalls,
    MeasureFacts,
    Silent,
    SlippedInARow,
    contradictions,
)
from domain.ids import MeasureId
from domain.reporting.pack import ContradictionKind, ContradictionRow
from domain.status import Status
from tenants.instance.queries.steering_lists import Lists
from tenants.instance.queries.steering_measures import Line

CONTRADICTIONS = 50


def contradiction_rows(lists: Lists, lines: Sequence[Line], by_cost: bool) -> tuple[tuple[ContradictionRow, ...], int]:
    """One for each measure that says two things at once, the largest first; and how many there are in all."""
    rows = [_contradiction_row(line, found) for line in lines if (found := _first_contradiction(lists, line))]
    key = "cost_forecast" if by_cost else "full_year_forecast"
    rows.sort(key=lambda row: (-getattr(row, key), row.measure))
    return tuple(rows[:CONTRADICTIONS]), len(rows)


def _first_contradiction(lists: Lists, line: Line) -> Contradiction | None:
    limits = lists.governance.template.thresholds
    facts = MeasureFacts(
        measure=MeasureId(line.id),
        stage=line.stage,
        state=line.state,
        implementation=Status(line.implementation),
        potential=Status(line.potential),
        last_update=line.updated_at.date(),
        slips_in_a_row=line.slips,
    )
    return next(iter(contradictions(facts, lists.today, limits.stale_after_days, limits.slips_in_a_row)), None)


def _contradiction_row(line: Line, found: Contradiction) -> ContradictionRow:
    kind, number = _kind(found)
    return ContradictionRow(
        kind=kind,
        measure=line.code,
        title=line.title,
        owner=line.owner,
        implementation=line.implementation,
        potential=line.potential,
        full_year_plan=line.full_year_plan,
        full_year_forecast=line.full_year_forecast,
        cost_plan=line.cost_plan,
        cost_forecast=line.cost_forecast,
        number=number,
    )


def _kind(found: Contradiction) -> tuple[ContradictionKind, int]:
    match found:
        case Silent(days=days):
            return ContradictionKind.SILENT, days
        case SlippedInARow(times=times):
            return ContradictionKind.SLIPPING, times
        case GreenWhilePotentialFalls():
            return ContradictionKind.WORK_GREEN_VALUE_NOT, 0
    raise AssertionError(found)
