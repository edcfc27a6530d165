"""A governance template in words: gates with their criteria, policies with conditions and approvers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Role
from domain.governance.policies import (
    Approvers,
    Condition,
    NamedOnMeasure,
    NamedPeople,
    Operator,
    RoleAtNode,
    Rule,
    Step,
)
from domain.governance.template import GovernanceTemplate
from domain.stages import Stage
from web.formats import number

OPERATORS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.ONE_OF: "is one of",
    Operator.ABOVE: "above",
    Operator.AT_LEAST: "at least",
    Operator.BELOW: "below",
    Operator.AT_MOST: "at most",
}


@dataclass(frozen=True, kw_only=True)
class GateWords:
    """A gate: the stage it leads into and its checklist; `waivable` ones may be left out with a reason."""

    stage: str
    criteria: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class PolicyWords:
    label: str
    when: str
    steps: tuple[str, ...]


def gates_of(template: GovernanceTemplate) -> list[GateWords]:
    return [
        GateWords(
            stage=template.stages[stage].label,
            criteria=tuple((criterion.label, criterion.waivable) for criterion in template.gates[stage]),
        )
        for stage in Stage
        if stage in template.gates
    ]


def policies_of(template: GovernanceTemplate) -> list[PolicyWords]:
    labels = {role.role: role.label for role in template.roles}
    return [
        PolicyWords(
            label=policy.label,
            when=", ".join(_condition(condition) for condition in policy.when) or _("always"),
            steps=tuple(_step(step, labels) for step in policy.steps),
        )
        for policy in template.policies
    ]


def _condition(condition: Condition) -> str:
    value = condition.value
    words = " / ".join(value) if isinstance(value, tuple) else _fact(value)
    return f"{condition.field.replace('_', ' ')} {OPERATORS[condition.operator]} {words}"


def _fact(value: Decimal | str | bool) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return number(value) if isinstance(value, Decimal) else value


def _step(step: Step, labels: Mapping[Role, str]) -> str:
    who = _approvers(step.approvers, labels)
    parts = [f"{who if who.lower() == step.name.lower() else f'{step.name}: {who}'}{_quorum(step)}"]
    parts.append(ngettext("within %(num)d working day", "within %(num)d working days", step.due_working_days))
    if step.escalate_to:
        parts.append(_("then to %(role)s", role=labels.get(step.escalate_to, step.escalate_to.replace("_", " "))))
    if step.step_up:
        parts.append(_("with a fresh sign-in"))
    return ", ".join(parts)


def _approvers(approvers: Approvers, labels: Mapping[Role, str]) -> str:
    if isinstance(approvers, NamedOnMeasure):
        return _("the measure's %(role)s", role=approvers.role.replace("_", " "))
    if isinstance(approvers, RoleAtNode):
        return labels.get(approvers.role, approvers.role.replace("_", " "))
    if isinstance(approvers, NamedPeople):
        return ", ".join(approvers.emails)
    return _("the measure's decision forum")


def _quorum(step: Step) -> str:
    return {
        Rule.ANY: "",
        Rule.ALL: _(" (all of them)"),
        Rule.COUNT: _(" (%(n)s of them)", n=step.quorum.count),
        Rule.FORUM: _(" (by its quorum)"),
    }[step.quorum.rule]
