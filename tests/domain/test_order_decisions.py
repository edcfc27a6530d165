"""Decisions on orders: what can be asked for, which policy of the matrix applies, what is sealed, what follows."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.access import Actor, Assignment, NotAllowed, Role
from domain.approvals import (
    Choice,
    Directory,
    ForumMembers,
    Holder,
    NoApprover,
    OpenRequest,
    RequestAlreadyOpen,
    Requested,
    RequestState,
    SealBroken,
    Situation,
    Vote,
    Voted,
    apply_vote,
    decide_vote,
    void_if_changed,
)
from domain.approvals.request import ApprovalRequest
from domain.delegation import AboveDelegatedLimit
from domain.ids import NodeId, OrderExceptionId, OrderId, PersonId, ReferenceId
from domain.orders.applying import apply_approved_decision
from domain.orders.asking import (
    AmountAboveOrder,
    AmountNotAboveZero,
    NoHoldToRelease,
    NotItsDecision,
    OrderAsk,
    PromiseInPast,
    PromiseUnchanged,
    UnknownDecision,
    UnknownPromiseReason,
    read_ask,
    suggested,
)
from domain.orders.deciding import DecidedBefore, decide_request_decision, subject_of_order
from domain.orders.exceptions import ExceptionNotHere
from domain.orders.order import Happening, Order, OrderException, OrderState, Priority
from domain.orders.rights import OrderNotOpen
from domain.refusals import FieldMissing, Refusal
from domain.segregation import EditedBySelf, OwnRequest
from tests.domain.making import FORUM, NOW, ROOT, ROOT_PATH, delegation, request_id, template

DESK, LEAD, FINANCE, OFFICE, BOARD, B2B, UNIT, SERVICE = (PersonId(UUID(int=n)) for n in range(200, 208))
PEOPLE = {DESK: Role.ORDER_DESK, LEAD: Role.FULFILMENT_LEAD, FINANCE: Role.FINANCE_REVIEWER, OFFICE: Role.PMO}
HOLD = OrderExceptionId(UUID(int=900))
RULES = template("order-governance").orders
SHARED = ReferenceId(UUID(int=77))
NAMES = {DESK: "desk", LEAD: "lead", FINANCE: "finance", OFFICE: "office", BOARD: "board", B2B: "b2b", UNIT: "unit"}


def hold(kind: str = "payment_pending", **more: Any) -> OrderException:
    assert RULES is not None
    rule = RULES.exception_type(kind)
    assert rule is not None
    defaults: dict[str, Any] = {
        "id": HOLD,
        "type": kind,
        "is_hold": rule.is_hold,
        "stops": rule.stops,
        "owner_role": rule.owner,
        "decision": rule.decision or "",
        "opened_at": NOW,
        "due_at": NOW,
    }
    return OrderException(**{**defaults, **more})


def order(*exceptions: OrderException, **more: Any) -> Order:
    defaults: dict[str, Any] = {
        "id": OrderId(UUID(int=500)),
        "number": "S-1001",
        "channel": "shop",
        "business_unit": SHARED,
        "placed_at": NOW - timedelta(days=3),
        "currency": "EUR",
        "value": Decimal("800.00"),
        "freight": Decimal("10.00"),
        "stage": "allocation",
        "stage_since": NOW,
        "promised_on": date(2026, 11, 10),
        "exceptions": exceptions,
    }
    return Order(**{**defaults, **more})


def actor(person: PersonId = DESK, role: Role | None = None, **more: Any) -> Actor:
    held = Assignment(role or PEOPLE.get(person, Role.ORDER_DESK), NodeId(ROOT), ROOT_PATH, **more)
    return Actor(person=person, name=NAMES.get(person, "?"), assignments=(held,), confirmed_at=NOW)


def situation(*holders: Holder, **more: Any) -> Situation:
    staff = tuple(Holder(person=person, role=role, path=ROOT_PATH) for person, role in PEOPLE.items())
    forums = {FORUM: ForumMembers(members=(BOARD, LEAD, OFFICE), quorum=2, chair=BOARD, name="Order board")}
    directory = Directory(holders=(*staff, *holders), forums=forums)
    return Situation(**{"path": ROOT_PATH, "template": template("order-governance"), "directory": directory, **more})


def ask(kind: str, **more: Any) -> OrderAsk:
    reasons = {"promise_change": "carrier", "priority_dispatch": "customer"}
    return OrderAsk(**{"kind": kind, "reason": reasons.get(kind, "Goodwill"), **more})


def asking(of: Order, wish: OrderAsk, by: Actor | None = None, granted: str = "0.00", **more: Any) -> Any:
    assert RULES is not None
    before = DecidedBefore(granted=Decimal(granted), promised_on=more.pop("first_promised", None))
    around = more.pop("around", None) or situation(**more)
    return decide_request_decision(of, wish, RULES, around, by or actor(), NOW, request_id(), before)


def asked(of: Order, wish: OrderAsk, by: Actor | None = None, **more: Any) -> ApprovalRequest:
    outcome = asking(of, wish, by, **more)
    assert isinstance(outcome, Requested), outcome
    return outcome.request


def after(request: ApprovalRequest, of: Order, *people: PersonId) -> ApprovalRequest:
    for person in people:
        voted = decide_vote(request, Vote(choice=Choice.APPROVE), actor(person), NOW, subject_of_order(of, request))
        assert isinstance(voted, Voted), voted
        request = apply_vote(request, voted)
    return request


def money(amount: str) -> dict[str, Any]:
    return {"amount": Decimal(amount)}


DEAR = {"value": Decimal("5000.00")}
LARGE = {"value": Decimal("9000.00")}
SOON, LATE = date(2026, 11, 17), date(2026, 11, 18)
TIERS: list[tuple[str, Order, dict[str, Any], str, str]] = [
    ("release", order(hold()), {"exception": HOLD}, "order-release", "finance"),
    ("release", order(hold(), value=Decimal("4999.99")), {"exception": HOLD}, "order-release", "finance"),
    ("release", order(hold(), **DEAR), {"exception": HOLD}, "order-release-high", "finance, office"),
    ("discount", order(discount=Decimal("100.00")), money("60.00"), "order-discount", "office"),
    ("discount", order(), money("160.00"), "order-discount-high", "finance, office"),
    ("discount", order(), money("159.00"), "order-discount", "office"),
    ("discount", order(discount=Decimal("200.00")), money("1.00"), "order-discount-high", "finance, office"),
    ("refund", order(), money("499.99"), "order-refund", "finance"),
    ("refund", order(), money("500.00"), "order-refund-high", "finance, office"),
    ("replacement", order(**DEAR), money("999.99") | {"cost": Decimal(5)}, "order-replacement", "lead"),
    ("replacement", order(**DEAR), money("1000.00") | {"cost": Decimal(5)}, "order-replacement-high", "lead, finance"),
    ("priority_dispatch", order(), {}, "order-priority", "lead"),
    ("promise_change", order(), {"promised_on": SOON}, "order-promise", "lead"),
    ("promise_change", order(), {"promised_on": LATE}, "order-promise-long", "lead, office"),
    ("promise_change", order(), {"commitment": "Delivered to the garage"}, "order-promise", "lead"),
    ("promise_change", order(promised_on=None), {"promised_on": LATE}, "order-promise", "lead"),
    ("cancellation", order(), money("800.00"), "order-cancel", "lead"),
    ("cancellation", order(**DEAR), money("800.00"), "order-cancel-high", "office"),
    ("write_off", order(**DEAR), money("1999.99"), "order-write-off", "finance, office"),
    ("write_off", order(**DEAR), money("2000.00"), "order-write-off-high", "finance, board lead office"),
]


@pytest.mark.parametrize(("kind", "of", "more", "policy", "deciders"), TIERS)
def test_the_matrix_chooses_policy_and_deciders(
    kind: str, of: Order, more: dict[str, Any], policy: str, deciders: str
) -> None:
    request = asked(of, ask(kind, **more))
    steps = ", ".join(" ".join(NAMES[person] for person in step.approvers) for step in request.steps)
    assert (request.policy, steps) == (policy, deciders)
    assert (request.kind, request.order, request.measure) == (f"order:{kind}", of.id, None)
    assert read_ask(request).exception == more.get("exception")


def test_no_tier_is_gone_round_in_parts() -> None:
    assert asked(order(), ask("refund", **money("300.00")), granted="200.00").policy == "order-refund-high"
    assert asked(order(), ask("refund", **money("300.00")), granted="199.99").policy == "order-refund"
    above = AmountAboveOrder(limit=Decimal("810.00"), granted=Decimal("600.00"))
    assert asking(order(), ask("refund", **money("300.00")), granted="600.00") == above
    again = ask("replacement", **money("400.00"), cost=Decimal(5))
    assert asked(order(**DEAR), again, granted="599.99").policy == "order-replacement"
    assert asked(order(**DEAR), again, granted="600.00").policy == "order-replacement-high"
    later = ask("promise_change", promised_on=LATE)
    assert asked(order(promised_on=SOON), later, first_promised=date(2026, 11, 11)).policy == "order-promise"
    assert asked(order(promised_on=SOON), later, first_promised=date(2026, 11, 10)).policy == "order-promise-long"


REFUSED: list[tuple[str, Order, OrderAsk, type[Refusal]]] = [
    ("kind", order(), ask("gift"), UnknownDecision),
    ("reason", order(), ask("refund", reason="  ", **money("5")), FieldMissing),
    ("amount", order(), ask("refund"), FieldMissing),
    ("zero", order(), ask("refund", **money("0")), AmountNotAboveZero),
    ("negative", order(), ask("write_off", **money("-1")), AmountNotAboveZero),
    ("more than paid", order(), ask("refund", **money("810.01")), AmountAboveOrder),
    ("waiting pays", order(), ask("refund", daily_cost=Decimal(-1), **money("5")), AmountNotAboveZero),
    ("no cost", order(), ask("replacement", **money("5")), FieldMissing),
    ("no hold", order(), ask("release"), NoHoldToRelease),
    ("no such hold", order(), ask("release", exception=HOLD), ExceptionNotHere),
    ("released", order(hold(resolved_at=NOW)), ask("release", exception=HOLD), ExceptionNotHere),
    ("no hold at all", order(hold("damaged")), ask("release", exception=HOLD), NoHoldToRelease),
    ("other kind", order(hold("stock")), ask("refund", exception=HOLD, **money("5")), NotItsDecision),
    ("same date", order(), ask("promise_change", promised_on=date(2026, 11, 10)), PromiseUnchanged),
    ("nothing", order(), ask("promise_change"), PromiseUnchanged),
    ("same priority", order(priority=Priority.HIGH), ask("priority_dispatch"), PromiseUnchanged),
    ("yesterday", order(), ask("promise_change", promised_on=date(2026, 11, 1)), PromiseInPast),
    ("no reason", order(), ask("promise_change", promised_on=SOON, reason="mood"), UnknownPromiseReason),
    ("closed", order(state=OrderState.CLOSED), ask("cancellation", **money("5")), OrderNotOpen),
    ("cancelled", order(state=OrderState.CANCELLED), ask("release", exception=HOLD), OrderNotOpen),
]


@pytest.mark.parametrize(("name", "of", "wish", "refusal"), REFUSED)
def test_what_cannot_be_asked_for(name: str, of: Order, wish: OrderAsk, refusal: type[Refusal]) -> None:
    assert type(asking(of, wish)) is refusal, name


@pytest.mark.parametrize("state", [OrderState.CLOSED, OrderState.CANCELLED])
@pytest.mark.parametrize("kind", ["refund", "write_off"])
def test_money_is_given_back_after_the_end_too(kind: str, state: OrderState) -> None:
    assert asked(order(state=state), ask(kind, **money("5"))).state is RequestState.OPEN


def test_only_who_may_ask_asks_and_for_their_orders_alone() -> None:
    wish = ask("refund", **money("5"))
    assert isinstance(asking(order(), wish, actor(SERVICE, Role.LEADERSHIP)), NotAllowed)
    assert isinstance(asking(order(), wish, actor(channel="b2b")), NotAllowed)
    assert isinstance(asking(order(), wish, actor(channel="shop")), Requested)
    assert isinstance(asking(order(), wish, actor(business_unit=SHARED)), Requested)


def test_a_role_for_other_orders_decides_nothing() -> None:
    limited = (
        Holder(person=B2B, role=Role.FINANCE_REVIEWER, path=ROOT_PATH, channel="b2b"),
        Holder(person=UNIT, role=Role.FINANCE_REVIEWER, path=ROOT_PATH, unit=SHARED),
    )
    around = situation(*limited)
    wish = ask("refund", **money("5"))
    assert asked(order(), wish, around=around).steps[0].approvers == (FINANCE, UNIT)
    assert asked(order(channel="b2b", business_unit=None), wish, around=around).steps[0].approvers == (FINANCE, B2B)
    alone = replace(around, directory=replace(around.directory, holders=limited))
    assert isinstance(asking(order(business_unit=None), wish, around=alone), NoApprover)


def test_nobody_decides_what_they_asked_for_or_last_edited() -> None:
    wish = ask("refund", **money("5"))
    own = asking(order(), wish, actor(FINANCE))
    assert own == NoApprover(step="Finance", selector="role:finance_reviewer", excluded=(FINANCE,), have=0, need=1)
    edited = asking(order(last_edited_by=FINANCE), wish)
    assert isinstance(edited, NoApprover)
    assert edited.excluded == (FINANCE,)
    assert isinstance(asking(order(created_by=FINANCE), wish), NoApprover)
    request = asked(order(), wish)
    late = replace(order(), last_edited_by=FINANCE)
    outcome = decide_vote(request, Vote(choice=Choice.APPROVE), actor(FINANCE), NOW, subject_of_order(late, request))
    assert outcome == EditedBySelf(person=FINANCE, is_closure=False)
    outcome = decide_vote(request, Vote(choice=Choice.APPROVE), actor(DESK), NOW, subject_of_order(order(), request))
    assert outcome == OwnRequest(person=DESK)


@pytest.mark.parametrize(
    ("kind", "change", "broken"),
    [
        ("refund", {"value": Decimal("801.00")}, ["value"]),
        ("refund", {"discount": Decimal("1.00"), "freight": Decimal("0.00")}, ["discount", "freight"]),
        ("refund", {"promised_on": None}, ["promised_on"]),
        ("refund", {"channel": "b2b"}, ["channel"]),
        ("refund", {"customer": "C-9"}, ["customer"]),
        ("refund", {"state": OrderState.CANCELLED}, ["state"]),
        ("refund", {"stage": "dispatch", "stage_since": NOW, "owner": LEAD, "open_tickets": 3}, []),
        ("refund", {"happened": {Happening.DELIVERED: NOW}}, []),
        ("cancellation", {"stage": "dispatch"}, ["stage"]),
        ("refund", {"exceptions": (hold(),)}, []),
    ],
)
def test_a_governed_change_voids_and_names_the_fields(kind: str, change: dict[str, Any], broken: list[str]) -> None:
    request = asked(order(), ask(kind, **money("5")))
    changed = replace(order(), **change)
    voided = void_if_changed(request, subject_of_order(changed, request), NOW)
    assert [each.field for each in voided.changes] if voided else broken == []
    assert [each.field for each in (voided.changes if voided else ())] == broken
    outcome = decide_vote(request, Vote(choice=Choice.APPROVE), actor(FINANCE), NOW, subject_of_order(changed, request))
    assert not broken or kind != "refund" or isinstance(outcome, SealBroken)


def test_a_hold_that_is_resolved_otherwise_voids_its_release() -> None:
    request = asked(order(hold()), ask("release", exception=HOLD))
    resolved = order(hold(resolved_at=NOW))
    voided = void_if_changed(request, subject_of_order(resolved, request), NOW)
    assert voided is not None
    assert [each.field for each in voided.changes] == ["exception_resolved"]


def test_one_open_request_of_a_kind_and_one_release_for_each_hold() -> None:
    other = OrderExceptionId(UUID(int=901))
    of = order(hold(), hold("fraud", id=other))
    open_ones = (OpenRequest(id=request_id(7), kind="order:release", about=other),)
    assert isinstance(asking(of, ask("release", exception=HOLD), open_requests=open_ones), Requested)
    again = asking(of, ask("release", exception=other), open_requests=open_ones)
    assert again == RequestAlreadyOpen(request=request_id(7), kind="order:release")
    refund = (OpenRequest(id=request_id(8), kind="order:refund"),)
    assert isinstance(asking(of, ask("refund", **money("5")), open_requests=refund), RequestAlreadyOpen)


def test_a_delegate_decides_up_to_the_limit_of_the_amount() -> None:
    given = delegation(FINANCE, SERVICE, value_limit=Decimal("400.00"))
    for amount, expected in (("400.00", Voted), ("400.01", AboveDelegatedLimit)):
        request = asked(order(), ask("refund", **money(amount)))
        subject, stand_in = subject_of_order(order(), request), replace(actor(SERVICE), on_behalf_of=FINANCE)
        outcome = decide_vote(request, Vote(choice=Choice.APPROVE), stand_in, NOW, subject, (given,))
        assert isinstance(outcome, expected), outcome


def test_any_hold_can_be_released_so_that_a_refused_wish_is_not_for_ever() -> None:
    assert asked(order(hold("cancellation")), ask("release", exception=HOLD)).exception == HOLD


EFFECTS: list[tuple[str, Order, dict[str, Any], tuple[PersonId, ...], list[str]]] = [
    ("release", order(hold()), {"exception": HOLD}, (FINANCE,), ["ExceptionDecided released"]),
    (
        "discount",
        order(hold("unusual_discount"), discount=Decimal("50.00")),
        {"exception": HOLD, **money("50.00")},
        (OFFICE,),
        ["EffectGranted discount 50.00", "ExceptionDecided released"],
    ),
    ("refund", order(), money("80.00"), (FINANCE,), ["EffectGranted refund 80.00", "OrderRefunded"]),
    (
        "refund",
        order(hold("return"), happened={Happening.REFUNDED: NOW}),
        {"exception": HOLD, **money("80.00")},
        (FINANCE,),
        ["EffectGranted refund 80.00", "ExceptionDecided refunded"],
    ),
    (
        "replacement",
        order(hold("damaged")),
        {"exception": HOLD, "cost": Decimal("12.00"), **money("80.00")},
        (LEAD,),
        ["EffectGranted replacement 80.00", "ReplacementCostExpected 12.00", "ExceptionDecided replaced"],
    ),
    ("priority_dispatch", order(), {}, (LEAD,), ["PromiseChanged priority: normal > high"]),
    (
        "promise_change",
        order(hold("stock")),
        {"exception": HOLD, "promised_on": SOON, "commitment": "By noon"},
        (LEAD,),
        [
            "PromiseChanged promised_on: 2026-11-10 > 2026-11-17",
            "PromiseChanged commitment:  > By noon",
            "ExceptionDecided released",
        ],
    ),
    (
        "cancellation",
        order(hold("cancellation"), hold("damaged", id=OrderExceptionId(UUID(int=902)))),
        {"exception": HOLD, **money("800.00")},
        (LEAD,),
        [
            "EffectGranted cancellation 800.00",
            "ExceptionDecided cancelled",
            "ExceptionDecided cancelled",
            "OrderCancelled",
        ],
    ),
    (
        "write_off",
        order(hold("chargeback")),
        {"exception": HOLD, **money("80.00")},
        (FINANCE, OFFICE),
        ["EffectGranted write_off 80.00", "ExceptionDecided written_off"],
    ),
]


def told(event: Any) -> str:
    words = {
        "ExceptionDecided": lambda: event.resolution,
        "EffectGranted": lambda: f"{event.kind} {event.amount}",
        "ReplacementCostExpected": lambda: str(event.amount),
        "PromiseChanged": lambda: f"{event.field}: {event.before} > {event.after}",
    }
    name = type(event).__name__
    return " ".join(filter(None, [name, words[name]()])) if name in words else name


@pytest.mark.parametrize(("kind", "of", "more", "people", "expected"), EFFECTS)
def test_what_an_approval_does(
    kind: str, of: Order, more: dict[str, Any], people: tuple[PersonId, ...], expected: list[str]
) -> None:
    request = after(asked(of, ask(kind, **more)), of, *people)
    assert [told(event) for event in apply_approved_decision(of, request, read_ask(request), NOW)] == expected
    with pytest.raises(ValueError, match="not an approved one"):
        apply_approved_decision(of, replace(request, state=RequestState.OPEN), read_ask(request), NOW)


def test_an_order_suggests_what_a_request_is_about() -> None:
    of = order(hold("damaged"), hold("fraud", id=OrderExceptionId(UUID(int=903))), discount=Decimal("5.00"))
    assert suggested(of, "replacement").exception == HOLD
    assert suggested(of, "release").exception == OrderExceptionId(UUID(int=903))
    assert suggested(of, "refund", Decimal("10.00")).amount == Decimal("800.00")
    assert suggested(of, "discount").amount == Decimal("5.00")
    assert suggested(of, "promise_change").amount is None
