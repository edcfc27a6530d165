"""Measures as the domain sees them, loaded whole: with milestones, effect lines, series and evidence."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.ids import EvidenceId, ForumId, LineId, MeasureId, MilestoneId, NodeId, PersonId, ReferenceId
from domain.measures import Evidence, KillText, Measure, Milestone
from domain.months import Month
from domain.seal import read_lines
from domain.stages import MeasureState, Stage
from domain.value import EffectLine, Recurrence, Scenario, Sign
from tenants.instance.models.measures import EvidenceRow, MeasureRow, MilestoneRow
from tenants.instance.models.values import AmountRow, EffectLineRow, PlanVersionRow
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.kill_criteria import kill_texts

Series = dict[Scenario, dict[Month, Decimal]]


def load_measure(session: Session, row: MeasureRow, governance: Governance) -> Measure:
    """One measure, five statements."""
    return load_measures(session, [row], governance)[MeasureId(row.id)]


def load_measures(session: Session, rows: Sequence[MeasureRow], governance: Governance) -> dict[MeasureId, Measure]:
    """Many measures with the same five statements."""
    ids = [row.id for row in rows]
    evidence = _grouped(session, EvidenceRow, ids, EvidenceRow.added_at)
    milestones = _grouped(session, MilestoneRow, ids, MilestoneRow.position)
    lines = _grouped(session, EffectLineRow, ids, EffectLineRow.position)
    series = load_series(session, [line.id for group in lines.values() for line in group])
    kill = kill_texts(session, ids)
    return {
        MeasureId(row.id): to_measure(
            row, milestones[row.id], lines[row.id], series, evidence[row.id], governance, kill.get(row.id, ())
        )
        for row in rows
    }


def load_series(session: Session, line_ids: Iterable[UUID]) -> dict[UUID, Series]:
    """The amounts of lines, by line, scenario and month."""
    found: dict[UUID, Series] = defaultdict(lambda: defaultdict(dict))
    statement = select(AmountRow.line_id, AmountRow.scenario, AmountRow.month, AmountRow.amount)
    for line, scenario, month, amount in session.execute(statement.where(AmountRow.line_id.in_(list(line_ids)))):
        found[line][Scenario(scenario)][Month.of(month)] = amount
    return found


def first_locks(session: Session, measure_ids: Iterable[UUID]) -> dict[UUID, tuple[EffectLine, ...]]:
    """The lines of each measure whose plan is locked, with the plan as it was locked first. One statement."""
    statement = select(PlanVersionRow.measure_id, PlanVersionRow.body["text"].astext).where(
        PlanVersionRow.measure_id.in_(list(measure_ids)), PlanVersionRow.number == 1
    )
    return {measure: read_lines(json.loads(text)) for measure, text in session.execute(statement)}


def to_measure(
    row: MeasureRow,
    milestones: Sequence[MilestoneRow],
    lines: Sequence[EffectLineRow],
    series: Mapping[UUID, Series],
    evidence: Sequence[EvidenceRow],
    governance: Governance,
    kill_criteria: tuple[KillText, ...] = (),
) -> Measure:
    proofs = Counter(item.milestone_id for item in evidence)
    return Measure(
        id=MeasureId(row.id),
        code=row.code,
        package=NodeId(row.package_id),
        title=row.title,
        description=row.description,
        expected_effect=row.expected_effect,
        owner=_person(row.owner_id),
        sponsor=_person(row.sponsor_id),
        controller=_person(row.controller_id),
        business_unit=_reference(row.business_unit_id),
        function=_reference(row.function_id),
        legal_entity=_reference(row.legal_entity_id),
        forum=ForumId(row.forum_id) if row.forum_id else None,
        start=row.start_on,
        end=row.end_on,
        stage=Stage(row.stage),
        state=MeasureState(row.state),
        held_on=row.held_on,
        currency=governance.currency,
        rough_value=row.rough_value,
        target=row.target,
        baseline_source=row.baseline_source,
        assumptions=row.assumptions,
        risks=row.risks,
        dependencies=row.dependencies,
        no_risks=row.no_risks,
        no_dependencies=row.no_dependencies,
        controller_confirmed_at=row.controller_confirmed_at,
        closed_through=str(governance.closed_through or ""),
        milestones=tuple(_milestone(item, proofs[item.id]) for item in milestones),
        lines=tuple(_line(line, series.get(line.id, {})) for line in lines),
        evidence=tuple(_evidence(item) for item in evidence),
        kill_criteria=kill_criteria,
        plan_version=row.plan_version,
        last_edited_by=_person(row.last_edited_by),
        editors=frozenset(PersonId(editor) for editor in row.editors),
        version=row.version,
    )


def _milestone(row: MilestoneRow, proofs: int) -> Milestone:
    return Milestone(
        id=MilestoneId(row.id),
        title=row.title,
        owner=_person(row.owner_id),
        due=row.due_on,
        forecast=row.forecast_on,
        done_on=row.done_on,
        waived_because=row.waived_because,
        evidence=proofs,
        held_days=row.held_days,
    )


def _line(row: EffectLineRow, series: Mapping[Scenario, Mapping[Month, Decimal]]) -> EffectLine:
    return EffectLine(
        id=LineId(row.id),
        name=row.name,
        kind=row.kind,
        recurrence=Recurrence(row.recurrence),
        sign=Sign(row.sign),
        is_pnl=row.is_pnl,
        is_cash=row.is_cash,
        currency=row.currency,
        account=row.account,
        cost_centre=row.cost_centre,
        series=series,
    )


def _evidence(row: EvidenceRow) -> Evidence:
    milestone = MilestoneId(row.milestone_id) if row.milestone_id else None
    return Evidence(id=EvidenceId(row.id), title=row.title, milestone=milestone, is_closure=row.is_closure)


def _grouped(session: Session, row_type: Any, ids: Sequence[UUID], order: Any) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    statement = select(row_type).where(row_type.measure_id.in_(ids)).order_by(order, row_type.id)
    for row in session.scalars(statement.execution_options(populate_existing=True)):
        grouped[row.measure_id].append(row)
    return grouped


def _person(value: UUID | None) -> PersonId | None:
    return PersonId(value) if value else None


def _reference(value: UUID | None) -> ReferenceId | None:
    return ReferenceId(value) if value else None
