"""What holding, resuming, cancelling and reopening do to a measure's rows: due dates are suspended and restored."""

from datetime import date, timedelta

from sqlalchemy import update

from domain.approvals.choosing import add_working_days
from domain.approvals.request import RequestState
from domain.lifecycle import MeasureCancelled, MeasureHeld, MeasureReopened, MeasureResumed
from domain.stages import MeasureState
from tenants.instance.actions.taking import Taken
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.models.conditions import GateConditionRow, HoldPeriodRow
from tenants.instance.models.measures import MilestoneRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.transaction import Transaction

Turned = MeasureHeld | MeasureResumed | MeasureCancelled | MeasureReopened


def turn(tx: Transaction, taken: Taken, event: Turned) -> None:
    match event:
        case MeasureHeld():
            hold(tx, taken, event)
        case MeasureResumed():
            end_hold(tx, taken, event.at.date())
            taken.row.state = MeasureState.ACTIVE
            restore(tx, taken, event.days)
        case MeasureCancelled():
            end_hold(tx, taken, event.at.date())
            taken.row.state = MeasureState.CANCELLED
        case MeasureReopened():
            reopen(tx, taken, event)


def hold(tx: Transaction, taken: Taken, event: MeasureHeld) -> None:
    """From today on nothing on the measure becomes late; what is open on it waits without a due date."""
    today = event.at.date()
    taken.row.state, taken.row.held_on = MeasureState.ON_HOLD, today
    tx.add(HoldPeriodRow(measure_id=taken.row.id, held_at=event.at, held_on=today, request_id=event.request))
    for row in _open_requests(tx, taken):
        row.due_on = None


def end_hold(tx: Transaction, taken: Taken, today: date) -> None:
    taken.row.held_on = None
    open_period = (HoldPeriodRow.measure_id == taken.row.id, HoldPeriodRow.resumed_on.is_(None))
    for period in tx.lock_all(HoldPeriodRow, *open_period):
        period.resumed_on = today


def restore(tx: Transaction, taken: Taken, days: int) -> None:
    """Every open due date so many days later. Milestones and conditions keep the promised day and count the days."""
    measure = taken.row.id
    is_open = (MilestoneRow.done_on.is_(None), MilestoneRow.waived_because == "")
    moved = update(MilestoneRow).values(held_days=MilestoneRow.held_days + days)
    tx.session.execute(moved.where(MilestoneRow.measure_id == measure, *is_open))
    later = update(GateConditionRow).values(held_days=GateConditionRow.held_days + days)
    tx.session.execute(later.where(GateConditionRow.measure_id == measure, GateConditionRow.met_on.is_(None)))
    for row in _open_requests(tx, taken):
        reached = (StepRow.request_id == row.id, StepRow.settled.is_(None), StepRow.due_on.is_not(None))
        for step in tx.lock_all(StepRow, *reached):
            step.due_on = working_day(step.due_on, days, taken.governance.holidays)
            row.due_on = step.due_on


def working_day(due: date | None, days: int, holidays: frozenset[date]) -> date | None:
    """So many days later; what would fall on a weekend or a holiday is due on the next working day."""
    return add_working_days(due + timedelta(days=days - 1), 1, holidays) if due else None


def reopen(tx: Transaction, taken: Taken, event: MeasureReopened) -> None:
    """One stage back; checks that were to follow its closure have nothing to check any more."""
    taken.row.stage, taken.row.stage_since = int(event.after), event.at
    dropped = update(SustainCheckRow).values(outcome="reopened", checked_on=event.at.date())
    tx.session.execute(dropped.where(SustainCheckRow.measure_id == taken.row.id, SustainCheckRow.outcome == ""))


def _open_requests(tx: Transaction, taken: Taken) -> list[RequestRow]:
    return tx.lock_all(RequestRow, RequestRow.measure_id == taken.row.id, RequestRow.state == RequestState.OPEN)
