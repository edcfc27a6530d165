"""Rules and tiers in words: what a condition says, what a rule opens, which number of a condition may be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from domain.governance.policies import Condition, Operator, Policy
from domain.governance.template import GovernanceTemplate, OrderRule, OrderRules
from domain.orders.rules import Switch, is_limit, standing
from web.formats import number


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """A rule as it applies here. `limits`: for each condition that has a number its place, words, unit and number."""

    rule: OrderRule
    opens: str
    is_hold: bool
    conditions: tuple[str, ...]
    limits: tuple[tuple[int, str, str, str], ...]
    is_changed: bool


@dataclass(frozen=True, kw_only=True)
class TierLine:
    """A policy on orders whose first condition with a number decides who is asked."""

    policy: Policy
    place: int
    decision: str
    words: str
    field: str
    unit: str
    limit: str
    steps: str


def rule_lines(rules: OrderRules, switches: Mapping[str, Switch], currency: str) -> tuple[RuleLine, ...]:
    found = []
    for written in rules.rules:
        rule, kind = standing(written, switches.get(written.key)), rules.exception_type(written.opens)
        found.append(
            RuleLine(
                rule=rule,
                opens=rules.type_label(rule.opens),
                is_hold=bool(kind and kind.is_hold),
                conditions=tuple(condition_words(each, rules, currency) for each in rule.when),
                limits=tuple(
                    (place, limit_label(each), unit_of(each.field, currency), plain(each))
                    for place, each in enumerate(rule.when)
                    if is_limit(each)
                ),
                is_changed=rule != written,
            )
        )
    return tuple(found)


def tier_lines(template: GovernanceTemplate, currency: str) -> tuple[TierLine, ...]:
    rules = template.orders
    found = []
    for policy in template.policies if rules else ():
        place = next((place for place, each in enumerate(policy.when) if is_limit(each)), None)
        if rules and policy.governs.startswith("order:") and place is not None:
            condition = policy.when[place]
            found.append(
                TierLine(
                    policy=policy,
                    place=place,
                    decision=rules.decision_label(policy.governs.removeprefix("order:")),
                    words=condition_words(condition, rules, currency),
                    field=limit_label(condition),
                    unit=unit_of(condition.field, currency),
                    limit=plain(condition),
                    steps=_(" then ").join(step.name for step in policy.steps),
                )
            )
    return tuple(found)


def condition_words(condition: Condition, rules: OrderRules, currency: str) -> str:
    """ "Value of the goods at least 2,500 EUR"."""
    if isinstance(condition.value, bool):
        wanted = condition.value == (condition.operator is Operator.IS)
        return YES_NO[condition.field][0 if wanted else 1]()
    if is_limit(condition):
        limit = Decimal(str(condition.value))
        value, unit = number(limit, places_of(limit)), unit_of(condition.field, currency, is_one=limit == 1)
        return f"{limit_label(condition)} {value} {unit}".strip()
    values = condition.value if isinstance(condition.value, tuple) else (str(condition.value),)
    names = _(" or ").join(value_label(condition.field, value, rules) for value in values)
    return f"{field_label(condition.field)} {_('is not') if condition.operator is Operator.IS_NOT else _('is')} {names}"


YES_NO = {
    "payment_confirmed": (lambda: _("Payment is confirmed"), lambda: _("Payment is not confirmed")),
    "address_confirmed": (lambda: _("Address is confirmed"), lambda: _("Address is not confirmed")),
}


def field_label(field: str) -> str:
    return {
        "value": _("Value of the goods"),
        "order_value": _("Value of the order"),
        "amount": _("Amount"),
        "discount_percent": _("Discount"),
        "hours_since_placed": _("Time since the order"),
        "hours_in_stage": _("Time in its stage"),
        "days_past_promise": _("Past the promised date"),
        "days": _("Move of the date"),
        "stage": _("Stage"),
        "channel": _("Channel"),
        "payment": _("Payment"),
        "priority": _("Priority"),
        "exception_type": _("Exception"),
    }.get(field, field)


def limit_label(condition: Condition) -> str:
    how = {
        Operator.AT_LEAST: _("at least"),
        Operator.ABOVE: _("above"),
        Operator.AT_MOST: _("at most"),
        Operator.BELOW: _("below"),
    }
    return f"{field_label(condition.field)} {how.get(condition.operator, '')}".strip()


def unit_of(field: str, currency: str, *, is_one: bool = False) -> str:
    if field in ("value", "order_value", "amount"):
        return currency
    if field == "discount_percent":
        return "%"
    if field.startswith("hours"):
        return _("hour") if is_one else _("hours")
    return (_("day") if is_one else _("days")) if field.startswith("days") else ""


def value_label(field: str, value: str, rules: OrderRules) -> str:
    if field == "stage":
        return rules.stage_label(value)
    return next((each.label for each in rules.channels if field == "channel" and each.code == value), value)


def places_of(limit: Decimal) -> int:
    """So many decimals as it has: half a percent is not rounded away."""
    exponent = limit.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain(condition: Condition) -> str:
    """The limit as it is typed."""
    return format(Decimal(str(condition.value)).normalize(), "f")


def limits_of(when: Sequence[Condition], typed: Mapping[int, Decimal]) -> tuple[str, ...]:
    """What was typed at its place, "" for conditions that have no number or none was typed for."""
    return tuple(format(typed[place].normalize(), "f") if place in typed else "" for place in range(len(when)))
