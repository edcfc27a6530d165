"""Ask for a change of what is locked. What is approved is applied at once, where every request is."""

from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.requesting import Requested, Situation
from domain.changes.proposal import Proposal
from domain.changes.requesting import decide_request_change
from domain.ids import RequestId
from domain.refusals import Refusal
from tenants.database import NotFound, Work
from tenants.instance.actions.requests import ask
from tenants.instance.actions.taking import Taken
from tenants.instance.models.measures import MilestoneRow
from tenants.instance.models.people import ForumRow, MemberRow
from tenants.instance.models.values import EffectLineRow

PEOPLE = ("owner", "sponsor", "controller")


def request_change(
    work: Work, measure_id: UUID, request_id: UUID, proposal: Proposal, text: str, actor: Actor, seen: int | None
) -> Requested | Refusal:
    """Ask for a proposal. `request_id` comes with the form: the same form twice is one request.

    `seen` is the version of the measure that the page showed the effect on; Stale when it is no longer that. Raises
    NotFound for a measure that is not there, and for a person, forum, line or milestone that the proposal may not name.
    """

    def decide(taken: Taken, situation: Situation) -> Requested | Refusal:
        if stale := taken.stale(seen):
            return stale
        known_here(work, taken, proposal)
        rates, now = taken.governance.rates, work.now()
        return decide_request_change(taken.measure, proposal, text, situation, rates, actor, now, RequestId(request_id))

    return ask(work, measure_id, request_id, actor, decide)


def known_here(work: Work, taken: Taken, proposal: Proposal) -> None:
    """Everything a proposal names is of this instance, and no new part has the id of another measure's."""
    owners = ((fields or {}).get("owner") for fields in proposal.milestones.values())
    people = {*(proposal.values.get(word) for word in PEOPLE), *owners} - {None}
    forums = {proposal.values.get("forum")} - {None}
    active = select(MemberRow.id).where(MemberRow.id.in_(people), MemberRow.is_active)
    sitting = select(ForumRow.id).where(ForumRow.id.in_(forums), ~ForumRow.is_retired)
    found = {*work.session.scalars(active), *work.session.scalars(sitting)}
    foreign = {
        *_elsewhere(work, taken, EffectLineRow, {*proposal.lines, *proposal.amounts}),
        *_elsewhere(work, taken, MilestoneRow, set(proposal.milestones)),
    }
    if unknown := ((people | forums) - found) | foreign:
        raise NotFound(f"named in a proposal: {', '.join(map(str, unknown))}")


def _elsewhere(work: Work, taken: Taken, row: type[EffectLineRow | MilestoneRow], ids: set[UUID]) -> set[UUID]:
    return set(work.session.scalars(select(row.id).where(row.id.in_(ids), row.measure_id != taken.row.id)))
