"""Requests to hold, resume, cancel or reopen a measure: reason from the template's list, then the approval engine."""

from dataclasses import dataclass
from datetime import datetime

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.requesting import Ask, Requested, Situation, open_request
from domain.gates import MeasureNotActive
from domain.governance.policies import CANCEL, HOLD, REOPEN, RESUME
from domain.governance.template import ReasonList
from domain.ids import RequestId
from domain.lifecycle.editing import MeasureFrozen
from domain.lifecycle.milestones import UnknownReason
from domain.measures import Measure
from domain.refusals import FieldMissing, Refusal
from domain.stages import MeasureState, Stage


@dataclass(frozen=True, kw_only=True)
class HoldRequested(Requested):
    """Somebody asked to suspend the measure."""


@dataclass(frozen=True, kw_only=True)
class ResumeRequested(Requested):
    """Somebody asked to take the measure up again at the stage it was at."""


@dataclass(frozen=True, kw_only=True)
class CancelRequested(Requested):
    """Somebody asked to give the measure up."""


@dataclass(frozen=True, kw_only=True)
class ReopenRequested(Requested):
    """Somebody asked to take the measure one stage back."""


@dataclass(frozen=True, kw_only=True)
class NothingToReopen(Refusal):
    """Before the first stage there is none."""

    code: str


@dataclass(frozen=True, kw_only=True)
class NotOnHold(Refusal):
    """Only what is on hold can be resumed."""

    state: MeasureState


def decide_request_hold(
    measure: Measure, reason: str, text: str, situation: Situation, actor: Actor, now: datetime, request_id: RequestId
) -> HoldRequested | Refusal:
    if measure.state is not MeasureState.ACTIVE:
        return MeasureNotActive(state=measure.state)
    ask = reasoned(HOLD, Capability.HOLD_MEASURE, reason, text, measure, situation, actor)
    if isinstance(ask, Refusal):
        return ask
    request = open_request(ask, measure, situation, actor, now, request_id)
    return request if isinstance(request, Refusal) else HoldRequested(request=request)


def decide_request_resume(
    measure: Measure, reason: str, text: str, situation: Situation, actor: Actor, now: datetime, request_id: RequestId
) -> ResumeRequested | Refusal:
    if measure.state is not MeasureState.ON_HOLD:
        return NotOnHold(state=measure.state)
    ask = reasoned(RESUME, Capability.HOLD_MEASURE, reason, text, measure, situation, actor)
    if isinstance(ask, Refusal):
        return ask
    request = open_request(ask, measure, situation, actor, now, request_id)
    return request if isinstance(request, Refusal) else ResumeRequested(request=request)


def decide_request_cancel(
    measure: Measure, reason: str, text: str, situation: Situation, actor: Actor, now: datetime, request_id: RequestId
) -> CancelRequested | Refusal:
    """An active measure can be cancelled, and one on hold."""
    if measure.state is MeasureState.CANCELLED:
        return MeasureNotActive(state=measure.state)
    ask = reasoned(CANCEL, Capability.CANCEL_MEASURE, reason, text, measure, situation, actor)
    if isinstance(ask, Refusal):
        return ask
    request = open_request(ask, measure, situation, actor, now, request_id)
    return request if isinstance(request, Refusal) else CancelRequested(request=request)


def decide_request_reopen(
    measure: Measure, reason: str, text: str, situation: Situation, actor: Actor, now: datetime, request_id: RequestId
) -> ReopenRequested | Refusal:
    """One stage back, from any stage but the first, closed ones included; a plan that is locked stays locked."""
    if measure.state is not MeasureState.ACTIVE:
        return MeasureNotActive(state=measure.state)
    if measure.stage is Stage.DEFINED:
        return NothingToReopen(code=measure.code)
    ask = reasoned(REOPEN, Capability.REOPEN_MEASURE, reason, text, measure, situation, actor)
    if isinstance(ask, Refusal):
        return ask
    request = open_request(ask, measure, situation, actor, now, request_id)
    return request if isinstance(request, Refusal) else ReopenRequested(request=request)


def reasoned(
    kind: str,
    capability: Capability,
    reason: str,
    text: str,
    measure: Measure,
    situation: Situation,
    actor: Actor,
) -> Ask | Refusal:
    """Who may ask, a reason that is on the list, and a sentence of one's own."""
    if not actor.can_on(capability, measure, situation.path):
        return NotAllowed(capability=capability)
    if measure.stage is Stage.CLOSED and kind != REOPEN:
        return MeasureFrozen(code=measure.code)
    if situation.template.reason(ReasonList(kind), reason) is None:
        return UnknownReason(list=ReasonList(kind), code=reason)
    if not text.strip():
        return FieldMissing(field="comment")
    return Ask(kind=kind, reason=reason, comment=text.strip())
