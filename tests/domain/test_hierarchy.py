"""The hierarchy: levels, names, moves, removal."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest

from domain.access import Actor, Assignment, Capability, NotAllowed, Role
from domain.hierarchy import (
    LEVELS,
    DuplicateName,
    Level,
    NameMissing,
    NameTooLong,
    Node,
    NodeAdded,
    NodeMoved,
    NodeRemoved,
    NodeRenamed,
    NotEmpty,
    WrongLevel,
    decide_add_node,
    decide_move,
    decide_remove,
    decide_rename,
)
from domain.ids import NodeId
from domain.refusals import Refusal
from tests.domain.making import NOW, OWNER, PMO

WHOLE = Actor(person=PMO, name="P", assignments=(Assignment(Role.PMO, None, "/"),))


def node(level: Level, number: int = 1, name: str = "Node", above: str = "/") -> Node:
    node_id = NodeId(UUID(int=number))
    return Node(id=node_id, parent=None, level=level, name=name, path=f"{above}{node_id}/")


NEW = NodeId(UUID(int=99))


def add(parent: Node | None, level: Level, name: str = "New", siblings: tuple[str, ...] = (), by: Actor = WHOLE) -> Any:
    return decide_add_node(parent, level, name, siblings, by, NOW, NEW)


@pytest.mark.parametrize(("parent", "level"), list(product([None, *LEVELS], LEVELS)))
def test_each_level_hangs_below_the_one_above(parent: Level | None, level: Level) -> None:
    expected = parent.below if parent else Level.ORGANIZATION
    outcome = add(node(parent) if parent else None, level)
    if level is expected:
        assert isinstance(outcome, NodeAdded)
    else:
        assert outcome == WrongLevel(level=level, expected=expected)


def test_path_ends_with_the_nodes_own_id() -> None:
    parent = node(Level.PROGRAM)
    outcome = add(parent, Level.PROJECT, " Freight ")
    assert outcome.node.path == f"{parent.path}{NEW}/"
    assert outcome.node.parent_path == parent.path
    assert outcome.node.name == "Freight"
    assert add(None, Level.ORGANIZATION).node.path == f"/{NEW}/"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", NameMissing()),
        (" \t", NameMissing()),
        ("x" * 121, NameTooLong(limit=120)),
        ("Freight", DuplicateName(name="Freight")),
        (" fReIgHt ", DuplicateName(name="fReIgHt")),
        ("STRASSE", DuplicateName(name="STRASSE")),
    ],
)
def test_names(name: str, expected: Refusal) -> None:
    siblings = ("Freight", "Straße")
    assert add(node(Level.PROGRAM), Level.PROJECT, name, siblings) == expected
    assert decide_rename(node(Level.PROJECT), name, siblings, WHOLE, NOW) == expected


def test_rename_names_both() -> None:
    outcome = decide_rename(node(Level.PROJECT), " Other ", (), WHOLE, NOW)
    assert isinstance(outcome, NodeRenamed)
    assert (outcome.before, outcome.after) == ("Node", "Other")


def test_move_gives_the_old_and_the_new_prefix() -> None:
    parent, moved = node(Level.PROGRAM, 5, above="/a/"), node(Level.PROJECT, 6, above="/b/")
    outcome = decide_move(moved, parent, (), WHOLE, NOW)
    assert isinstance(outcome, NodeMoved)
    assert (outcome.before, outcome.after) == (moved.path, f"{parent.path}{moved.id}/")


@pytest.mark.parametrize("level", LEVELS)
def test_move_keeps_the_levels(level: Level) -> None:
    outcome = decide_move(node(Level.PROJECT, 6), node(level, 5), (), WHOLE, NOW)
    assert isinstance(outcome, NodeMoved if level is Level.PROGRAM else WrongLevel)


def test_move_to_where_the_name_is_taken_is_refused() -> None:
    outcome = decide_move(node(Level.PROJECT, 6), node(Level.PROGRAM, 5), ("node",), WHOLE, NOW)
    assert outcome == DuplicateName(name="Node")


@pytest.mark.parametrize(("nodes", "measures"), [(1, 0), (0, 1), (2, 3)])
def test_only_an_empty_node_is_removed(nodes: int, measures: int) -> None:
    assert decide_remove(node(Level.PROJECT), nodes, measures, WHOLE, NOW) == NotEmpty(nodes=nodes, measures=measures)
    assert isinstance(decide_remove(node(Level.PROJECT), 0, 0, WHOLE, NOW), NodeRemoved)


def test_hierarchy_needs_the_right_where_it_changes() -> None:
    refused = NotAllowed(capability=Capability.EDIT_HIERARCHY)
    here, there = node(Level.PROGRAM, 5, above="/a/"), node(Level.PROGRAM, 7, above="/b/")
    local = Actor(person=PMO, name="P", assignments=(Assignment(Role.PMO, here.id, here.path),))
    below = node(Level.PROJECT, 6, above=here.path)
    owner = Actor(person=OWNER, name="O", assignments=(Assignment(Role.OWNER, here.id, here.path),))
    assert isinstance(add(here, Level.PROJECT, by=local), NodeAdded)
    assert isinstance(decide_rename(here, "New", (), local, NOW), NodeRenamed)
    assert add(there, Level.PROJECT, by=local) == refused
    assert add(None, Level.ORGANIZATION, by=local) == refused
    assert add(here, Level.PROJECT, by=owner) == refused
    assert decide_move(below, there, (), local, NOW) == refused
    assert decide_move(node(Level.PROJECT, 8, above=there.path), here, (), local, NOW) == refused
    assert decide_remove(here, 0, 0, local, NOW) == refused
