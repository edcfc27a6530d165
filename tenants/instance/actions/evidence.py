"""Attach what proves something: a link, a file or a note, to a measure or to one of its milestones."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.access import Actor, Capability, NotAllowed
from domain.evidence import EvidenceAdded, EvidenceRemoved, FileFacts, Proof, file_key, link_refusal
from domain.ids import EvidenceId, MeasureId
from domain.lifecycle.editing import not_open
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.milestones import own
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.models.measures import EvidenceRow

TITLE_LIMIT, NOTE_LIMIT = 200, 4000


@action
def add_evidence(work: Work, measure_id: UUID, proof: Proof, actor: Actor) -> EvidenceAdded | Refusal:
    """Attach a proof, whose file lies in the store already. The same form twice attaches it once. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        kept = replace(proof, title=proof.title.strip(), note=proof.note.strip())
        outcome = EvidenceAdded(measure=MeasureId(measure_id), proof=kept, person=actor.person)
        if existing := tx.session.get(EvidenceRow, proof.id):
            if existing.measure_id != measure_id:
                raise NotFound(f"evidence {proof.id}")
            return outcome
        if proof.milestone:
            own(taken, proof.milestone)
        if refusal := _refusal(taken, proof, actor):
            return tx.refuse(refusal, actor, taken.subject)
        tx.add(_row(work, measure_id, kept, actor))
        put_back(tx, taken, actor, is_edit=True)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def remove_evidence(work: Work, measure_id: UUID, evidence: EvidenceId, actor: Actor) -> EvidenceRemoved | Refusal:
    """Take a proof away; the trail keeps that it was there. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        row = tx.session.get(EvidenceRow, evidence)
        if row is None or row.measure_id != measure_id:
            raise NotFound(f"evidence {evidence}")
        if refusal := _may_not_update(taken, actor):
            return tx.refuse(refusal, actor, taken.subject)
        outcome = EvidenceRemoved(
            measure=taken.measure.id, evidence=evidence, title=row.title, sha256=row.sha256, person=actor.person
        )
        if row.sha256:
            tx.later("delete_file", evidence_id=str(evidence), name=file_key(evidence, row.sha256))
        tx.delete(row)
        put_back(tx, taken, actor, is_edit=True)
        tx.record(outcome, actor, taken.subject)
    return outcome


def _refusal(taken: Taken, proof: Proof, actor: Actor) -> Refusal | None:
    if refusal := _may_not_update(taken, actor):
        return refusal
    if not proof.title.strip():
        return FieldMissing(field="title")
    if not (proof.url or proof.note.strip() or proof.file):
        return FieldMissing(field="url")
    for field, limit in (("title", TITLE_LIMIT), ("note", NOTE_LIMIT), ("url", NOTE_LIMIT)):
        if len(getattr(proof, field)) > limit:
            return FieldTooLong(field=field, limit=limit)
    return link_refusal(proof.url)


def _may_not_update(taken: Taken, actor: Actor) -> Refusal | None:
    if not actor.can_on(Capability.UPDATE_MILESTONES, taken.measure, taken.row.path):
        return NotAllowed(capability=Capability.UPDATE_MILESTONES)
    return not_open(taken.measure)


def _row(work: Work, measure_id: UUID, proof: Proof, actor: Actor) -> EvidenceRow:
    return EvidenceRow(
        id=proof.id,
        measure_id=measure_id,
        milestone_id=proof.milestone,
        title=proof.title,
        url=proof.url,
        note=proof.note,
        is_closure=proof.is_closure,
        added_by=actor.person,
        added_at=work.now(),
        **file_values(proof.file),
    )


def file_values(file: FileFacts | None) -> dict[str, Any]:
    """Columns of a row of evidence, of whatever it is: the file that it names, or none."""
    if file is None:
        return {"file_name": "", "content_type": "", "size": None, "sha256": ""}
    kind = file.kind.content_type
    return {"file_name": file.name, "content_type": kind, "size": file.size, "sha256": file.sha256}
