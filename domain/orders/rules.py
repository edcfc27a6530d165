"""Rules of the template that open exceptions by themselves, and how they are switched here. Source: DOMAIN.md, 5."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from domain.access import Actor, Capability, NotAllowed
from domain.governance.policies import ORDERED, Condition, Fact
from domain.governance.template import OrderRule, OrderRules
from domain.ids import OrderTrialId, PersonId
from domain.orders.order import Happening, Order, OrderState
from domain.refusals import Refusal

HOUR = timedelta(hours=1)
MOST = Decimal(1_000_000_000)


@dataclass(frozen=True, kw_only=True)
class Switch:
    """How a rule stands here: on or off, and one limit for each condition as text, "" as the template writes it."""

    is_on: bool
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrialFound:
    """What a trial on real orders found, as a switch that rests on it keeps it: trials are not kept for ever."""

    id: OrderTrialId
    as_of: datetime
    days: int
    orders: int
    new: int  # of them that the rule would have spoken on and nobody had held
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class RuleSwitched:
    """A rule was switched, or given other limits; `before` and `after` are how it stood and stands.

    `trial` is what the switch rests on, None where nobody tried it before.
    """

    key: str
    label: str
    before: Switch
    after: Switch
    person: PersonId
    at: datetime
    trial: TrialFound | None = None


@dataclass(frozen=True, kw_only=True)
class UnknownRule(Refusal):
    key: str


@dataclass(frozen=True, kw_only=True)
class LimitUnusable(Refusal):
    """Not a number from zero on, or a limit for what has none."""

    text: str


@dataclass(frozen=True, kw_only=True)
class TrialOfOther(Refusal):
    """The trial was not of this rule with these limits, or has not come to an end."""

    label: str


@dataclass(frozen=True, kw_only=True)
class TrialOutdated(Refusal):
    """The rule or the template changed since the trial."""

    label: str


def standing(rule: OrderRule, switch: Switch | None) -> OrderRule:
    """The rule as it applies here."""
    return rule if switch is None else replace(rule, is_on=switch.is_on, when=with_limits(rule.when, switch.limits))


def with_limits(when: Sequence[Condition], limits: Sequence[str]) -> tuple[Condition, ...]:
    """The same conditions with these limits; "" or none leaves one as it is written."""
    known = (*limits, *[""] * len(when))
    return tuple(with_limit(condition, limit) for condition, limit in zip(when, known, strict=False))


def with_limit(condition: Condition, limit: str) -> Condition:
    return replace(condition, value=Decimal(limit)) if limit and is_limit(condition) else condition


def is_limit(condition: Condition) -> bool:
    """Whether its value is a number that may be set here."""
    return condition.operator in ORDERED


def rule_facts(order: Order, now: datetime) -> Mapping[str, Fact]:
    """What the conditions of a rule look at. Days past promise are absent without a promise and once delivered."""
    is_under_way = order.promised_on is not None and Happening.DELIVERED not in order.happened
    return {
        "value": order.value,
        "discount_percent": order.discount_percent,
        "hours_since_placed": hours(now - order.placed_at),
        "hours_in_stage": hours(now - order.stage_since),
        "days_past_promise": (now.date() - order.promised_on).days if is_under_way and order.promised_on else None,
        "stage": order.stage,
        "channel": order.channel,
        "payment": order.payment,
        "payment_confirmed": Happening.PAYMENT_CONFIRMED in order.happened,
        "address_confirmed": Happening.ADDRESS_CONFIRMED in order.happened,
        "priority": str(order.priority),
    }


def hours(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(seconds=1)) / 3600


def due_openings(
    order: Order, rules: OrderRules, switches: Mapping[str, Switch], now: datetime
) -> tuple[OrderRule, ...]:
    """The rules that open an exception on the order now, one for each type.

    Each rule speaks once on an order: what a person or a decision has settled is not asked anew. What is open of the
    type already, by whomever, is not opened twice.
    """
    if order.state is not OrderState.OPEN:
        return ()
    facts = rule_facts(order, now)
    spoken = {each.rule for each in order.exceptions if each.rule}
    taken = {each.type for each in order.exceptions if each.is_open}
    found: dict[str, OrderRule] = {}
    for rule in standing_rules(rules, switches):
        is_new = rule.key not in spoken and rule.opens not in taken and rule.opens not in found
        if is_new and all(condition.holds(facts) for condition in rule.when):
            found[rule.opens] = rule
    return tuple(found.values())


def standing_rules(rules: OrderRules, switches: Mapping[str, Switch]) -> Iterable[OrderRule]:
    """Those that are on, as they apply here."""
    applied = (standing(rule, switches.get(rule.key)) for rule in rules.rules)
    return (rule for rule in applied if rule.is_on)


def decide_switch_rule(
    key: str,
    wanted: Switch,
    rules: OrderRules,
    switches: Mapping[str, Switch],
    actor: Actor,
    now: datetime,
    trial: TrialFound | None = None,
) -> RuleSwitched | Refusal:
    """On or off, with its limits. Whoever sets rules sets them for all orders."""
    if not actor.orders(Capability.MANAGE_ORDER_RULES).everything:
        return NotAllowed(capability=Capability.MANAGE_ORDER_RULES)
    rule = next((each for each in rules.rules if each.key == key), None)
    if rule is None:
        return UnknownRule(key=key)
    if refusal := unusable_limit(rule.when, wanted.limits):
        return refusal
    before = switches.get(key) or Switch(is_on=rule.is_on)
    return RuleSwitched(
        key=key, label=rule.label, before=before, after=wanted, person=actor.person, at=now, trial=trial
    )


def unusable_limit(when: Sequence[Condition], limits: Sequence[str]) -> LimitUnusable | None:
    if len(limits) > len(when):
        return LimitUnusable(text=limits[-1])
    for condition, limit in zip(when, limits, strict=False):
        if limit and not (is_limit(condition) and is_usable(limit)):
            return LimitUnusable(text=limit)
    return None


def is_usable(limit: str) -> bool:
    try:
        value = Decimal(limit)
    except InvalidOperation:
        return False
    return value.is_finite() and 0 <= value <= MOST
