"""The orders of the demonstration: how each would go from purchase to invoice, and what goes wrong with some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from domain.orders.incoming import Incoming, Standing
from domain.orders.order import Happening

COUNT, WEEKS = 2_000, 26
CHANNELS = {"shop": 46, "marketplace": 27, "app": 14, "b2b": 8, "phone": 5}
PAYMENTS = {"shop": "card", "marketplace": "marketplace", "app": "wallet", "b2b": "invoice", "phone": "bank transfer"}
TROUBLED = 0.09
# What goes wrong, how often, and what it costs in handling (EUR) while it lasts.
TROUBLES = {
    ("payment_pending", "Bank transfer outstanding"): (12, 4),
    ("payment_pending", "Card declined"): (6, 3),
    ("address", "Incomplete"): (13, 6),
    ("address", "Not deliverable"): (5, 11),
    ("stock", "Oversold"): (14, 9),
    ("stock", "Late supplier"): (7, 8),
    ("fraud", "Velocity"): (4, 7),
    ("damaged", "Packaging"): (8, 18),
    ("damaged", "Carrier"): (5, 21),
    ("lost", "Carrier"): (5, 34),
    ("return", "Size"): (11, 12),
    ("return", "Not as described"): (5, 13),
    ("partial_shipment", "Split stock"): (9, 7),
    ("invoice_delayed", "Missing data"): (4, 5),
}
BEFORE_DISPATCH = frozenset({"payment_pending", "address", "stock", "fraud"})


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """An exception to be opened by somebody once the order is known; `cost` is its handling in EUR."""

    type: str
    cause: str
    cost: Decimal

    @property
    def is_early(self) -> bool:
        return self.type in BEFORE_DISPATCH


@dataclass(frozen=True, kw_only=True)
class Life:
    """One order as it goes; `moments` are all of its happenings, also those that are still to come."""

    first: Incoming
    moments: Mapping[Happening, datetime]
    cancelled_at: datetime | None = None
    score: int | None = None
    trouble: Trouble | None = None

    @property
    def in_trouble_from(self) -> datetime | None:
        """From when on somebody sees what is wrong: before it leaves, or once it arrived. It lasts for ten days."""
        if self.trouble is None:
            return None
        return self.first.placed_at if self.trouble.is_early else self.moments[Happening.DELIVERED]

    def changes_within(self, after: datetime, until: datetime) -> bool:
        """Whether a file of changes between the two moments has a row of it."""
        moments = (self.first.placed_at, *self.moments.values(), *([self.cancelled_at] if self.cancelled_at else []))
        return any(after < moment <= until for moment in moments)

    def told_at(self, moment: datetime) -> Incoming | None:
        """What the shop's file of that moment says of it; None before it was placed."""
        if self.first.placed_at > moment:
            return None
        happened = {each: at for each, at in self.moments.items() if at <= moment}
        score = self.score if Happening.DELIVERED in happened else None
        if self.cancelled_at is None or self.cancelled_at > moment:
            return replace(self.first, happened=happened, score=score)
        return replace(self.first, happened=happened, status=Standing.CANCELLED, cancelled_at=self.cancelled_at)


def lives(rng: Random, now: datetime, count: int = COUNT) -> list[Life]:
    """All of them, the earliest first; as many a week as the season brings."""
    begin = now - timedelta(weeks=WEEKS)
    placed = sorted(begin + (now - begin) * (rng.random() ** 0.8) for _ in range(count))
    return [_life(rng, number, moment.replace(microsecond=0)) for number, moment in enumerate(placed, start=1)]


def _life(rng: Random, number: int, placed: datetime) -> Life:
    trouble = _trouble(rng) if rng.random() < TROUBLED else None
    moments = dict(_moments(rng, placed, trouble))
    first = _first(rng, number, placed)
    if trouble is None and rng.random() < 0.03:
        kept: dict[Happening, datetime] = {
            each: at for each, at in moments.items() if each == Happening.PAYMENT_CONFIRMED
        }
        return Life(first=first, moments=kept, cancelled_at=placed + timedelta(hours=rng.randint(3, 40)))
    is_late = moments[Happening.DELIVERED].date() > (first.promised_on or placed.date())
    unhappy = 0.45 if is_late or trouble else 0.04
    score = rng.choice((1, 1, 2)) if rng.random() < unhappy else rng.choice((4, 5, 5, 5))
    return Life(first=first, moments=moments, score=score if rng.random() < 0.12 else None, trouble=trouble)


def _first(rng: Random, number: int, placed: datetime) -> Incoming:
    channel = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    size = 6 if channel == "b2b" else 1
    value = Decimal(round(rng.lognormvariate(4.1, 0.7) * size, 2)).quantize(Decimal("0.01"))
    discount = (value * rng.randint(5, 15) / 100).quantize(Decimal("0.01")) if rng.random() < 0.12 else Decimal("0.00")
    return Incoming(
        number=f"NF-{100_000 + number}",
        channel=channel,
        placed_at=placed,
        currency="EUR",
        value=value,
        discount=discount,
        freight=Decimal(rng.choice(("4.90", "4.90", "6.90", "12.50"))),
        items=rng.randint(1, 4) * size,
        payment=PAYMENTS[channel],
        customer=f"K-{rng.randint(10_000, 99_999)}",
        promised_on=(placed + timedelta(days=rng.randint(5, 8))).date(),
    )


def _trouble(rng: Random) -> Trouble:
    kind, cause = rng.choices(list(TROUBLES), [often for often, _cost in TROUBLES.values()])[0]
    cost = Decimal(TROUBLES[kind, cause][1]) * rng.randint(70, 150) / 100
    return Trouble(type=kind, cause=cause, cost=cost.quantize(Decimal("0.01")))


def _moments(rng: Random, placed: datetime, trouble: Trouble | None) -> Iterator[tuple[Happening, datetime]]:
    """A troubled order waits ten days more: where it is held before it leaves, else before it is invoiced."""
    waits = timedelta(days=10)
    is_early = trouble is not None and trouble.is_early
    at = placed + timedelta(hours=rng.randint(0, 6))
    yield Happening.ADDRESS_CONFIRMED, at
    if is_early:
        at += waits
    yield Happening.PAYMENT_CONFIRMED, at
    for happening, hours in (
        (Happening.STOCK_ALLOCATED, (2, 20)),
        (Happening.PICKED, (4, 30)),
        (Happening.CARRIER_BOOKED, (1, 6)),
        (Happening.DISPATCHED, (1, 10)),
        (Happening.DELIVERED, (24, 130)),
    ):
        at += timedelta(hours=rng.randint(*hours))
        yield happening, at
    if trouble is not None and not is_early:
        at += waits
    yield Happening.INVOICE_ISSUED, at + timedelta(hours=rng.randint(1, 60))
