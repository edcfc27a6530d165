"""Change requests as pages show them: the dry run of a proposal, and every version of a locked plan."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.approvals.requesting import Situation
from domain.changes.effect import Effect, effect_of
from domain.changes.proposal import Proposal, differing, proposal_text
from domain.changes.requesting import decide_request_change, not_proposable
from domain.governance.policies import CHANGE
from domain.ids import RequestId
from domain.measures import Measure
from domain.refusals import Refusal
from domain.seal import read_lines
from domain.value import Scenario, full_year_effect, in_instance_currency, total
from tenants.database import Work
from tenants.instance.models.requests import RequestRow
from tenants.instance.models.values import PlanVersionRow
from tenants.instance.queries.approvals import open_requests
from tenants.instance.queries.directory import get_directory
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.policies import PolicyPreview, Proposed, preview_policy

DRY_RUN = RequestId(UUID(int=0))


@dataclass(frozen=True, kw_only=True)
class ChangePreview:
    """What a proposal would do, which policy would apply and why, who would decide; or what stands against it.

    `proposal` is what really differs. `effect` and `run` are None where the proposal itself is refused.
    """

    proposal: Proposal
    effect: Effect | None
    run: PolicyPreview | None
    obstacle: Refusal | None


@dataclass(frozen=True, kw_only=True)
class PlanVersion:
    """One locked plan, by which request, and its sums at plan rates."""

    number: int
    locked_at: datetime
    seal: str
    request: UUID | None
    full_year: Decimal
    net: Decimal  # every planned month after one-off cost


def preview_change(
    work: Work, measure: Measure, path: str, governance: Governance, actor: Actor, proposal: Proposal, text: str
) -> ChangePreview:
    """The very decision that a request takes, without making one: nothing is stored, nothing recorded."""
    situation = Situation(
        path=path,
        template=governance.template,
        directory=get_directory(work),
        open_requests=open_requests(work.session, RequestRow.measure_id == measure.id),
        holidays=governance.holidays,
    )
    outcome = decide_request_change(measure, proposal, text, situation, governance.rates, actor, work.now(), DRY_RUN)
    kept = differing(measure, proposal)
    wrong = not_proposable(measure, kept, governance.template, governance.rates)
    effect = None if wrong else effect_of(measure, kept, governance.rates)
    run = None
    if effect:
        proposed = Proposed(text=proposal_text(kept), facts=effect.facts)
        run = preview_policy(work, measure, path, governance.template, CHANGE, actor, proposed)
    return ChangePreview(
        proposal=kept,
        effect=effect,
        run=run,
        obstacle=outcome if isinstance(outcome, Refusal) else None,
    )


def list_plan_versions(work: Work, measure: UUID, governance: Governance) -> tuple[PlanVersion, ...]:
    """Every version of a measure's locked plan, the first one first. One statement."""
    statement = select(PlanVersionRow).where(PlanVersionRow.measure_id == measure).order_by(PlanVersionRow.number)
    return tuple(_version(row, governance) for row in work.session.scalars(statement))


def _version(row: PlanVersionRow, governance: Governance) -> PlanVersion:
    lines = in_instance_currency(read_lines(json.loads(row.body["text"])), governance.rates)
    return PlanVersion(
        number=row.number,
        locked_at=row.locked_at,
        seal=row.digest,
        request=row.request_id,
        full_year=full_year_effect(lines, Scenario.PLAN),
        net=total(lines, Scenario.PLAN),
    )
