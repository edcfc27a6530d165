"""Conditions of an approval: kept with the vote that sets them, standing once the request is approved, then met."""

from uuid import UUID

from sqlalchemy import func, select

from domain.access import Actor
from domain.approvals.conditions import UnknownConditionOwner
from domain.approvals.request import CastVote, Vote
from domain.conditions import ConditionMet, decide_meet_condition
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.taking import put_back, take
from tenants.instance.models.conditions import GateConditionRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.conditions import measure_of_condition, standing_conditions
from tenants.instance.transaction import Transaction


@action
def meet_condition(work: Work, condition_id: UUID, note: str, actor: Actor) -> ConditionMet | Refusal:
    """Say that a standing condition is met, and how. Raises NotFound."""
    with work.transaction() as tx:
        measure_id = measure_of_condition(tx.session, condition_id)
        taken = take(tx, measure_id)
        standing = standing_conditions(tx.session, [measure_id])[measure_id]
        condition = next((each for each in standing if each.id == condition_id), None)
        if condition is None:
            raise NotFound(f"condition {condition_id}")
        outcome = decide_meet_condition(condition, note, taken.measure, actor, taken.row.path, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        row = tx.lock(GateConditionRow, condition_id)
        row.met_on, row.met_by, row.note = outcome.at.date(), outcome.person, outcome.note
        put_back(tx, taken, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=outcome.note)
    return outcome


def unknown_owner(tx: Transaction, vote: Vote) -> UnknownConditionOwner | None:
    """A condition needs an owner who can sign in."""
    owners = {condition.owner for condition in vote.conditions}
    if not owners:
        return None
    there = select(func.count()).select_from(MemberRow).where(MemberRow.id.in_(owners), MemberRow.is_active)
    return None if tx.session.scalar(there) == len(owners) else UnknownConditionOwner()


def set_conditions(tx: Transaction, row: RequestRow, cast: CastVote) -> None:
    for condition in cast.conditions:
        tx.add(
            GateConditionRow(
                id=condition.id,
                measure_id=row.measure_id,
                request_id=row.id,
                words=condition.words.strip(),
                owner_id=condition.owner,
                due_on=condition.due,
                set_by=cast.person,
                set_at=cast.at,
            )
        )
