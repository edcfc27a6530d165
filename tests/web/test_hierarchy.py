"""The hierarchy page: who sees it, building it, bad input, double submit, a stale rename, and many nodes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from domain.hierarchy import LEVELS, Level
from tenants.instance.actions import hierarchy as acts
from tenants.instance.models.hierarchy import NodeRow
from tenants.places import Instance
from tests.house import House
from tests.team import Team
from tests.web.client import Client, statements


@pytest.fixture
def root(work) -> str:  # type: ignore[no-untyped-def]
    return str(work.session.query(NodeRow.id).filter_by(parent_id=None).scalar())


def named(work, name: str) -> NodeRow | None:  # type: ignore[no-untyped-def]
    work.session.rollback()
    work.session.expire_all()
    return work.session.query(NodeRow).filter_by(name=name).one_or_none()


def add(manager: Client, home: str, parent: str, name: str, status: int = 303, **more: str):  # type: ignore[no-untyped-def]
    return manager.post(f"{home}/hierarchy/{parent}/parts", {"id": str(uuid4()), "name": name} | more, status=status)


def test_a_node_is_added_renamed_moved_and_removed(manager: Client, home: str, root: str, work) -> None:  # type: ignore[no-untyped-def]
    add(manager, home, root, "North")
    add(manager, home, root, "South")
    north, south = named(work, "North"), named(work, "South")
    add(manager, home, str(north.id), "Logistics")
    program = named(work, "Logistics")
    assert program.level == Level.PROGRAM
    manager.post(f"{home}/hierarchy/{program.id}/name", {"name": "Freight", "version": "1"}, status=303)
    manager.post(f"{home}/hierarchy/{program.id}/parent", {"parent": str(south.id), "version": "2"}, status=303)
    assert named(work, "Freight").path.startswith(south.path)
    manager.post(f"{home}/hierarchy/{program.id}/removal", {}, status=303)
    assert named(work, "Freight") is None
    assert "Freight is removed" in manager.get(f"{home}/hierarchy").text


def test_the_same_form_twice_adds_one_node(manager: Client, home: str, root: str, work) -> None:  # type: ignore[no-untyped-def]
    identity = str(uuid4())
    for _ in range(2):
        manager.post(f"{home}/hierarchy/{root}/parts", {"id": identity, "name": "Twice"}, status=303)
    assert named(work, "Twice") is not None


def test_bad_names_are_told_at_the_field(manager: Client, home: str, root: str) -> None:
    assert add(manager, home, root, "  ", 422).errors() == ["Enter a name."]
    assert "120" in add(manager, home, root, "x" * 121, 422).errors()[0]
    add(manager, home, root, "Taken")
    page = add(manager, home, root, "taken", 422)
    assert "already" in page.errors()[0]
    assert page.all("input", id="part-name")[0].get("value") == "taken"


def test_a_node_with_something_below_it_stays(manager: Client, home: str, root: str, work) -> None:  # type: ignore[no-untyped-def]
    add(manager, home, root, "Full")
    full = named(work, "Full")
    add(manager, home, str(full.id), "Inside")
    assert "Not empty" in manager.post(f"{home}/hierarchy/{full.id}/removal", {}, status=422).words


def test_a_stale_rename_shows_both_versions_and_overwrites_nothing(
    manager: Client,
    home: str,
    root: str,
    work,  # type: ignore[no-untyped-def]
) -> None:
    add(manager, home, root, "Name before both")
    node = named(work, "Name before both")
    address = f"{home}/hierarchy/{node.id}/name"
    manager.post(address, {"name": "Name by Clara", "version": "1", "was": "Name before both"}, status=303)
    page = manager.post(address, {"name": "Name of mine", "version": "1", "was": "Name before both"}, status=409)
    assert all(words in page.words for words in ("Name before both", "Name by Clara", "Name of mine", "Clara Vogt"))
    assert named(work, "Name by Clara") is not None
    manager.post(address, {"name": "Name of mine", "version": "2", "keep.name": "theirs"}, status=303)
    assert named(work, "Name of mine") is None
    manager.post(address, {"name": "Name of mine", "version": "2", "keep.name": "mine"}, status=303)
    assert named(work, "Name of mine") is not None


def test_foreign_and_unknown_nodes_are_not_there(manager: Client, home: str, other_work) -> None:  # type: ignore[no-untyped-def]
    foreign = other_work.session.query(NodeRow.id).filter_by(parent_id=None).scalar()
    for node in (uuid4(), foreign):
        manager.post(f"{home}/hierarchy/{node}/name", {"name": "X", "version": "1"}, status=404)
        manager.post(f"{home}/hierarchy/{node}/parts", {"id": str(uuid4()), "name": "X"}, status=404)


def test_readers_see_the_tree_and_no_forms(browser, home: str, root: str) -> None:  # type: ignore[no-untyped-def]
    page = browser("leadership").get(f"{home}/hierarchy?edit={root}")
    assert not page.all("form", method="post") or "parts" not in page.text
    browser("leadership").post(f"{home}/hierarchy/{root}/parts", {"id": str(uuid4()), "name": "X"}, status=404)


@pytest.fixture(scope="module")
def large(house: House) -> Instance:
    """A client with 85 nodes."""
    with house.app.app_context():
        instance = house.onboard("Many Nodes AG")
        team = Team(house.work(instance), house)
        actor = team.actor(team.pmo)
        portfolio = acts.add_node(team.work, uuid4(), team.organization, LEVELS[1], "All of it", actor).node
        for number in range(4):
            program = acts.add_node(team.work, uuid4(), portfolio.id, LEVELS[2], f"Program {number}", actor).node
            for count in range(20):
                acts.add_node(team.work, uuid4(), program.id, LEVELS[3], f"Project {number}-{count}", actor)
    return instance


def test_many_nodes_collapse_and_open_by_hand(manager: Client, large: Instance) -> None:
    address = f"/clients/{large.slug}/hierarchy"
    assert "Project 3-19" in manager.get(f"{address}?depth=5").words
    page = manager.get(address)
    assert "Program 3" in page.words and "Project 3-19" not in page.words
    toggle = [link for link in page.links() if "open=" in link][-1]
    assert "Project 3-19" in manager.get(toggle).words
    found = manager.get(f"{address}?q=3-19")
    assert "1 node found" in found.words and "Program 3" in found.words
    assert "No node of that name" in manager.get(f"{address}?q=nowhere").words


def test_statements_do_not_grow_with_nodes(site: Flask, manager: Client, large: Instance, home: str) -> None:
    seen = {}
    for address in (f"{home}/hierarchy?depth=5", f"/clients/{large.slug}/hierarchy?depth=5"):
        manager.get(address)
        with statements(site) as found:
            manager.get(address)
        seen[address] = len(found)
    assert len(set(seen.values())) == 1, seen
