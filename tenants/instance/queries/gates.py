"""What a gate's checklist looks at beside the measure, for the request and for its dry run on the page alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import Actor
from domain.checklist import GateFacts, evaluate
from domain.conditions import count_open, overdue_since
from domain.governance.criteria import CauseReduced, CriterionResult
from domain.governance.policies import gate_kind
from domain.governance.template import GovernanceTemplate, ReasonList
from domain.ids import PersonId
from domain.measures import Measure
from domain.months import span
from domain.orders.actuals import closing_months
from domain.orders.causes import CauseStanding, standing_of
from domain.stages import Stage
from domain.waivers import Waiver
from tenants.database import Work
from tenants.instance.models.conditions import WaiverRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.approvals import open_requests
from tenants.instance.queries.conditions import standing_conditions
from tenants.instance.queries.order_ledger import EVERYTHING, find_measured, get_ledger
from tenants.instance.queries.policies import PolicyPreview, preview_policy


@dataclass(frozen=True, kw_only=True)
class GatePreview:
    """The dry run of the next gate: what is missing, what is waived, and what would happen if it were asked for."""

    target: Stage
    facts: GateFacts
    results: tuple[CriterionResult, ...]
    waivers: Mapping[str, Waiver]
    asked: PolicyPreview


def preview_gate(
    work: Work, measure: Measure, path: str, template: GovernanceTemplate, actor: Actor
) -> GatePreview | None:
    """What would happen if the reader asked for the next gate now. None where there is none."""
    target = measure.stage.next
    if target is None:
        return None
    facts = gate_facts(work.session, measure, template, work.now().date())
    return GatePreview(
        target=target,
        facts=facts,
        results=evaluate(template.gates[target], measure, facts),
        waivers=waivers_of(work.session, measure.id, target),
        asked=preview_policy(work, measure, path, template, gate_kind(target), actor),
    )


def gate_facts(session: Session, measure: Measure, template: GovernanceTemplate, today: date) -> GateFacts:
    """Facts for the measure's next gate. Three statements, and four for a cause that the closure asks for."""
    conditions = standing_conditions(session, [measure.id])[measure.id]
    still, overdue = count_open(conditions, overdue_since(measure, today))
    waivers = waivers_of(session, measure.id, measure.stage.next)
    return GateFacts(
        open_requests=len(open_requests(session, RequestRow.measure_id == measure.id)),
        open_conditions=still,
        overdue_conditions=overdue,
        waivers={key: waiver_words(waiver, template) for key, waiver in waivers.items()},
        waived_by=frozenset(waiver.person for waiver in waivers.values()),
        cause=cause_standing(session, measure, template),
    )


def cause_standing(session: Session, measure: Measure, template: GovernanceTemplate) -> CauseStanding | None:
    """How far the measured cause has fallen, where the next gate asks for it. None where nothing was measured."""
    criteria = template.gates[measure.stage.next] if measure.stage.next else ()
    if not any(isinstance(each, CauseReduced) for each in criteria):
        return None
    measured = find_measured(session, measure.id)
    if measured is None:
        return None
    months = closing_months(measure, measured)
    whole = span(months[0], months[-1]) if months else ()
    ledger = get_ledger(session, EVERYTHING, measured.cause, whole)
    return standing_of(measured, {month: ledger[month] for month in months})


def waivers_of(session: Session, measure: UUID, target: Stage | None) -> Mapping[str, Waiver]:
    """What was waived of the gate into `target`, by criterion."""
    if target is None:
        return {}
    statement = select(WaiverRow).where(WaiverRow.measure_id == measure, WaiverRow.stage == int(target))
    rows = session.scalars(statement.execution_options(populate_existing=True))
    return {row.criterion: to_waiver(row) for row in rows}


def to_waiver(row: WaiverRow) -> Waiver:
    return Waiver(
        target=Stage(row.stage),
        criterion=row.criterion,
        reason=row.reason,
        words=row.words,
        person=PersonId(row.waived_by),
        at=row.waived_at,
    )


def waiver_words(waiver: Waiver, template: GovernanceTemplate) -> str:
    """The reason as a checklist keeps it: the list's entry, then what was said."""
    known = template.reason(ReasonList.WAIVE, waiver.reason)
    return f"{known.label if known else waiver.reason}: {waiver.words}"
