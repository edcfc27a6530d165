"""Take a measure in hand for a change: locked, loaded whole, with what governs it; and put it back, all in order."""

from dataclasses import dataclass
from uuid import UUID

from domain.access import Actor
from domain.approvals.choosing import Place, place_of
from domain.approvals.request import ApprovalRequest
from domain.approvals.requesting import Subject as SealedSubject
from domain.approvals.requesting import subject_of as sealed_subject
from domain.measures import Measure
from domain.refusals import Stale
from tenants.instance.actions.refreshing import refreshed
from tenants.instance.actions.voiding import void_changed
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.aggregates import load_measure
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.transaction import Subject, Transaction


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A measure in hand: its locked row, its state, what governs it, and how the trail calls it."""

    row: MeasureRow
    measure: Measure
    governance: Governance
    subject: Subject

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def place(self) -> Place:
        return place_of(self.measure, self.row.path)

    def sealed(self, request: ApprovalRequest) -> SealedSubject:
        """What the request is about, as it is now."""
        return subject_now(self.measure, request)

    def stale(self, seen: int | None) -> Stale | None:
        """None while the page's version is the newest; `seen` None is for entries that cannot overwrite anything."""
        current = self.row.version
        return None if seen in (None, current) else Stale(seen=seen or 0, current=current)


def take(tx: Transaction, measure_id: UUID) -> Taken:
    """Lock the measure. Raises NotFound."""
    row = tx.lock(MeasureRow, measure_id)
    governance = get_governance(tx.work)
    measure = load_measure(tx.session, row, governance)
    return Taken(row=row, measure=measure, governance=governance, subject=subject_of(row))


def put_back(tx: Transaction, taken: Taken, actor: Actor | None, *, is_edit: bool) -> None:
    """After a change: version, editors, sums, statuses; open requests whose subject changed are voided.

    `actor` is None for what the service itself computes, which nobody edits.
    """
    row = taken.row
    row.version += 1
    row.updated_at = tx.work.now()
    if is_edit and actor is not None:
        row.last_edited_by = actor.person
        row.editors = [*row.editors, actor.person] if actor.person not in row.editors else row.editors
    measure = refreshed(tx, row, taken.governance)
    void_changed(tx, RequestRow.measure_id == row.id, lambda request: subject_now(measure, request), taken, actor)
    tx.later_once("publish_metrics")


def subject_now(measure: Measure, request: ApprovalRequest) -> SealedSubject:
    return sealed_subject(measure, request.kind, proposal=request.proposal)


def subject_of(row: MeasureRow) -> Subject:
    return Subject(kind="measure", id=row.id, label=row.code, path=row.path)
