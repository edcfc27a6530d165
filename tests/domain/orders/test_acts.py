"""Exceptions, costs, effects, tickets, constraints and priority: what each asks for, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.access import Actor, Assignment, NotAllowed, Role
from domain.changes.requesting import NothingChanges
from domain.ids import ConstraintId, OrderTicketId
from domain.orders.constraints import (
    Constraint,
    ConstraintOver,
    ConstraintStopsNothing,
    ForecastEndPast,
    NoOrdersToBlock,
    UnknownConstraintKind,
    decide_block_orders,
    decide_change_constraint,
    decide_end_constraint,
    decide_free_orders,
    decide_open_constraint,
)
from domain.orders.exceptions import (
    EscalatedAlready,
    ExceptionNotHere,
    ExceptionSettled,
    NeedsDecision,
    NotOverdue,
    SameExceptionOpen,
    UnknownCause,
    UnknownResolution,
    UnknownType,
    decide_assign,
    decide_escalate,
    decide_open_exception,
    decide_resolve,
)
from domain.orders.money import (
    CostNotStorable,
    CostWithoutAmount,
    DaysNegative,
    EffectNeedsDecision,
    UnknownCostKind,
    UnknownOrderEffect,
    UnknownOrderStage,
    decide_record_cost,
    decide_record_effect,
)
from domain.orders.order import OrderState, Priority
from domain.orders.promises import decide_change_priority
from domain.orders.rights import OrderNotOpen
from domain.orders.tickets import (
    Ticket,
    TicketDecisionUnknown,
    TicketSettled,
    UnknownTicketChannel,
    decide_close_ticket,
    decide_escalate_ticket,
    decide_open_ticket,
    decide_take_ticket,
)
from domain.refusals import FieldMissing, FieldTooLong
from tests.domain.making import OWNER, ROOT_PATH, STRANGER
from tests.domain.orders.making import (
    DESK,
    LEAD,
    NOW,
    READER,
    RULES,
    blocking,
    done,
    exception_id,
    opened,
    order,
)

SHOP_DESK = Actor(person=OWNER, name="S", assignments=(Assignment(Role.FULFILMENT_LEAD, None, ROOT_PATH, "shop"),))
TYPES = RULES.exception_types
CAUSES = ("Incomplete", "Not deliverable", "Changed by customer")


def opening(type: str = "address", cause: str = "", reason: str = "R", actor: Actor | None = DESK, **more: Any) -> Any:
    return decide_open_exception(order(**more), type, cause, reason, None, RULES, actor, NOW, exception_id())


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.key)
def test_an_exception_is_what_its_type_says(kind: Any) -> None:
    made = done(opening(kind.key, kind.causes[0] if kind.causes else "")).exception
    assert (made.is_hold, made.stops, made.decision) == (kind.is_hold, kind.stops, kind.decision or "")
    assert made.due_at == NOW + timedelta(hours=kind.due_hours)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"type": "meteor"}, UnknownType(type="meteor")),
        ({"cause": "Meteor"}, UnknownCause(cause="Meteor", known=CAUSES)),
        ({"reason": " "}, FieldMissing(field="reason")),
        ({"reason": "x" * 2001}, FieldTooLong(field="reason", limit=2000)),
        ({"exceptions": (opened("address"),)}, SameExceptionOpen(label="Address unclear")),
        ({"state": OrderState.CLOSED}, OrderNotOpen(number="A-1", state=OrderState.CLOSED)),
    ],
)  # fmt: skip
def test_an_exception_that_is_refused(wrong: dict[str, Any], expected: object) -> None:
    assert opening(**wrong) == expected


def test_a_type_is_open_again_once_it_was_resolved() -> None:
    done(opening(exceptions=(opened("address", 9, resolved_at=NOW),)))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.key)
def test_a_hold_that_needs_a_decision_is_not_released_by_hand(kind: Any) -> None:
    outcome = decide_resolve(order(exceptions=(opened(kind.key),)), exception_id(), "corrected", "", RULES, DESK, NOW)
    if kind.is_hold and kind.decision:
        assert outcome == NeedsDecision(decision=kind.decision, label=RULES.decision_label(kind.decision))
    else:
        assert done(outcome).exception == opened(kind.key, resolved_at=NOW)


def test_resolving_asks_for_the_list_and_happens_once() -> None:
    held = order(exceptions=(opened("address"),))
    assert decide_resolve(held, exception_id(), "magic", "", RULES, DESK, NOW) == UnknownResolution(resolution="magic")
    assert decide_resolve(held, exception_id(2), "corrected", "", RULES, DESK, NOW) == ExceptionNotHere(number="A-1")
    settled = order(exceptions=(opened("address", resolved_at=NOW),))
    expected = ExceptionSettled(label="Address unclear", at=NOW)
    assert decide_resolve(settled, exception_id(), "corrected", "", RULES, DESK, NOW) == expected


def test_an_exception_is_escalated_once_and_past_due_only() -> None:
    late = opened("address").due_at + timedelta(seconds=1)
    assert done(decide_escalate(opened("address"), RULES, late)).to is Role.PMO
    due = opened("address").due_at
    assert decide_escalate(opened("address"), RULES, due) == NotOverdue(due_at=due)
    assert decide_escalate(opened("address", escalated_at=NOW), RULES, late) == EscalatedAlready(at=NOW)
    assert isinstance(decide_escalate(opened("address", resolved_at=NOW), RULES, late), ExceptionSettled)


def test_an_order_and_its_exceptions_are_handed_on() -> None:
    outcome = done(decide_assign(order(), None, STRANGER, RULES, DESK, NOW))
    assert (outcome.exception, outcome.before, outcome.after) == (None, None, STRANGER)
    held = order(exceptions=(opened("address", owner=STRANGER),))
    outcome = done(decide_assign(held, exception_id(), None, RULES, DESK, NOW))
    assert (outcome.before, outcome.after) == (STRANGER, None)
    assert decide_assign(order(), exception_id(), OWNER, RULES, DESK, NOW) == ExceptionNotHere(number="A-1")


def cost(**more: Any) -> Any:
    known = {"stage": "dispatch", "kind": "carrier", "forecast": Decimal("4.90"), "actual": None, "exception": None}
    known |= {"words": "", "rules": RULES, "actor": LEAD, "now": NOW, "cost_id": UUID(int=1)} | more
    return decide_record_cost(known.pop("order", order()), **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"stage": "moon"}, UnknownOrderStage),
        ({"kind": "magic"}, UnknownCostKind),
        ({"forecast": None}, CostWithoutAmount),
        ({"forecast": Decimal("-0.01")}, CostNotStorable),
        ({"actual": Decimal("-0.01")}, CostNotStorable),
        ({"actual": Decimal("0.001")}, CostNotStorable),
        ({"actual": Decimal("1e17")}, CostNotStorable),
        ({"exception": exception_id()}, ExceptionNotHere),
        ({"actor": DESK}, NotAllowed),
    ],
)
def test_a_cost_that_is_refused(wrong: dict[str, Any], expected: type) -> None:
    assert isinstance(cost(**wrong), expected)


def test_a_cost_comes_after_the_closure_too() -> None:
    assert done(cost(order=order(state=OrderState.CLOSED), actual=Decimal(0))).actual == 0


def effect(**more: Any) -> Any:
    known = {"kind": "chargeback", "amount": Decimal(10), "days": None, "reason": "Late", "exception": None}
    known |= {"rules": RULES, "actor": LEAD, "now": NOW, "effect_id": UUID(int=1)} | more
    return decide_record_effect(order(), **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"kind": "magic"}, UnknownOrderEffect),
        *(({"kind": kind}, EffectNeedsDecision) for kind in ("refund", "discount", "replacement", "write_off")),
        ({"amount": Decimal(-1)}, CostNotStorable),
        ({"days": -1}, DaysNegative),
        ({"reason": ""}, FieldMissing),
        ({"exception": exception_id()}, ExceptionNotHere),
        ({"actor": READER}, NotAllowed),
    ],
)
def test_an_effect_that_is_refused(wrong: dict[str, Any], expected: type) -> None:
    assert isinstance(effect(**wrong), expected)


def test_a_delayed_invoice_has_days_and_may_cost_nothing() -> None:
    assert done(effect(kind="delayed_invoice", amount=Decimal(0), days=4)).days == 4


TICKET = Ticket(id=OrderTicketId(UUID(int=1)), order=order().id, channel="mail", title=" Where? ", opened_at=NOW)


def test_a_ticket_goes_from_question_to_answer() -> None:
    ticket = done(decide_open_ticket(order(state=OrderState.CLOSED), TICKET, RULES, DESK)).ticket
    assert (ticket.title, ticket.opened_by) == ("Where?", DESK.person)
    ticket = done(decide_escalate_ticket(ticket, order(), "Press", "refund", RULES, DESK, NOW)).ticket
    assert (ticket.escalation, ticket.decision) == ("Press", "refund")
    assert decide_close_ticket(ticket, order(), "", DESK, NOW) == FieldMissing(field="answer")
    ticket = done(decide_close_ticket(ticket, order(), "Tomorrow", DESK, NOW)).ticket
    assert decide_close_ticket(ticket, order(), "Again", DESK, NOW) == TicketSettled(title="Where?", at=NOW)
    assert isinstance(decide_escalate_ticket(ticket, order(), "R", "", RULES, DESK, NOW), TicketSettled)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"channel": "pigeon"}, UnknownTicketChannel),
        ({"title": ""}, FieldMissing),
        ({"title": "x" * 201}, FieldTooLong),
        ({"exception": exception_id()}, ExceptionNotHere),
        ({"decision": "magic"}, TicketDecisionUnknown),
    ],
)
def test_a_ticket_that_is_refused(wrong: dict[str, Any], expected: type) -> None:
    assert isinstance(decide_open_ticket(order(), replace(TICKET, **wrong), RULES, DESK), expected)


STRIKE = Constraint(
    id=ConstraintId(UUID(int=600)), kind="carrier", title="Carrier strike", stops=("dispatch",), opened_at=NOW
)


def test_a_constraint_is_opened_changed_and_ended() -> None:
    strike = done(decide_open_constraint(STRIKE, RULES, LEAD)).constraint
    assert strike.opened_by == LEAD.person
    assert decide_change_constraint(strike, strike, (), "R", RULES, LEAD, NOW) == NothingChanges()
    wider = replace(strike, stops=("picking", "dispatch"), needs_attention=True)
    assert decide_change_constraint(strike, wider, (), "", RULES, LEAD, NOW) == FieldMissing(field="reason")
    assert done(decide_change_constraint(strike, wider, (), "Worse", RULES, LEAD, NOW)).constraint == wider
    ended = done(decide_end_constraint(strike, (), "Settled", LEAD, NOW)).constraint
    assert decide_end_constraint(ended, (), "R", LEAD, NOW) == ConstraintOver(title="Carrier strike", at=NOW)
    assert isinstance(decide_block_orders(ended, [order()], LEAD, NOW), ConstraintOver)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"kind": "weather"}, UnknownConstraintKind),
        ({"stops": ()}, ConstraintStopsNothing),
        ({"stops": ("moon",)}, UnknownOrderStage),
        ({"forecast_end": NOW.date() - timedelta(1)}, ForecastEndPast),
        ({"title": ""}, FieldMissing),
    ],
)
def test_a_constraint_that_is_refused(wrong: dict[str, Any], expected: type) -> None:
    assert isinstance(decide_open_constraint(replace(STRIKE, **wrong), RULES, LEAD), expected)
    assert isinstance(decide_open_constraint(STRIKE, RULES, DESK), NotAllowed)


def test_orders_are_blocked_all_or_none() -> None:
    blocked = order(constraints=(blocking("dispatch"),))
    assert done(decide_block_orders(STRIKE, [order(), blocked], LEAD, NOW)).numbers == ("A-1",)
    assert decide_block_orders(STRIKE, [blocked], LEAD, NOW) == NoOrdersToBlock(title="Carrier strike")
    closed = order(state=OrderState.CLOSED)
    assert isinstance(decide_block_orders(STRIKE, [order(), closed], LEAD, NOW), OrderNotOpen)
    assert isinstance(decide_block_orders(STRIKE, [order(), order(channel="b2b")], SHOP_DESK, NOW), NotAllowed)
    assert done(decide_free_orders(STRIKE, [order(), blocked], LEAD, NOW)).numbers == ("A-1",)
    assert decide_free_orders(STRIKE, [order()], LEAD, NOW) == NoOrdersToBlock(title="Carrier strike")
    foreign = replace(blocked, channel="b2b")
    assert isinstance(decide_free_orders(STRIKE, [foreign], SHOP_DESK, NOW), NotAllowed)


def test_priority_changes_with_a_reason() -> None:
    assert decide_change_priority(order(), Priority.NORMAL, "R", DESK, NOW) == NothingChanges()
    assert decide_change_priority(order(), Priority.HIGH, "", DESK, NOW) == FieldMissing(field="reason")
    assert done(decide_change_priority(order(), Priority.HIGH, "VIP", DESK, NOW)).before is Priority.NORMAL


def test_a_role_for_one_channel_works_on_its_orders_alone() -> None:
    assert not isinstance(opening(actor=SHOP_DESK), NotAllowed)
    assert isinstance(opening(actor=SHOP_DESK, channel="b2b"), NotAllowed)


def test_a_ticket_is_taken_from_nobody_or_a_colleague_until_it_is_answered() -> None:
    ticket = done(decide_open_ticket(order(), TICKET, RULES, DESK)).ticket
    taken = done(decide_take_ticket(ticket, order(), LEAD, NOW))
    assert (taken.before, taken.ticket.owner) == (ticket.owner, LEAD.person)
    assert isinstance(decide_take_ticket(ticket, order(), READER, NOW), NotAllowed)
    closed = done(decide_close_ticket(ticket, order(), "Told", DESK, NOW)).ticket
    assert isinstance(decide_take_ticket(closed, order(), LEAD, NOW), TicketSettled)
