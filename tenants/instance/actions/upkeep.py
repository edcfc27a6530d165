"""What the passing of time does: milestones become late, overrides expire, a fiscal year begins."""

from datetime import date

from sqlalchemy import or_

from tenants.database import Work, action
from tenants.instance.actions.refreshing import refresh
from tenants.instance.models.measures import MeasureRow
from tenants.instance.queries.governance import get_governance


@action
def refresh_statuses(work: Work, today: date) -> int:
    """Compute sums and statuses of every measure that was last looked at on another day. Returns how many."""
    with work.transaction() as tx:
        rows = tx.lock_all(MeasureRow, or_(MeasureRow.status_on.is_(None), MeasureRow.status_on != today))
        refresh(tx, rows, get_governance(work))
        if rows:
            tx.later_once("publish_metrics")
    return len(rows)
