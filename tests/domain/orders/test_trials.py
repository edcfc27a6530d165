"""Trials of rules and tiers: who tries what, whether one still counts, what it finds, what policies saw then."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.access import NotAllowed
from domain.ids import OrderId, OrderTrialId
from domain.orders.asking import OrderAsk, proposal_text
from domain.orders.deciding import DecidedBefore, decision_facts, sealed_order
from domain.orders.order import Happening
from domain.orders.past_decisions import PastRequest, facts_of_request, facts_then
from domain.orders.replay import Past, Stay
from domain.orders.rules import LimitUnusable, Switch, TrialFound, TrialOfOther, TrialOutdated, UnknownRule, standing
from domain.orders.trials import (
    TrialAsked,
    TrialDaysUnknown,
    TrialKind,
    TrialStanding,
    decide_rest,
    decide_try,
    find_tried,
    trial_standing,
)
from domain.orders.trying import SHOWN, Count, Sum
from tests.domain.making import PMO, actor
from tests.domain.orders.making import DESK, NOW, PLACED, READER, TEMPLATE, done, opened, order

OFFICE, TRIAL, RULE, TIER = actor(PMO), OrderTrialId(UUID(int=9)), TrialKind.RULE, TrialKind.TIER
SINCE = PLACED - timedelta(days=30)


def tried(kind: TrialKind = RULE, key: str = "high-value", limits: tuple[str, ...] = ("1000", ""), **more: Any) -> Any:
    known = {"days": 30, "template": TEMPLATE, "switches": {}, "actor": OFFICE, "now": NOW, "trial": TRIAL} | more
    return decide_try(kind, key, limits, **known)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({}, TrialAsked),
        ({"kind": TIER, "key": "order-refund-high", "limits": ("100",)}, TrialAsked),
        ({"actor": DESK}, NotAllowed),
        ({"actor": READER}, NotAllowed),
        ({"key": "magic"}, UnknownRule),
        ({"kind": TIER, "key": "order-refund", "limits": ("1",)}, UnknownRule),  # it has no limit
        ({"kind": TIER, "key": "gate-decided", "limits": ("1",)}, UnknownRule),  # it is not about orders
        ({"kind": TIER, "key": "order-refund-high", "limits": ("",)}, LimitUnusable),
        ({"limits": ("much",)}, LimitUnusable),
        ({"limits": ("", "5")}, LimitUnusable),
        ({"days": 31}, TrialDaysUnknown),
    ],
)
def test_who_may_try_what(wish: dict[str, Any], expected: type) -> None:
    assert isinstance(tried(**wish), expected)


NEXT = replace(TEMPLATE, version=TEMPLATE.version + 1)


@pytest.mark.parametrize(
    ("asked", "template", "switches", "expected"),
    [
        ({}, TEMPLATE, {}, TrialStanding.CURRENT),
        ({}, TEMPLATE, {"promise-passed": Switch(is_on=False)}, TrialStanding.CURRENT),
        ({}, TEMPLATE, {"high-value": Switch(is_on=True, limits=("2500.00",))}, TrialStanding.CURRENT),
        ({}, TEMPLATE, {"high-value": Switch(is_on=True, limits=("1000", ""))}, TrialStanding.IN_FORCE),
        ({}, TEMPLATE, {"high-value": Switch(is_on=True, limits=("1200",))}, TrialStanding.OUTDATED),
        ({}, TEMPLATE, {"high-value": Switch(is_on=False)}, TrialStanding.OUTDATED),
        ({}, NEXT, {}, TrialStanding.OUTDATED),
        ({"kind": TIER, "key": "order-refund-high", "limits": ("100",)}, TEMPLATE, {}, TrialStanding.CURRENT),
        ({"kind": TIER, "key": "order-refund-high", "limits": ("100",)}, NEXT, {}, TrialStanding.OUTDATED),
    ],
)
def test_whether_a_trial_still_counts(asked: dict[str, Any], template: Any, switches: Any, expected: str) -> None:
    assert trial_standing(done(tried(**asked)), template, switches) is expected


FOUND = TrialFound(id=TRIAL, as_of=NOW, days=30, orders=10, new=3, amount=Decimal(4000))
ON = Switch(is_on=True, limits=("1000", ""))


@pytest.mark.parametrize(
    ("key", "wanted", "found", "switches", "expected"),
    [
        ("high-value", ON, FOUND, {}, TrialFound),
        ("high-value", Switch(is_on=True, limits=("1000.00",)), FOUND, {}, TrialFound),
        ("high-value", Switch(is_on=True, limits=("1001",)), FOUND, {}, TrialOfOther),
        ("high-value", Switch(is_on=False, limits=("1000",)), FOUND, {}, TrialOfOther),
        ("promise-passed", Switch(is_on=True, limits=("1000",)), FOUND, {}, TrialOfOther),
        ("high-value", ON, None, {}, TrialOfOther),  # no result yet
        ("high-value", ON, FOUND, {"high-value": Switch(is_on=False)}, TrialOutdated),
    ],
)
def test_on_which_trial_a_switch_rests(key: str, wanted: Switch, found: Any, switches: Any, expected: type) -> None:
    assert isinstance(decide_rest(done(tried()), found, key, wanted, TEMPLATE, switches), expected)


def past(number: int, value: int, **more: Any) -> Past:
    known: dict[str, Any] = {
        "id": UUID(int=number), "number": f"A-{number}", "channel": "shop", "unit": None, "value": Decimal(value),
        "discount_percent": Decimal(0), "payment": "", "priority": "normal", "placed_at": PLACED, "promised_on": None,
        "ended": None, "happened": {}, "stays": [Stay(stage="intake", since=PLACED)],
    }  # fmt: skip
    return Past(**known | more)


def counted(*orders: Past, key: str = "high-value", limit: str = "1000") -> Count:
    rule = find_tried(RULE, key, TEMPLATE)
    count = Count(template=TEMPLATE)
    for each in orders:
        count.take_order(each, rule, standing(rule, Switch(is_on=True, limits=(limit,))), SINCE, NOW)  # type: ignore[arg-type]
    return count


def test_what_a_rule_would_have_done() -> None:
    held = (("high_value", PLACED, None),)
    count = counted(past(1, 900), past(2, 1200), past(3, 6000, held=held), past(4, 3000))
    assert (count.orders, count.before, count.after) == (
        4,
        Sum(count=2, amount=Decimal(9000)),
        Sum(count=3, amount=Decimal(10200)),
    )
    assert count.new == Sum(count=2, amount=Decimal(4200))
    assert [(each.number, each.was_held) for each in count.shown()] == [("A-4", False), ("A-2", False), ("A-3", True)]
    asked = {each.policy: (each.before, each.after) for each in count.steps.lines({})}
    assert asked["Release an order of 5,000 or more"][1] == Sum(count=1, amount=Decimal(6000))
    assert asked["Release an order"] == (Sum(count=1, amount=Decimal(3000)), Sum(count=2, amount=Decimal(4200)))


def test_memory_of_a_trial_does_not_grow_with_its_orders() -> None:
    count = counted(*(past(number, 1000 + number % 7) for number in range(1, 500)))
    assert (count.after.count, len(count.top), len(count.shown())) == (499, SHOWN, SHOWN)
    assert {each.value for each in count.shown()} == {Decimal(1006)}


@pytest.mark.parametrize(
    ("more", "days", "unknown"),
    [
        ({}, None, 1),
        ({"promised_on": NOW.date() - timedelta(9)}, 9, 0),
        ({"promised_on": NOW.date() - timedelta(9), "happened": {Happening.DELIVERED: NOW - timedelta(2)}}, 7, 0),
        ({"promised_on": NOW.date() + timedelta(1)}, 0, 0),
        ({"promised_on": None, "promises": ((NOW + timedelta(1), NOW.date() - timedelta(3)),)}, 3, 0),
    ],
)
def test_how_far_a_date_would_have_been_moved(more: dict[str, Any], days: int | None, unknown: int) -> None:
    """A hold on picking that waits too long is settled by another promise; the tier asks how far it moves."""
    old = {"placed_at": PLACED - timedelta(20), "stays": [Stay(stage="picking", since=PLACED - timedelta(20))]}
    one = past(1, 100, **old | more)
    assert facts_then(one, "stock", "promise_change", NOW - timedelta(4), NOW)["days"] == days
    rule = replace(find_tried(RULE, "picking-stuck", TEMPLATE), opens="stock")  # type: ignore[type-var]
    count = Count(template=TEMPLATE)
    count.take_order(one, rule, rule, SINCE - timedelta(30), NOW)  # type: ignore[arg-type]
    assert (count.after.count, count.unknown) == (1, unknown)


SUPPLIED = opened("stock")
PROMISED = order(promised_on=date(2026, 11, 5), stage="picking", discount=Decimal(25), exceptions=(SUPPLIED,))


@pytest.mark.parametrize(
    "ask",
    [
        OrderAsk(kind="promise_change", reason="stock", exception=SUPPLIED.id, promised_on=date(2026, 11, 16)),
        OrderAsk(kind="promise_change", reason="stock", commitment="Before noon"),
        OrderAsk(kind="refund", reason="late", amount=Decimal("40.00")),
        OrderAsk(kind="discount", reason="late", amount=Decimal("10.00")),
        OrderAsk(kind="cancellation", reason="late", amount=Decimal("100.00")),
    ],
)
def test_what_policies_saw_of_a_request_is_read_from_its_seal(ask: OrderAsk) -> None:
    proposal = proposal_text(PROMISED, ask)
    before = DecidedBefore(granted=Decimal("15.00"), promised_on=date(2026, 11, 1))
    kind = f"order:{ask.kind}"
    subject = sealed_order(PROMISED, kind, proposal, None).text
    known = {"stage": "picking", "exception_type": "", "before": before, "at": NOW}
    assert facts_of_request(kind, subject, proposal, **known) == decision_facts(PROMISED, ask, before)  # type: ignore[arg-type]


def test_a_tier_by_days_knows_how_far_dates_were_moved() -> None:
    tier = find_tried(TIER, "order-promise-long", TEMPLATE)
    changed = replace(tier, when=(replace(tier.when[0], value=Decimal(3)),))  # type: ignore[type-var, union-attr]
    policies = tuple(changed if each.key == changed.key else each for each in TEMPLATE.policies)  # type: ignore[union-attr]
    count = Count(template=TEMPLATE)
    for number, days in enumerate((None, 2, 5, 10)):
        asked = PastRequest(
            order=OrderId(UUID(int=number)), number=f"A-{number}", at=NOW, amount=Decimal(100), place=("shop", None),
            facts={"days": days},
        )  # fmt: skip
        count.take_request(asked, changed, TEMPLATE.policies, policies)  # type: ignore[arg-type]
    assert (count.orders, count.before.count, count.after.count, count.new.count) == (4, 1, 2, 1)
