"""Reads a whole governance template from YAML text: the template, or every fault with its line."""

from hashlib import sha256

from domain.access import Role
from domain.governance.parsing_gates import read_gates
from domain.governance.parsing_orders import read_orders, read_reasons, unique
from domain.governance.parsing_policies import read_policies
from domain.governance.policies import NamedOnMeasure, Policy, RoleAtNode
from domain.governance.reading import Entry, Fault, Faults, TemplateErrors, compose
from domain.governance.template import (
    LEVELS,
    EffectKind,
    Forum,
    GovernanceTemplate,
    Reason,
    ReasonList,
    ReportPack,
    RoleLabel,
    StageRule,
    StatusThresholds,
)
from domain.stages import Stage
from domain.value import Recurrence, Sign

REQUIRED = (
    "key",
    "version",
    "name",
    "description",
    "levels",
    "stages",
    "gates",
    "policies",
    "thresholds",
    "reasons",
    "effect_kinds",
    "roles",
    "report_packs",
    "sustain_months",
    "actuals",
)
OPTIONAL = ("functions", "forums", "orders")
SECTIONS = (
    "summary",
    "decisions",
    "value",
    "bridge",
    "pipeline",
    "status",
    "milestones",
    "measures",
    "risks",
    "changes",
    "people",
    "orders",
    "exceptions",
    "order_costs",
    "proof",
)


def parse_template(text: str) -> GovernanceTemplate | TemplateErrors:
    """Read and check one version. Every fault is named with line, path, what was found and what would be right."""
    faults = Faults()
    root = compose(text, faults)
    template = read_template(root) if root is not None else None
    if template is None or faults.noted:
        return TemplateErrors(faults=tuple(sorted(faults.noted)))
    return template


def template_digest(text: str) -> str:
    """SHA-256 of the text as stored, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def read_template(root: Entry) -> GovernanceTemplate:
    fields = root.fields(REQUIRED, OPTIONAL)
    orders = read_orders(fields["orders"])
    decisions = tuple(decision.key for decision in orders.decisions) if orders else ()
    roles = read_roles(fields["roles"])
    forums = tuple(read_forum(item) for item in fields["forums"].items())
    policies = read_policies(fields["policies"], decisions, tuple(forum.name for forum in forums))
    check_roles(fields["policies"], policies, roles)
    return GovernanceTemplate(
        key=fields["key"].key(),
        version=fields["version"].whole(1, 10_000),
        name=fields["name"].text(80),
        description=fields["description"].text(),
        levels=read_levels(fields["levels"]),
        stages=read_stages(fields["stages"]),
        gates=read_gates(fields["gates"]),
        policies=policies,
        thresholds=read_thresholds(fields["thresholds"]),
        reasons=read_reason_lists(fields["reasons"]),
        effect_kinds=read_effect_kinds(fields["effect_kinds"]),
        roles=roles,
        report_packs=read_report_packs(fields["report_packs"]),
        sustain_months=read_sustain_months(fields["sustain_months"]),
        owner_may_propose_actuals=fields["actuals"].fields(("owner_may_propose",))["owner_may_propose"].yes_no(),
        functions=tuple(item.text(80) for item in fields["functions"].items()),
        forums=forums,
        orders=orders,
    )


def read_levels(entry: Entry) -> dict[str, str]:
    fields = entry.fields(LEVELS)
    return {level: fields[level].text(40) for level in LEVELS}


def read_stages(entry: Entry) -> dict[Stage, StageRule]:
    fields = entry.fields([stage.name.lower() for stage in Stage])
    rules = {stage: read_stage(fields[stage.name.lower()], stage) for stage in Stage}
    weights = [rule.weight for rule in rules.values()]
    if entry and weights != sorted(weights):
        entry.note(Fault.INCONSISTENT, ", ".join(map(str, weights)), "weights that never fall from stage to stage")
    return rules


def read_stage(entry: Entry, stage: Stage) -> StageRule:
    fields = entry.fields(("label", "meaning", "weight"))
    weight = fields["weight"].whole(0, 100)
    return StageRule(stage=stage, label=fields["label"].text(40), meaning=fields["meaning"].text(), weight=weight)


def read_thresholds(entry: Entry) -> StatusThresholds:
    fields = entry.fields(
        ("late_red_after_days", "value_green_from", "value_amber_from", "stale_after_days", "slips_in_a_row")
    )
    green, amber = fields["value_green_from"].number(), fields["value_amber_from"].number()
    if fields["value_amber_from"] and not 0 < amber <= green:
        fields["value_amber_from"].note(Fault.INCONSISTENT, str(amber), f"above 0 and at most {green}")
    return StatusThresholds(
        late_red_after_days=fields["late_red_after_days"].whole(0, 365),
        value_green_from=green,
        value_amber_from=amber,
        stale_after_days=fields["stale_after_days"].whole(1, 365),
        slips_in_a_row=fields["slips_in_a_row"].whole(1, 20),
    )


def read_reason_lists(entry: Entry) -> dict[ReasonList, tuple[Reason, ...]]:
    fields = entry.fields([str(which) for which in ReasonList])
    return {which: read_reasons(fields[which]) for which in ReasonList}


def read_effect_kinds(entry: Entry) -> tuple[EffectKind, ...]:
    kinds = []
    for item in entry.items(at_least=1):
        fields = item.fields(("key", "label", "sign", "recurrence"), ("pnl", "cash"))
        kinds.append(
            EffectKind(
                key=fields["key"].key(),
                label=fields["label"].text(60),
                sign=fields["sign"].member(Sign),
                recurrence=fields["recurrence"].member(Recurrence),
                is_pnl=not fields["pnl"] or fields["pnl"].yes_no(),
                is_cash=not fields["cash"] or fields["cash"].yes_no(),
            )
        )
    unique(entry, [kind.key for kind in kinds])
    return tuple(kinds)


def read_roles(entry: Entry) -> tuple[RoleLabel, ...]:
    roles = []
    for item in entry.items(at_least=1):
        fields = item.fields(("role", "label", "description"))
        label, description = fields["label"].text(60), fields["description"].text()
        roles.append(RoleLabel(role=fields["role"].member(Role), label=label, description=description))
    unique(entry, [str(known.role) for known in roles])
    return tuple(roles)


def check_roles(entry: Entry, policies: tuple[Policy, ...], roles: tuple[RoleLabel, ...]) -> None:
    """A policy may only ask roles that the template offers."""
    offered = {known.role for known in roles}
    for policy in policies:
        for step in policy.steps:
            asked = {step.escalate_to} if step.escalate_to else set()
            if isinstance(step.approvers, RoleAtNode | NamedOnMeasure):
                asked.add(step.approvers.role)
            for role in sorted(asked - offered):
                entry.note(Fault.INCONSISTENT, f"{policy.key}: {role}", "a role listed under roles")


def read_report_packs(entry: Entry) -> tuple[ReportPack, ...]:
    packs = []
    for item in entry.items(at_least=1):
        fields = item.fields(("key", "label", "every", "sections"))
        packs.append(
            ReportPack(
                key=fields["key"].key(),
                label=fields["label"].text(80),
                every=fields["every"].one_of(("week", "month", "quarter", "on_request")),
                sections=tuple(section.one_of(SECTIONS) for section in fields["sections"].items(at_least=1)),
            )
        )
    unique(entry, [pack.key for pack in packs])
    return tuple(packs)


def read_sustain_months(entry: Entry) -> tuple[int, ...]:
    months = tuple(item.whole(1, 60) for item in entry.items(at_least=1))
    if list(months) != sorted(set(months)):
        entry.note(Fault.INCONSISTENT, ", ".join(map(str, months)), "rising months, each once")
    return months


def read_forum(item: Entry) -> Forum:
    fields = item.fields(("name", "quorum", "meets"))
    meets = fields["meets"].one_of(("week", "fortnight", "month", "quarter"))
    return Forum(name=fields["name"].text(80), quorum=fields["quorum"].whole(1, 50), meets=meets)
