"""Decisions on orders on the real database: one engine, what an approval writes, what voids, who sees what waits."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.access import Actor, Role
from domain.approvals import (
    AlreadyVoted,
    Choice,
    NotAnApprover,
    Requested,
    RequestNotOpen,
    RequestState,
    RequestWithdrawn,
    SealBroken,
    Vote,
    Voted,
)
from domain.approvals.request import ApprovalRequest
from domain.delegation import AboveDelegatedLimit, Delegation
from domain.governance.policies import ORDER_PREFIX
from domain.ids import DelegationId, OrderExceptionId, PersonId
from domain.orders.asking import AmountAboveOrder, OrderAsk
from domain.orders.exceptions import NeedsDecision
from domain.orders.order import Happening, Order, OrderState, Priority
from domain.refusals import Refusal
from domain.segregation import EditedBySelf, OwnRequest
from tenants.database import NotFound, Work
from tenants.instance.actions import delegations, order_exceptions, orders, requests
from tenants.instance.actions.notices import tell_asked, tell_decided
from tenants.instance.actions.order_decisions import request_decision, request_decisions
from tenants.instance.actions.order_taking import put_back_order, take_order
from tenants.instance.actions.reminding import remind_of_request
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.queries.decisions import DecisionFilter, list_decisions
from tenants.instance.queries.delegations import waiting_ids
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.inbox import Sort, Tab, Wanted, list_inbox, ticks_of
from tenants.instance.queries.metrics import engagement_figures
from tenants.instance.queries.requests import get_request
from tenants.instance.queries.sight import sight_of
from tenants.instance.queries.steering_lists import Lists, open_request_rows
from tenants.instance.queries.tolls import list_tolls
from tests.house import NOW, House
from tests.ordering import Desk
from tests.tenants.test_concurrency import at_once

APPROVE = Vote(choice=Choice.APPROVE)


@pytest.fixture
def desk(shop: Work, house: House) -> Desk:
    return Desk(shop, house)


def wish(kind: str, **more: Any) -> OrderAsk:
    reasons = {"promise_change": "carrier", "priority_dispatch": "customer"}
    return OrderAsk(**{"kind": kind, "reason": reasons.get(kind, "Arrived broken"), "words": "As agreed", **more})


def asked(desk: Desk, order: Order, ask: OrderAsk, by: PersonId | None = None) -> ApprovalRequest:
    outcome = request_decision(desk.work, order.id, uuid4(), ask, desk.actor(by or desk.service))
    assert isinstance(outcome, Requested), outcome
    return outcome.request


def refund(amount: str = "80.00", **more: Any) -> OrderAsk:
    return wish("refund", amount=Decimal(amount), **more)


def vote(desk: Desk, request: ApprovalRequest, person: PersonId, given: Vote = APPROVE, **more: Any) -> Any:
    return requests.vote(desk.work, request.id, given, desk.actor(person), **more)


def approve(desk: Desk, request: ApprovalRequest, *people: PersonId) -> None:
    for person in people:
        outcome = vote(desk, request, person)
        assert isinstance(outcome, Voted), outcome


def hold(desk: Desk, order: Order, kind: str) -> OrderExceptionId:
    identity = OrderExceptionId(uuid4())
    opened = order_exceptions.open_exception(
        desk.work, order.id, identity, kind, "", "Seen at the desk", desk.actor(desk.clerk)
    )
    assert not isinstance(opened, Refusal), opened
    return identity


def kept(desk: Desk, request: ApprovalRequest) -> RequestRow:
    desk.work.session.rollback()
    desk.work.session.expire_all()
    return desk.work.get(RequestRow, request.id)


def count(work: Work, row: Any, *conditions: Any) -> int:
    work.session.rollback()
    return work.session.scalar(select(func.count()).select_from(row).where(*conditions)) or 0


def edit(desk: Desk, order: Order, by: PersonId | None, **values: Any) -> None:
    """A governed change, as whatever way in makes it."""
    with desk.work.transaction() as tx:
        taken = take_order(tx, order.id)
        for name, value in values.items():
            setattr(taken.row, name, value)
        put_back_order(tx, taken.row, desk.actor(by) if by else None, is_edit=True)


def test_a_refund_above_the_tier_is_decided_by_finance_and_the_office_and_kept(desk: Desk, house: House) -> None:
    order = desk.order(value=Decimal("900.00"))
    request = asked(desk, order, refund("600.00", daily_cost=Decimal("12.00")))
    row = kept(desk, request)
    assert (row.order_id, row.measure_id, row.kind, row.amount) == (order.id, None, "order:refund", Decimal("600.00"))
    assert desk.row(order.id).open_requests == 1
    approve(desk, request, desk.finance)
    assert kept(desk, request).state == RequestState.OPEN
    assert count(desk.work, OrderEffectRow, OrderEffectRow.order_id == order.id) == 0
    approve(desk, request, house.manager)
    effect = desk.work.session.scalars(select(OrderEffectRow).where(OrderEffectRow.order_id == order.id)).one()
    assert (effect.kind, effect.amount, effect.request_id) == ("refund", Decimal("600.00"), request.id)
    after = desk.row(order.id)
    assert (after.effects, after.refunded_at, after.open_requests) == (Decimal("600.00"), NOW, 0)
    trail = select(AuditEventRow.kind).where(AuditEventRow.subject_id == order.id, AuditEventRow.is_refusal.is_(False))
    assert Counter(desk.work.session.scalars(trail)) == Counter(
        ["OrderReceived", "Requested", "Voted", "Voted", "EffectGranted", "OrderRefunded"]
    )


def test_a_release_frees_the_hold_and_nothing_else_does(desk: Desk) -> None:
    order = desk.order()
    held = hold(desk, order, "payment_pending")
    by_hand = order_exceptions.resolve(desk.work, order.id, held, "paid", "", desk.actor(desk.finance))
    assert isinstance(by_hand, NeedsDecision)
    request = asked(desk, desk.now(order.id), wish("release", exception=held))
    approve(desk, request, desk.finance)
    assert desk.row(order.id).open_holds == 0
    row = desk.work.session.get(OrderExceptionRow, held)
    assert row is not None
    assert (row.resolution, row.resolved_at) == ("released", NOW)


def test_a_replacement_keeps_effect_and_cost_and_resolves_the_exception(desk: Desk) -> None:
    order = desk.order()
    damaged = hold(desk, order, "damaged")
    ask = wish("replacement", amount=Decimal("80.00"), cost=Decimal("11.50"), exception=damaged)
    approve(desk, asked(desk, desk.now(order.id), ask), desk.lead)
    after = desk.row(order.id)
    assert (after.effects, after.cost_forecast, after.open_exceptions) == (Decimal("80.00"), Decimal("11.50"), 0)
    cost = desk.work.session.scalars(select(OrderCostRow).where(OrderCostRow.order_id == order.id)).one()
    assert (cost.kind, cost.stage, cost.actual, cost.exception_id) == ("one_time", order.stage, None, damaged)


def test_priority_and_promise_change_with_their_history_and_the_asker_as_editor(desk: Desk) -> None:
    order = desk.order(promised_on=date(2026, 11, 25))
    approve(desk, asked(desk, order, wish("priority_dispatch")), desk.lead)
    ask = wish("promise_change", promised_on=date(2026, 11, 28), commitment="Before noon")
    approve(desk, asked(desk, desk.now(order.id), ask, desk.clerk), desk.lead)
    after = desk.now(order.id)
    assert (after.priority, after.promised_on, after.commitment) == (
        Priority.HIGH,
        date(2026, 11, 28),
        "Before noon",
    )
    assert after.last_edited_by == desk.clerk
    rows = desk.work.session.scalars(select(OrderPromiseRow).where(OrderPromiseRow.order_id == order.id))
    assert {(row.field, row.before, row.after) for row in rows} >= {
        ("priority", "normal", "high"),
        ("promised_on", "2026-11-25", "2026-11-28"),
    }


def test_a_cancellation_ends_the_order_with_what_is_open_and_voids_the_rest(desk: Desk) -> None:
    order = desk.order()
    held = hold(desk, order, "cancellation")
    hold(desk, order, "damaged")
    other = asked(desk, desk.now(order.id), wish("priority_dispatch"))
    request = asked(desk, desk.now(order.id), wish("cancellation", amount=Decimal("240.00"), exception=held))
    approve(desk, request, desk.lead)
    after = desk.row(order.id)
    assert (after.state, after.open_holds, after.open_exceptions) == (OrderState.CANCELLED, 0, 0)
    assert (after.effects, after.cancel_reason, after.open_requests) == (Decimal("240.00"), "Arrived broken", 0)
    voided = kept(desk, other)
    assert voided.state == RequestState.VOIDED
    assert "state" in {change["field"] for change in voided.void_changes}


def test_a_write_off_resolves_the_chargeback(desk: Desk, house: House) -> None:
    order = desk.order()
    charged = hold(desk, order, "chargeback")
    ask = wish("write_off", amount=Decimal("100.00"), exception=charged)
    approve(desk, asked(desk, desk.now(order.id), ask), desk.finance, house.manager)
    assert desk.row(order.id).open_exceptions == 0
    effects = select(OrderEffectRow.kind, OrderEffectRow.exception_id).where(OrderEffectRow.order_id == order.id)
    assert desk.work.session.execute(effects).all() == [("write_off", charged)]


def test_a_discount_releases_its_hold(desk: Desk, house: House) -> None:
    order = desk.order(discount=Decimal("20.00"))
    unusual = hold(desk, order, "unusual_discount")
    ask = wish("discount", amount=Decimal("20.00"), exception=unusual)
    approve(desk, asked(desk, desk.now(order.id), ask), house.manager)
    assert (desk.row(order.id).open_holds, desk.row(order.id).effects) == (0, Decimal("20.00"))


def test_a_governed_change_voids_and_names_before_and_after(desk: Desk) -> None:
    order = desk.order()
    request = asked(desk, order, refund())
    edit(desk, order, desk.clerk, freight=Decimal("9.90"))
    row = kept(desk, request)
    assert (row.state, row.waiting, desk.row(order.id).open_requests) == (RequestState.VOIDED, [], 0)
    assert [(each["field"], each["before"], each["after"]) for each in row.void_changes] == [
        ("freight", "6.90", "9.90")
    ]
    assert isinstance(vote(desk, request, desk.finance), RequestNotOpen)


def test_moving_an_order_on_voids_no_refund(desk: Desk) -> None:
    order = desk.ready()
    request = asked(desk, order, refund())
    (moved,) = orders.move_on(desk.work, [order.id], "", desk.actor(desk.clerk))
    assert not isinstance(moved, Refusal), moved
    assert kept(desk, request).state == RequestState.OPEN


def test_nobody_decides_what_they_asked_for_or_edited_last(desk: Desk) -> None:
    order = desk.order(value=Decimal("900.00"))
    second = desk.join("Nils Berg", Role.FINANCE_REVIEWER)
    own = asked(desk, order, refund("10.00"), second)
    assert second not in kept(desk, own).waiting
    assert isinstance(vote(desk, own, second), OwnRequest)
    edit(desk, order, second, owner_id=None)
    assert isinstance(
        vote(desk, asked(desk, desk.now(order.id), wish("write_off", amount=Decimal("5.00"))), second), EditedBySelf
    )
    assert isinstance(vote(desk, own, desk.leader), NotAnApprover)
    assert isinstance(vote(desk, own, desk.clerk), EditedBySelf)  # who entered the order by hand
    assert isinstance(requests.withdraw(desk.work, own.id, "", desk.actor(second)), RequestWithdrawn)


def test_a_delegate_decides_up_to_the_amount(desk: Desk) -> None:
    taker = desk.join("Tilda Ek", Role.LEADERSHIP)
    given = Delegation(
        id=DelegationId(uuid4()),
        giver=desk.finance,
        taker=taker,
        starts_on=NOW.date(),
        ends_on=NOW.date() + timedelta(days=5),
        kinds=frozenset({f"{ORDER_PREFIX}refund"}),
        value_limit=Decimal("100.00"),
    )
    assert not isinstance(delegations.delegate(desk.work, given, desk.actor(desk.finance)), Refusal)
    small = asked(desk, desk.order(), refund("100.00"))
    large = asked(desk, desk.order(), refund("100.01"))
    waits = set(desk.work.session.scalars(waiting_ids(taker, NOW.date())))
    assert (small.id in waits, large.id in waits) == (True, False)
    assert isinstance(vote(desk, large, taker, on_behalf_of=desk.finance), AboveDelegatedLimit)
    assert isinstance(vote(desk, small, taker, on_behalf_of=desk.finance), Voted)


def test_the_same_form_twice_is_one_request_and_no_tier_is_gone_round_in_parts(desk: Desk) -> None:
    order, form = desk.order(value=Decimal("900.00")), uuid4()
    first, again = (
        request_decision(desk.work, order.id, form, refund("400.00"), desk.actor(desk.service)) for _ in "12"
    )
    assert isinstance(first, Requested)
    assert isinstance(again, Requested)
    assert first.request.id == again.request.id
    approve(desk, first.request, desk.finance)
    assert asked(desk, desk.now(order.id), refund("100.00")).policy == "order-refund-high"
    too_much = request_decision(
        desk.work, order.id, uuid4(), wish("write_off", amount=Decimal("910.00")), desk.actor(desk.service)
    )
    assert isinstance(too_much, AmountAboveOrder)


def test_many_are_asked_for_at_once_each_by_itself(desk: Desk) -> None:
    held, free = desk.order(), desk.order()
    hold(desk, held, "payment_pending")
    key, ask, actor = uuid4(), wish("release"), desk.actor(desk.clerk)
    outcomes = request_decisions(desk.work, [held.id, free.id], key, ask, actor)
    assert [isinstance(each, Requested) for each in outcomes] == [True, False]
    again = request_decisions(desk.work, [held.id, free.id], key, ask, actor)
    assert count(desk.work, RequestRow, RequestRow.order_id == held.id) == 1
    assert isinstance(again[0], Requested)


def test_twenty_votes_at_once_on_one_order_request_are_one_decision(desk: Desk, house: House) -> None:
    order = desk.order()
    request, actor = asked(desk, order, refund()), desk.actor(desk.finance)
    outcomes = at_once(house, desk.work, [lambda own: requests.vote(own, request.id, APPROVE, actor)] * 20)
    assert sum(isinstance(each, Voted) for each in outcomes) == 1
    assert all(isinstance(each, Voted | RequestNotOpen | AlreadyVoted) for each in outcomes)
    assert count(desk.work, OrderEffectRow, OrderEffectRow.order_id == order.id) == 1
    after = desk.row(order.id)
    assert (after.effects, after.open_requests) == (Decimal("80.00"), 0)


def voting(own: Work, request: ApprovalRequest, actor: Actor) -> Any:
    return requests.vote(own, request.id, APPROVE, actor)


def test_a_vote_and_a_change_at_once_leave_one_of_both(desk: Desk, house: House) -> None:
    for _round in range(3):
        order = desk.order()
        request = asked(desk, order, refund())
        voted = partial(voting, request=request, actor=desk.actor(desk.finance))

        def change(own: Work, order: Order = order) -> None:
            with own.transaction() as tx:
                taken = take_order(tx, order.id)
                taken.row.freight = Decimal("1.00")
                put_back_order(tx, taken.row, None, is_edit=True)

        outcome, _none = at_once(house, desk.work, [voted, change])
        state, effects = kept(desk, request).state, desk.row(order.id).effects
        if isinstance(outcome, Voted):
            assert (state, effects) == (RequestState.APPROVED, Decimal("80.00"))
        else:
            assert isinstance(outcome, RequestNotOpen | SealBroken)
            assert (state, effects) == (RequestState.VOIDED, Decimal("0.00"))


def test_the_inbox_shows_orders_with_their_price_of_a_day_within_the_scope(desk: Desk) -> None:
    b2b = desk.join("Olle Dahl", Role.FINANCE_REVIEWER, channel="b2b")
    ours = asked(desk, desk.order(channel="b2b"), refund("70.00", daily_cost=Decimal("15.00")))
    theirs = asked(desk, desk.order(channel="shop"), refund("71.00"))
    actor = desk.actor(b2b)
    sight = sight_of(actor)
    mine = list_inbox(desk.work, sight, actor.led, Wanted(sort=Sort.DEAREST))
    assert [(line.id, line.per_day, line.amount) for line in mine.lines] == [
        (ours.id, Decimal("15.00"), Decimal("70.00"))
    ]
    assert (mine.per_day, mine.price) == (Decimal("15.00"), Decimal("0.00"))
    assert len(ticks_of(desk.work, actor, mine.lines, ())) == 1
    open_ones = list_inbox(desk.work, sight, actor.led, Wanted(tab=Tab.OPEN, kind="order:refund"))
    assert theirs.id not in {line.id for line in open_ones.lines}
    with pytest.raises(NotFound):
        get_request(desk.work, sight, theirs.id)
    assert isinstance(vote(desk, theirs, b2b), NotAnApprover)


def test_a_week_of_waiting_on_an_order_is_seven_stated_days(desk: Desk) -> None:
    """In what waiting costs the client, and in the lists of a steering report, with whom it waits for."""
    order = desk.order(channel="phone")
    asked(desk, order, refund("81.00", daily_cost=Decimal("6.00")))
    phone, app = (sight_of(desk.actor(desk.join(each, Role.ORDER_DESK, channel=each))) for each in ("phone", "app"))
    governance, today = get_governance(desk.work), desk.work.now().date()
    root = f"/{governance.organization}/"
    before = [sum(toll.price for toll in list_tolls(desk.work, sight, root)) for sight in (phone, app)]
    asked(desk, desk.order(channel="phone"), refund("82.00", daily_cost=Decimal("3.00")))
    after = [sum(toll.price for toll in list_tolls(desk.work, sight, root)) for sight in (phone, app)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [21, 0]
    listed = [
        open_request_rows(Lists(work=desk.work, sight=sight, path=root, governance=governance, today=today))[0]
        for sight in (phone, app)
    ]
    row = next(each for each in listed[0] if each.measure == order.number)
    assert (row.kind, row.price_week, bool(row.waits_for)) == ("Refund", Decimal("42.00"), True)
    assert order.number not in {each.measure for each in listed[1]}


def test_what_was_decided_stands_in_the_log_of_who_sees_the_order(desk: Desk) -> None:
    request = asked(desk, desk.order(channel="app"), refund("33.00"))
    approve(desk, request, desk.finance)
    found = DecisionFilter(kind="order")
    seen = list_decisions(desk.work, sight_of(desk.actor(desk.clerk)), [], found, per_page=500)
    line = next(each for each in seen.lines if each.request == request.id)
    assert (line.code, line.amount, line.kind) == (request.code, Decimal("33.00"), "order:refund")
    phone = desk.join("Mats Ruud", Role.ORDER_DESK, channel="phone")
    hidden = list_decisions(desk.work, sight_of(desk.actor(phone)), [], found, per_page=500)
    assert request.id not in {each.request for each in hidden.lines}


def test_letters_name_the_order_and_the_price_of_a_day(desk: Desk) -> None:
    request = asked(desk, desk.order(), refund("44.00", daily_cost=Decimal("7.50")))
    tell_asked(desk.work, request.id)
    said = select(NoticeRow.body).where(NoticeRow.member_id == desk.finance, NoticeRow.kind == "asked")
    body = next(each for each in desk.work.session.scalars(said) if each["request"] == str(request.id))
    assert body["measure"] == f"order {request.code}, 44.00 EUR"
    assert (body["what"], body["price"], body["per"]) == ("Refund", "7.50 EUR", "day")
    approve(desk, request, desk.finance)
    tell_decided(desk.work, request.id)
    told = select(NoticeRow.body).where(NoticeRow.member_id == desk.service, NoticeRow.kind == "decided")
    assert any(each["request"] == str(request.id) for each in desk.work.session.scalars(told))


def test_the_clock_escalates_what_stands_still(desk: Desk, house: House) -> None:
    request = asked(desk, desk.order(), refund())
    desk.work.clock = lambda: NOW + timedelta(days=10)
    remind_of_request(desk.work, request.id)
    desk.work.clock = lambda: NOW
    row = kept(desk, request)
    step = desk.work.session.get(StepRow, (request.id, 0))
    assert step is not None
    assert step.escalated_on is not None
    assert house.manager in row.waiting


def test_what_orders_wait_for_counts_in_the_published_figures(desk: Desk) -> None:
    before = engagement_figures(desk.work)
    asked(desk, desk.order(), refund("12.00", daily_cost=Decimal("10.00")))
    after = engagement_figures(desk.work)
    assert after.waiting - before.waiting == 1
    assert after.waiting_cost_week - before.waiting_cost_week == Decimal("70.00")


def test_the_other_client_has_none_of_it(desk: Desk, other_shop: Work, house: House) -> None:
    request = asked(desk, desk.order(), refund())
    other = Desk(other_shop, house)
    with pytest.raises(NotFound):
        requests.vote(other_shop, request.id, APPROVE, other.actor(other.finance))
    with pytest.raises(NotFound):
        request_decision(other_shop, request.order, uuid4(), refund(), other.actor(other.service))
    assert count(other_shop, OrderRow, OrderRow.id == request.order) == 0
    assert Happening.REFUNDED not in desk.now(request.order).happened
