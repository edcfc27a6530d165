"""What one order governance report says: plain frozen data, complete, so that the same report can be laid out again.

Amounts are Decimals in `Meta.currency`. A count and the desk's list of the same filter agree.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.reporting.pack import ZERO, Meta


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """Open orders of one stage. `counts` are by the ages of the pack; `median` and `p90`: hours of stays that ended."""

    label: str
    target_hours: int
    counts: tuple[int, ...]
    value: Decimal = ZERO
    late: int = 0
    delayed: int = 0
    delayed_value: Decimal = ZERO
    held: int = 0
    held_value: Decimal = ZERO
    stays: int = 0
    median: int = 0
    p90: int = 0

    @property
    def open(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class ReasonRow:
    """Orders of one kind or reason, and an amount: their value, what they cost, or their effects."""

    label: str
    orders: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ExceptionRow:
    """What one type of exception cost, and the cause with the largest part of it ("" where none was named)."""

    label: str
    cause: str
    orders: int
    cost: Decimal
    effects: Decimal

    @property
    def amount(self) -> Decimal:
        return self.cost + self.effects


@dataclass(frozen=True, kw_only=True)
class CostRow:
    """Fulfilment cost of one kind. `known_forecast` is the forecast of what has an actual amount by now."""

    label: str
    forecast: Decimal
    known_forecast: Decimal
    actual: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderMonth:
    """Orders placed in one month, and what carrying them out has cost so far."""

    month: str
    orders: int
    cancelled: int
    value: Decimal
    cost: Decimal
    effects: Decimal


@dataclass(frozen=True, kw_only=True)
class ConstraintRow:
    """A constraint in force with the open orders that it blocks."""

    title: str
    kind: str
    owner: str
    needs_attention: bool
    orders: int
    value: Decimal
    forecast_end: date | None = None


@dataclass(frozen=True, kw_only=True)
class TicketRow:
    """Open service tickets of one channel; `old` of them past the second of the pack's ages."""

    label: str
    open: int
    escalated: int
    old: int


@dataclass(frozen=True, kw_only=True)
class OrderDecision:
    """An open decision on an order; `daily_cost` is what a day of waiting costs, as it was stated."""

    code: str
    order: str
    kind: str
    waits_for: str
    days_open: int
    days_overdue: int
    amount: Decimal | None
    daily_cost: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderPack:
    """Everything that one order governance report prints. `ages` are days an order is old at least."""

    meta: Meta
    first_month: str
    last_month: str
    ages: tuple[int, ...]
    stays_days: int  # time in stage is of stays that ended in so many days
    stages: tuple[StageRow, ...] = ()
    cancellations: tuple[ReasonRow, ...] = ()
    returns: tuple[ReasonRow, ...] = ()
    effects: tuple[ReasonRow, ...] = ()
    tickets: tuple[TicketRow, ...] = ()
    exceptions: tuple[ExceptionRow, ...] = ()
    costs: tuple[CostRow, ...] = ()
    months: tuple[OrderMonth, ...] = ()
    constraints: tuple[ConstraintRow, ...] = ()
    decisions: tuple[OrderDecision, ...] = ()
    blocked: int = 0  # open orders that a constraint blocks, each counted once
    blocked_value: Decimal = ZERO

    @property
    def open(self) -> int:
        return sum(row.open for row in self.stages)

    @property
    def placed(self) -> int:
        return sum(row.orders for row in self.months)
