"""What can be wrong with a row of orders, beside what can be with any row."""

from dataclasses import dataclass
from datetime import datetime

from domain.imports.problems import Reason


@dataclass(frozen=True, kw_only=True)
class UnknownStatus(Reason):
    """The mapping does not say what the word means."""


@dataclass(frozen=True, kw_only=True)
class BeforePlacing(Reason):
    """It happened before the order was placed."""

    placed_at: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NotYet(Reason):
    """It lies after now."""

    now: datetime


@dataclass(frozen=True, kw_only=True)
class NotAMoment(Reason):
    order: str


@dataclass(frozen=True, kw_only=True)
class NotANumberOf(Reason):
    """Neither a count nor a score from `least` to `most`."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class BelowZero(Reason):
    """Amounts of an order are sizes."""


@dataclass(frozen=True, kw_only=True)
class LessThanFreight(Reason):
    """What is paid in all is less than the freight, so that nothing is left for the goods."""


@dataclass(frozen=True, kw_only=True)
class RepeatedOrder(Reason):
    """The same number of the same channel stands at `first_row`."""

    first_row: int


@dataclass(frozen=True, kw_only=True)
class OrderOutOfReach(Reason):
    """The number is that of an order which is not the importer's to change, whatever unit the row gives it."""


@dataclass(frozen=True, kw_only=True)
class ChannelOutOfReach(Reason):
    """Not a channel or business unit whose orders the importer may bring in."""


@dataclass(frozen=True, kw_only=True)
class HeldOrder(Reason):
    """The row says that the order is in `stage`; what stands here keeps it out of it. Labels and titles."""

    stage: str
    holds: tuple[str, ...]
    constraints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NoMomentFor(Reason):
    """The word says that it happened, but no column says when: the order waits before that stage."""
