"""Whatever is done to orders, and by how many at once: what is kept beside the rows is what the rows come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from domain.approvals import Choice, Vote
from domain.approvals.requesting import Requested
from domain.ids import ChannelKeyId, ConstraintId, OrderId, OrderTicketId
from domain.orders.asking import OrderAsk
from domain.orders.constraints import Constraint
from domain.orders.incoming import Incoming, Standing
from domain.orders.keys import ChannelKey
from domain.orders.order import Happening
from domain.orders.tickets import Ticket
from tenants.database import Work
from tenants.instance.actions import constraints, order_exceptions, order_money, order_tickets, orders, requests
from tenants.instance.actions.channel_calls import Answer, Call
from tenants.instance.actions.delivering import Happened, deliver, tell_event
from tenants.instance.actions.order_conflicts import decide_conflict
from tenants.instance.actions.order_decisions import request_decision
from tenants.instance.actions.order_sums import fold_order_sums
from tenants.instance.models.exceptions import ConstraintRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.intake import ChannelKeyRow, OrderConflictRow
from tenants.instance.models.orders import OrderRow
from tests.house import NOW, House
from tests.orderfiles import brought_in, line
from tests.orderfiles import orders as table
from tests.ordering import Desk
from tests.recount import recount
from tests.tenants.test_concurrency import at_once

PLACED = NOW - timedelta(hours=9)
WAY = (Happening.PAYMENT_CONFIRMED, Happening.DISPATCHED, Happening.DELIVERED, Happening.INVOICE_ISSUED)
TYPES = ("fraud", "partial_shipment", "damaged", "delivery_date")
amounts = st.integers(1, 9).map(Decimal)
which = st.integers(0, 5)


class Counter:
    """A client of its own with its people, and a shop that sends its orders."""

    def __init__(self, work: Work, house: House) -> None:
        self.work, self.house, self.desk = work, house, Desk(work, house)
        names = ("clerk", "lead", "finance", "service")
        self.actors = {name: self.desk.actor(getattr(self.desk, name)) for name in names}
        self.pmo = self.desk.actor(house.manager)
        known: dict[str, Any] = {"channel": "shop", "label": "Shop", "created_by": house.manager, "created_at": NOW}
        self.key = ChannelKey(id=ChannelKeyId(uuid4()), **known)
        with work.transaction() as tx:
            tx.add(ChannelKeyRow(id=self.key.id, **known))

    def call(self) -> Call:
        return Call(key=self.key, idempotency_key=str(uuid4()), digest="-")

    def sends(self, work: Work, number: str, **said: Any) -> None:
        known = {"channel": "shop", "placed_at": PLACED, "currency": "EUR", "value": Decimal(50)}
        deliver(work, self.call(), [Incoming(number=number, **{**known, **said})], answered)


def answered(_outcome: Any) -> Answer:
    return Answer(status=200, body={})


def on_the_way(steps: int) -> dict[Happening, Any]:
    return {each: PLACED + timedelta(hours=at) for at, each in enumerate(WAY[:steps], start=1)}


@pytest.fixture(scope="module")
def counter(house: House, two_shops: object) -> Iterator[Counter]:
    with house.app.app_context():
        work = house.work(house.onboard("Counted", "order-governance"))
        yield Counter(work, house)
        work.close()


class KeptSums(RuleBasedStateMachine):
    """People, a shop and the clock act on one order; refusals are answers too."""

    counter: Counter

    @initialize()
    def comes(self) -> None:
        self.number = f"K-{uuid4().hex[:8]}"
        self.counter.sends(self.work, self.number, freight=Decimal("4.90"))
        self.order = self.work.session.scalars(select(OrderRow.id).where(OrderRow.number == self.number)).one()

    @property
    def work(self) -> Work:
        return self.counter.work

    def one(self, column: Any, place: int, *conditions: Any) -> UUID | None:
        """One of the rows of the order; None without any."""
        rows = self.work.session.scalars(select(column).where(*conditions).order_by(column)).all()
        return rows[place % len(rows)] if rows else None

    def exception(self, place: int) -> Any:
        return self.one(OrderExceptionRow.id, place, OrderExceptionRow.order_id == self.order)

    @rule(
        steps=st.integers(0, 4),
        freight=st.sampled_from(["0.00", "4.90", "6.00"]),
        late=st.booleans(),
        score=st.sampled_from([None, 1]),
        status=st.sampled_from([None] * 7 + [Standing.CANCELLED]),
        refunded=st.sampled_from([None, Decimal(3), Decimal(8)]),
    )
    def the_shop_sends_it_again(self, steps: int, freight: str, late: bool, **said: Any) -> None:
        promised = (NOW + timedelta(days=-3 if late else 3)).date()
        more = {"freight": Decimal(freight), "promised_on": promised, "happened": on_the_way(steps)}
        self.counter.sends(self.work, self.number, **more, **said)

    @rule(happening=st.sampled_from(WAY), by_shop=st.booleans())
    def it_is_said_what_happened(self, happening: Happening, by_shop: bool) -> None:
        moment = PLACED + timedelta(hours=7)
        if by_shop:
            told = Happened(happening=happening, at=moment)
            tell_event(self.work, self.counter.call(), self.number, told, answered)
        else:
            orders.record_happening(self.work, self.order, happening, moment, self.counter.actors["clerk"])

    @rule()
    def it_moves_on(self) -> None:
        orders.move_on(self.work, [self.order], "", self.counter.actors["lead"])

    @rule()
    def it_is_closed_or_opened_again(self) -> None:
        version = self.work.get(OrderRow, self.order).version
        clerk = self.counter.actors["clerk"]
        orders.close_order(self.work, self.order, clerk, version)
        orders.open_again(self.work, self.order, "Something came", clerk, version)

    @rule(kind=st.sampled_from(TYPES))
    def an_exception_opens(self, kind: str) -> None:
        told = (uuid4(), kind, "", "Seen", self.counter.actors["clerk"])
        order_exceptions.open_exception(self.work, self.order, *told)

    @rule(place=which)
    def an_exception_is_resolved(self, place: int) -> None:
        if found := self.exception(place):
            order_exceptions.resolve(self.work, self.order, found, "corrected", "Done", self.counter.actors["lead"])

    @rule(place=which, forecast=st.none() | amounts, actual=st.none() | amounts)
    def it_costs(self, place: int, forecast: Decimal | None, actual: Decimal | None) -> None:
        money = {"forecast": forecast, "actual": actual, "exception": self.exception(place)}
        cost = order_money.Cost(id=uuid4(), stage="picking", kind="handling", **money)
        for _twice in range(2):
            order_money.record_cost(self.work, self.order, cost, self.counter.actors["lead"])

    @rule(place=which, amount=amounts)
    def it_loses(self, place: int, amount: Decimal) -> None:
        said: dict[str, Any] = {"kind": "substitution", "reason": "Other colour", "exception": self.exception(place)}
        effect = order_money.Effect(id=uuid4(), amount=amount, **said)
        order_money.record_effect(self.work, self.order, effect, self.counter.actors["finance"])

    @rule(place=which)
    def a_customer_writes_and_is_answered(self, place: int) -> None:
        service, known = self.counter.actors["service"], {"channel": "mail", "title": "Where?", "opened_at": NOW}
        ticket = Ticket(id=OrderTicketId(uuid4()), order=OrderId(self.order), **known)
        order_tickets.open_ticket(self.work, ticket, service)
        if place % 2 and (found := self.one(OrderTicketRow.id, place, OrderTicketRow.order_id == self.order)):
            order_tickets.answer_ticket(self.work, self.order, found, "Here", service)

    @rule(is_over=st.booleans())
    def a_constraint_blocks_it(self, is_over: bool) -> None:
        lead, known = self.counter.actors["lead"], {"kind": "stock", "title": "No paint", "opened_at": NOW}
        wanted = Constraint(id=ConstraintId(uuid4()), stops=("picking",), **known)
        constraints.open_constraint(self.work, wanted, lead)
        constraints.block_orders(self.work, wanted.id, [self.order], lead)
        if is_over:
            version = self.work.get(ConstraintRow, wanted.id).version
            constraints.end_constraint(self.work, wanted.id, "Paint came", lead, version)

    @rule(kind=st.sampled_from(["refund", "release", "replacement", "cancellation"]), place=which, amount=amounts)
    def a_decision_is_asked_for_and_taken(self, kind: str, place: int, amount: Decimal) -> None:
        ask = OrderAsk(kind=kind, reason="Broken", words="As told", exception=self.exception(place), amount=amount)
        asked = request_decision(self.work, self.order, uuid4(), ask, self.counter.actors["service"])
        if isinstance(asked, Requested):
            for name in ("finance", "lead"):
                vote = Vote(choice=Choice.APPROVE)
                requests.vote(self.work, asked.request.id, vote, self.counter.actors[name])

    @rule(place=which, choice=st.sampled_from(["ours", "theirs"]))
    def a_conflict_is_decided(self, place: int, choice: str) -> None:
        row = OrderConflictRow
        if found := self.one(row.id, place, row.order_id == self.order, row.choice == ""):
            decide_conflict(self.work, self.order, found, choice, self.counter.actors["clerk"])

    @rule()
    def the_clock_folds_the_sums(self) -> None:
        fold_order_sums(self.work, at_least=0)

    @invariant()
    def what_is_kept_is_what_the_rows_come_to(self) -> None:
        assert recount(self.work.session) == {}
        self.work.session.expire_all()


def test_any_sequence_of_acts_keeps_the_sums(counter: Counter) -> None:
    machine = type("KeptSumsHere", (KeptSums,), {"counter": counter})
    run_state_machine_as_test(machine, settings=settings(max_examples=6, stateful_step_count=20))


def test_acts_at_the_same_time_keep_the_sums(counter: Counter) -> None:
    numbers = [f"AT-{place}" for place in range(6)]
    for number in numbers:
        counter.sends(counter.work, number, freight=Decimal("4.90"))
    ids = counter.work.session.scalars(select(OrderRow.id).where(OrderRow.number.in_(numbers))).all()
    clerk, lead = counter.actors["clerk"], counter.actors["lead"]
    said = {"Placed_at": f"{PLACED:%Y-%m-%d %H:%M:%S}", "Payment_confirmed": "", "Value": "60.00", "Freight": "6.00"}
    sent = [line(each, **said) for each in numbers]

    def send(work: Work) -> None:
        for number, steps in zip(reversed(numbers), cycle((1, 2, 4)), strict=False):
            counter.sends(work, number, freight=Decimal("5.50"), happened=on_the_way(steps))

    acts: list[Callable[[Work], Any]] = [
        send,
        lambda work: brought_in(work, counter.pmo, table(*sent)),
        lambda work: order_exceptions.open_exceptions(work, ids, uuid4(), "partial_shipment", "", "Seen", clerk),
        lambda work: orders.move_on(work, ids, "", lead),
        lambda work: order_exceptions.claim_orders(work, ids, clerk),
        lambda work: fold_order_sums(work, at_least=0),
    ]
    at_once(counter.house, counter.work, acts)
    assert recount(counter.work.session) == {}
