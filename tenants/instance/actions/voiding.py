"""Void open requests whose subject has changed since they were sealed."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import ColumnElement, select

from domain.access import Actor
from domain.approvals.ending import void_if_changed
from domain.approvals.request import ApprovalRequest, RequestState
from domain.approvals.requesting import Subject as SealedSubject
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.transaction import Subject, Transaction, plain


class Known(Protocol):
    """A measure or an order in hand: how people and the trail call it."""

    @property
    def code(self) -> str: ...

    @property
    def subject(self) -> Subject: ...


def void_changed(
    tx: Transaction,
    of_it: ColumnElement[bool],
    sealed: Callable[[ApprovalRequest], SealedSubject],
    known: Known,
    actor: Actor | None,
) -> int:
    """Compare every open request of a subject with what it is now (`sealed`); how many were voided."""
    statement = select(RequestRow).where(of_it, RequestRow.state == RequestState.OPEN)
    open_rows = list(tx.session.scalars(statement.with_for_update()))
    if not open_rows:
        return 0
    requests, count = load_requests(tx.session, [(each, known.code) for each in open_rows]), 0
    for request_row, request in zip(open_rows, requests, strict=True):
        voided = void_if_changed(request, sealed(request), tx.work.now())
        if voided is None:
            continue
        count += 1
        request_row.state = RequestState.VOIDED
        request_row.void_changes = plain(voided.changes)
        request_row.closed_at = voided.at
        request_row.waiting = []
        request_row.version += 1
        tx.record(voided, actor, known.subject)
        tx.later("announce_decision", request_id=str(request_row.id))
    return count
