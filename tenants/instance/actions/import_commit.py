"""Committing an import: everything the file says becomes part of the instance, in one transaction or not at all."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.access import Actor, Capability, NotAllowed
from domain.hierarchy import LEVELS
from domain.imports import (
    ImportPlan,
    MappingUnusable,
    NewPerson,
    check,
    plan_import,
)
from domain.refusals import Refusal, Stale
from domain.value import Scenario
from tenants.database import Work, action
from tenants.instance.actions.import_people import Newcomer, admit_people, give_roles
from tenants.instance.actions.import_rows import Nodes, Written, add_nodes, stored_sums, write_measures
from tenants.instance.actions.refreshing import refresh
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.imports import ImportRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.import_reference import get_reference
from tenants.instance.queries.import_table import get_table
from tenants.instance.queries.imports import CHECKED, COMMITTED, FAILED, WAITING, to_mapping
from tenants.instance.transaction import INSTANCE, Subject, Transaction

Enrol = Callable[[Sequence[NewPerson]], Mapping[str, Newcomer]]


@dataclass(frozen=True, kw_only=True)
class ImportCommitted:
    """A file came in as a whole; `left_out` are the numbers of the rows that somebody chose to leave out."""

    upload: UUID
    filename: str
    measures: int
    nodes: int
    people: tuple[str, ...]
    left_out: tuple[int, ...]
    plan: Decimal
    forecast: Decimal


class SumsDisagree(RuntimeError):
    """What was stored is not what the file says: a bug, and nothing is kept."""


@action
def ask_commit(
    work: Work, import_id: UUID, plan: ImportPlan, left_out_file: bytes | None, actor: Actor, seen: int
) -> Refusal | None:
    """Have the import committed as `plan` says; asking twice is asking once. None when it is under way, or in already.

    The outbox carries it out even if whoever asked does not: `commit_import` is safe to be called by both.
    """
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state in (WAITING, COMMITTED):
            return None
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        if refusal := may_not_admit(plan.people, actor):
            return tx.refuse(refusal, actor, INSTANCE)
        row.state, row.failure, row.left_out_file = WAITING, "", left_out_file
        row.left_out = [each.row for each in plan.left_out]
        row.summary = {"asked_by": str(actor.person)}
        row.version += 1
        tx.later("commit_import", import_id=str(import_id))
    return None


@action
def commit_import(work: Work, import_id: UUID, actor: Actor, enrol: Enrol) -> ImportCommitted | Refusal | None:
    """Take in all rows but those left out, or none. None when it is in already or was not asked for.

    `enrol` makes people of the service known by e-mail. A refusal (the instance changed meanwhile) leads back to the
    preview.
    """
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state != WAITING:
            return None
        plan = _plan(tx, row, actor)
        if isinstance(plan, Refusal):
            row.state, row.failure, row.version = CHECKED, type(plan).__name__, row.version + 1
            return plan
        outcome = _take_in(tx, row, plan, actor, enrol)
        row.state, row.committed_at, row.version = COMMITTED, work.now(), row.version + 1
        tx.later_once("publish_metrics")
    return outcome


@action
def commit_given_up(work: Work, import_id: UUID, failure: str) -> None:
    """Show that it failed, and the name of what it failed with; nothing of it is in."""
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state == WAITING:
            row.state, row.failure, row.version = FAILED, failure, row.version + 1


def may_not_admit(people: Sequence[NewPerson], actor: Actor) -> NotAllowed | None:
    """Letting somebody new in is for those who manage people; others name people who are here."""
    if people and not actor.can_anywhere(Capability.MANAGE_PEOPLE):
        return NotAllowed(capability=Capability.MANAGE_PEOPLE)
    return None


def _plan(tx: Transaction, row: ImportRow, actor: Actor) -> ImportPlan | Refusal:
    """The plan as of now, with the hierarchy and the numbering of measures locked until the end."""
    tx.lock_all(SettingsRow)
    tx.lock_all(NodeRow)
    mapping = to_mapping(row.mapping)
    if mapping is None:
        return MappingUnusable()
    preview = check(get_table(tx.work, row.id), mapping, get_reference(tx.work, actor.scope_for(Capability.IMPORT)))
    if isinstance(preview, Refusal):
        return preview
    plan = plan_import(preview, frozenset(row.left_out))
    if isinstance(plan, ImportPlan):
        return may_not_admit(plan.people, actor) or plan
    return plan


def _take_in(tx: Transaction, row: ImportRow, plan: ImportPlan, actor: Actor, enrol: Enrol) -> ImportCommitted:
    people = admit_people(tx, plan, enrol, actor)
    nodes = add_nodes(tx, plan.nodes, actor)
    written = write_measures(tx, plan.measures, nodes, people, row.id, actor)
    give_roles(tx, written.measures, actor)
    refresh(tx, written.measures, get_governance(tx.work))
    _compare(tx, plan, nodes, written)
    tx.record_all(written.events, actor)
    outcome = _outcome(row, plan)
    tx.record(outcome, actor, Subject(kind="import", id=row.id, label=row.filename))
    row.summary = (row.summary or {}) | summary(plan) | {"currency": get_governance(tx.work).currency}
    return outcome


def _compare(tx: Transaction, plan: ImportPlan, nodes: Nodes, written: Written) -> None:
    """Control totals: plan and forecast of every program, as the file says and as they are stored, to the cent."""
    said: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in plan.sums:
        program = str(nodes[each.path].id)
        said[program, Scenario.PLAN] += each.plan
        said[program, Scenario.FORECAST] += each.forecast
    stored = stored_sums(tx, [row.id for row in written.measures])
    wrong = {key: (total, stored.get(key)) for key, total in said.items() if stored.get(key, Decimal(0)) != total}
    if wrong:
        raise SumsDisagree(wrong)


def _outcome(row: ImportRow, plan: ImportPlan) -> ImportCommitted:
    return ImportCommitted(
        upload=row.id,
        filename=row.filename,
        measures=len(plan.measures),
        nodes=len(plan.nodes),
        people=tuple(person.email for person in plan.people),
        left_out=tuple(each.row for each in plan.left_out),
        plan=sum((each.plan for each in plan.sums), Decimal("0.00")),
        forecast=sum((each.forecast for each in plan.sums), Decimal("0.00")),
    )


def summary(plan: ImportPlan) -> dict[str, Any]:
    """What the import page shows afterwards, as JSON can hold it."""
    levels = Counter(str(LEVELS[len(path)]) for path in plan.nodes)
    return {
        "measures": len(plan.measures),
        "milestones": sum(measure.milestone is not None for measure in plan.measures),
        "lines": sum(measure.line is not None for measure in plan.measures),
        "nodes": dict(levels),
        "people": [{"name": person.name, "email": person.email} for person in plan.people],
        "sums": [
            {
                "path": list(each.path),
                "sign": each.sign,
                "rows": each.rows,
                "plan": str(each.plan),
                "forecast": str(each.forecast),
            }
            for each in plan.sums
        ],
    }
