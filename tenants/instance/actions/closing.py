"""What a closure leaves behind: the days on which its controller looks again whether the value holds."""

from domain.lifecycle import MeasureClosed
from tenants.instance.actions.taking import Taken
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.transaction import Transaction


def schedule_checks(tx: Transaction, taken: Taken, closed: MeasureClosed) -> None:
    for due in closed.sustain_checks:
        tx.add(
            SustainCheckRow(
                id=tx.work.new_id(),
                measure_id=taken.row.id,
                request_id=closed.request,
                due_on=due,
                outcome="",
                words="",
            )
        )
