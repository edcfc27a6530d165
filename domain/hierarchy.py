"""The six levels: Organization > Portfolio > Program > Project > Measure Package > Measure. Source: DOMAIN.md, 1."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.access import Actor, Capability, NotAllowed
from domain.ids import NodeId, PersonId
from domain.refusals import Refusal

ROOT = "/"
NAME_LIMIT = 120


class Level(StrEnum):
    """The levels that are nodes; a measure hangs below a measure package."""

    ORGANIZATION = "organization"
    PORTFOLIO = "portfolio"
    PROGRAM = "program"
    PROJECT = "project"
    MEASURE_PACKAGE = "measure_package"

    @property
    def below(self) -> "Level | None":
        index = LEVELS.index(self) + 1
        return LEVELS[index] if index < len(LEVELS) else None


LEVELS = tuple(Level)


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node with its materialised path, its own id last: "/<uuid>/<uuid>/". `parent` is None for an organization."""

    id: NodeId
    parent: NodeId | None
    level: Level
    name: str
    path: str

    @property
    def parent_path(self) -> str:
        return self.path.removesuffix(f"{self.id}/")


@dataclass(frozen=True, kw_only=True)
class NodeAdded:
    node: Node
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NodeRenamed:
    node: NodeId
    before: str
    after: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NodeMoved:
    """The node and all below it: replace the prefix `before` of their paths by `after`."""

    node: NodeId
    parent: NodeId
    before: str
    after: str
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NodeRemoved:
    node: NodeId
    name: str
    level: Level
    person: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class WrongLevel(Refusal):
    """Each level hangs below the one above it; `expected` is None below a measure package."""

    level: Level
    expected: Level | None


@dataclass(frozen=True, kw_only=True)
class NameMissing(Refusal):
    pass


@dataclass(frozen=True, kw_only=True)
class NameTooLong(Refusal):
    limit: int


@dataclass(frozen=True, kw_only=True)
class DuplicateName(Refusal):
    """Another node at the same place has this name, letter case aside."""

    name: str


@dataclass(frozen=True, kw_only=True)
class NotEmpty(Refusal):
    """Only an empty node is removed."""

    nodes: int
    measures: int


def decide_add_node(
    parent: Node | None,
    level: Level,
    name: str,
    siblings: Iterable[str],
    actor: Actor,
    now: datetime,
    node_id: NodeId,
) -> NodeAdded | Refusal:
    """Add a node below `parent` (None: an organization). `siblings` are the names already there."""
    above = parent.path if parent else ROOT
    if refusal := may_not_edit(actor, above):
        return refusal
    expected = parent.level.below if parent else Level.ORGANIZATION
    if level is not expected:
        return WrongLevel(level=level, expected=expected)
    if refusal := not_a_name(name, siblings):
        return refusal
    node = Node(
        id=node_id, parent=parent.id if parent else None, level=level, name=name.strip(), path=f"{above}{node_id}/"
    )
    return NodeAdded(node=node, person=actor.person, at=now)


def decide_rename(node: Node, name: str, siblings: Iterable[str], actor: Actor, now: datetime) -> NodeRenamed | Refusal:
    """`siblings` are the names of the others at the same place."""
    if refusal := may_not_edit(actor, node.path) or not_a_name(name, siblings):
        return refusal
    return NodeRenamed(node=node.id, before=node.name, after=name.strip(), person=actor.person, at=now)


def decide_move(node: Node, parent: Node, siblings: Iterable[str], actor: Actor, now: datetime) -> NodeMoved | Refusal:
    """Hang a node below another one of the level above; the mover must be allowed at both places."""
    if refusal := may_not_edit(actor, node.parent_path) or may_not_edit(actor, parent.path):
        return refusal
    if parent.level.below is not node.level:
        return WrongLevel(level=node.level, expected=parent.level.below)
    if refusal := not_a_name(node.name, siblings):
        return refusal
    after = f"{parent.path}{node.id}/"
    return NodeMoved(node=node.id, parent=parent.id, before=node.path, after=after, person=actor.person, at=now)


def decide_remove(node: Node, nodes: int, measures: int, actor: Actor, now: datetime) -> NodeRemoved | Refusal:
    """Remove a node below which there is nothing."""
    if refusal := may_not_edit(actor, node.parent_path):
        return refusal
    if nodes or measures:
        return NotEmpty(nodes=nodes, measures=measures)
    return NodeRemoved(node=node.id, name=node.name, level=node.level, person=actor.person, at=now)


def may_not_edit(actor: Actor, path: str) -> Refusal | None:
    if actor.can(Capability.EDIT_HIERARCHY, path):
        return None
    return NotAllowed(capability=Capability.EDIT_HIERARCHY)


def not_a_name(name: str, siblings: Iterable[str]) -> Refusal | None:
    wanted = name.strip()
    if not wanted:
        return NameMissing()
    if len(wanted) > NAME_LIMIT:
        return NameTooLong(limit=NAME_LIMIT)
    taken = {sibling.strip().casefold() for sibling in siblings}
    return DuplicateName(name=wanted) if wanted.casefold() in taken else None
