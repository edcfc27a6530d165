"""One row of a file of orders, read strictly into what it says of its order."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from domain.access import OrderScope
from domain.governance.template import OrderRules
from domain.ids import ReferenceId
from domain.imports.cells import read_amount, read_date
from domain.imports.kinds import AnyField
from domain.imports.mapping import MOST_SCORE, ColumnMapping, DateOrder
from domain.imports.order_fields import HAPPENINGS, OrderField
from domain.imports.order_problems import (
    BeforePlacing,
    BelowZero,
    ChannelOutOfReach,
    LessThanFreight,
    NoMomentFor,
    NotAMoment,
    NotANumberOf,
    NotYet,
    UnknownStatus,
)
from domain.imports.problems import (
    Missing,
    NegativeAmount,
    NoSuchDay,
    NotAWordFor,
    OtherCurrency,
    Reason,
    UnknownName,
    YearNotPlausible,
)
from domain.imports.reference import folded
from domain.imports.row import MappedRow
from domain.money import FIRST_YEAR, LAST_YEAR
from domain.orders.incoming import Incoming, Standing

F = OrderField
NUMBER_LIMIT = 80
MOST_ITEMS = 1_000_000
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_WRITTEN_WELL = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?")
_COUNT = re.compile(r"\d{1,9}(?:[.,]0+)?")
_STATED = {"discount": F.DISCOUNT, "freight": F.FREIGHT, "items": F.ITEMS}
_SAID_BY = {Standing.SHIPPED: F.DISPATCHED, Standing.DELIVERED: F.DELIVERED, Standing.RETURNED: F.RETURN_REGISTERED}


@dataclass(frozen=True, kw_only=True)
class OrderReference:
    """The instance as a file of orders sees it. `reach`: whose orders the importer may bring in."""

    currency: str
    rules: OrderRules
    reach: OrderScope
    business_units: Mapping[str, ReferenceId] = field(default_factory=dict)
    retired: frozenset[ReferenceId] = frozenset()  # of these units: orders that are in one stay there

    @property
    def offered_units(self) -> list[str]:
        """The names that a new order may be in, in order."""
        return sorted(name for name, key in self.business_units.items() if key not in self.retired)

    def channel(self, text: str) -> str | Reason:
        named = {folded(each.label): each.code for each in self.rules.channels}
        named |= {folded(each.code): each.code for each in self.rules.channels}
        found: str | Reason = _one_of(named, text)
        is_far = isinstance(found, UnknownName) and not found.nearest
        return NotAWordFor(words=tuple(each.label for each in self.rules.channels)) if is_far else found

    def unit(self, text: str) -> ReferenceId | Reason:
        found: ReferenceId | Reason = _one_of({folded(n): key for n, key in self.business_units.items()}, text)
        return found


def _one_of(known: Mapping[str, Any], text: str) -> Any:
    if found := known.get(folded(text)):
        return found
    near = get_close_matches(folded(text), known, n=1, cutoff=0.6)
    return UnknownName(nearest=near[0] if near else "")


class OrderReader:
    """Rows read one after the other with the same mapping; what is the same in many rows is read once."""

    def __init__(self, mapping: ColumnMapping, reference: OrderReference, now: datetime) -> None:
        self._mapping, self._reference, self._now = mapping, reference, now
        zone = UTC if mapping.orders.zone == "UTC" else ZoneInfo(mapping.orders.zone)
        self._known: dict[tuple[AnyField, str], Any] = {}
        self._moment = partial(read_moment, order=mapping.date_order, zone=zone)
        self._day = partial(read_date, order=mapping.date_order)
        self._amounts = [each for each in _AMOUNTS if mapping.fills(each)]
        self._happenings = [each for each in (*HAPPENINGS, F.CANCELLED_AT) if mapping.fills(each)]

    def read(self, row: MappedRow) -> Incoming | None:
        """What the row says; None where it has problems to correct."""
        if row.is_ragged:
            return None
        amounts = dict.fromkeys(_AMOUNTS) | {field: self._amount(row, field) for field in self._amounts}
        value = self._value(row, amounts)
        placed_at = row.read(F.PLACED_AT, self._moment)
        moments = self._moments(row, placed_at)
        status = self._once(row, F.STATUS, self._standing)
        currency = self._once(row, F.CURRENCY, self._currency) or self._reference.currency
        channel = self._once(row, F.CHANNEL, self._reference.channel)
        unit = self._once(row, F.BUSINESS_UNIT, self._reference.unit)
        if channel and not self._reference.reach.covers(channel, unit):
            row.fault(F.CHANNEL, ChannelOutOfReach())
        number = row.text(F.NUMBER, NUMBER_LIMIT)
        items = row.read(F.ITEMS, partial(read_count, least=0, most=MOST_ITEMS))
        score = row.read(F.SCORE, partial(read_count, least=1, most=MOST_SCORE))
        texts = {name: row.text(field) for name, field in _TEXTS.items()}
        promised_on: date | None = row.read(F.PROMISED_ON, self._day)
        if row.problems or value is None or placed_at is None or channel is None:
            return None
        self._look_for_moment(row, status, moments)
        return Incoming(
            number=number,
            channel=channel,
            placed_at=placed_at,
            currency=currency,
            value=value,
            discount=amounts[F.DISCOUNT] or Decimal("0.00"),
            freight=amounts[F.FREIGHT] or Decimal("0.00"),
            items=items or 0,
            business_unit=unit,
            promised_on=promised_on,
            status=status,
            cancelled_at=moments.pop(F.CANCELLED_AT, None),
            happened={HAPPENINGS[field]: at for field, at in moments.items()},
            paid=amounts[F.PAID],
            refunded=amounts[F.REFUNDED],
            score=score,
            silent=frozenset(name for name, field in _STATED.items() if not row.written(field)),
            **texts,
        )

    def _amount(self, row: MappedRow, field: OrderField) -> Decimal | None:
        mapping = self._mapping

        def read(text: str) -> Decimal | Reason:
            amount = read_amount(text, mapping.decimal_mark, mapping.multiplier, row.is_typed(field))
            return BelowZero() if isinstance(amount, NegativeAmount) else amount

        return row.read(field, read)

    def _value(self, row: MappedRow, amounts: Mapping[OrderField, Decimal | None]) -> Decimal | None:
        """Of the goods: as stated, else what is paid without the freight."""
        if self._mapping.fills(F.VALUE):
            if not row.written(F.VALUE):
                row.fault(F.VALUE, Missing())
            return amounts[F.VALUE]
        if not row.written(F.PAID):
            row.fault(F.PAID, Missing())
        paid, freight = amounts[F.PAID], amounts[F.FREIGHT] or Decimal("0.00")
        if paid is not None and paid < freight:
            row.fault(F.PAID, LessThanFreight())
        return paid - freight if paid is not None else None

    def _moments(self, row: MappedRow, placed_at: datetime | None) -> dict[OrderField, datetime]:
        if placed_at and placed_at > self._now:
            row.fault(F.PLACED_AT, NotYet(now=self._now))
        moments: dict[OrderField, datetime] = {}
        for each in self._happenings:
            if at := row.read(each, self._moment):
                moments[each] = at
                if placed_at and at < placed_at:
                    row.fault(each, BeforePlacing(placed_at=placed_at, at=at))
                elif at > self._now:
                    row.fault(each, NotYet(now=self._now))
        return moments

    def _look_for_moment(self, row: MappedRow, status: Standing | None, moments: Mapping[OrderField, datetime]) -> None:
        said = _SAID_BY.get(status) if status else None
        if said and said not in moments and F.DELIVERED not in moments:
            row.look(F.STATUS, NoMomentFor())

    def _once(self, row: MappedRow, field: OrderField, reader: Callable[[str], Any]) -> Any:
        """The same text in the same field is read once; a reason is given to every row that has it."""

        def remembered(text: str) -> Any:
            if (field, text) not in self._known:
                self._known[field, text] = reader(text)
            return self._known[field, text]

        return row.read(field, remembered)

    def _standing(self, text: str) -> Standing | Reason:
        meant = self._mapping.orders.words.get(folded(text))
        return Standing(meant) if meant else UnknownStatus()

    def _currency(self, text: str) -> str | Reason:
        here = self._reference.currency
        return here if text.upper() == here else OtherCurrency(currency=here)


_AMOUNTS = (F.VALUE, F.DISCOUNT, F.FREIGHT, F.PAID, F.REFUNDED)
_TEXTS = {"payment": F.PAYMENT, "customer": F.CUSTOMER, "commitment": F.COMMITMENT}


def read_moment(text: str, order: DateOrder, zone: tzinfo) -> datetime | Reason:
    """A moment, in UTC: ISO with or without its own zone, or day and time in the order that the mapping states."""
    written = text.strip()
    try:
        at = _slashed(written, order, zone) or datetime.fromisoformat(written.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return NoSuchDay() if _WRITTEN_WELL.fullmatch(written) else NotAMoment(order=order)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return YearNotPlausible(first=FIRST_YEAR, last=LAST_YEAR)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _slashed(written: str, order: DateOrder, zone: tzinfo) -> datetime | None:
    """None where it is not written so. ValueError for a day that there is not, or that could be either."""
    if written[4:5] == "-" and len(written) >= len("2026-04-03"):
        return None
    if not (found := _SLASHED.fullmatch(written)):
        raise ValueError(written)
    one, two, year, hour, minute, second = (int(part or 0) for part in found.groups())
    if order is DateOrder.ISO and "/" in written:
        raise ValueError(written)
    day, month = (two, one) if order is DateOrder.MONTH_FIRST and "/" in written else (one, two)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def read_count(text: str, least: int, most: int) -> int | Reason:
    """A whole number, also where a program wrote it as 4.0."""
    written = text.strip()
    if not _COUNT.fullmatch(written) or not least <= int(re.split("[.,]", written)[0]) <= most:
        return NotANumberOf(least=least, most=most)
    return int(re.split("[.,]", written)[0])
