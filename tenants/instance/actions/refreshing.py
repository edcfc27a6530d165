"""What must be true again after every change of measures: their sums, their curves, both statuses, open seals."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from sqlalchemy import delete

from domain.measures import Measure
from domain.months import Month
from domain.status import (
    Dimension,
    ImplementationStatus,
    PotentialStatus,
    Status,
    effective,
    implementation_status,
    potential_status,
)
from domain.value import EffectLine, Figures, by_month, figures, in_instance_currency, price_of_waiting
from tenants.instance.actions.packages import add_up_packages
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow
from tenants.instance.queries.aggregates import first_locks, load_measures
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.overrides import implementation_override, potential_override
from tenants.instance.transaction import Transaction

BATCH = 500
PERCENT = Decimal(100)


def refresh(tx: Transaction, rows: Sequence[MeasureRow], governance: Governance) -> None:
    """Compute sums, curves and statuses of these measures anew and store them. Flushes what is pending first."""
    tx.flush()
    for start in range(0, len(rows), BATCH):
        _refresh_batch(tx, rows[start : start + BATCH], governance)
    add_up_packages(tx, (row.package_id for row in rows))


def _refresh_batch(tx: Transaction, rows: Sequence[MeasureRow], governance: Governance) -> None:
    ids = [row.id for row in rows]
    measures = load_measures(tx.session, rows, governance)
    locked = first_locks(tx.session, ids)
    sums, months = [], []
    for row in rows:
        measure = measures[row.id]  # type: ignore[index]
        found = _figures(measure, locked.get(row.id), governance, tx.work.now().date())
        _set_statuses(row, measure, found, governance, tx.work.now().date())
        sums.append(_figures_values(row, measure, found, governance, tx.work.now().date()))
        months += _month_values(measure, governance)
    for table, values in ((FiguresRow, sums), (MeasureMonthRow, months)):
        tx.session.execute(delete(table).where(table.measure_id.in_(ids)))
        tx.insert_many(table, values)


def _figures(measure: Measure, first_lock: Sequence[EffectLine] | None, governance: Governance, today: date) -> Figures:
    return figures(
        measure.lines,
        first_lock=first_lock,
        stage=measure.stage,
        state=measure.state,
        fy=governance.year_of(today),
        closed_through=governance.closed_through,
        weights=governance.weights,
        rates=governance.rates,
    )


def _figures_values(
    row: MeasureRow, measure: Measure, found: Figures, governance: Governance, today: date
) -> dict[str, object]:
    lines = in_instance_currency(measure.lines, governance.rates)
    return asdict(found) | {
        "measure_id": row.id,
        "year_start": governance.year_of(today).start.first,
        "price_of_waiting": price_of_waiting(lines, Month.of(today)),
    }


def _month_values(measure: Measure, governance: Governance) -> list[dict[str, object]]:
    curve = by_month(
        measure.lines,
        state=measure.state,
        closed_through=governance.closed_through,
        rates=governance.rates,
    )
    return [vars(sums) | {"measure_id": measure.id, "month": month.first} for month, sums in curve.items()]


def computed_statuses(
    tx: Transaction, row: MeasureRow, measure: Measure, governance: Governance
) -> dict[Dimension, Status]:
    """Both statuses as the rules compute them, before any override."""
    today = tx.work.now().date()
    found = _figures(measure, first_locks(tx.session, [row.id]).get(row.id), governance, today)
    work, value = _compute(measure, found, governance, today)
    return {Dimension.IMPLEMENTATION: work.status, Dimension.POTENTIAL: value.status}


def _compute(
    measure: Measure, found: Figures, governance: Governance, today: date
) -> tuple[ImplementationStatus, PotentialStatus]:
    limits = governance.template.thresholds
    green, amber = limits.value_green_from / PERCENT, limits.value_amber_from / PERCENT
    work = implementation_status(measure.milestones, today, amber_days=limits.late_red_after_days)
    return work, potential_status(found, green, amber)


def _set_statuses(row: MeasureRow, measure: Measure, found: Figures, governance: Governance, today: date) -> None:
    work, value = _compute(measure, found, governance, today)
    row.days_late = work.worst_days
    row.implementation = effective(work.status, implementation_override(row), today)
    row.potential = effective(value.status, potential_override(row), today)
    row.status_on = today
