"""Whom a person may decide a request for: themselves, and those they stand in for."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from domain.access import Actor
from domain.approvals.request import ApprovalRequest
from domain.approvals.requesting import RequestNotOpen
from domain.approvals.voting import may_not_vote
from domain.delegation import Delegation
from domain.ids import PersonId
from domain.refusals import Refusal
from domain.segregation import Duties


def acting_for(
    request: ApprovalRequest, actor: Actor, duties: Duties, delegations: Iterable[Delegation], day: date
) -> tuple[PersonId, ...] | Refusal:
    """Everybody for whom the actor may vote now, the actor first; or the reason that fits best why for nobody.

    Best is what is said of somebody whom the step asks and whom the actor has stood in for; else of the actor.
    """
    index = request.current
    if index is None:
        return RequestNotOpen(request=request.id, state=request.state)
    step, known = request.steps[index], tuple(delegations)
    givers = {each.giver for each in known if each.taker == actor.person}
    persons = (actor.person, *(person for person in step.deciders if person in givers))
    able: list[PersonId] = []
    refusals: list[Refusal] = []
    for person in dict.fromkeys(persons):
        by = replace(actor, on_behalf_of=None if person == actor.person else person)
        if refusal := may_not_vote(request, step, index, by, duties, known, day):
            refusals.append(refusal)
        else:
            able.append(person)
    return tuple(able) or refusals[-1 if actor.person not in step.deciders else 0]
