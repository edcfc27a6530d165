"""Write what an approved change changes: fields, milestones, effect lines, the months of their locked series."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from domain.changes.proposal import Proposal, applied, read_proposal
from domain.ids import LineId, MilestoneId
from domain.lifecycle import ChangeApplied
from domain.measures import Measure
from domain.value import EffectLine
from tenants.instance.actions.amount_rows import store_amounts
from tenants.instance.actions.measures import apply_values
from tenants.instance.actions.milestones import store_milestone, take_milestone_out
from tenants.instance.actions.taking import Taken
from tenants.instance.actions.values import store_line
from tenants.instance.models.values import AmountRow, EffectLineRow
from tenants.instance.transaction import Transaction


def write_change(tx: Transaction, taken: Taken, change: ChangeApplied) -> None:
    """The rows as `applied` says they are; who asked for the change has edited the measure."""
    proposal = read_proposal(change.proposal)
    after = applied(taken.measure, proposal)
    apply_values(taken.row, proposal.values)
    _write_milestones(tx, after, proposal.milestones)
    _write_lines(tx, after, proposal.lines)
    _write_amounts(tx, proposal)
    taken.row.last_edited_by = change.person
    if change.person not in taken.row.editors:
        taken.row.editors = [*taken.row.editors, change.person]


def _write_milestones(
    tx: Transaction, after: Measure, proposed: Mapping[MilestoneId, Mapping[str, Any] | None]
) -> None:
    for milestone in after.milestones:
        if milestone.id in proposed:
            store_milestone(tx, after.id, milestone)
    for gone in (key for key, fields in proposed.items() if fields is None):
        take_milestone_out(tx, gone)


def _write_lines(tx: Transaction, after: Measure, proposed: Mapping[LineId, Mapping[str, Any] | None]) -> None:
    for line, fields in proposed.items():
        if fields is None:
            tx.session.execute(delete(AmountRow).where(AmountRow.line_id == line))
            tx.session.execute(delete(EffectLineRow).where(EffectLineRow.id == line))
        else:
            store_line(tx, after.id, _line(after, line))


def _line(after: Measure, line: UUID) -> EffectLine:
    return next(each for each in after.lines if each.id == line)


def _write_amounts(tx: Transaction, proposal: Proposal) -> None:
    for line, series in proposal.amounts.items():
        for scenario, amounts in series.items():
            store_amounts(tx, line, scenario, amounts)
