"""Say another status than the computed one, with a reason and an expiry; take that back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.access import Actor, Capability, NotAllowed, Role
from domain.ids import MeasureId
from domain.lifecycle.editing import not_open
from domain.overrides import OverrideSet, StatusOverride, decide_override, guardian
from domain.refusals import Refusal
from domain.status import Dimension, Status
from tenants.database import Work, action
from tenants.instance.actions.refreshing import computed_statuses
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class OverrideCleared:
    """The computed status counts again."""

    measure: MeasureId
    dimension: Dimension


@action
def override_status(
    work: Work, measure_id: UUID, dimension: Dimension, status: Status, reason: str, expires: date, actor: Actor
) -> OverrideSet | Refusal:
    """Worse is free for the owner; better needs the controller (potential) or the PMO (implementation)."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        wanted = StatusOverride(
            dimension=dimension, status=status, reason=reason.strip(), by=actor.person, expires=expires
        )
        outcome = not_open(taken.measure) or _decide(tx, taken, wanted, actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        _set(taken, dimension, wanted)
        put_back(tx, taken, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject, reason=reason.strip())
    return outcome


@action
def clear_override(work: Work, measure_id: UUID, dimension: Dimension, actor: Actor) -> OverrideCleared | Refusal:
    """Let the computed status count again; who could have set the override may."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if refusal := not_open(taken.measure) or _may_not_clear(taken, dimension, actor):
            return tx.refuse(refusal, actor, taken.subject)
        _set(taken, dimension, None)
        put_back(tx, taken, actor, is_edit=False)
        outcome = OverrideCleared(measure=MeasureId(measure_id), dimension=dimension)
        tx.record(outcome, actor, taken.subject)
    return outcome


def _decide(tx: Transaction, taken: Taken, wanted: StatusOverride, actor: Actor) -> OverrideSet | Refusal:
    computed = computed_statuses(tx, taken.row, taken.measure, taken.governance)
    return decide_override(
        computed[wanted.dimension],
        wanted,
        **_parts(taken, actor),
        today=tx.work.now().date(),
    )


def _may_not_clear(taken: Taken, dimension: Dimension, actor: Actor) -> Refusal | None:
    """Whoever set it, and the guardian of the dimension: the controller (potential) or the PMO (implementation)."""
    is_guardian = guardian(dimension, **_parts(taken, actor))
    set_by = getattr(taken.row, f"{dimension}_override_by")
    return None if is_guardian or set_by == actor.person else NotAllowed(capability=Capability.CONFIRM_VALUE)


def _parts(taken: Taken, actor: Actor) -> dict[str, bool]:
    """Which parts the actor has in the measure."""
    return {
        "is_owner": actor.person == taken.measure.owner,
        "is_controller": actor.person == taken.measure.controller,
        "is_pmo": any(held.role is Role.PMO and taken.row.path.startswith(held.path) for held in actor.assignments),
    }


def _set(taken: Taken, dimension: Dimension, override: StatusOverride | None) -> None:
    values = {
        "": override.status if override else None,
        "_reason": override.reason if override else "",
        "_by": override.by if override else None,
        "_until": override.expires if override else None,
    }
    for suffix, value in values.items():
        setattr(taken.row, f"{dimension}_override{suffix}", value)
