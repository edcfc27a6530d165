"""Ends a request without a vote: who made it withdraws it, or what it was about has changed and it is void."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor
from domain.approvals.request import ApprovalRequest, RequestState
from domain.approvals.requesting import RequestNotOpen, Subject
from domain.ids import PersonId, RequestId
from domain.refusals import Refusal
from domain.seal import FieldChange, broken


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn:
    request: RequestId
    person: PersonId
    at: datetime
    comment: str


@dataclass(frozen=True, kw_only=True)
class RequestVoided:
    """The subject changed while the request was open."""

    request: RequestId
    at: datetime
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class NotYourRequest(Refusal):
    """Only who made a request withdraws it."""

    request: RequestId
    requested_by: PersonId


def decide_withdraw(request: ApprovalRequest, actor: Actor, now: datetime, comment: str) -> RequestWithdrawn | Refusal:
    if request.state is not RequestState.OPEN:
        return RequestNotOpen(request=request.id, state=request.state)
    if actor.person != request.requested_by:
        return NotYourRequest(request=request.id, requested_by=request.requested_by)
    return RequestWithdrawn(request=request.id, person=actor.person, at=now, comment=comment.strip())


def void_if_changed(request: ApprovalRequest, current: Subject, now: datetime) -> RequestVoided | None:
    """Compare the sealed subject with what it is now; None when nothing governed has changed."""
    is_open = request.state is RequestState.OPEN
    changes = broken(request.seal, request.subject, current.text) if is_open else None
    return None if changes is None else RequestVoided(request=request.id, at=now, changes=changes)


def after_withdrawal(request: ApprovalRequest) -> ApprovalRequest:
    return replace(request, state=RequestState.WITHDRAWN)


def after_voiding(request: ApprovalRequest) -> ApprovalRequest:
    return replace(request, state=RequestState.VOIDED)
