"""Everything a steering pack says of a node and all below it: a fixed number of statements, sums made from one read.

Amounts are of all measures (a cancelled one forecasts nothing, its plan stays); counts and statuses of active ones.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.access import Scope
from domain.audit import Head
from domain.hierarchy import Level
from domain.months import FiscalYear
from domain.reporting.pack import MatrixCell, Meta, NodeRow, StageRow, StatusCounts, SteeringPack
from domain.reporting.totals import Lens, lens_of
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.hierarchy import NodeRow as NodeTable
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.overview import get_sums
from tenants.instance.queries.scoping import below
from tenants.instance.queries.sight import Sight
from tenants.instance.queries.steering_contradictions import contradiction_rows
from tenants.instance.queries.steering_curve import month_rows, year_rows
from tenants.instance.queries.steering_levels import Levels, levels_of
from tenants.instance.queries.steering_lists import (
    Lists,
    decisions,
    late_milestones,
    measure_rows,
    open_request_rows,
)
from tenants.instance.queries.steering_measures import Line, Period, read_lines

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which report, of which node, for whom; `address` is where the instance's pages begin."""

    report: UUID
    node: UUID
    path: str
    asked_by: UUID
    address: str


def steering_pack(work: Work, sight: Sight, asked: Asked, head: Head) -> SteeringPack:
    """The pack as of now, unsigned. Read it in one snapshot together with `head`."""
    governance, today, scope = get_governance(work), work.now().date(), sight.measures
    year = governance.year_of(today)
    is_cost_only = get_sums(work, scope, asked.path).is_cost_only
    period = Period(year=year, closed=governance.closed_through, is_cost_only=is_cost_only)
    node = work.get(NodeTable, asked.node)
    levels = levels_of(Level(node.level), governance)
    lines = read_lines(work, scope, asked.path, period, today)
    nodes = _nodes(work, scope, asked.path)
    pack = SteeringPack(
        meta=meta_of(work, asked, node, governance, levels, head, year),
        programs=_programs(nodes, levels, lines),
        stages=_stages(governance, lines),
        matrix=_matrix(lines),
        curve=month_rows(work, scope, asked.path, period),
        years=year_rows(work, scope, asked.path, period) if is_cost_only else (),
        on_hold=sum(1 for line in lines if line.state is MeasureState.ON_HOLD),
        cancelled=sum(1 for line in lines if line.state is MeasureState.CANCELLED),
    )
    lists = Lists(work=work, sight=sight, path=asked.path, governance=governance, today=today)
    return _with_lists(pack, lists, lines, _program_names(nodes, levels))


def _with_lists(
    pack: SteeringPack, lists: Lists, lines: Sequence[Line], program_of: Callable[[str], str]
) -> SteeringPack:
    by_cost = lens_of(pack) is Lens.COST
    contradictions, contradictions_open = contradiction_rows(lists, lines, by_cost)
    requests, requests_open, price = open_request_rows(lists)
    parts = {name: getattr(pack, name) for name in pack.__dataclass_fields__} | {
        "requests": requests,
        "requests_open": requests_open if requests_open > len(requests) else None,
        "price_week_open": price if requests_open > len(requests) else None,
        "decisions": decisions(lists),
        "measures": measure_rows(lists, lines, program_of, by_cost),
        "milestones": late_milestones(lists),
        "contradictions": contradictions,
        "contradictions_open": contradictions_open if contradictions_open > len(contradictions) else None,
    }
    return SteeringPack(**parts)


def meta_of(
    work: Work, asked: Asked, node: NodeTable, governance: Governance, levels: Levels, head: Head, year: FiscalYear
) -> Meta:
    template, is_all = governance.template, node.level == Level.ORGANIZATION
    return Meta(
        firm=governance.firm_name,
        client=governance.name,
        instance=template.name if is_all else f"{template.name}, {node.name}",
        programme=template.name if is_all else node.name,
        currency=governance.currency,
        fiscal_year=year.label,
        as_of=work.now(),
        closed_through=str(governance.closed_through or ""),
        template=template.key,
        template_version=template.version,
        requested_by=work.get(MemberRow, asked.asked_by).name,
        head_sequence=head.sequence,
        head_hash=head.hash,
        verification_url=f"{asked.address}/reports/{asked.report}",
        program=levels.label,
        programs=levels.plural,
        project=levels.lower_label,
        projects=levels.lower_plural,
    )


def _nodes(work: Work, scope: Scope, path: str) -> list[NodeTable]:
    inside = (below(NodeTable.path, scope), NodeTable.path.startswith(path, autoescape=True))
    return list(work.session.scalars(select(NodeTable).where(*inside).order_by(NodeTable.position, NodeTable.name)))


def _programs(nodes: Sequence[NodeTable], levels: Levels, lines: Iterable[Line]) -> tuple[NodeRow, ...]:
    """A row for each node of the upper level with its children; nodes without any measure are left out."""
    upper = [node for node in nodes if node.level == levels.upper]
    lower = [node for node in nodes if levels.lower and node.level == levels.lower]
    by_package: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_package[line.path].append(line)
    rows = []
    for node in upper:
        children = tuple(_node_row(child, by_package) for child in lower if child.parent_id == node.id)
        rows.append(_node_row(node, by_package, tuple(row for row in children if row is not None)))
    return tuple(row for row in rows if row is not None)


def _node_row(node: NodeTable, by_package: dict[str, list[Line]], children: tuple[NodeRow, ...] = ()) -> NodeRow | None:
    lines = [line for path, group in by_package.items() if path.startswith(node.path) for line in group]
    if not lines:
        return None
    active = [line for line in lines if line.is_active]
    return NodeRow(
        name=node.name,
        measures=len(active),
        plan_year=_sum(lines, "plan_year"),
        forecast_year=_sum(lines, "forecast_year"),
        plan_to_date=_sum(lines, "plan_to_date"),
        actual_to_date=_sum(lines, "actual_to_date"),
        full_year_plan=_sum(lines, "full_year_plan"),
        full_year_forecast=_sum(lines, "full_year_forecast"),
        cost_plan=_sum(lines, "cost_plan"),
        cost_forecast=_sum(lines, "cost_forecast"),
        leakage=_sum(lines, "leakage"),
        implementation=_counts(line.implementation for line in active),
        potential=_counts(line.potential for line in active),
        milestones=sum(line.milestones for line in active),
        milestones_done=sum(line.milestones_done for line in active),
        milestones_late=sum(line.milestones_late for line in active),
        children=children,
    )


def _stages(governance: Governance, lines: Sequence[Line]) -> tuple[StageRow, ...]:
    return tuple(_stage_row(governance, stage, [line for line in lines if line.stage is stage]) for stage in Stage)


def _stage_row(governance: Governance, stage: Stage, lines: Sequence[Line]) -> StageRow:
    rule = governance.template.stages[stage]
    return StageRow(
        stage=int(stage),
        label=rule.label,
        count=sum(1 for line in lines if line.is_active),
        full_year=_sum(lines, "full_year_forecast"),
        risk_adjusted=_sum(lines, "risk_adjusted"),
        cost=_sum(lines, "cost_forecast"),
        weight=rule.weight,
    )


def _matrix(lines: Iterable[Line]) -> tuple[MatrixCell, ...]:
    cells: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.is_active:
            cells[line.implementation, line.potential].append(line)
    return tuple(
        MatrixCell(
            implementation=work,
            potential=value,
            count=len(group),
            full_year=_sum(group, "full_year_forecast"),
            cost=_sum(group, "cost_forecast"),
        )
        for (work, value), group in sorted(cells.items())
    )


def _program_names(nodes: Iterable[NodeTable], levels: Levels) -> Callable[[str], str]:
    names = {node.path: node.name for node in nodes if node.level == levels.upper}
    return lambda path: next((name for above, name in names.items() if path.startswith(above)), "")


def _counts(statuses: Iterable[str]) -> StatusCounts:
    counted: dict[str, int] = defaultdict(int)
    for status in statuses:
        counted[status] += 1
    return StatusCounts(**counted)


def _sum(lines: Iterable[Line], name: str) -> Decimal:
    return sum((getattr(line, name) for line in lines), ZERO)
