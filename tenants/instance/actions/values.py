"""Effect lines and their monthly amounts; the controller's confirmation; closing a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select

from domain.access import Actor, Capability, NotAllowed
from domain.ids import LineId
from domain.lifecycle import (
    AmountsEntered,
    LineRemoved,
    LineSaved,
    ValueConfirmed,
    decide_confirm_value,
    decide_enter_amounts,
    decide_remove_line,
    decide_save_line,
)
from domain.months import Month
from domain.orders.causes import MeasuredByLedger
from domain.refusals import Refusal
from domain.value import EffectLine, Scenario
from tenants.database import NotFound, Work, action
from tenants.instance.actions.amount_rows import store_amounts
from tenants.instance.actions.ledger_actuals import fill_measured
from tenants.instance.actions.refreshing import refresh
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.models.values import AmountRow, EffectLineRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_ledger import measured_lines
from tenants.instance.transaction import INSTANCE, Transaction

Grid = Mapping[tuple[LineId, Scenario], Mapping[Month, Decimal | None]]


@dataclass(frozen=True, kw_only=True)
class MonthWasClosed:
    """Actuals up to and with this month are read-only from now on."""

    month: Month
    before: Month | None


@dataclass(frozen=True, kw_only=True)
class MonthNotNext(Refusal):
    """Months are closed one after the other, and only those that are over."""

    month: Month
    next_month: Month


@action
def save_line(work: Work, measure_id: UUID, line: EffectLine, actor: Actor, seen: int | None) -> LineSaved | Refusal:
    """Add a line (a new id) or change what an existing one says; its series stay."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_save_line(taken.measure, line, taken.governance.template, actor, taken.row.path, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if outcome.changes:
            store_line(tx, measure_id, outcome.line)
            _after(tx, taken, actor, outcome.confirmation_lapsed)
            tx.record(outcome, actor, taken.subject)
    return outcome


@action
def remove_line(work: Work, measure_id: UUID, line: LineId, actor: Actor, seen: int | None) -> LineRemoved | Refusal:
    """Remove a line with its series; possible until the plan locks. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        _own_line(taken, line)
        outcome = decide_remove_line(taken.measure, line, actor, taken.row.path, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        tx.session.execute(delete(AmountRow).where(AmountRow.line_id == line))
        tx.session.execute(delete(EffectLineRow).where(EffectLineRow.id == line))
        _after(tx, taken, actor, outcome.confirmation_lapsed)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def enter_amounts(
    work: Work, measure_id: UUID, grid: Grid, actor: Actor, seen: int | None
) -> tuple[AmountsEntered, ...] | Refusal:
    """Set or clear months of series, all or nothing. Returns what changed. Raises NotFound for a foreign line."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        if refusal := _from_ledger(tx, taken, grid):
            return tx.refuse(refusal, actor, taken.subject)
        entered = []
        for (line, scenario), amounts in grid.items():
            _own_line(taken, line)
            outcome = decide_enter_amounts(taken.measure, line, scenario, amounts, actor, taken.row.path, work.now())
            if isinstance(outcome, Refusal):
                return tx.refuse(outcome, actor, taken.subject)
            if outcome.amounts:
                entered.append(outcome)
        _store_entered(tx, taken, entered, actor)
    return tuple(entered)


@action
def confirm_value(work: Work, measure_id: UUID, actor: Actor, seen: int) -> ValueConfirmed | Refusal:
    """The controller confirms size and timing of what the page showed."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        if stale := taken.stale(seen):
            return stale
        outcome = decide_confirm_value(taken.measure, actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        taken.row.controller_confirmed_at = outcome.at
        put_back(tx, taken, actor, is_edit=False)
        tx.record(outcome, actor, taken.subject)
    return outcome


@action
def close_month(work: Work, month: Month, actor: Actor) -> MonthWasClosed | Refusal:
    """Close the next month of the instance: the order ledger has its last word, then every sum is computed anew."""
    with work.transaction() as tx:
        settings = tx.lock_all(SettingsRow)[0]
        governance = get_governance(work)
        before = governance.closed_through
        if not actor.can(Capability.CLOSE_MONTH, f"/{governance.organization}/"):
            return tx.refuse(NotAllowed(capability=Capability.CLOSE_MONTH), actor, INSTANCE)
        over = Month.of(work.now().date()).plus(-1)
        following = before.plus(1) if before else month
        if month != following or month > over:
            return tx.refuse(MonthNotNext(month=month, next_month=min(following, over)), actor, INSTANCE)
        fill_measured(tx)
        settings.closed_through = str(month)
        settings.version += 1
        tx.flush()
        refresh(tx, tx.lock_all(MeasureRow), get_governance(work))
        outcome = MonthWasClosed(month=month, before=before)
        tx.record(outcome, actor, INSTANCE)
        tx.later_once("publish_metrics")
    return outcome


def line_row(measure_id: UUID, line: EffectLine, position: int | ColumnElement[int]) -> EffectLineRow:
    return EffectLineRow(
        id=line.id,
        measure_id=measure_id,
        name=line.name,
        kind=line.kind,
        recurrence=line.recurrence,
        sign=line.sign,
        is_pnl=line.is_pnl,
        is_cash=line.is_cash,
        currency=line.currency,
        account=line.account,
        cost_centre=line.cost_centre,
        position=position,
    )


def store_line(tx: Transaction, measure_id: UUID, line: EffectLine) -> None:
    """Write what a line says, a new one last; its series stay. Raises NotFound for the id of another measure's."""
    existing = tx.session.get(EffectLineRow, line.id)
    if existing is None:
        last = select(func.coalesce(func.max(EffectLineRow.position), 0)).where(EffectLineRow.measure_id == measure_id)
        tx.add(line_row(measure_id, line, last.scalar_subquery() + 1))
    elif existing.measure_id != measure_id:
        raise NotFound(f"effect line {line.id}")
    else:
        tx.session.merge(line_row(measure_id, line, existing.position))
    tx.flush()


def _store_entered(tx: Transaction, taken: Taken, entered: list[AmountsEntered], actor: Actor) -> None:
    if not entered:
        return
    for outcome in entered:
        store_amounts(tx, outcome.line, outcome.scenario, outcome.amounts)
    if any(outcome.confirmation_lapsed for outcome in entered):
        taken.row.controller_confirmed_at = None
    put_back(tx, taken, actor, is_edit=any(outcome.is_edit for outcome in entered))
    for outcome in entered:
        tx.record(outcome, actor, taken.subject)


def _after(tx: Transaction, taken: Taken, actor: Actor, confirmation_lapsed: bool) -> None:
    if confirmation_lapsed:
        taken.row.controller_confirmed_at = None
    put_back(tx, taken, actor, is_edit=True)


def _from_ledger(tx: Transaction, taken: Taken, grid: Grid) -> MeasuredByLedger | None:
    """Actuals that the order ledger computes are entered by nobody."""
    wanted = {line for line, scenario in grid if scenario is Scenario.ACTUAL}
    found = wanted & measured_lines(tx.session, taken.row.id) if wanted else set()
    return next((MeasuredByLedger(line=each.name) for each in taken.measure.lines if each.id in found), None)


def _own_line(taken: Taken, line: LineId) -> None:
    if line not in {each.id for each in taken.measure.lines}:
        raise NotFound(f"effect line {line}")
