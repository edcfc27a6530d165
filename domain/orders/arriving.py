"""An order that its source brings: how it stands here then, and what is recorded of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.governance.template import OrderRules
from domain.ids import OrderId
from domain.orders.closing import OrderClosed, decide_close
from domain.orders.consequences import Consequences, IntakeChoices, Loss, cancel_reason, consequences
from domain.orders.entry import target_of
from domain.orders.incoming import Incoming
from domain.orders.intake import FieldConflict, FieldUpdate
from domain.orders.order import Happening, Order, OrderState, Source
from domain.orders.reaching import stage_from
from domain.orders.receiving import decide_receive
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class OrderUpdated:
    """The source said something new of an order that was here; `losses` are the effects that were booked for it."""

    order: OrderId
    number: str
    source: Source
    upload: UUID | None
    row: int
    updates: tuple[FieldUpdate, ...]
    conflicts: tuple[FieldConflict, ...]
    stage: str
    state: OrderState
    at: datetime
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrdersImported:
    """A file of orders came in as a whole; `digest` is of its rows, `left_out` the numbers of the rows left out."""

    upload: UUID
    filename: str
    digest: str
    new: int
    changed: int
    conflicting: int
    unchanged: int
    left_out: tuple[int, ...]
    value: str
    freight: str


@dataclass(frozen=True, kw_only=True)
class Stay:
    stage: str
    entered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A new order, with what follows from it. `ended_at`: when it was closed or cancelled."""

    order: Order
    follows: Consequences
    stays: tuple[Stay, ...]
    ended_at: datetime | None
    cancel_reason: str


def arrive(
    incoming: Incoming, rules: OrderRules, choices: IntakeChoices, order_id: OrderId, source: Source, now: datetime
) -> Arrival | Refusal:
    """Take a new order in as its source says that it stands."""
    received = decide_receive(incoming, rules, order_id, source, None, now)
    if isinstance(received, Refusal):
        return received
    stays = stays_of(incoming.placed_at, incoming.happened, rules)
    state = OrderState.CANCELLED if incoming.is_cancelled else OrderState.OPEN
    last = stays[-1]
    due_at = target_of(last.stage, rules, last.entered_at) if state is OrderState.OPEN else None
    order = replace(received.order, stage=last.stage, stage_since=last.entered_at, state=state, due_at=due_at)
    follows = consequences(order, incoming, rules, choices, now)
    if state is OrderState.OPEN and choices.closes and is_complete(order, follows, rules, now):
        order = replace(order, state=OrderState.CLOSED, due_at=None)
    is_open = order.state is OrderState.OPEN
    return Arrival(
        order=order,
        follows=follows,
        stays=stays,
        ended_at=None if is_open else incoming.last_heard,
        cancel_reason=cancel_reason(incoming) if incoming.is_cancelled else "",
    )


def is_complete(order: Order, follows: Consequences, rules: OrderRules, now: datetime) -> bool:
    """Whether closure needs nothing more, with what follows counted in."""
    if follows.late is not None and follows.late.resolved_at is None:
        return False
    stood = replace(order, open_tickets=order.open_tickets + 1) if follows.complaint else order
    return isinstance(decide_close(stood, rules, None, now), OrderClosed)


def stays_of(placed_at: datetime, happened: Mapping[Happening, datetime], rules: OrderRules) -> tuple[Stay, ...]:
    """The stages that the order has passed, by when it can have entered them: from the moments of what happened.

    A stage that no moment speaks for is not in it; moments out of order do not make a stay end before it began.
    """
    stays = [Stay(stage=rules.stages[0].key, entered_at=placed_at)]
    known = sorted(happened.items(), key=lambda each: each[1])
    for count in range(1, len(known) + 1):
        reached = stage_from(dict(known[:count]), rules)
        if rules.position(reached) > rules.position(stays[-1].stage):
            stays.append(Stay(stage=reached, entered_at=known[count - 1][1]))
    return tuple(stays)
