"""Write months of a series: what people enter, what files bring and what the order ledger says, all the same way."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from domain.months import Month
from domain.value import Scenario
from tenants.instance.models.values import AmountRow
from tenants.instance.transaction import Transaction


def store_amounts(tx: Transaction, line: UUID, scenario: Scenario, amounts: Mapping[Month, Decimal | None]) -> None:
    """Write months of one series; None clears."""
    cleared = [month.first for month, amount in amounts.items() if amount is None]
    if cleared:
        tx.session.execute(
            delete(AmountRow).where(
                AmountRow.line_id == line, AmountRow.scenario == scenario, AmountRow.month.in_(cleared)
            )
        )
    kept = [
        {"line_id": line, "scenario": scenario, "month": month.first, "amount": amount}
        for month, amount in amounts.items()
        if amount is not None
    ]
    if kept:
        upsert = insert(AmountRow).values(kept)
        keys = ["line_id", "scenario", "month"]
        tx.session.execute(upsert.on_conflict_do_update(index_elements=keys, set_={"amount": upsert.excluded.amount}))
