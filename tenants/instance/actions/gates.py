"""Waive a criterion of a measure's next gate, and take a waiver back."""

from uuid import UUID

from domain.access import Actor
from domain.refusals import Refusal
from domain.stages import Stage
from domain.waivers import CriterionWaived, WaiverTakenBack, decide_take_back_waiver, decide_waive_criterion
from tenants.database import Work, action
from tenants.instance.actions.requests import situation_of
from tenants.instance.actions.taking import take
from tenants.instance.models.conditions import WaiverRow
from tenants.instance.queries.gates import to_waiver


@action
def waive_criterion(
    work: Work, measure_id: UUID, target: Stage, criterion: str, reason: str, words: str, actor: Actor
) -> CriterionWaived | Refusal:
    """One waiver for each criterion of a gate; waiving again says why anew."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        situation = situation_of(work, taken)
        outcome = decide_waive_criterion(taken.measure, target, criterion, reason, words, situation, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        waiver = outcome.waiver
        before = tx.session.get(WaiverRow, (measure_id, int(target), criterion))
        if before is None or (before.reason, before.words, before.waived_by) != (reason, waiver.words, actor.person):
            tx.session.merge(
                WaiverRow(
                    measure_id=measure_id,
                    stage=int(target),
                    criterion=criterion,
                    reason=reason,
                    words=waiver.words,
                    waived_by=actor.person,
                    waived_at=waiver.at,
                )
            )
            tx.record(outcome, actor, taken.subject, reason=waiver.words)
    return outcome


@action
def take_back_waiver(
    work: Work, measure_id: UUID, target: Stage, criterion: str, actor: Actor
) -> WaiverTakenBack | Refusal:
    """The criterion must be met again."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        row = tx.session.get(WaiverRow, (measure_id, int(target), criterion))
        waiver = to_waiver(row) if row else None
        situation = situation_of(work, taken)
        outcome = decide_take_back_waiver(taken.measure, waiver, criterion, situation, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        tx.delete(row)
        tx.record(outcome, actor, taken.subject)
    return outcome
