"""Any sequence of acts on one order: holds stop it, evidence closes it, history stays, every change has its event."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.ids import OrderTicketId
from domain.orders.entry import unmet
from domain.orders.exceptions import (
    ExceptionEscalated,
    decide_escalate,
    decide_open_exception,
    decide_resolve,
    resolved,
)
from domain.orders.journey import OrderMoved, decide_close, decide_move, decide_record_happening, decide_reopen
from domain.orders.order import Happening, Order, OrderException, OrderState
from domain.orders.tickets import Ticket, decide_close_ticket, decide_open_ticket
from domain.refusals import Refusal
from tests.domain.orders.making import DESK, NOW, RULES, STAGES, blocking, exception_id, order

TYPES = tuple(each.key for each in RULES.exception_types)


class GovernedOrder(RuleBasedStateMachine):
    """Applies what is decided as the ledger does, and keeps every event and every refusal's state."""

    def __init__(self) -> None:
        super().__init__()
        self.order: Order = order()
        self.now: datetime = NOW
        self.events: list[Any] = []
        self.settled: dict[Any, OrderException] = {}
        self.tickets: dict[Any, Ticket] = {}
        self.counted = {"holds": 0, "exceptions": 0, "tickets": 0}

    def happens(self, outcome: Any) -> bool:
        """An event is kept; a refusal changes nothing."""
        self.now += timedelta(hours=1)
        if isinstance(outcome, Refusal):
            return False
        self.events.append(outcome)
        return True

    @rule(happening=st.sampled_from(list(Happening)))
    def record(self, happening: Happening) -> None:
        outcome = decide_record_happening(self.order, happening, self.now, DESK, self.now)
        if self.happens(outcome):
            self.order = replace(self.order, happened={**self.order.happened, happening: self.now})

    @rule(to=st.sampled_from(STAGES), reason=st.sampled_from(["", "Because"]))
    def move(self, to: str, reason: str) -> None:
        before = self.order
        outcome = decide_move(before, to, reason, RULES, DESK, self.now)
        if not self.happens(outcome):
            return
        assert isinstance(outcome, OrderMoved)
        assert before.state is OrderState.OPEN
        assert not any(to in hold.stops for hold in before.exceptions if hold.is_hold and hold.is_open)
        assert not any(to in constraint.stops for constraint in before.constraints)
        assert "no_hold" not in RULES.stage(to).entry or not before.holds
        assert not unmet(RULES.stage(to).entry, before)
        assert to != "return" or Happening.RETURN_REGISTERED in before.happened
        self.order = replace(before, stage=to, stage_since=self.now, due_at=outcome.due_at)

    @rule(type=st.sampled_from(TYPES))
    def open_exception(self, type: str) -> None:
        new = exception_id(len(self.order.exceptions) + 1)
        outcome = decide_open_exception(self.order, type, "", "A reason", None, RULES, DESK, self.now, new)
        if self.happens(outcome):
            self.order = replace(self.order, exceptions=(*self.order.exceptions, outcome.exception))  # type: ignore[union-attr]
            self.counted["holds" if outcome.exception.is_hold else "exceptions"] += 1  # type: ignore[union-attr]

    @precondition(lambda self: self.order.exceptions)
    @rule(data=st.data())
    def resolve(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.order.exceptions))
        outcome = decide_resolve(self.order, chosen.id, "corrected", "", RULES, DESK, self.now)
        if self.happens(outcome):
            assert not (chosen.is_hold and chosen.decision)
            self.settle(chosen, outcome)

    @precondition(lambda self: self.order.holds and self.order.state is OrderState.OPEN)
    @rule(data=st.data())
    def release_by_decision(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self.order.holds))
        outcome = resolved(self.order, chosen, "released", "", None, self.now)
        if self.happens(outcome):
            self.settle(chosen, outcome)

    def settle(self, chosen: OrderException, outcome: Any) -> None:
        assert chosen.is_open
        kept = tuple(outcome.exception if each.id == chosen.id else each for each in self.order.exceptions)
        self.order = replace(self.order, exceptions=kept)
        self.settled[chosen.id] = outcome.exception
        self.counted["holds" if chosen.is_hold else "exceptions"] -= 1

    @precondition(lambda self: self.order.exceptions)
    @rule(data=st.data(), hours=st.integers(0, 500))
    def clock(self, data: st.DataObject, hours: int) -> None:
        chosen = data.draw(st.sampled_from(self.order.exceptions))
        later = self.now + timedelta(hours=hours)
        outcome = decide_escalate(chosen, RULES, later)
        if self.happens(outcome):
            assert isinstance(outcome, ExceptionEscalated)
            assert chosen.is_open and chosen.escalated_at is None and chosen.due_at < later
            marked = replace(chosen, escalated_at=later)
            kept = tuple(marked if each.id == chosen.id else each for each in self.order.exceptions)
            self.order = replace(self.order, exceptions=kept)

    @rule(stops=st.sets(st.sampled_from(STAGES), max_size=2))
    def constrain(self, stops: set[str]) -> None:
        self.order = replace(self.order, constraints=(blocking(*stops),) if stops else ())

    @rule()
    def open_ticket(self) -> None:
        ticket = Ticket(
            id=OrderTicketId(exception_id(900 + len(self.tickets))), order=self.order.id, channel="mail",
            title="Where is it?", opened_at=self.now,
        )  # fmt: skip
        outcome = decide_open_ticket(self.order, ticket, RULES, DESK)
        if self.happens(outcome):
            self.tickets[ticket.id] = outcome.ticket  # type: ignore[union-attr]
            self.order = replace(self.order, open_tickets=self.order.open_tickets + 1)

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def close_ticket(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(list(self.tickets.values())))
        outcome = decide_close_ticket(chosen, self.order, "On its way", DESK, self.now)
        if self.happens(outcome):
            self.tickets[chosen.id] = outcome.ticket  # type: ignore[union-attr]
            self.order = replace(self.order, open_tickets=self.order.open_tickets - 1)

    @rule()
    def close(self) -> None:
        if self.happens(decide_close(self.order, RULES, DESK, self.now)):
            assert self.order.stage == STAGES[-1]
            assert not self.order.holds and not self.order.open_exceptions and not self.order.open_tickets
            assert Happening.INVOICE_ISSUED in self.order.happened
            assert {Happening.DELIVERED, Happening.REFUNDED} & set(self.order.happened)
            self.order = replace(self.order, state=OrderState.CLOSED, due_at=None)

    @rule(reason=st.sampled_from(["", "Chargeback"]))
    def reopen(self, reason: str) -> None:
        if self.happens(decide_reopen(self.order, reason, RULES, DESK, self.now)):
            assert reason and self.order.state is OrderState.CLOSED
            self.order = replace(self.order, state=OrderState.OPEN)

    @invariant()
    def resolved_exceptions_keep_their_history(self) -> None:
        standing = {each.id: each for each in self.order.exceptions}
        for each_id, settled in self.settled.items():
            assert standing[each_id] == settled
        opened = [event.exception.id for event in self.events if type(event).__name__ == "ExceptionOpened"]
        assert opened == [each.id for each in self.order.exceptions]

    @invariant()
    def counters_equal_what_is_open(self) -> None:
        assert len(self.order.holds) == self.counted["holds"]
        assert len(self.order.open_exceptions) == self.counted["exceptions"]
        assert self.order.open_tickets == sum(each.closed_at is None for each in self.tickets.values())

    @invariant()
    def one_exception_of_a_type_is_open(self) -> None:
        kinds = [each.type for each in self.order.exceptions if each.is_open]
        assert len(kinds) == len(set(kinds))

    @invariant()
    def the_events_tell_where_it_stands(self) -> None:
        moves = [event for event in self.events if isinstance(event, OrderMoved)]
        assert self.order.stage == (moves[-1].after if moves else "intake")
        assert all(one.after == other.before for one, other in pairwise(moves))


TestGovernedOrder = GovernedOrder.TestCase
TestGovernedOrder.settings = settings(max_examples=60, stateful_step_count=40)
