"""Record on a request what its forum decided in a meeting: the chair's act, with the effect of a vote."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from domain.access import Actor
from domain.approvals.recording import Sitting, decide_record
from domain.approvals.request import ApprovalRequest, Vote
from domain.approvals.voting import Voted
from domain.ids import PersonId
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.conditions import unknown_owner
from tenants.instance.actions.meetings import sit
from tenants.instance.actions.requests import lock_request
from tenants.instance.actions.settling import carry_out
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.delegations import delegations_to


@action
def record(
    work: Work,
    meeting_id: UUID,
    request_id: UUID,
    present: Sequence[PersonId],
    given: Vote,
    actor: Actor,
    on_behalf_of: PersonId | None = None,
) -> Voted | Refusal:
    """Record a decision; the quorum is counted from those present. The same form twice is one. Raises NotFound."""
    actor = replace(actor, on_behalf_of=on_behalf_of)
    with work.transaction() as tx:
        row, taken = lock_request(tx, request_id)
        sat = sit(tx, meeting_id)
        request = load_requests(tx.session, [(row, taken.code)])[0]
        if repeated := recorded_before(request, meeting_id, given, actor):
            return repeated
        sitting = Sitting(forum=sat.forum, meeting=sat.meeting, present=tuple(present))
        delegations = delegations_to(work, actor.person, lock=True) if on_behalf_of else ()
        subject, holidays = taken.sealed(request), taken.governance.holidays
        outcome = unknown_owner(tx, given) or decide_record(
            request, sitting, given, actor, work.now(), subject, delegations, holidays
        )
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        carry_out(tx, row, taken, request, outcome, actor)
        members = set(sat.forum.members)
        sat.row.present = [*dict.fromkeys((*sat.row.present, *(each for each in present if each in members)))]
    return outcome


def recorded_before(request: ApprovalRequest, meeting: UUID, given: Vote, actor: Actor) -> Voted | None:
    """What the same form did before."""
    for cast in request.votes:
        is_same = (cast.person, cast.choice, cast.comment) == (actor.person, given.choice, given.comment.strip())
        if cast.meeting == meeting and is_same:
            step = request.steps[cast.step]
            return Voted(
                request=request.id, step_name=step.name, vote=cast, step_outcome=step.settled, state=request.state
            )
    return None
