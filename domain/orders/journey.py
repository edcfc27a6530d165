"""The way of an order from stage to stage; receiving.py begins it, closing.py ends it. Source: DOMAIN.md, 5."""

from dataclasses import dataclass
from datetime import datetime

from domain.access import Actor, Capability
from domain.governance.template import OrderRules
from domain.ids import OrderId, PersonId
from domain.orders.closing import (
    ClosureNotMet,
    OrderClosed,
    OrderReopened,
    closure_missing,
    decide_close,
    decide_reopen,
)
from domain.orders.entry import EntryNotMet, StageStopped, is_return, kept_out, target_of
from domain.orders.order import Happening, Order, OrderState
from domain.orders.receiving import (
    BeforePlaced,
    HappenedAlready,
    HappeningRecorded,
    InFuture,
    OrderReceived,
    decide_receive,
    decide_record_happening,
)
from domain.orders.rights import OrderNotOpen, not_workable, too_long, wordless
from domain.refusals import Refusal

__all__ = [
    "BeforePlaced",
    "ClosureNotMet",
    "EntryNotMet",
    "HappenedAlready",
    "HappeningRecorded",
    "InFuture",
    "NotNextStage",
    "OrderClosed",
    "OrderMoved",
    "OrderNotOpen",
    "OrderReceived",
    "OrderReopened",
    "Reach",
    "StageStopped",
    "closure_missing",
    "decide_close",
    "decide_move",
    "decide_receive",
    "decide_record_happening",
    "decide_reopen",
    "reachable",
]


@dataclass(frozen=True, kw_only=True)
class OrderMoved:
    """An order went from one stage to another; `due_at` is by when it should leave it again."""

    order: OrderId
    number: str
    before: str
    after: str
    due_at: datetime
    reason: str
    person: PersonId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NotNextStage(Refusal):
    """An order goes one stage forward or one back. Labels; `possible` says where it can go."""

    stage: str
    to: str
    possible: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A stage that the order can go to from where it is, or what keeps it from there."""

    stage: str
    is_back: bool
    blocked: Refusal | None


def ahead(order: Order, rules: OrderRules) -> tuple[str, ...]:
    """The next stage, without a return that is not registered; a registered one is reached from two stages before."""
    here = rules.position(order.stage)
    is_returned = Happening.RETURN_REGISTERED in order.happened
    later = [stage for stage in rules.stages[here + 1 :] if is_returned or not is_return(stage)]
    keys = tuple(stage.key for stage in later[:1])
    beside = tuple(stage.key for stage in later[1:2] if is_return(stage) and is_returned)
    return keys + beside


def behind(order: Order, rules: OrderRules) -> tuple[str, ...]:
    here = rules.position(order.stage)
    is_returned = Happening.RETURN_REGISTERED in order.happened
    earlier = [stage for stage in rules.stages[: max(here, 0)] if is_returned or not is_return(stage)]
    return tuple(stage.key for stage in earlier[-1:])


def reachable(order: Order, rules: OrderRules) -> tuple[Reach, ...]:
    """Where the order can go, forward first, each with what keeps it from there; nothing for one that is not open."""
    if order.state is not OrderState.OPEN:
        return ()
    onward, back = ahead(order, rules), behind(order, rules)
    return tuple(
        Reach(stage=key, is_back=key in back, blocked=kept_out(order, rules.stage(key), rules))
        for key in (*onward, *back)
    )


def decide_move(
    order: Order, to: str, reason: str, rules: OrderRules, actor: Actor | None, now: datetime
) -> OrderMoved | Refusal:
    """One stage forward, or one back with a reason; never past a hold, a constraint or an unmet condition."""
    if refusal := not_workable(order, Capability.WORK_ORDERS, actor):
        return refusal
    onward, back = ahead(order, rules), behind(order, rules)
    if to not in (*onward, *back):
        possible = tuple(rules.stage_label(key) for key in (*onward, *back))
        return NotNextStage(stage=rules.stage_label(order.stage), to=rules.stage_label(to), possible=possible)
    if refusal := wordless("reason", reason) if to in back else too_long("reason", reason):
        return refusal
    if refusal := kept_out(order, rules.stage(to), rules):
        return refusal
    return OrderMoved(
        order=order.id,
        number=order.number,
        before=order.stage,
        after=to,
        due_at=target_of(to, rules, now),
        reason=reason.strip(),
        person=actor.person if actor else None,
        at=now,
    )
