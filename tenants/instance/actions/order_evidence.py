"""Attach what proves something about an order: a link, a note or a file whose content lies in the store already."""

from dataclasses import dataclass
from uuid import UUID

from domain.access import Actor, Capability
from domain.evidence import FileFacts, file_key, link_refusal
from domain.ids import EvidenceId, OrderId
from domain.orders.rights import TITLE_LIMIT, WORDS_LIMIT, not_allowed, too_long, wordless
from domain.refusals import FieldMissing, Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.evidence import file_values
from tenants.instance.actions.order_taking import put_back_order, take_order
from tenants.instance.models.orders import OrderEvidenceRow


@dataclass(frozen=True, kw_only=True)
class OrderProof:
    """What is attached; at least one of link, note and file."""

    id: EvidenceId
    title: str
    url: str = ""
    note: str = ""
    file: FileFacts | None = None


@dataclass(frozen=True, kw_only=True)
class OrderEvidenceAdded:
    order: OrderId
    number: str
    proof: OrderProof


@dataclass(frozen=True, kw_only=True)
class OrderEvidenceRemoved:
    order: OrderId
    number: str
    evidence: EvidenceId
    title: str
    sha256: str = ""  # of the file that was removed with it


@action
def add_order_evidence(work: Work, order_id: UUID, proof: OrderProof, actor: Actor) -> OrderEvidenceAdded | Refusal:
    """Also on a closed order. The same form twice attaches it once. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        outcome = OrderEvidenceAdded(order=taken.order.id, number=taken.order.number, proof=proof)
        if existing := tx.session.get(OrderEvidenceRow, proof.id):
            if existing.order_id != order_id:
                raise NotFound(f"evidence {proof.id}")
            return outcome
        if refusal := not_allowed(taken.order, Capability.WORK_ORDERS, actor) or unfit(proof):
            return tx.refuse(refusal, actor, taken.subject)
        tx.add(_row(work, order_id, proof, actor))
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def remove_order_evidence(
    work: Work, order_id: UUID, evidence: EvidenceId, actor: Actor
) -> OrderEvidenceRemoved | Refusal:
    """Take a proof away; the trail keeps that it was there. Raises NotFound."""
    with work.transaction() as tx:
        taken = take_order(tx, order_id)
        row = tx.session.get(OrderEvidenceRow, evidence)
        if row is None or row.order_id != order_id:
            raise NotFound(f"evidence {evidence} of order {order_id}")
        if refusal := not_allowed(taken.order, Capability.WORK_ORDERS, actor):
            return tx.refuse(refusal, actor, taken.subject)
        known = {"evidence": evidence, "title": row.title, "sha256": row.sha256}
        outcome = OrderEvidenceRemoved(order=taken.order.id, number=taken.order.number, **known)
        if row.sha256:
            tx.later("delete_file", evidence_id=str(evidence), name=file_key(evidence, row.sha256))
        tx.delete(row)
        put_back_order(tx, taken.row, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject)
    return outcome


def unfit(proof: OrderProof) -> Refusal | None:
    """What no proof may be."""
    if not (proof.url or proof.note.strip() or proof.file):
        return FieldMissing(field="url")
    refusal = wordless("title", proof.title) or too_long("title", proof.title, TITLE_LIMIT)
    if refusal := refusal or too_long("note", proof.note) or too_long("url", proof.url, WORDS_LIMIT):
        return refusal
    return link_refusal(proof.url)


def _row(work: Work, order_id: UUID, proof: OrderProof, actor: Actor) -> OrderEvidenceRow:
    return OrderEvidenceRow(
        id=proof.id,
        order_id=order_id,
        title=proof.title.strip(),
        url=proof.url,
        note=proof.note.strip(),
        added_by=actor.person,
        added_at=work.now(),
        **file_values(proof.file),
    )
