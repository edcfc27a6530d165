"""Amounts as they are printed: in one unit, and so that a printed column adds up to its printed sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal


@dataclass(frozen=True, kw_only=True)
class Unit:
    """`factor` currency units make one printed unit, shown with `digits` decimals."""

    name: str  # "", "k", "m"
    factor: Decimal
    digits: int

    @property
    def step(self) -> Decimal:
        return Decimal(1).scaleb(-self.digits)


ONES = Unit(name="", factor=Decimal(1), digits=0)
K1 = Unit(name="k", factor=Decimal(1_000), digits=1)
K = Unit(name="k", factor=Decimal(1_000), digits=0)
M1 = Unit(name="m", factor=Decimal(1_000_000), digits=1)
M = Unit(name="m", factor=Decimal(1_000_000), digits=0)
_LIMITS = ((10_000, ONES), (1_000_000, K1), (1_000_000_000, K), (1_000_000_000_000, M1))


def unit_for(amounts: Iterable[Decimal]) -> Unit:
    """The unit in which the largest of these amounts has at most seven digits."""
    largest = max((abs(each) for each in amounts), default=Decimal(0))
    return next((unit for limit, unit in _LIMITS if largest < limit), M)


def rounded(amount: Decimal, unit: Unit) -> Decimal:
    """One amount in `unit`, half away from zero."""
    return (amount / unit.factor).quantize(unit.step, ROUND_HALF_UP)


def split(amounts: Sequence[Decimal], unit: Unit, total: Decimal | None = None) -> list[Decimal]:
    """Round by largest remainder, so that the parts add up to `total`.

    `total` is printed already (in `unit`); by default the rounded sum. No part moves by a whole step, exact parts stay.
    """
    floors = [(each / unit.factor).quantize(unit.step, ROUND_FLOOR) for each in amounts]
    goal = rounded(sum(amounts, Decimal(0)), unit) if total is None else total
    missing = int((goal - sum(floors, Decimal(0))) / unit.step)
    order = sorted(range(len(floors)), key=lambda i: (floors[i] - amounts[i] / unit.factor, i))
    for i in order[:missing]:
        floors[i] += unit.step
    return floors
