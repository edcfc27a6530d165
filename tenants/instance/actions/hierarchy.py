"""Build the hierarchy above the measures: add, rename, move and remove nodes."""

from uuid import UUID

from sqlalchemy import func, select, update

from domain.access import Actor
from domain.hierarchy import (
    Level,
    Node,
    NodeAdded,
    NodeMoved,
    NodeRemoved,
    NodeRenamed,
    decide_add_node,
    decide_move,
    decide_remove,
    decide_rename,
)
from domain.ids import NodeId
from domain.refusals import Refusal, Stale
from tenants.database import Work, action
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import AssignmentRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.transaction import Subject, Transaction


@action
def add_node(work: Work, node_id: UUID, parent_id: UUID, level: Level, name: str, actor: Actor) -> NodeAdded | Refusal:
    """A new node. `node_id` comes with the form: the same form twice adds one. Raises NotFound."""
    with work.transaction() as tx:
        parent = tx.lock(NodeRow, parent_id)
        if existing := tx.session.get(NodeRow, node_id):
            return NodeAdded(node=to_node(existing), person=actor.person, at=existing.created_at)
        siblings = _siblings(tx, parent_id)
        outcome = decide_add_node(to_node(parent), level, name, siblings, actor, work.now(), NodeId(node_id))
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject_of(parent))
        row = tx.add(node_row(outcome.node, len(siblings) + 1, work.now()))
        tx.record(outcome, actor, subject_of(row))
    return outcome


@action
def rename_node(work: Work, node_id: UUID, name: str, actor: Actor, seen: int) -> NodeRenamed | Refusal:
    """Give a node another name. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(NodeRow, node_id)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        outcome = decide_rename(to_node(row), name, _siblings(tx, row.parent_id, row.id), actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject_of(row))
        row.name, row.version = outcome.after, row.version + 1
        tx.record(outcome, actor, subject_of(row))
    return outcome


@action
def move_node(work: Work, node_id: UUID, parent_id: UUID, actor: Actor, seen: int) -> NodeMoved | Refusal:
    """Hang a node, with all below it, below another one. Raises NotFound."""
    with work.transaction() as tx:
        row, parent = tx.lock(NodeRow, node_id), tx.lock(NodeRow, parent_id)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        outcome = decide_move(to_node(row), to_node(parent), _siblings(tx, parent_id), actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject_of(row))
        row.parent_id, row.version = parent.id, row.version + 1
        tx.flush()
        _repath(tx, outcome)
        tx.session.expire_all()
        tx.record(outcome, actor, subject_of(tx.lock(NodeRow, node_id)))
    return outcome


@action
def remove_node(work: Work, node_id: UUID, actor: Actor) -> NodeRemoved | Refusal:
    """Remove a node below which there is nothing; roles held at it end. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(NodeRow, node_id)
        nodes = _count(tx, NodeRow.parent_id == node_id, NodeRow.id)
        measures = _count(tx, MeasureRow.package_id == node_id, MeasureRow.id)
        outcome = decide_remove(to_node(row), nodes, measures, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, subject_of(row))
        for assignment in tx.lock_all(AssignmentRow, AssignmentRow.node_id == node_id):
            tx.delete(assignment)
        tx.flush()
        tx.record(outcome, actor, subject_of(row))
        tx.delete(row)
    return outcome


def to_node(row: NodeRow) -> Node:
    parent = NodeId(row.parent_id) if row.parent_id else None
    return Node(id=NodeId(row.id), parent=parent, level=Level(row.level), name=row.name, path=row.path)


def node_row(node: Node, position: int, now) -> NodeRow:  # type: ignore[no-untyped-def]
    return NodeRow(
        id=node.id,
        parent_id=node.parent,
        level=node.level,
        name=node.name,
        path=node.path,
        position=position,
        created_at=now,
        version=1,
    )


def subject_of(row: NodeRow) -> Subject:
    return Subject(kind="node", id=row.id, label=row.name, path=row.path)


def _siblings(tx: Transaction, parent_id: UUID | None, besides: UUID | None = None) -> list[str]:
    statement = select(NodeRow.name).where(NodeRow.parent_id == parent_id, NodeRow.id != besides)
    return list(tx.session.scalars(statement))


def _repath(tx: Transaction, moved: NodeMoved) -> None:
    """Replace the beginning of every path below the node, wherever paths are kept."""
    start = len(moved.before) + 1
    for column in (NodeRow.path, MeasureRow.path, RequestRow.path, AssignmentRow.node_path):
        new = func.concat(moved.after, func.substr(column, start))
        tx.session.execute(
            update(column.class_).where(column.startswith(moved.before, autoescape=True)).values({column.key: new})
        )


def _count(tx: Transaction, condition, column) -> int:  # type: ignore[no-untyped-def]
    return tx.session.scalar(select(func.count(column)).where(condition)) or 0
