"""What an order needs to enter a stage or to be closed, and what keeps it out. Source: DOMAIN.md, 5."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.governance.template import OrderRules, OrderStage
from domain.orders.order import Happening, Order
from domain.refusals import Refusal

RETURN = "return_registered"


@dataclass(frozen=True, kw_only=True)
class StageStopped(Refusal):
    """Holds and constraints keep the order out of the stage: their labels and titles."""

    stage: str
    holds: tuple[str, ...]
    constraints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EntryNotMet(Refusal):
    """Conditions of the stage's entry (words of the template) that are not met yet."""

    stage: str
    missing: tuple[str, ...]


def has(happening: Happening) -> Callable[[Order], bool]:
    return lambda order: happening in order.happened


CONDITIONS: Mapping[str, Callable[[Order], bool]] = {
    "no_hold": lambda order: not order.holds,
    "no_open_exception": lambda order: not order.open_exceptions,
    "no_open_ticket": lambda order: order.open_tickets == 0,
    "delivered_or_refunded": lambda order: (
        Happening.DELIVERED in order.happened or Happening.REFUNDED in order.happened
    ),
    **{
        happening.value: has(happening)
        for happening in Happening
        if happening not in (Happening.DELIVERED, Happening.REFUNDED)
    },
}


def unmet(conditions: tuple[str, ...], order: Order) -> tuple[str, ...]:
    return tuple(condition for condition in conditions if not CONDITIONS[condition](order))


def kept_out(order: Order, stage: OrderStage, rules: OrderRules) -> Refusal | None:
    """Why the order may not enter the stage now: what stops it, then what is missing. None where it may."""
    if stopped := stopping(order, stage, rules):
        return stopped
    missing = unmet(stage.entry, order)
    return EntryNotMet(stage=stage.label, missing=missing) if missing else None


def stopping(order: Order, stage: OrderStage, rules: OrderRules) -> StageStopped | None:
    """The open holds and the constraints in force that name the stage."""
    holds = tuple(rules.type_label(hold.type) for hold in order.holds if stage.key in hold.stops)
    constraints = tuple(each.title for each in order.constraints if stage.key in each.stops)
    return StageStopped(stage=stage.label, holds=holds, constraints=constraints) if holds or constraints else None


def is_return(stage: OrderStage) -> bool:
    return RETURN in stage.entry


def target_of(stage: str, rules: OrderRules, since: datetime) -> datetime:
    """By when an order should have left the stage."""
    return since + timedelta(hours=rules.stage(stage).target_hours)
