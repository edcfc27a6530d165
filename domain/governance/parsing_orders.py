"""Reads what a template says of orders: stages, exception types, decisions and what closure needs."""

from domain.access import Role
from domain.governance.parsing_policies import read_conditions
from domain.governance.policies import ORDER_RULE
from domain.governance.reading import Entry, Fault
from domain.governance.template import ExceptionType, OrderDecision, OrderRule, OrderRules, OrderStage, Reason

ORDER_ROLES = (Role.ORDER_DESK, Role.FULFILMENT_LEAD, Role.FINANCE_REVIEWER, Role.CUSTOMER_SERVICE, Role.PMO)
ENTRY_CONDITIONS = (
    "no_hold",
    "payment_confirmed",
    "address_confirmed",
    "stock_allocated",
    "picked",
    "carrier_booked",
    "dispatched",
    "return_registered",
    "delivered_or_refunded",
    "invoice_issued",
    "no_open_exception",
    "no_open_ticket",
)


REQUIRED = ("stages", "exception_types", "decisions", "channels", "effects", "cost_kinds", "closure")
OPTIONAL = ("resolutions", "constraint_kinds", "ticket_channels", "promise_reasons", "rules")


def read_orders(entry: Entry) -> OrderRules | None:
    if not entry:
        return None
    fields = entry.fields(REQUIRED, OPTIONAL)
    decisions = tuple(read_decision(item) for item in fields["decisions"].items(at_least=1))
    stages = tuple(read_stage(item) for item in fields["stages"].items(at_least=2))
    unique(fields["stages"], [stage.key for stage in stages])
    known_stages = [stage.key for stage in stages]
    types = fields["exception_types"].items(at_least=1)
    exceptions = tuple(read_exception(item, known_stages, [d.key for d in decisions]) for item in types)
    unique(fields["exception_types"], [exception.key for exception in exceptions])
    return OrderRules(
        stages=stages,
        exception_types=exceptions,
        decisions=decisions,
        closure=tuple(item.one_of(ENTRY_CONDITIONS) for item in fields["closure"].items(at_least=1)),
        rules=read_rules(fields["rules"], exceptions),
        **{name: read_reasons(fields[name]) for name in ("channels", "effects", "cost_kinds", *OPTIONAL[:-1])},
    )


def read_rules(entry: Entry, types: tuple[ExceptionType, ...]) -> tuple[OrderRule, ...]:
    rules = tuple(read_rule(item, types) for item in entry.items())
    unique(entry, [rule.key for rule in rules])
    return rules


def read_rule(item: Entry, types: tuple[ExceptionType, ...]) -> OrderRule:
    fields = item.fields(("key", "label", "opens", "reason", "when"), ("cause", "is_on"))
    opens = fields["opens"].one_of([each.key for each in types])
    causes = next((each.causes for each in types if each.key == opens), ())
    return OrderRule(
        key=fields["key"].key(),
        label=fields["label"].text(),
        opens=opens,
        reason=fields["reason"].text(),
        when=read_conditions(fields["when"], ORDER_RULE),
        cause=fields["cause"].one_of(causes) if fields["cause"] else "",
        is_on=fields["is_on"].yes_no() if fields["is_on"] else True,
    )


def read_decision(item: Entry) -> OrderDecision:
    fields = item.fields(("key", "label"))
    return OrderDecision(key=fields["key"].key(), label=fields["label"].text())


def read_stage(item: Entry) -> OrderStage:
    fields = item.fields(("key", "label", "owner", "target_hours"), ("entry",))
    return OrderStage(
        key=fields["key"].key(),
        label=fields["label"].text(),
        owner=read_order_role(fields["owner"]),
        target_hours=fields["target_hours"].whole(1, 24 * 365),
        entry=tuple(entry.one_of(ENTRY_CONDITIONS) for entry in fields["entry"].items()),
    )


def read_exception(item: Entry, stages: list[str], decisions: list[str]) -> ExceptionType:
    fields = item.fields(
        ("key", "label", "is_hold", "owner", "due_hours"), ("stops", "decision", "causes", "escalate_to")
    )
    is_hold = fields["is_hold"].yes_no()
    stops = tuple(stage.one_of(stages) for stage in fields["stops"].items())
    if bool(stops) != is_hold and fields["is_hold"]:
        item.note(Fault.INCONSISTENT, "is_hold and stops", "a hold names the stages it stops, an exception none")
    return ExceptionType(
        key=fields["key"].key(),
        label=fields["label"].text(),
        is_hold=is_hold,
        owner=read_order_role(fields["owner"]),
        due_hours=fields["due_hours"].whole(1, 24 * 365),
        stops=stops,
        decision=fields["decision"].one_of(decisions) if fields["decision"] else None,
        causes=tuple(cause.text(80) for cause in fields["causes"].items()),
        escalate_to=fields["escalate_to"].member(Role) if fields["escalate_to"] else Role.PMO,
    )


def read_order_role(entry: Entry) -> Role:
    word = entry.one_of(ORDER_ROLES)
    return next((role for role in ORDER_ROLES if role == word), Role.ORDER_DESK)


def read_reasons(entry: Entry) -> tuple[Reason, ...]:
    """A list of `{code, label}`; codes are unique."""
    reasons = []
    for item in entry.items(at_least=1):
        fields = item.fields(("code", "label"))
        reasons.append(Reason(code=fields["code"].key(), label=fields["label"].text(120)))
    unique(entry, [reason.code for reason in reasons])
    return tuple(reasons)


def unique(entry: Entry, keys: list[str]) -> None:
    for key in sorted({key for key in keys if key and keys.count(key) > 1}):
        entry.note(Fault.DUPLICATE_KEY, key)
