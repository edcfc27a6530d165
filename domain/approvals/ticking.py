"""Which request a person may approve by a tick among others: their own vote, on a step that asks for no password."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from domain.access import Actor
from domain.approvals.looking import NotInBulk
from domain.approvals.request import ApprovalRequest, Seen
from domain.approvals.requesting import RequestSuspended
from domain.approvals.standing import acting_for
from domain.delegation import Delegation
from domain.ids import PersonId
from domain.refusals import Refusal
from domain.segregation import Duties


@dataclass(frozen=True, kw_only=True)
class OnlyInStead(Refusal):
    """The vote would be somebody else's: whoever stands in says so on the request's own page."""

    people: tuple[PersonId, ...]


def tickable(
    request: ApprovalRequest,
    actor: Actor,
    duties: Duties,
    delegations: Iterable[Delegation],
    day: date,
    *,
    is_suspended: bool,
) -> Seen | Refusal:
    """What a tick stands for: the seal and the step as shown. Or why there is none; the vote itself asks again."""
    able = acting_for(request, actor, duties, delegations, day)
    if isinstance(able, Refusal):
        return able
    if is_suspended:
        return RequestSuspended(request=request.id)
    if actor.person not in able:
        return OnlyInStead(people=able)
    index = request.current
    assert index is not None  # somebody may vote
    if request.steps[index].step_up:
        return NotInBulk(step=request.steps[index].name)
    return Seen(seal=request.seal, step=index)
