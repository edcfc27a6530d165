"""Try a rule or a tier on past orders before it counts: asked for here, run by a worker, kept as of a moment."""

from datetime import datetime
from uuid import UUID

from domain.access import Actor
from domain.ids import OrderTrialId
from domain.orders.trials import TrialAsked, TrialKind, decide_try
from domain.orders.trying import Replay
from domain.plain import plain
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.models.intake import OrderTrialRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_rules import rule_switches
from tenants.instance.queries.order_trials import DONE, FAILED, RUNNING, UNDER_WAY, WAITING
from tenants.instance.transaction import INSTANCE, Transaction


@action
def ask_trial(
    work: Work, trial: UUID, kind: TrialKind, key: str, limits: tuple[str, ...], days: int, actor: Actor
) -> UUID | Refusal:
    """Have it run. `trial` comes with the form: the same form twice is one trial, and so is the same trial asked for
    while it is under way."""
    with work.transaction() as tx:
        if tx.session.get(OrderTrialRow, trial):
            return trial
        governance, switches = get_governance(work), rule_switches(work)
        new = OrderTrialId(trial)
        outcome = decide_try(kind, key, limits, days, governance.template, switches, actor, work.now(), new)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, INSTANCE)
        if running := _under_way(tx, outcome):
            return running
        tx.add(_new_row(outcome))
        tx.record(outcome, actor, INSTANCE)
        tx.later("try_on_orders", trial_id=str(trial))
    return trial


@action
def begin_trial(work: Work, trial: UUID, orders: int) -> None:
    """Show that it runs, and over how many. One that is done stays done."""
    with work.transaction() as tx:
        row = tx.lock(OrderTrialRow, trial)
        if row.state != DONE:
            row.state, row.orders, row.failure = RUNNING, orders, ""


@action
def keep_trial(work: Work, trial: UUID, found: Replay, as_of: datetime) -> bool:
    """Keep what it found: once, whoever comes second changes nothing. True for the first."""
    with work.transaction() as tx:
        row = tx.lock(OrderTrialRow, trial)
        if row.state == DONE:
            return False
        row.state, row.result, row.as_of, row.failure = DONE, plain(found), as_of, ""
        row.orders, row.finished_at = found.orders, work.now()
    return True


@action
def trial_given_up(work: Work, trial: UUID, words: str) -> None:
    """Show that it failed, and with what."""
    with work.transaction() as tx:
        row = tx.lock(OrderTrialRow, trial)
        if row.state != DONE:
            row.state, row.failure, row.finished_at = FAILED, words, work.now()


def _under_way(tx: Transaction, asked: TrialAsked) -> UUID | None:
    same = (OrderTrialRow.kind == asked.kind, OrderTrialRow.key == asked.key, OrderTrialRow.days == asked.days)
    rows = tx.lock_all(OrderTrialRow, *same, OrderTrialRow.state.in_(UNDER_WAY), OrderTrialRow.basis == asked.basis)
    return next((row.id for row in rows if tuple(row.limits) == asked.limits), None)


def _new_row(asked: TrialAsked) -> OrderTrialRow:
    return OrderTrialRow(
        id=asked.trial,
        kind=asked.kind,
        key=asked.key,
        label=asked.label,
        limits=list(asked.limits),
        days=asked.days,
        basis=asked.basis,
        state=WAITING,
        asked_by=asked.person,
        asked_at=asked.at,
    )
