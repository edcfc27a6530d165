"""Define a measure and change what it says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.access import Actor, Capability, NotAllowed
from domain.ids import MeasureId, NodeId
from domain.lifecycle import MeasureCreated, MeasureEdited, decide_create, decide_edit
from domain.measures import Measure
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.packages import add_up_packages
from tenants.instance.actions.refreshing import refresh
from tenants.instance.actions.taking import put_back, subject_of, take
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.queries.aggregates import load_measure
from tenants.instance.queries.governance import get_governance
from tenants.instance.transaction import Subject, Transaction

COLUMNS = {
    "owner": "owner_id",
    "sponsor": "sponsor_id",
    "controller": "controller_id",
    "business_unit": "business_unit_id",
    "function": "function_id",
    "legal_entity": "legal_entity_id",
    "forum": "forum_id",
    "start": "start_on",
    "end": "end_on",
    "package": "package_id",
}


@action
def define_measure(
    work: Work, measure_id: UUID, package: NodeId, values: Mapping[str, Any], actor: Actor
) -> MeasureCreated | Refusal:
    """A new measure in a package. `measure_id` comes with the form: the same form twice makes one measure.

    `values` are typed values of EDITABLE_FIELDS. Raises NotFound for a package that is not one.
    """
    with work.transaction() as tx:
        node = get_package(tx, package)
        if existing := tx.session.get(MeasureRow, measure_id):
            return _created_before(existing, work)
        wished = Measure(id=MeasureId(measure_id), code="", package=package, **values)
        outcome = decide_create(wished, actor, node.path, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, Subject(kind="node", id=node.id, label=node.name, path=node.path))
        outcome = replace(outcome, measure=replace(outcome.measure, code=next_code(tx)))
        row = add_measure(tx, outcome.measure, node, outcome.measure.code)
        refresh(tx, [row], get_governance(work))
        tx.record(outcome, actor, subject_of(row))
        tx.later_once("publish_metrics")
    return outcome


@action
def edit_measure(
    work: Work, measure_id: UUID, values: Mapping[str, Any], actor: Actor, seen: int
) -> MeasureEdited | Refusal:
    """Change fields of EDITABLE_FIELDS. `seen` is the version the page showed; Stale when it is no longer that."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_edit(taken.measure, values, actor, taken.row.path, work.now())
        if isinstance(outcome, MeasureEdited) and "package" in outcome.values:
            outcome = _move(tx, taken.row, outcome, actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if outcome.values:
            package = taken.row.package_id
            apply_values(taken.row, outcome.values)
            if outcome.confirmation_lapsed:
                taken.row.controller_confirmed_at = None
            put_back(tx, taken, actor, is_edit=True)
            if taken.row.package_id != package:
                add_up_packages(tx, (package, taken.row.package_id))
            tx.record(outcome, actor, taken.subject)
    return outcome


def get_package(tx: Transaction, package: UUID) -> NodeRow:
    node = tx.session.get(NodeRow, package)
    if node is None or node.level != "measure_package":
        raise NotFound(f"measure package {package}")
    return node


def next_code(tx: Transaction) -> str:
    """The next measure code of the instance; the settings row is locked, so that none is given twice."""
    settings = tx.lock_all(SettingsRow)[0]
    settings.last_code += 1
    return f"M-{settings.last_code:04d}"


def add_measure(tx: Transaction, measure: Measure, node: NodeRow, code: str) -> MeasureRow:
    """The row of a new measure, without lines and milestones."""
    now = tx.work.now()
    row = MeasureRow(
        id=measure.id,
        code=code,
        package_id=node.id,
        path=node.path,
        stage=int(measure.stage),
        state=measure.state,
        stage_since=now,
        last_edited_by=measure.last_edited_by,
        editors=list(measure.editors),
        created_at=now,
        updated_at=now,
        version=1,
        **dict.fromkeys(("implementation_override_reason", "potential_override_reason"), ""),
    )
    fields = ("title", "description", "expected_effect", "rough_value", "target", "baseline_source", "assumptions")
    more = ("risks", "dependencies", "no_risks", "no_dependencies")
    apply_values(row, {name: getattr(measure, name) for name in (*fields, *more, *COLUMNS)})
    tx.add(row)
    return row


def apply_values(row: MeasureRow, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, COLUMNS.get(name, name), value)


def _created_before(row: MeasureRow, work: Work) -> MeasureCreated:
    measure = load_measure(work.session, row, get_governance(work))
    assert measure.last_edited_by is not None
    return MeasureCreated(measure=measure, person=measure.last_edited_by, at=row.created_at)


def _move(tx: Transaction, row: MeasureRow, outcome: MeasureEdited, actor: Actor) -> MeasureEdited | Refusal:
    node = get_package(tx, outcome.values["package"])
    if not actor.can(Capability.EDIT_MEASURE, node.path):
        return NotAllowed(capability=Capability.EDIT_MEASURE)
    row.path = node.path
    return outcome
