"""Fill the actuals of measures with a measured cause from the order ledger: by night, and when a month is closed."""

from uuid import UUID

from domain.orders.actuals import LedgerActualsRecorded, closed_actuals, due_months, record_from_ledger
from domain.value import Scenario
from tenants.database import Work, action
from tenants.instance.actions.amount_rows import store_amounts
from tenants.instance.actions.taking import Taken, put_back, take
from tenants.instance.queries.order_ledger import EVERYTHING, find_measured, get_ledger, measured_measures
from tenants.instance.transaction import Transaction


@action
def record_ledger_actuals(work: Work, measure_id: UUID) -> LedgerActualsRecorded | None:
    """Compute the months of a measured measure that are over and open. None where all stand. Raises NotFound."""
    with work.transaction() as tx:
        return _fill(tx, take(tx, measure_id))


def fill_measured(tx: Transaction) -> None:
    """The same for every measured measure inside another change: the months it closes are filled first."""
    for measure in measured_measures(tx.session):
        _fill(tx, take(tx, measure))


def _fill(tx: Transaction, taken: Taken) -> LedgerActualsRecorded | None:
    measured = find_measured(tx.session, taken.row.id)
    if measured is None:
        return None
    now = tx.work.now()
    months = (*closed_actuals(taken.measure, measured), *due_months(taken.measure, measured, now))
    ledger = get_ledger(tx.session, EVERYTHING, measured.cause, months)
    outcome = record_from_ledger(taken.measure, measured, ledger, now)
    if outcome is not None:
        store_amounts(tx, outcome.line, Scenario.ACTUAL, outcome.amounts)
        put_back(tx, taken, None, is_edit=False)
        tx.record(outcome, None, taken.subject)
    return outcome
