"""The next gate as a dry run: what is missing and where it is mended, who would decide, and whether one may ask."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.request import ApprovalRequest
from domain.gates import GateNotReady, MeasureNotActive, OwnWaiver, unmet_conditions
from domain.governance.criteria import CriterionResult, Met
from domain.governance.policies import GATE_KINDS
from domain.lifecycle.editing import not_open
from domain.stages import MeasureState
from domain.waivers import Waiver
from tenants.instance.queries.gates import GatePreview
from tenants.instance.queries.measure import MeasureSheet
from web.deciding import DryRun, dry_run_of, obstacle_words
from web.formats import day
from web.presenting import CriterionItem, in_order, item_of
from web.refusals import words_of

C = Capability


@dataclass(frozen=True, kw_only=True)
class GateView:
    """What the page says about the next gate. `refused`: why the reader cannot ask for it now; empty: they can.

    `overdue` conditions turn it amber.
    """

    label: str
    target: int
    items: tuple[CriterionItem, ...]
    missing: int
    run: DryRun
    overdue: int
    refused: str


def gate_of(sheet: MeasureSheet, actor: Actor, now: datetime) -> GateView | None:
    """None once the measure is closed: there is no next gate."""
    gate = sheet.gate
    if gate is None:
        return None
    return GateView(
        label=sheet.governance.template.stages[gate.target].label,
        target=int(gate.target),
        items=_items(sheet, gate, actor),
        missing=sum(1 for result in gate.results if result.is_open),
        run=dry_run_of(gate.asked, sheet.names, sheet.governance, now.date()),
        overdue=gate.facts.overdue_conditions,
        refused=_refused(sheet, gate, actor),
    )


def open_gate_request(sheet: MeasureSheet) -> ApprovalRequest | None:
    return next((each for each in sheet.requests if each.current is not None and each.kind in GATE_KINDS), None)


def _refused(sheet: MeasureSheet, gate: GatePreview, actor: Actor) -> str:
    if not actor.can_on(C.REQUEST_GATE, sheet.measure, sheet.path):
        return words_of(NotAllowed(capability=C.REQUEST_GATE))
    if sheet.measure.state is not MeasureState.ACTIVE:
        return words_of(MeasureNotActive(state=sheet.measure.state))
    if open_gate_request(sheet):
        return _("A request for this gate is open.")
    if unmet := unmet_conditions(gate.target, gate.facts):
        return words_of(unmet)
    if any(result.is_open for result in gate.results):
        return words_of(GateNotReady(target=gate.target, results=gate.results))
    if any(waiver.person == actor.person for waiver in gate.waivers.values()):
        return words_of(OwnWaiver(person=actor.person))
    return obstacle_words(gate.asked, sheet.names)


def _items(sheet: MeasureSheet, gate: GatePreview, actor: Actor) -> tuple[CriterionItem, ...]:
    waivable = {each.key for each in sheet.governance.template.gates[gate.target] if each.waivable}
    may_waive = _may_waive(sheet, actor)
    items = []
    for result in in_order(gate.results):
        item = item_of(result)
        if result.is_open:
            href, act = _mend(sheet, result, actor)
            waive = _waiver(sheet, "new_waiver", result) if may_waive and result.key in waivable else ""
            item = replace(item, href=href, act=act, waive=waive)
        if result.key in gate.waivers and may_waive:
            item = replace(item, unwaive=_waiver(sheet, "take_back_waiver", result))
        if result.outcome is Met.WAIVED:
            item = replace(item, by=_waived_by(sheet, gate.waivers[result.key]))
        items.append(item)
    return tuple(items)


def _may_waive(sheet: MeasureSheet, actor: Actor) -> bool:
    """Whether the reader could; the action asks again."""
    is_able = actor.can(C.WAIVE_CRITERION, sheet.path) and actor.person != sheet.measure.owner
    return is_able and not_open(sheet.measure) is None and open_gate_request(sheet) is None


def _waiver(sheet: MeasureSheet, endpoint: str, result: CriterionResult) -> str:
    return url_for(f"instance.measures.{endpoint}", code=sheet.measure.code, criterion=result.key)


def _waived_by(sheet: MeasureSheet, waiver: Waiver) -> str:
    return _("%(who)s, %(day)s", who=sheet.names.get(waiver.person, "–"), day=day(waiver.at.date()))


def _mend(sheet: MeasureSheet, result: CriterionResult, actor: Actor) -> tuple[str, str]:
    """Where a missing criterion is mended, and the words of the button; nothing for who may not."""
    capability, endpoint, values, act = _place(result)
    if not endpoint:
        return ("#requests", _("Open requests")) if result.kind == "NoOpenRequest" else ("", "")
    if result.kind == "ControllerConfirmed":
        return ("#value", _("Confirm")) if actor.person == sheet.measure.controller else ("", "")
    if not actor.can_on(capability, sheet.measure, sheet.path) or sheet.measure.state is not MeasureState.ACTIVE:
        return "", ""
    if endpoint.startswith("#"):
        return endpoint, act
    return url_for(f"instance.measures.{endpoint}", code=sheet.measure.code, **values), act


def _place(result: CriterionResult) -> tuple[Capability, str, dict[str, Any], str]:
    scenario = {"BaselinePresent": "baseline", "PlannedByMonth": "plan", "ForecastEntered": "forecast"}
    match result.kind:
        case "FieldPresent" | "DeclaredOrPresent" | "DistinctPeople":
            field = result.missing[0] if result.missing else ""
            capability = C.ASSIGN_PEOPLE if field in ("owner", "sponsor", "controller") else C.EDIT_MEASURE
            return capability, "edit", {"focus": field}, _("Fill in")
        case "BaselinePresent" | "PlannedByMonth" | "ForecastEntered":
            if result.need == 0:
                return C.ENTER_PLAN, "new_line", {}, _("Add an effect line")
            capability = C.ENTER_FORECAST if result.kind == "ForecastEntered" else C.ENTER_PLAN
            return capability, "values", {"scenario": scenario[result.kind]}, _("Enter by month")
        case "ActualsThroughClosedMonth":
            return C.ENTER_ACTUALS, "values", {"scenario": "actual"}, _("Enter actuals")
        case "MilestonesDone":
            return C.UPDATE_MILESTONES, "#milestones", {}, _("Open milestones")
        case "ClosureEvidence":
            return C.UPDATE_MILESTONES, "new_evidence", {"closure": "1"}, _("Attach evidence")
        case "ControllerConfirmed":
            return C.CONFIRM_VALUE, "#value", {}, _("Confirm")
        case "Count":
            return _counted(result)
    return C.VIEW_MEASURES, "", {}, ""


def _counted(result: CriterionResult) -> tuple[Capability, str, dict[str, Any], str]:
    """What is counted is not in the result; its key in the template says it."""
    if result.missing:
        return C.EDIT_MEASURE, "#milestones", {}, _("Open milestones")
    if "line" in result.key:
        return C.ENTER_PLAN, "new_line", {}, _("Add an effect line")
    if "evidence" in result.key:
        return C.UPDATE_MILESTONES, "new_evidence", {}, _("Attach evidence")
    return C.EDIT_MEASURE, "new_milestone", {}, _("Add a milestone")
