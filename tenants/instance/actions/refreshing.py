"""What must be true again after every change of measures: their sums, their curves, both statuses, open seals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.conditions import StandingCondition, count_open, overdue_since
from domain.ids import MeasureId
from domain.measures import Measure
from domain.months import Month
from domain.overrides import effective
from domain.status import (
    Dimension,
    ImplementationStatus,
    PotentialStatus,
    Status,
    implementation_status,
    potential_status,
)
from domain.value import EffectLine, Figures, by_month, figures, in_instance_currency, price_of_waiting
from tenants.instance.actions.packages import add_up_packages
from tenants.instance.actions.sums import keep_figures, keep_months
from tenants.instance.models.measures import MeasureRow
from tenants.instance.queries.aggregates import first_locks, load_measures
from tenants.instance.queries.conditions import standing_conditions
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.overrides import implementation_override, potential_override
from tenants.instance.transaction import Transaction

BATCH = 500
PERCENT = Decimal(100)


def refresh(tx: Transaction, rows: Sequence[MeasureRow], governance: Governance) -> None:
    """Compute sums, curves and statuses of these measures anew; store what differs. Flushes what is pending first."""
    _flush_others(tx, rows)
    packages: set[UUID] = set()
    months: set[date] = set()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        changed = _refresh_batch(tx, batch, load_measures(tx.session, batch, governance), governance)
        packages |= changed[0]
        months |= changed[1]
    add_up_packages(tx, packages, months)


def refreshed(tx: Transaction, row: MeasureRow, governance: Governance) -> Measure:
    """The same for one measure; returns it as it is now."""
    _flush_others(tx, [row])
    measures = load_measures(tx.session, [row], governance)
    add_up_packages(tx, *_refresh_batch(tx, [row], measures, governance))
    return measures[MeasureId(row.id)]


def _flush_others(tx: Transaction, rows: Sequence[MeasureRow]) -> None:
    """The rows themselves are not read again: with their statuses they are written once, by a later flush."""
    session, own = tx.session, {id(row) for row in rows}
    if session.new or session.deleted or any(id(changed) not in own for changed in session.dirty):
        tx.flush()


def _refresh_batch(
    tx: Transaction, rows: Sequence[MeasureRow], measures: Mapping[MeasureId, Measure], governance: Governance
) -> tuple[set[UUID], set[date]]:
    """Returns the packages whose sums changed with it, and the months."""
    today = tx.work.now().date()
    planned = [row.id for row in rows if row.plan_version]
    locked = first_locks(tx.session, planned) if planned else {}
    conditions = standing_conditions(tx.session, [row.id for row in rows])
    sums, months = [], []
    for row in rows:
        measure = measures[MeasureId(row.id)]
        found = _figures(measure, locked.get(row.id), governance, today)
        _set_statuses(row, measure, found, governance, conditions[row.id], today)
        sums.append(_figures_values(row, measure, found, governance, today))
        months += _month_values(measure, governance)
    keep_figures(tx, rows, sums)
    return keep_months(tx, rows, months)


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
    conditions = standing_conditions(tx.session, [row.id])[row.id]
    work, value = _compute(measure, found, governance, conditions, today)
    return {Dimension.IMPLEMENTATION: work.status, Dimension.POTENTIAL: value.status}


def _compute(
    measure: Measure, found: Figures, governance: Governance, conditions: Sequence[StandingCondition], today: date
) -> tuple[ImplementationStatus, PotentialStatus]:
    limits = governance.template.thresholds
    green, amber = limits.value_green_from / PERCENT, limits.value_amber_from / PERCENT
    as_of = overdue_since(measure, today)
    overdue = count_open(conditions, as_of)[1] > 0
    work = implementation_status(measure.milestones, as_of, limits.late_red_after_days, overdue)
    return work, potential_status(found, green, amber)


def _set_statuses(
    row: MeasureRow,
    measure: Measure,
    found: Figures,
    governance: Governance,
    conditions: Sequence[StandingCondition],
    today: date,
) -> None:
    work, value = _compute(measure, found, governance, conditions, today)
    row.days_late = work.worst_days
    row.implementation = effective(work.status, implementation_override(row), today)
    row.potential = effective(value.status, potential_override(row), today)
    row.status_on = today
