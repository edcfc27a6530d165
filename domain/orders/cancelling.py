"""The source cancelled what stands here otherwise: its word opens a matter to decide and ends nothing by itself."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.access import Actor
from domain.governance.template import OrderRules
from domain.ids import OrderExceptionId
from domain.orders.asking import CANCELLATION
from domain.orders.closing import OrderReopened, decide_reopen
from domain.orders.exceptions import ExceptionOpened, decide_open_exception
from domain.orders.order import Order, OrderState
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class CancellationRaised:
    """What follows: the order open again if it was closed, and the exception that waits for the decision.

    `opened` is None where such an exception was open already.
    """

    reopened: OrderReopened | None
    opened: ExceptionOpened | None


@dataclass(frozen=True, kw_only=True)
class NoCancellationToRaise(Refusal):
    """The template has no exception that a cancellation settles: the decision is asked for without one."""

    number: str


def decide_raise_cancellation(
    order: Order, reason: str, rules: OrderRules, actor: Actor, now: datetime, exception_id: OrderExceptionId
) -> CancellationRaised | Refusal:
    """The exception is of the template's first type that a cancellation settles; without one nothing is raised."""
    kind = next((each for each in rules.exception_types if each.decision == CANCELLATION), None)
    if kind is None:
        return NoCancellationToRaise(number=order.number)
    reopened = decide_reopen(order, reason, rules, actor, now) if order.state is OrderState.CLOSED else None
    if isinstance(reopened, Refusal):
        return reopened
    if any(each.type == kind.key and each.is_open for each in order.exceptions):
        return CancellationRaised(reopened=reopened, opened=None)
    stands = replace(order, state=OrderState.OPEN) if reopened else order
    opened = decide_open_exception(stands, kind.key, "", reason, None, rules, actor, now, exception_id)
    return opened if isinstance(opened, Refusal) else CancellationRaised(reopened=reopened, opened=opened)
