"""What the votes of a step make of it: any, all, N of M, or a forum's majority at quorum."""

from collections import Counter
from collections.abc import Iterable

from domain.approvals.request import Choice, RequestState, RequestStep
from domain.governance.policies import Rule


def settle(step: RequestStep, choices: Iterable[Choice]) -> RequestState | None:
    """What the votes cast so far make of a step; None while it waits. Source: DOMAIN.md, 3 (quorum).

    any: the first vote settles it. all: the first that is not an approval does, else the last. N of M: N approvals,
    or as soon as N can no longer be reached. Forum: a majority of those for and against, once the quorum has voted.
    Who joined by escalation votes like the others; the number of approvals that is asked for stays.
    """
    counts = Counter(choices)
    approvals, against = counts[Choice.APPROVE], counts[Choice.REJECT] + counts[Choice.RETURN]
    waiting = len(step.deciders) - counts.total()
    negative = RequestState.RETURNED if counts[Choice.RETURN] >= counts[Choice.REJECT] else RequestState.REJECTED
    if step.rule is Rule.FORUM:
        return settle_forum(step, counts.total(), approvals, against, waiting, negative)
    if approvals >= step.needed:
        return RequestState.APPROVED
    if approvals + waiting < step.needed or (against and step.rule in (Rule.ANY, Rule.ALL)):
        return negative
    return None


def settle_forum(
    step: RequestStep, cast: int, approvals: int, against: int, waiting: int, negative: RequestState
) -> RequestState | None:
    if cast >= step.needed and approvals > against:
        return RequestState.APPROVED
    if cast >= step.needed and against > approvals:
        return negative
    if waiting:
        return None
    return negative if against else RequestState.REJECTED
