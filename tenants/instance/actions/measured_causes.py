"""Propose a measure on a cause that the order ledger has measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.access import Actor, Capability, NotAllowed, OrderScope
from domain.governance.template import EffectKind, GovernanceTemplate
from domain.ids import LineId, MeasureId, NodeId
from domain.lifecycle import MeasureCreated, decide_create
from domain.measures import Measure
from domain.months import Month
from domain.orders.causes import Cause, CauseMeasured, MeasuredCause, decide_measure
from domain.refusals import Refusal
from domain.value import EffectLine, Recurrence, Scenario, Sign
from tenants.database import NotFound, Work, action
from tenants.instance.actions.amount_rows import store_amounts
from tenants.instance.actions.measures import add_measure, get_package, next_code
from tenants.instance.actions.refreshing import refresh
from tenants.instance.actions.taking import subject_of
from tenants.instance.actions.values import store_line
from tenants.instance.models.intake import MeasuredCauseRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.order_ledger import EVERYTHING, get_ledger
from tenants.instance.transaction import Subject, Transaction

USUAL_KIND = "fulfilment_cost"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What the form says; `values` are typed values of a measure's fields (title, description, ...)."""

    measure: UUID
    line: UUID
    package: NodeId
    cause: Cause
    months: Sequence[Month]
    target_percent: Decimal
    source: str  # the words of the baseline's source
    line_name: str
    values: Mapping[str, Any]


@action
def propose_measure(work: Work, proposal: Proposal, actor: Actor) -> MeasureCreated | Refusal:
    """A new measure with the measured baseline. The same form twice makes one. Raises NotFound for no package."""
    with work.transaction() as tx:
        node = get_package(tx, proposal.package)
        about = Subject(kind="node", id=node.id, label=node.name, path=node.path)
        if tx.session.get(MeasureRow, proposal.measure) is not None:
            raise NotFound(f"a new measure {proposal.measure}")
        governance = get_governance(work)
        measured = _measured(tx, proposal, governance, actor)
        if isinstance(measured, Refusal):
            return tx.refuse(measured, actor, about)
        values = {**proposal.values, "baseline_source": proposal.source, **_expected(measured)}
        wished = Measure(id=MeasureId(proposal.measure), code="", package=proposal.package, **values)
        created = decide_create(wished, actor, node.path, work.now())
        if isinstance(created, Refusal):
            return tx.refuse(created, actor, about)
        created = replace(created, measure=replace(created.measure, code=next_code(tx)))
        row = add_measure(tx, created.measure, node, created.measure.code)
        tx.flush()
        _keep(tx, proposal, measured, governance.template, governance.currency)
        refresh(tx, [row], governance)
        tx.record(created, actor, subject_of(row))
        tx.record(measured, actor, subject_of(row))
        tx.later_once("publish_metrics")
    return created


def _measured(tx: Transaction, proposal: Proposal, governance: Governance, actor: Actor) -> CauseMeasured | Refusal:
    """The baseline from the ledger, if the actor may see what it sums."""
    if not may_measure(actor.orders(Capability.VIEW_ORDERS), proposal.cause):
        return NotAllowed(capability=Capability.VIEW_ORDERS)
    rules = governance.template.orders
    if rules is None:
        raise NotFound("the orders of the instance")
    ledger = get_ledger(tx.session, EVERYTHING, proposal.cause, proposal.months)
    measure, line = MeasureId(proposal.measure), LineId(proposal.line)
    return decide_measure(measure, line, proposal.cause, ledger, proposal.target_percent, rules)


def may_measure(scope: OrderScope, cause: Cause) -> bool:
    """A baseline sums what its reader may see: everything, or the one channel it is of."""
    return scope.everything or cause.channel in scope.channels


def _expected(measured: CauseMeasured) -> dict[str, Any]:
    """What a year brings when the target is reached."""
    cause = measured.measured
    saved = (cause.baseline * 12 * cause.target_percent / 100).quantize(Decimal("0.01"))
    return {"rough_value": saved, "target": saved}


def _keep(
    tx: Transaction, proposal: Proposal, measured: CauseMeasured, template: GovernanceTemplate, currency: str
) -> None:
    kind = kind_for(template)
    line = EffectLine(
        id=LineId(proposal.line),
        name=proposal.line_name,
        kind=kind.key,
        recurrence=Recurrence.RECURRING,
        sign=Sign.BENEFIT,
        is_pnl=kind.is_pnl,
        is_cash=kind.is_cash,
        currency=currency,
    )
    store_line(tx, proposal.measure, line)
    store_amounts(tx, proposal.line, Scenario.BASELINE, dict(measured.costs))
    tx.add(measured_row(measured.measured))
    tx.flush()


def measured_row(measured: MeasuredCause) -> MeasuredCauseRow:
    return MeasuredCauseRow(
        measure_id=measured.measure,
        type=measured.cause.type,
        cause=measured.cause.cause,
        channel=measured.cause.channel,
        line_id=measured.line,
        measured_from=measured.first.first,
        measured_to=measured.last.first,
        baseline=measured.baseline,
        baseline_rate=measured.baseline_rate,
        target_percent=measured.target_percent,
    )


def kind_for(template: GovernanceTemplate) -> EffectKind:
    """The kind that saved cost of orders has, or the first recurring benefit of the template."""
    kinds = [kind for kind in template.effect_kinds if kind.sign is Sign.BENEFIT]
    usual = (kind for kind in kinds if kind.key == USUAL_KIND)
    recurring = (kind for kind in kinds if kind.recurrence is Recurrence.RECURRING)
    return next(usual, None) or next(recurring, None) or kinds[0]
