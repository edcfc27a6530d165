"""Money and days as people write them: quantised, parsed strictly, refused rather than guessed."""

from decimal import ROUND_HALF_EVEN, Decimal

CENT = Decimal("0.01")


def money(value: Decimal | int) -> Decimal:
    """The amount to the cent, half to even."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_EVEN)
