"""Rules that open exceptions by themselves: when each speaks, once on an order, as it is switched here."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.access import NotAllowed
from domain.governance import TemplateErrors, parse_template
from domain.orders.order import Happening, OrderState
from domain.orders.rules import LimitUnusable, Switch, UnknownRule, decide_switch_rule, due_openings
from tests.domain.making import PMO, actor
from tests.domain.orders.making import DESK, NOW, PLACED, RULES, SHIPPED, done, opened, order

OFFICE = actor(PMO)
PAID = {Happening.PAYMENT_CONFIRMED: PLACED, Happening.ADDRESS_CONFIRMED: PLACED}


def openings(switches: dict[str, Switch] | None = None, **more: Any) -> set[str]:
    known = {"happened": PAID} | more
    return {rule.key for rule in due_openings(order(**known), RULES, switches or {}, NOW)}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, set()),
        ({"value": Decimal("2499.99")}, set()),
        ({"value": Decimal(2500)}, {"high-value"}),
        ({"value": Decimal(2500), "stage": "picking", "stage_since": NOW}, set()),
        ({"discount": Decimal("33.30")}, set()),
        ({"discount": Decimal("33.34")}, {"unusual-discount"}),
        ({"discount": Decimal(90), "stage": "delivery"}, set()),
        ({"promised_on": NOW.date()}, set()),
        ({"promised_on": NOW.date() - timedelta(1)}, {"promise-passed"}),
        ({"promised_on": NOW.date() - timedelta(1), "happened": PAID | {Happening.DELIVERED: NOW}}, set()),
        ({"happened": {}}, set()),
        ({"happened": {}, "placed_at": NOW - timedelta(hours=12)}, {"address-incomplete"}),
        ({"happened": {}, "placed_at": NOW - timedelta(hours=48)}, {"address-incomplete", "payment-overdue"}),
        ({"stage": "picking", "stage_since": NOW - timedelta(hours=71)}, set()),
        ({"stage": "picking", "stage_since": NOW - timedelta(hours=72)}, {"picking-stuck"}),
        ({"value": Decimal(9000), "state": OrderState.CLOSED}, set()),
    ],
)
def test_when_a_rule_speaks(state: dict[str, Any], expected: set[str]) -> None:
    assert openings(**state) == expected


def test_a_rule_speaks_once_on_an_order() -> None:
    dear = {"value": Decimal(9000)}
    assert openings(**dear, exceptions=(opened("high_value", rule="high-value", resolved_at=NOW),)) == set()
    assert openings(**dear, exceptions=(opened("high_value"),)) == set()
    assert openings(**dear, exceptions=(opened("high_value", resolved_at=NOW),)) == {"high-value"}


def test_a_rule_is_switched_off_and_given_another_limit() -> None:
    dear = {"value": Decimal(3000)}
    assert openings({"high-value": Switch(is_on=False)}, **dear) == set()
    assert openings({"high-value": Switch(is_on=True, limits=("3000.01",))}, **dear) == set()
    assert openings({"high-value": Switch(is_on=True, limits=("", ""))}, **dear) == {"high-value"}


def test_switching_is_for_those_who_set_rules_and_is_checked() -> None:
    wanted = Switch(is_on=True, limits=("5000",))
    switched = done(decide_switch_rule("high-value", wanted, RULES, {}, OFFICE, NOW))
    assert (switched.before, switched.after) == (Switch(is_on=True), wanted)
    assert isinstance(decide_switch_rule("high-value", wanted, RULES, {}, DESK, NOW), NotAllowed)
    assert decide_switch_rule("magic", wanted, RULES, {}, OFFICE, NOW) == UnknownRule(key="magic")


@pytest.mark.parametrize("limits", [("-1",), ("NaN",), ("much",), ("1e12",), ("", "5"), ("", "", "5")])
def test_a_limit_that_is_none(limits: tuple[str, ...]) -> None:
    outcome = decide_switch_rule("high-value", Switch(is_on=True, limits=limits), RULES, {}, OFFICE, NOW)
    assert outcome == LimitUnusable(text=limits[-1])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("opens: high_value", "opens: magic", "unknown value"),
        ("cause: Incomplete", "cause: Magic", "unknown value"),
        ("field: hours_in_stage", "field: moon_phase", "unknown value"),
        ("key: high-value", "key: payment-overdue", "given twice"),
        ("{code: stock, label: Stock}", "{code: stock}", "missing field"),
    ],
)
def test_a_wrong_rule_is_named_by_its_line(before: str, after: str, expected: str) -> None:
    text = SHIPPED.read_text()
    assert before in text
    errors = parse_template(text.replace(before, after, 1))
    assert isinstance(errors, TemplateErrors)
    assert [fault.fault.value for fault in errors.faults][:1] == [expected]
    line = text[: text.index(before)].count("\n") + 1
    assert abs(errors.faults[0].line - line) <= 40


def test_the_first_version_says_nothing_of_rules() -> None:
    read = parse_template((SHIPPED.parent / "v1.yaml").read_text())
    assert not isinstance(read, TemplateErrors)
    assert read.orders
    assert read.orders.rules == () and read.orders.resolutions == ()
