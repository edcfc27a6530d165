"""Ask for a report; a worker freezes the data, lays it out and stores it, step by step, exactly once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from domain.access import Actor, Capability, NotAllowed
from domain.audit import Head
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.reports import ReportFileRow, ReportRow
from tenants.instance.models.requests import FormKeyRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.transaction import Subject, Transaction

STEERING_PACK, ORDER_PACK = "steering_pack", "order_pack"
PACKS = {STEERING_PACK: "steering", ORDER_PACK: "orders"}  # the key that a template offers each under
STEPS = ("freeze", "sign", "draw", "store")  # in order; the page has their words
DONE, FAILED = "done", "failed"


@dataclass(frozen=True, kw_only=True)
class ReportRequested:
    report: UUID
    kind: str
    node: UUID


@dataclass(frozen=True, kw_only=True)
class ReportMade:
    """A report was stored. `digest` is the SHA-256 of its data, `head_*` the head of the trail it stands on."""

    report: UUID
    digest: str
    head_sequence: int
    head_hash: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What a report says, and the head it stands on: plain data as it is kept."""

    data: dict[str, Any]
    digest: str
    as_of: datetime
    head: Head


@action
def ask_report(work: Work, actor: Actor, node_id: UUID, form_key: UUID, kind: str = STEERING_PACK) -> UUID | Refusal:
    """Put a report of a node and all below it to work. The same form twice is one report.

    Raises NotFound for a node of somebody else, and for a report that the instance's template does not offer. An
    order governance report is of the whole instance and of all orders: for who sees them all.
    """
    with work.transaction() as tx:
        node = tx.session.get(NodeRow, node_id)
        if node is None or not actor.can(Capability.VIEW_REPORTS, node.path):
            raise NotFound(f"node {node_id}")
        if get_governance(work).template.report_pack(PACKS[kind]) is None:
            raise NotFound(f"report {kind}")
        subject = Subject(kind="node", id=node.id, label=node.name, path=node.path)
        if not actor.can(Capability.CREATE_REPORT, node.path):
            return tx.refuse(NotAllowed(capability=Capability.CREATE_REPORT), actor, subject)
        if kind == ORDER_PACK and not _sees_all_orders(work, actor, node):
            return tx.refuse(NotAllowed(capability=Capability.VIEW_ORDERS), actor, subject)
        report_id = work.new_id()
        if known := _earlier(tx, actor, form_key, report_id):
            return known
        tx.add(_new_row(work, report_id, node, actor, kind))
        tx.record(ReportRequested(report=report_id, kind=kind, node=node.id), actor, subject)
        tx.later("make_report", report_id=str(report_id))
        return report_id


@action
def enter_step(work: Work, report_id: UUID, step: str) -> None:
    """Show how far it is. A report that is done stays done."""
    with work.transaction() as tx:
        row = tx.lock(ReportRow, report_id)
        if row.state != DONE:
            row.state, row.step, row.step_number, row.failure = "running", step, STEPS.index(step) + 1, ""


@action
def keep_frozen(work: Work, report_id: UUID, frozen: Frozen) -> None:
    """Keep the data; what an earlier run froze stays, so that a second run lays out the same report."""
    with work.transaction() as tx:
        row = tx.lock(ReportRow, report_id)
        if row.data is None:
            row.data, row.digest, row.as_of = frozen.data, frozen.digest, frozen.as_of
            row.head_sequence, row.head_hash = frozen.head.sequence, frozen.head.hash


@action
def store_report(work: Work, report_id: UUID, content: bytes, pages: int) -> bool:
    """Keep the PDF and say that it is done: once, whoever comes second changes nothing. True for the first."""
    with work.transaction() as tx:
        row = tx.lock(ReportRow, report_id)
        if row.state == DONE:
            return False
        tx.add(ReportFileRow(report_id=report_id, content=content))
        row.state, row.step, row.step_number, row.failure = DONE, "", len(STEPS), ""
        row.pages, row.finished_at = pages, work.now()
        tx.record(_made(row, len(content)), None, _subject(row))
        return True


@action
def report_given_up(work: Work, report_id: UUID, words: str) -> None:
    """Show that it failed, and with what."""
    with work.transaction() as tx:
        row = tx.lock(ReportRow, report_id)
        if row.state != DONE:
            row.state, row.failure, row.finished_at = FAILED, words, work.now()


def _earlier(tx: Transaction, actor: Actor, form_key: UUID, report_id: UUID) -> UUID | None:
    """The report of the same form; None when this is its first time (a second click waits for the first)."""
    values = {"id": form_key, "member_id": actor.person, "outcome": str(report_id), "at": tx.work.now()}
    first = tx.session.execute(insert(FormKeyRow).values(values).on_conflict_do_nothing().returning(FormKeyRow.id))
    if first.first():
        return None
    return UUID(tx.lock(FormKeyRow, form_key).outcome)


def _sees_all_orders(work: Work, actor: Actor, node: NodeRow) -> bool:
    governance = get_governance(work)
    is_whole = node.id == governance.organization and governance.template.orders is not None
    return is_whole and actor.orders(Capability.VIEW_ORDERS).everything


def _new_row(work: Work, report_id: UUID, node: NodeRow, actor: Actor, kind: str) -> ReportRow:
    return ReportRow(
        id=report_id,
        kind=kind,
        title=node.name,
        state="waiting",
        step="",
        node_id=node.id,
        node_path=node.path,
        asked_by=actor.person,
        asked_at=work.now(),
    )


def _made(row: ReportRow, size: int) -> ReportMade:
    return ReportMade(
        report=row.id, digest=row.digest, head_sequence=row.head_sequence or 0, head_hash=row.head_hash, size=size
    )


def _subject(row: ReportRow) -> Subject:
    return Subject(kind="report", id=row.id, label=row.title, path=row.node_path)
