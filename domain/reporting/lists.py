"""The whole lists of a pack as tables, for the workbook beside the PDF: whatever the pages cut is here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from domain.reporting.findings import contradiction
from domain.reporting.pack import NodeRow, SteeringPack

Cell = str | int | Decimal | date | None
_AMOUNTS = {
    "plan_to_date": "Plan to date",
    "actual_to_date": "Actual to date",
    "full_year_plan": "Full-year plan",
    "full_year_forecast": "Full-year forecast",
    "cost_plan": "Planned one-off cost",
    "cost_forecast": "Forecast one-off cost",
}
_NODE = {
    "measures": "Active measures",
    "plan_year": "Plan, fiscal year",
    "forecast_year": "Forecast, fiscal year",
    **_AMOUNTS,
    "milestones": "Milestones",
    "milestones_done": "Milestones done",
    "milestones_late": "Milestones late",
}
_MEASURE = {
    "code": "Measure",
    "title": "Title",
    "owner": "Owner",
    "program": "Part of",
    "stage_label": "Stage",
    **_AMOUNTS,
    "implementation": "Implementation Status",
    "potential": "Potential Status",
}
_MILESTONE = {
    "measure": "Measure",
    "measure_title": "Title",
    "title": "Milestone",
    "owner": "Owner",
    "due": "Due",
    "forecast": "Forecast",
    "days_late": "Days late",
}
_REQUEST = {
    "code": "Request",
    "measure": "Measure",
    "title": "Title",
    "kind": "What is asked",
    "policy": "Policy",
    "requested_by": "Asked by",
    "waits_for": "Waits for",
    "opened": "Opened",
    "due": "Due",
    "days_overdue": "Days overdue",
    "price_week": "Price of a week",
}
_DECISION = {
    "code": "Request",
    "measure": "Measure",
    "title": "Title",
    "kind": "What was asked",
    "outcome": "Outcome",
    "decided_by": "Decided by",
    "decided": "On",
    "comment": "Comment",
}


@dataclass(frozen=True, kw_only=True)
class WholeList:
    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def whole_lists(pack: SteeringPack) -> tuple[WholeList, ...]:
    """Every list of the pack that has a row, in the order of the pages; amounts in the pack's currency, to the cent."""
    contradictions = tuple(
        (row.measure, row.title, row.owner, contradiction(row), row.implementation, row.potential)
        for row in pack.contradictions
    )
    says = ("Measure", "Title", "Owner", "What it says", "Implementation Status", "Potential Status")
    lists = (
        _nodes(pack),
        _table("Measures", _MEASURE, pack.measures),
        _table("Late milestones", _MILESTONE, pack.milestones),
        _table("Open requests", _REQUEST, pack.requests),
        _table("Decided lately", _DECISION, pack.decisions),
        WholeList(name="Contradictions", headers=says, rows=contradictions),
    )
    return tuple(each for each in lists if each.rows)


def _nodes(pack: SteeringPack) -> WholeList:
    upper, lower = (each.capitalize() for each in (pack.meta.program, pack.meta.project))
    rows = tuple((above, below, *_cells(row, _NODE)) for above, below, row in _walk(pack.programs))
    return WholeList(name="Roll-up", headers=(upper, lower, *_NODE.values()), rows=rows)


def _walk(programs: Iterable[NodeRow]) -> Iterator[tuple[str, str, NodeRow]]:
    for program in programs:
        yield program.name, "", program
        for child in program.children:
            yield program.name, child.name, child


def _table(name: str, columns: dict[str, str], rows: Sequence[Any]) -> WholeList:
    return WholeList(name=name, headers=tuple(columns.values()), rows=tuple(_cells(row, columns) for row in rows))


def _cells(row: Any, columns: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(getattr(row, name) for name in columns)
