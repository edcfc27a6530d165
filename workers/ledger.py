"""Fill the actuals of measures with a measured cause from the order ledger."""

from tenants.instance.actions.ledger_actuals import record_ledger_actuals
from tenants.instance.queries.order_ledger import measured_measures
from workers.task import Task


def record_ledger(task: Task) -> None:
    """Months that are over and open, each measure in a transaction of its own, so that a second run goes on."""
    for measure in measured_measures(task.instance.session):
        record_ledger_actuals(task.instance, measure)
