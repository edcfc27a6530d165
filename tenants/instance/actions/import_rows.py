"""The rows that an import writes: nodes, measures with their milestone, effect line and months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from domain.access import Actor
from domain.hierarchy import LEVELS, Node, NodeAdded
from domain.ids import LineId, MeasureId, NodeId, PersonId
from domain.imports import NodePath, PlannedMeasure
from domain.measures import Measure
from domain.value import EffectLine, Scenario
from tenants.instance.actions.hierarchy import node_row, subject_of
from tenants.instance.actions.measures import add_measure
from tenants.instance.actions.taking import subject_of as measure_subject
from tenants.instance.actions.values import line_row
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.models.values import AmountRow, EffectLineRow
from tenants.instance.transaction import Subject, Transaction

MILESTONE = "Completion"
PROGRAM_PART = 4  # of "/organization/portfolio/program/...", as SQL counts
Nodes = Mapping[NodePath, NodeRow]
Event = tuple[Any, Subject]


@dataclass(frozen=True, kw_only=True)
class MeasureImported:
    """A measure came in with a file, from this row of it."""

    measure: MeasureId
    code: str
    external_ref: str
    title: str
    upload: UUID
    row: int
    owner: PersonId | None
    sponsor: PersonId | None
    controller: PersonId | None
    start: date | None
    end: date | None
    plan: Decimal | None
    forecast: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Written:
    measures: Sequence[MeasureRow]
    events: Sequence[Event]


def add_nodes(tx: Transaction, paths: Sequence[NodePath], actor: Actor) -> Nodes:
    """The new nodes, parents first, and with them all that there are, by their names below the organization."""
    rows = {row.id: row for row in tx.session.scalars(select(NodeRow).order_by(func.length(NodeRow.path)))}
    names: dict[UUID, NodePath] = {}
    for row in rows.values():
        names[row.id] = (*names[row.parent_id], row.name) if row.parent_id else ()
    nodes = {names[row.id]: row for row in rows.values()}
    events: list[Event] = []
    for path in paths:
        parent, identity = nodes[path[:-1]], NodeId(tx.work.new_id())
        node = Node(
            id=identity,
            parent=NodeId(parent.id),
            level=LEVELS[len(path)],
            name=path[-1],
            path=f"{parent.path}{identity}/",
        )
        nodes[path] = tx.add(node_row(node, len(nodes), tx.work.now()))
        events.append((NodeAdded(node=node, person=actor.person, at=tx.work.now()), subject_of(nodes[path])))
    tx.flush()
    tx.record_all(events, actor)
    return nodes


def write_measures(
    tx: Transaction,
    planned: Sequence[PlannedMeasure],
    nodes: Nodes,
    people: Mapping[str, PersonId],
    upload: UUID,
    actor: Actor,
) -> Written:
    """Every measure at stage Defined, numbered in the order of the file."""
    numbers = _numbers(tx, len(planned))
    rows: list[MeasureRow] = []
    events: list[Event] = []
    lines: list[EffectLineRow] = []
    amounts: list[dict[str, object]] = []
    for each, number in zip(planned, numbers, strict=True):
        row = _measure(tx, each, nodes[each.package], people, f"M-{number:04d}", actor)
        rows.append(row)
        events.append((_event(each, row, upload), measure_subject(row)))
        line = _line(tx, each)
        if line:
            lines.append(line_row(row.id, line, 1))
            amounts += _amounts(line)
    tx.flush()
    tx.session.add_all(lines)
    tx.session.add_all(_milestones(tx, planned, rows))
    tx.flush()
    tx.insert_many(AmountRow, amounts)
    return Written(measures=rows, events=events)


def stored_sums(tx: Transaction, measures: Sequence[UUID]) -> dict[tuple[str, str], Decimal]:
    """What is stored of these measures by program (its id) and scenario; sizes whatever their sign."""
    program = func.split_part(MeasureRow.path, "/", PROGRAM_PART)
    statement = (
        select(program, AmountRow.scenario, func.sum(AmountRow.amount))
        .join(EffectLineRow, EffectLineRow.measure_id == MeasureRow.id)
        .join(AmountRow, AmountRow.line_id == EffectLineRow.id)
        .where(MeasureRow.id.in_(measures))
        .group_by(program, AmountRow.scenario)
    )
    return {(node, scenario): total for node, scenario, total in tx.session.execute(statement)}


def _numbers(tx: Transaction, count: int) -> range:
    """The next numbers of the instance, taken at once; the settings row is locked."""
    settings = tx.lock_all(SettingsRow)[0]
    first = settings.last_code + 1
    settings.last_code += count
    return range(first, first + count)


def _measure(
    tx: Transaction, each: PlannedMeasure, node: NodeRow, people: Mapping[str, PersonId], code: str, actor: Actor
) -> MeasureRow:
    same = ("title", "description", "expected_effect", "business_unit", "function", "legal_entity", "forum")
    measure = Measure(
        id=MeasureId(tx.work.new_id()),
        code=code,
        package=NodeId(node.id),
        owner=people[each.owner] if each.owner else None,
        sponsor=people[each.sponsor] if each.sponsor else None,
        controller=people[each.controller] if each.controller else None,
        start=each.start,
        end=each.end,
        last_edited_by=actor.person,
        editors=frozenset({actor.person}),
        **{name: getattr(each, name) for name in same},
    )
    row = add_measure(tx, measure, node, code)
    row.external_ref = each.code or None
    return row


def _line(tx: Transaction, each: PlannedMeasure) -> EffectLine | None:
    planned = each.line
    if planned is None:
        return None
    same = ("name", "kind", "recurrence", "sign", "is_pnl", "is_cash", "currency", "series")
    return EffectLine(id=LineId(tx.work.new_id()), **{name: getattr(planned, name) for name in same})


def _amounts(line: EffectLine) -> list[dict[str, object]]:
    return [
        {"line_id": line.id, "scenario": scenario, "month": month.first, "amount": amount}
        for scenario, series in line.series.items()
        for month, amount in series.items()
    ]


def _milestones(tx: Transaction, planned: Sequence[PlannedMeasure], rows: Sequence[MeasureRow]) -> list[MilestoneRow]:
    return [
        MilestoneRow(
            id=tx.work.new_id(),
            measure_id=row.id,
            title=MILESTONE,
            owner_id=row.owner_id,
            due_on=each.milestone.due,
            forecast_on=each.milestone.forecast,
            position=1,
        )
        for each, row in zip(planned, rows, strict=True)
        if each.milestone
    ]


def _event(each: PlannedMeasure, row: MeasureRow, upload: UUID) -> MeasureImported:
    series = each.line.series if each.line else {}
    plan, forecast = (
        sum(series[scenario].values(), Decimal("0.00")) if scenario in series else None
        for scenario in (Scenario.PLAN, Scenario.FORECAST)
    )
    return MeasureImported(
        measure=MeasureId(row.id),
        code=row.code,
        external_ref=each.code,
        title=each.title,
        upload=upload,
        row=each.row,
        owner=row.owner_id,  # type: ignore[arg-type]
        sponsor=row.sponsor_id,  # type: ignore[arg-type]
        controller=row.controller_id,  # type: ignore[arg-type]
        start=each.start,
        end=each.end,
        plan=plan,
        forecast=forecast,
    )
