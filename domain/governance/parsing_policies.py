"""Reads approval policies: typed conditions, approver selectors, quorums, and that every governed act has a policy."""

from dataclasses import dataclass
from decimal import Decimal

from domain.access import Role
from domain.governance.policies import (
    MEASURE_KINDS,
    ORDER_PREFIX,
    ORDERED,
    REQUIRED_KINDS,
    Approvers,
    Condition,
    DecisionForum,
    NamedOnMeasure,
    NamedPeople,
    Operator,
    Policy,
    Quorum,
    RoleAtNode,
    Rule,
    Step,
    facts_of,
    gate_kind,
)
from domain.governance.reading import Entry, Fault
from domain.stages import Stage

SELECTORS = ("measure", "role", "people", "forum")


@dataclass(frozen=True)
class Escalation:
    """Who is asked, to whom it goes on when they do not decide, and where the template says so."""

    asked: Role
    to: Role
    entry: Entry


def read_policies(entry: Entry, order_decisions: tuple[str, ...], forums: tuple[str, ...] = ()) -> tuple[Policy, ...]:
    """`forums` are the names that policies on orders may call; a measure has a forum of its own."""
    known = (*MEASURE_KINDS, *(f"order:{decision}" for decision in order_decisions))
    policies: list[Policy] = []
    escalations: list[Escalation] = []
    for item in entry.items(at_least=1):
        policy = read_policy(item, known, forums, escalations)
        if any(policy.key == other.key for other in policies):
            item.note(Fault.DUPLICATE_KEY, policy.key)
        if any(policy.governs == other.governs and not other.when for other in policies):
            item.note(Fault.INCONSISTENT, policy.key, "an earlier policy without conditions governs the same")
        check_closure(item, policy)
        policies.append(policy)
    check_escalations(escalations)
    for kind in REQUIRED_KINDS if entry else ():
        if not any(policy.governs == kind and not policy.when for policy in policies):
            entry.note(Fault.INCONSISTENT, kind, "a last policy without conditions for every governed act")
    return tuple(policies)


def check_closure(entry: Entry, policy: Policy) -> None:
    """A closure is accepted by the measure's controller, whatever else a policy asks."""
    accepts = [step for step in policy.steps if step.approvers == NamedOnMeasure(Role.CONTROLLER) and not step.when]
    if policy.governs == gate_kind(Stage.CLOSED) and policy.steps and not accepts:
        entry.note(Fault.INCONSISTENT, policy.key, "a step of the measure's controller in every closure")


def check_escalations(escalations: list[Escalation]) -> None:
    """What nobody decides goes on to somebody else in the end: over all policies no role leads back to itself."""
    follows: dict[Role, list[Role]] = {}
    for each in escalations:
        follows.setdefault(each.asked, []).append(each.to)
    for each in escalations:
        if way := way_back(follows, each.to, each.asked):
            each.entry.note(Fault.CIRCULAR, " > ".join((each.asked, *way)), "an escalation that ends")


def way_back(follows: dict[Role, list[Role]], start: Role, goal: Role) -> list[Role]:
    """The shortest way from one role to another along escalations; empty where there is none."""
    ways, seen = [[start]], {start}
    for way in ways:
        if way[-1] is goal:
            return way
        for role in follows.get(way[-1], []):
            if role not in seen:
                seen.add(role)
                ways.append([*way, role])
    return []


def read_policy(item: Entry, known: tuple[str, ...], forums: tuple[str, ...], escalations: list[Escalation]) -> Policy:
    fields = item.fields(("key", "label", "governs", "steps"), ("when",))
    governs = fields["governs"].one_of(known)
    callable_forums = forums if governs.startswith(ORDER_PREFIX) else ("of_measure",)
    steps = tuple(read_step(step, governs, callable_forums, escalations) for step in fields["steps"].items(at_least=1))
    if len({step.approvers for step in steps if isinstance(step.approvers, DecisionForum)}) > 1:
        fields["steps"].note(Fault.INCONSISTENT, "two forums", "one forum in a policy")
    if steps and all(step.when for step in steps):
        fields["steps"].note(Fault.INCONSISTENT, "every step has conditions", "one step that always applies")
    return Policy(
        key=fields["key"].key(),
        label=fields["label"].text(),
        governs=governs,
        steps=steps,
        when=read_conditions(fields["when"], governs),
    )


def read_step(item: Entry, governs: str, forums: tuple[str, ...], escalations: list[Escalation]) -> Step:
    fields = item.fields(("name", "approvers", "due"), ("quorum", "when", "escalate_to", "step_up"))
    approvers = read_approvers(fields["approvers"], forums)
    to = fields["escalate_to"].member(Role) if fields["escalate_to"] else None
    asked = role_asked(approvers)
    if to and asked:
        escalations.append(Escalation(asked, to, fields["escalate_to"]))
    return Step(
        name=fields["name"].text(),
        approvers=approvers,
        quorum=read_quorum(fields["quorum"], approvers),
        due_working_days=fields["due"].whole(1, 250),
        when=read_conditions(fields["when"], governs),
        escalate_to=to,
        step_up=fields["step_up"].yes_no(),
    )


def read_approvers(entry: Entry, forums: tuple[str, ...]) -> Approvers:
    fields = entry.fields((), SELECTORS)
    given = [name for name in SELECTORS if fields[name]]
    if len(given) != 1:
        if entry:
            entry.note(Fault.INCONSISTENT, ", ".join(given), "exactly one of " + ", ".join(SELECTORS))
        return DecisionForum()
    value = fields[given[0]]
    match given[0]:
        case "measure":
            return NamedOnMeasure(role_named(value.one_of((Role.OWNER, Role.SPONSOR, Role.CONTROLLER))))
        case "role":
            return RoleAtNode(value.member(Role))
        case "people":
            return NamedPeople(tuple(item.text().lower() for item in value.items(at_least=1)))
        case _:
            name = value.one_of(forums)
            return DecisionForum(name="" if name == "of_measure" else name)


def role_asked(approvers: Approvers) -> Role | None:
    """The role of those whom a step asks; of people named by their address nobody knows it."""
    match approvers:
        case NamedOnMeasure(role=role) | RoleAtNode(role=role):
            return role
        case DecisionForum():
            return Role.FORUM_MEMBER
        case NamedPeople():
            return None


def role_named(word: str) -> Role:
    return next((role for role in Role if role == word), Role.SPONSOR)


def read_quorum(entry: Entry, approvers: Approvers) -> Quorum:
    """`any`, `all`, `forum`, or `{at_least: N, of: M}`; without it any, for a forum its own."""
    if not entry:
        return Quorum(rule=Rule.FORUM if isinstance(approvers, DecisionForum) else Rule.ANY)
    if entry.is_fields():
        return read_count(entry, approvers)
    rule = entry.one_of((Rule.ANY, Rule.ALL, Rule.FORUM))
    if rule == Rule.FORUM and not isinstance(approvers, DecisionForum):
        entry.note(Fault.INCONSISTENT, rule, "a forum's quorum needs a forum")
    return Quorum(rule=next((known for known in Rule if known == rule), Rule.ANY))


def read_count(entry: Entry, approvers: Approvers) -> Quorum:
    fields = entry.fields(("at_least",), ("of",))
    count = fields["at_least"].whole(1, 100)
    most = fields["of"].whole(1, 100) if fields["of"] else None
    if isinstance(approvers, NamedPeople):
        most = min(len(approvers.emails), most or 100)
    if isinstance(approvers, NamedOnMeasure):
        most = 1
    if most is not None and count > most:
        fields["at_least"].note(Fault.INCONSISTENT, f"{count} of {most}", "not more than there are")
    return Quorum(rule=Rule.COUNT, count=count)


def read_conditions(entry: Entry, governs: str) -> tuple[Condition, ...]:
    return tuple(read_condition(item, governs) for item in entry.items(at_least=1))


def read_condition(item: Entry, governs: str) -> Condition:
    fields = item.fields(("field", "operator", "value"))
    known = facts_of(governs)
    name = fields["field"].one_of(list(known))
    operator = fields["operator"].member(Operator)
    kind = known.get(name, str)
    if operator in ORDERED and name in known and kind is not Decimal:
        fields["operator"].note(Fault.INCONSISTENT, f"{operator} on {name}", "only amounts can be compared")
    if operator is Operator.ONE_OF:
        choices = tuple(value.text() for value in fields["value"].items(at_least=1))
        return Condition(field=name, operator=operator, value=choices)
    return Condition(field=name, operator=operator, value=read_value(fields["value"], kind))


def read_value(entry: Entry, kind: type) -> Decimal | str | bool:
    if kind is Decimal:
        return entry.number()
    return entry.yes_no() if kind is bool else entry.text()
