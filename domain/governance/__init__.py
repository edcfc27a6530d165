"""The governance template: its model, how it is read from YAML, how two versions differ. Source: DOMAIN.md, 7."""

from domain.governance.comparing import Difference, compare
from domain.governance.criteria import Criterion, CriterionResult, Met
from domain.governance.parsing import parse_template, template_digest
from domain.governance.policies import Condition, Policy, Rule, Step, gate_kind
from domain.governance.reading import Fault, TemplateErrors, TemplateFault
from domain.governance.template import (
    LEVELS,
    EffectKind,
    ExceptionType,
    GovernanceTemplate,
    OrderRules,
    Reason,
    ReasonList,
    StageRule,
    StatusThresholds,
)

__all__ = [
    "LEVELS",
    "Condition",
    "Criterion",
    "CriterionResult",
    "Difference",
    "EffectKind",
    "ExceptionType",
    "Fault",
    "GovernanceTemplate",
    "Met",
    "OrderRules",
    "Policy",
    "Reason",
    "ReasonList",
    "Rule",
    "StageRule",
    "StatusThresholds",
    "Step",
    "TemplateErrors",
    "TemplateFault",
    "compare",
    "gate_kind",
    "parse_template",
    "template_digest",
]
