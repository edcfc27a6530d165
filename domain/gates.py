"""Requests to enter the next stage: what must be there, and what stands against asking. Source: DOMAIN.md, 2."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.requesting import Ask, Requested, Situation, open_request
from domain.checklist import GateFacts, evaluate
from domain.governance.criteria import CriterionResult
from domain.governance.policies import gate_kind
from domain.ids import PersonId, RequestId
from domain.measures import Measure
from domain.refusals import Refusal
from domain.stages import MeasureState, Stage


@dataclass(frozen=True, kw_only=True)
class GateRequested(Requested):
    """A gate was requested with every criterion met or waived."""


@dataclass(frozen=True, kw_only=True)
class GateNotReady(Refusal):
    """Criteria of the gate are not met; the whole checklist says which."""

    target: Stage
    results: tuple[CriterionResult, ...]

    @property
    def open(self) -> tuple[CriterionResult, ...]:
        return tuple(result for result in self.results if result.is_open)


@dataclass(frozen=True, kw_only=True)
class WrongStage(Refusal):
    """A measure moves one stage at a time, through the gate in between."""

    stage: Stage
    target: Stage


@dataclass(frozen=True, kw_only=True)
class OwnWaiver(Refusal):
    """Who waived a criterion of a gate does not ask for that gate."""

    person: PersonId


@dataclass(frozen=True, kw_only=True)
class ConditionsUnmet(Refusal):
    """Conditions of earlier approvals stand in the way: overdue ones of every gate, open ones of the closure."""

    count: int
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class MeasureNotActive(Refusal):
    """The measure is on hold or cancelled."""

    state: MeasureState


def decide_request_gate(
    measure: Measure,
    target: Stage,
    situation: Situation,
    facts: GateFacts,
    actor: Actor,
    now: datetime,
    request_id: RequestId,
    comment: str = "",
) -> GateRequested | Refusal:
    """Open a sealed request to enter `target`, or say what stands against it."""
    if not actor.can_on(Capability.REQUEST_GATE, measure, situation.path):
        return NotAllowed(capability=Capability.REQUEST_GATE)
    if measure.state is not MeasureState.ACTIVE:
        return MeasureNotActive(state=measure.state)
    if target is not measure.stage.next:
        return WrongStage(stage=measure.stage, target=target)
    if actor.person in facts.waived_by:
        return OwnWaiver(person=actor.person)
    if refusal := unmet_conditions(target, facts):
        return refusal
    facts = replace(facts, open_requests=len(situation.open_requests))
    results = evaluate(situation.template.gates[target], measure, facts)
    if any(result.is_open for result in results):
        return GateNotReady(target=target, results=results)
    ask = Ask(kind=gate_kind(target), target=target, comment=comment.strip(), checklist=results)
    request = open_request(ask, measure, situation, actor, now, request_id)
    return request if isinstance(request, Refusal) else GateRequested(request=request)


def unmet_conditions(target: Stage, facts: GateFacts) -> ConditionsUnmet | None:
    """Whatever the template asks for: an overdue condition blocks every gate, an open one the closure."""
    if facts.overdue_conditions:
        return ConditionsUnmet(count=facts.overdue_conditions, is_overdue=True)
    if target is Stage.CLOSED and facts.open_conditions:
        return ConditionsUnmet(count=facts.open_conditions, is_overdue=False)
    return None
