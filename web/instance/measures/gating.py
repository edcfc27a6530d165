"""The next gate as a dry run: what is missing and where it is mended, who would decide, and whether one may ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from domain.access import Actor, Capability, NotAllowed
from domain.approvals.choosing import add_working_days
from domain.approvals.request import ApprovalRequest, RequestStep
from domain.gates import GateNotReady, MeasureNotActive
from domain.governance.criteria import CriterionResult
from domain.governance.policies import GATE_KINDS
from domain.governance.template import GovernanceTemplate
from domain.stages import MeasureState
from tenants.instance.queries.measure import GatePreview, MeasureSheet, Names
from web.formats import day, initials
from web.presenting import CriterionItem, approvers_words, checklist_of, rule_words
from web.refusals import words_of
from web.wording import approvers

C = Capability


@dataclass(frozen=True, kw_only=True)
class Decider:
    """One line of who would decide."""

    name: str
    role: str
    note: str
    initials: str = ""
    firm: bool = False


@dataclass(frozen=True, kw_only=True)
class GateView:
    """What the page says about the next gate. `refused`: why the reader cannot ask for it now; empty: they can."""

    label: str
    target: int
    items: tuple[CriterionItem, ...]
    missing: int
    policy: str
    deciders: tuple[Decider, ...]
    obstacle: str
    by: str
    refused: str


def gate_of(sheet: MeasureSheet, actor: Actor, now: datetime) -> GateView | None:
    """None once the measure is closed: there is no next gate."""
    gate = sheet.gate
    if gate is None:
        return None
    days = sum(step.due_working_days for step in gate.steps)
    return GateView(
        label=sheet.governance.template.stages[gate.target].label,
        target=int(gate.target),
        items=_items(sheet, gate, actor),
        missing=sum(1 for result in gate.results if result.is_open),
        policy=gate.policy.label if gate.policy else "",
        deciders=_deciders(sheet, gate),
        obstacle=words_of(gate.obstacle) if gate.obstacle else "",
        by=day(add_working_days(now.date(), days)) if gate.steps else "",
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
    if any(result.is_open for result in gate.results):
        return words_of(GateNotReady(target=gate.target, results=gate.results))
    return words_of(gate.obstacle) if gate.obstacle else ""


def _deciders(sheet: MeasureSheet, gate: GatePreview) -> tuple[Decider, ...]:
    """The steps with their people; where nobody can decide, the steps of the policy by name."""
    if gate.policy and not gate.steps:
        return tuple(Decider(name=step.name, role="", note="") for step in gate.policy.steps)
    return deciders_of(gate.steps, sheet.names, sheet.governance.template)


def deciders_of(steps: Iterable[RequestStep], names: Names, template: GovernanceTemplate) -> tuple[Decider, ...]:
    """Who would decide a request with these steps, in order."""
    found = []
    for step in steps:
        people = approvers_words(step, names)
        due = _("within %(n)s working days", n=step.due_working_days)
        role = step.name if len(step.approvers) > 1 else _role(template, step.selector)
        note = ", ".join(filter(None, [rule_words(step), due]))
        single = initials(people) if len(step.approvers) == 1 else ""
        is_firm = bool(single) and step.approvers[0] in names.firm
        found.append(Decider(name=people, role=role, note=note, initials=single, firm=is_firm))
    return tuple(found)


def _role(template: GovernanceTemplate, selector: str) -> str:
    """Whom a step asks, with the role as this client's template calls it."""
    labels = {f"role:{each.role}": each.label for each in template.roles}
    return labels.get(selector) or approvers(selector)


def _items(sheet: MeasureSheet, gate: GatePreview, actor: Actor) -> tuple[CriterionItem, ...]:
    by_label = {result.label: result for result in gate.results}
    items = []
    for item in checklist_of(gate.results):
        href, act = _mend(sheet, by_label[item.label], actor) if item.state == "missing" else ("", "")
        items.append(CriterionItem(state=item.state, label=item.label, note=item.note, href=href, act=act))
    return tuple(items)


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
