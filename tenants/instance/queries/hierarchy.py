"""The hierarchy with what rolls up in it: every node that the reader sees, with the sums below it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from domain.access import Scope
from domain.hierarchy import Level
from domain.status import Status
from tenants.database import NotFound, Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.queries.rollup import NOTHING, Part, parts_by_package, together
from tenants.instance.queries.scoping import below, naming
from tenants.instance.queries.sums import Sums

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


def get_tree(work: Work, scope: Scope) -> tuple[NodeLine, ...]:
    """All nodes the reader sees, parents before children. Three statements; each node adds its sums to its parent's."""
    rows = _in_order(_visible(work, scope))
    parts: dict[UUID | None, list[Part]] = defaultdict(list)
    for package, part in parts_by_package(work, scope).items():
        parts[package].append(part)
    totals: dict[UUID, Part] = {}
    for row in reversed(rows):  # what lies below a node comes before it
        totals[row.id] = together(parts[row.id])
        parts[row.parent_id].append(totals[row.id])
    children = Counter(row.parent_id for row in rows)
    return tuple(_line(row, totals[row.id], children[row.id]) for row in rows)


def list_parts(work: Work, scope: Scope, node: NodeName, parts: Mapping[UUID, Part]) -> tuple[PartLine, ...]:
    """The nodes right below one with what they add up to, the one with most leakage first. One statement."""
    below_it = work.session.execute(select(*NAMED).where(NodeRow.parent_id == node.id))
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
    rows = work.session.execute(select(*NAMED).where(NodeRow.path.in_(paths_above(path))))
    return tuple(_name(row) for row in sorted(rows, key=lambda row: len(row.path)))


def paths_above(path: str) -> list[str]:
    """The path itself and every path above it: "/a/b/" gives "/a/" and "/a/b/"."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) + "/" for count in range(len(parts))]


def _visible(work: Work, scope: Scope) -> Sequence[Any]:
    """Nodes in the scope, the nodes above them, and those above measures that name the reader."""
    named = work.session.scalars(select(MeasureRow.path).where(naming(scope)).distinct())
    above = {path for start in (*scope.paths, *named) for path in paths_above(start)}
    statement = select(*NAMED, NodeRow.parent_id, NodeRow.position, NodeRow.version)
    return work.session.execute(statement.where(or_(below(NodeRow.path, scope), NodeRow.path.in_(above)))).all()


def _part(row: Any, part: Part) -> PartLine:
    return PartLine(
        id=row.id,
        level=Level(row.level),
        name=row.name,
        sums=part.sums,
        implementation=part.implementation,
        potential=part.potential,
    )


def _in_order(rows: Sequence[Any]) -> list[Any]:
    """Parents first, brothers and sisters by position and name."""
    kin: dict[UUID | None, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.position, row.name)):
        kin[row.parent_id].append(row)
    ordered: list[Any] = []

    def walk(parent: UUID | None) -> None:
        for row in kin[parent]:
            ordered.append(row)
            walk(row.id)

    walk(None)
    return ordered


def _line(row: Any, total: Part, children: int) -> NodeLine:
    return NodeLine(
        id=row.id,
        parent=row.parent_id,
        level=Level(row.level),
        name=row.name,
        path=row.path,
        depth=row.path.count("/") - 1,
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
