"""Promise milestones, forecast them, finish or waive them, remove them."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from domain.access import Actor
from domain.ids import MilestoneId
from domain.lifecycle import (
    MilestoneRemoved,
    MilestoneSaved,
    decide_finish_milestone,
    decide_forecast_milestone,
    decide_promise,
    decide_remove_milestone,
    decide_waive_milestone,
)
from domain.measures import Milestone
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.models.measures import EvidenceRow, MilestoneRow
from tenants.instance.transaction import Transaction

Decide = Callable[[Taken], MilestoneSaved | Refusal]


def promise_milestone(
    work: Work, measure_id: UUID, milestone: Milestone, actor: Actor, seen: int | None
) -> MilestoneSaved | Refusal:
    """Add a milestone (a new id), or change title, owner and due date of one."""
    return _save(
        work,
        measure_id,
        actor,
        seen,
        lambda taken: decide_promise(taken.measure, milestone, actor, taken.row.path, work.now()),
    )


def forecast_milestone(
    work: Work, measure_id: UUID, milestone: MilestoneId, forecast: date | None, actor: Actor
) -> MilestoneSaved | Refusal:
    """Say when it will be done; None: as promised. Raises NotFound."""
    return _save(
        work,
        measure_id,
        actor,
        None,
        lambda taken: decide_forecast_milestone(
            taken.measure, own(taken, milestone), forecast, actor, taken.row.path, work.now()
        ),
    )


def finish_milestone(
    work: Work, measure_id: UUID, milestone: MilestoneId, done_on: date, actor: Actor
) -> MilestoneSaved | Refusal:
    """Say that it is done. Raises NotFound."""
    return _save(
        work,
        measure_id,
        actor,
        None,
        lambda taken: decide_finish_milestone(
            taken.measure, own(taken, milestone), done_on, actor, taken.row.path, work.now()
        ),
    )


def waive_milestone(
    work: Work, measure_id: UUID, milestone: MilestoneId, reason: str, text: str, actor: Actor
) -> MilestoneSaved | Refusal:
    """Let go of it, with a reason from the template's list and a sentence. Raises NotFound."""
    return _save(
        work,
        measure_id,
        actor,
        None,
        lambda taken: decide_waive_milestone(
            taken.measure,
            own(taken, milestone),
            reason,
            text,
            taken.governance.template,
            actor,
            taken.row.path,
            work.now(),
        ),
    )


@action
def remove_milestone(
    work: Work, measure_id: UUID, milestone: MilestoneId, actor: Actor, seen: int | None
) -> MilestoneRemoved | Refusal:
    """Take it out; possible until the plan locks. Its evidence stays with the measure. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_remove_milestone(taken.measure, own(taken, milestone), actor, taken.row.path, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        take_milestone_out(tx, milestone)
        put_back(tx, taken, actor, is_edit=True)
        tx.record(outcome, actor, taken.subject)
    return outcome


def own(taken: Taken, milestone: MilestoneId) -> MilestoneId:
    """The same id, if it is a milestone of this measure. Raises NotFound."""
    if milestone not in {each.id for each in taken.measure.milestones}:
        raise NotFound(f"milestone {milestone}")
    return milestone


def milestone_row(
    measure_id: UUID, milestone: Milestone, position: int | ColumnElement[int], slips: int = 0
) -> MilestoneRow:
    return MilestoneRow(
        id=milestone.id,
        measure_id=measure_id,
        title=milestone.title,
        owner_id=milestone.owner,
        due_on=milestone.due,
        forecast_on=milestone.forecast,
        done_on=milestone.done_on,
        waived_because=milestone.waived_because,
        slips=slips,
        held_days=milestone.held_days,
        position=position,
    )


@action
def _save(work: Work, measure_id: UUID, actor: Actor, seen: int | None, decide: Decide) -> MilestoneSaved | Refusal:
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide(taken)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if outcome.changes:
            store_milestone(tx, measure_id, outcome.milestone)
            put_back(tx, taken, actor, is_edit=True)
            tx.record(outcome, actor, taken.subject)
    return outcome


def store_milestone(tx: Transaction, measure_id: UUID, milestone: Milestone) -> None:
    """Write a milestone, a new one last. Raises NotFound for the id of another measure's."""
    existing = tx.session.get(MilestoneRow, milestone.id)
    if existing is None:
        last = select(func.coalesce(func.max(MilestoneRow.position), 0)).where(MilestoneRow.measure_id == measure_id)
        tx.add(milestone_row(measure_id, milestone, last.scalar_subquery() + 1))
    elif existing.measure_id != measure_id:
        raise NotFound(f"milestone {milestone.id}")
    else:
        slips = _slips(existing, milestone)
        tx.session.merge(milestone_row(measure_id, milestone, existing.position, slips))
    tx.flush()


def take_milestone_out(tx: Transaction, milestone: MilestoneId) -> None:
    """What proved it stays with the measure."""
    loose = update(EvidenceRow).where(EvidenceRow.milestone_id == milestone).values(milestone_id=None)
    tx.session.execute(loose)
    tx.session.execute(delete(MilestoneRow).where(MilestoneRow.id == milestone))


def _slips(before: MilestoneRow | None, after: Milestone) -> int:
    """How often in a row the promised day moved later."""
    if before is None:
        return 0
    was, becomes = before.forecast_on or before.due_on, after.forecast or after.due
    if becomes == was:
        return before.slips
    return before.slips + 1 if becomes > was else 0
