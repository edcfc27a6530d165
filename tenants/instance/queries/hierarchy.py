"""The hierarchy with what rolls up in it: every node that the reader sees, with the sums below it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from domain.access import Scope
from domain.hierarchy import Level
from domain.status import Status
from tenants.database import NotFound, Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import FiguresRow
from tenants.instance.queries.scoping import below, seen
from tenants.instance.queries.sums import Sums, sum_columns, to_sums

NAMED = (NodeRow.id, NodeRow.level, NodeRow.name, NodeRow.path)


@dataclass(frozen=True, kw_only=True)
class NodeLine:
    """One node. `sums` and the counts by status are of all that the reader sees below it."""

    id: UUID
    parent: UUID | None
    level: Level
    name: str
    path: str
    depth: int
    version: int
    sums: Sums
    implementation: Mapping[Status, int]
    potential: Mapping[Status, int]
    children: int


@dataclass(frozen=True, kw_only=True)
class NodeName:
    """A node in a list to choose from, or in a trail of crumbs."""

    id: UUID
    level: Level
    name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class PartLine:
    """A node right below another one, with what the reader sees below it."""

    id: UUID
    level: Level
    name: str
    sums: Sums
    implementation: Mapping[Status, int]
    potential: Mapping[Status, int]


@dataclass(frozen=True, kw_only=True)
class _Parts:
    sums: Sums
    implementation: dict[Status, int]
    potential: dict[Status, int]


def get_tree(work: Work, scope: Scope) -> tuple[NodeLine, ...]:
    """All nodes the reader sees, parents before children. Three statements; sums are added up the paths."""
    rows = _visible(work, scope)
    parts = _parts_by_package(work, scope)
    gathered: dict[UUID, list[_Parts]] = defaultdict(list)
    by_path = {row.path: row.id for row in rows}
    for row in rows:
        if row.id in parts:
            for path in paths_above(row.path):
                if path in by_path:
                    gathered[by_path[path]].append(parts[row.id])
    children: dict[UUID | None, int] = defaultdict(int)
    for row in rows:
        children[row.parent_id] += 1
    return tuple(_line(row, gathered[row.id], children[row.id]) for row in _in_order(rows))


def list_parts(work: Work, scope: Scope, node: NodeName) -> tuple[PartLine, ...]:
    """What a node is made of, by the nodes right below it, the one with most leakage first. Two statements."""
    child = func.split_part(MeasureRow.path, "/", len(paths_above(node.path)) + 2)
    statement = (
        select(child.label("child"), *status_columns(), *sum_columns())
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(seen(scope), MeasureRow.path.startswith(node.path, autoescape=True))
        .group_by(child)
    )
    # a measure right below its package has no further node
    parts = {UUID(row.child): _one(row) for row in work.session.execute(statement) if row.child}
    below_it = work.session.scalars(select(NodeRow).where(NodeRow.parent_id == node.id))
    shown = [row for row in below_it if row.id in parts or scope.covers(row.path)]
    lines = [_part(row, parts.get(row.id, NOTHING)) for row in shown]
    return tuple(sorted(lines, key=lambda line: (-line.sums.leakage, -line.sums.measures, line.name)))


def list_nodes(work: Work, scope: Scope, level: Level | None = None) -> tuple[NodeName, ...]:
    """The nodes inside the reader's subtrees, of one level or all, to choose from."""
    statement = select(*NAMED).where(below(NodeRow.path, scope)).order_by(NodeRow.path)
    rows = work.session.execute(statement if level is None else statement.where(NodeRow.level == level))
    return tuple(_name(row) for row in rows)


def list_places(work: Work, scope: Scope, chosen: Collection[UUID]) -> tuple[NodeName, ...]:
    """Where measures can be looked for: the nodes in the reader's subtrees, of the many packages only chosen ones."""
    few = or_(NodeRow.level != Level.MEASURE_PACKAGE, NodeRow.id.in_(chosen))
    rows = work.session.execute(select(*NAMED).where(below(NodeRow.path, scope), few).order_by(NodeRow.path))
    return tuple(_name(row) for row in rows)


def get_node(work: Work, scope: Scope, node_id: UUID) -> NodeName:
    """One node. Raises NotFound where it is absent or lies outside the reader's scope."""
    row = work.session.get(NodeRow, node_id)
    if row is None or not (scope.covers(row.path) or row.id in {each.id for each in _visible(work, scope)}):
        raise NotFound(f"node {node_id}")
    return _name(row)


def get_crumbs(work: Work, path: str) -> tuple[NodeName, ...]:
    """The nodes from the organization down to the one with this path."""
    rows = work.session.scalars(select(NodeRow).where(NodeRow.path.in_(paths_above(path))))
    return tuple(_name(row) for row in sorted(rows, key=lambda row: len(row.path)))


def paths_above(path: str) -> list[str]:
    """The path itself and every path above it: "/a/b/" gives "/a/" and "/a/b/"."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) + "/" for count in range(len(parts))]


def _visible(work: Work, scope: Scope) -> Sequence[NodeRow]:
    """Nodes in the scope, the nodes above them, and those above measures that name the reader."""
    named = (MeasureRow.owner_id, MeasureRow.sponsor_id, MeasureRow.controller_id)
    paths = {row.path for row in work.session.scalars(select(NodeRow).where(below(NodeRow.path, scope)))}
    mine = select(MeasureRow.path).where(or_(*(column == scope.person for column in named))).distinct()
    paths |= set(work.session.scalars(mine)) | set(scope.paths)
    wanted = {above for path in paths for above in paths_above(path)}
    return list(work.session.scalars(select(NodeRow).where(NodeRow.path.in_(wanted))))


def _parts_by_package(work: Work, scope: Scope) -> dict[UUID, _Parts]:
    statement = (
        select(MeasureRow.package_id, *status_columns(), *sum_columns())
        .join(FiguresRow, FiguresRow.measure_id == MeasureRow.id)
        .where(seen(scope))
        .group_by(MeasureRow.package_id)
    )
    return {row.package_id: _one(row) for row in work.session.execute(statement)}


NOTHING = _Parts(sums=Sums(), implementation={}, potential={})


def _one(row: Any) -> _Parts:
    """One row of a statement with `status_columns` and `sum_columns`."""

    def counts(dimension: str) -> dict[Status, int]:
        found = {status: getattr(row, f"{dimension}_{status}") for status in Status}
        return {status: count for status, count in found.items() if count}

    return _Parts(sums=to_sums(row), implementation=counts("implementation"), potential=counts("potential"))


def status_columns() -> list[ColumnElement[int]]:
    """Counts by status, for both dimensions: `implementation_green` and so on."""
    columns = {"implementation": MeasureRow.implementation, "potential": MeasureRow.potential}
    return [
        func.count().filter(column == status).label(f"{dimension}_{status}")
        for dimension, column in columns.items()
        for status in Status
    ]


def _part(row: NodeRow, parts: _Parts) -> PartLine:
    return PartLine(
        id=row.id,
        level=Level(row.level),
        name=row.name,
        sums=parts.sums,
        implementation=parts.implementation,
        potential=parts.potential,
    )


def _add(a: _Parts, b: _Parts) -> _Parts:
    return _Parts(
        sums=a.sums + b.sums,
        implementation=_count(a.implementation, b.implementation),
        potential=_count(a.potential, b.potential),
    )


def _count(a: dict[Status, int], b: dict[Status, int]) -> dict[Status, int]:
    return {status: a.get(status, 0) + b.get(status, 0) for status in a.keys() | b.keys()}


def _in_order(rows: Sequence[NodeRow]) -> list[NodeRow]:
    """Parents first, brothers and sisters by position and name."""
    kin: dict[UUID | None, list[NodeRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.position, row.name)):
        kin[row.parent_id].append(row)
    ordered: list[NodeRow] = []

    def walk(parent: UUID | None) -> None:
        for row in kin[parent]:
            ordered.append(row)
            walk(row.id)

    walk(None)
    return ordered


def _line(row: NodeRow, parts: list[_Parts], children: int) -> NodeLine:
    total = NOTHING
    for part in parts:
        total = _add(total, part)
    return NodeLine(
        id=row.id,
        parent=row.parent_id,
        level=Level(row.level),
        name=row.name,
        path=row.path,
        depth=len(paths_above(row.path)),
        version=row.version,
        sums=total.sums,
        implementation=total.implementation,
        potential=total.potential,
        children=children,
    )


def _name(row: Any) -> NodeName:
    return NodeName(id=row.id, level=Level(row.level), name=row.name, path=row.path)


def count_nodes(work: Work) -> int:
    """How many nodes there are: an instance with only its organization is a new one."""
    return work.session.scalar(select(func.count()).select_from(NodeRow)) or 0
