"""Void open requests whose subject has changed since they were sealed."""

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.request import RequestState
from domain.approvals.requesting import void_if_changed
from domain.measures import Measure
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.transaction import Subject, Transaction, plain


def void_changed(tx: Transaction, row: MeasureRow, measure: Measure, actor: Actor) -> None:
    """Compare every open request of a measure with the measure as it is now."""
    statement = select(RequestRow).where(RequestRow.measure_id == row.id, RequestRow.state == RequestState.OPEN)
    open_rows = list(tx.session.scalars(statement.with_for_update()))
    if not open_rows:
        return
    requests = load_requests(tx.session, [(each, row.code) for each in open_rows])
    for request_row, request in zip(open_rows, requests, strict=True):
        voided = void_if_changed(request, measure, tx.work.now())
        if voided is None:
            continue
        request_row.state = RequestState.VOIDED
        request_row.void_changes = plain(voided.changes)
        request_row.closed_at = voided.at
        request_row.waiting = []
        request_row.version += 1
        tx.record(voided, actor, Subject(kind="measure", id=row.id, label=row.code, path=row.path))
        tx.later("announce_decision", request_id=str(request_row.id))
