"""Who votes has looked: at the page as it is now, and at one request at a time where the step is one of weight."""

from dataclasses import dataclass

from domain.approvals.request import ApprovalRequest, RequestStep, Vote
from domain.ids import RequestId
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class PageOutdated(Refusal):
    """The page showed another seal than the one the request carries."""

    request: RequestId


@dataclass(frozen=True, kw_only=True)
class StepPassed(Refusal):
    """The step that the page showed is decided; the vote was not meant for the one that waits now."""

    request: RequestId
    step: str
    waits: str


@dataclass(frozen=True, kw_only=True)
class NotInBulk(Refusal):
    """The step asks for the password: it is decided on a page of its own."""

    step: str


def outdated(request: ApprovalRequest, index: int, vote: Vote) -> PageOutdated | StepPassed | None:
    """What was shown to who votes is what they vote on. `index` is the step that waits."""
    seen = vote.seen
    if seen is None or (seen.seal, seen.step) == (request.seal, index):
        return None
    if seen.seal != request.seal or not 0 <= seen.step < index:
        return PageOutdated(request=request.id)
    return StepPassed(request=request.id, step=request.steps[seen.step].name, waits=request.steps[index].name)


def not_in_bulk(step: RequestStep, vote: Vote) -> NotInBulk | None:
    """A step that asks for the password is nobody's tick among others, however fresh the password is."""
    return NotInBulk(step=step.name) if vote.in_bulk and step.step_up else None
