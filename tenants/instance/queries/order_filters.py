"""What of the orders an address asks for: the one filter that desk, overview and backlog report count by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from domain.access import Role
from domain.months import Month
from domain.orders.order import OrderState
from tenants.instance.models.exceptions import (
    ConstrainedOrderRow,
    OrderCostRow,
    OrderEffectRow,
    OrderExceptionRow,
    OrderTicketRow,
)
from tenants.instance.models.orders import OrderRow

AGES = (0, 2, 7, 14)  # days an order, or a ticket, is old at least: each to the next, the last without end
Conditions = Iterator[ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class OrderFilters:
    """The filter by the names it has in the address; empty fields do not filter, what means nothing finds nothing.

    Months are "2026-10", or from one to another "2026-05..2026-10", of moments in UTC. `type` and `cause` mean open
    exceptions; with `opened` those that were opened in these months, with `booked` those that booked cost or effects.
    """

    state: str = "open"  # open, closed, cancelled, all
    stage: str = ""
    type: str = ""  # of an exception; "any"
    cause: str = ""  # "none": exceptions without one
    opened: str = ""
    booked: str = ""
    effect: str = ""  # a kind, or "any"
    cost: str = ""  # a kind, or "any"
    owner: str = ""  # a person's id, or "none"
    due: str = ""  # late: the stage's target has passed; today: it passes by the end of the day
    channel: str = ""
    unit: str = ""  # a business unit's id
    priority: str = ""
    held: str = ""  # 1: a hold or a constraint stands
    delayed: str = ""  # 1: promised for a day that has passed, not delivered
    age: str = ""  # days since it was placed, one of AGES
    month: str = ""  # it was placed in
    reason: str = ""  # it was cancelled for; "any", or "none" was given
    constraint: str = ""  # its id, or "any"
    ticket: str = ""  # channel of an open ticket, or "any"
    ticket_of: str = ""  # whose open tickets: a person's id, or "none"
    exception_of: str = ""  # whose open exceptions: a person's id, or the key of a role, for those that nobody took
    ticket_age: str = ""  # days since an open ticket was opened, one of AGES
    q: str = ""  # number from its beginning, or the customer's reference; in capitals or not

    @classmethod
    def asked(cls, words: Mapping[str, str]) -> Self:
        """From the pairs of an address; other keys are not its matter."""
        return cls(
            **{name: words[name].replace("\x00", "").strip()[:200] for name in NAMES if words.get(name, "").strip()}
        )

    @property
    def query(self) -> dict[str, str]:
        """The pairs of the address that asks for this; only those that differ from asking for nothing."""
        return {name: value for name, default in DEFAULTS.items() if (value := getattr(self, name)) != default}


DEFAULTS = {each.name: each.default for each in fields(OrderFilters)}
NAMES = tuple(DEFAULTS)


def conditions(filters: OrderFilters, now: datetime) -> list[ColumnElement[bool]]:
    """What holds of the orders that are asked for, beside the reader's scope."""
    return [*_of_the_order(filters), *_of_time(filters, now), *_of_what_hangs_on_it(filters, now)]


def _of_the_order(filters: OrderFilters) -> Conditions:
    if filters.state != "all":
        yield OrderRow.state == filters.state if filters.state in set(OrderState) else false()
    for name in ("stage", "channel", "priority"):
        if value := getattr(filters, name):
            yield getattr(OrderRow, name) == value
    if filters.owner:
        yield OrderRow.owner_id.is_(None) if filters.owner == "none" else _is(OrderRow.owner_id, filters.owner)
    if filters.unit:
        yield _is(OrderRow.business_unit_id, filters.unit)
    if filters.held:
        yield held()
    if filters.reason:
        yield OrderRow.state == OrderState.CANCELLED
        wanted = "" if filters.reason == "none" else filters.reason
        yield true() if filters.reason == "any" else OrderRow.cancel_reason == wanted
    if filters.q:
        written = sorted({filters.q, filters.q.upper(), filters.q.lower()})
        numbers = (OrderRow.number.startswith(each, autoescape=True) for each in written)
        yield or_(*numbers, OrderRow.customer.in_(written))


def _of_time(filters: OrderFilters, now: datetime) -> Conditions:
    if filters.due == "late":
        yield OrderRow.due_at < now
    elif filters.due:
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        yield OrderRow.due_at < midnight if filters.due == "today" else false()
    if filters.delayed:
        yield delayed(now)
    if filters.age:
        yield aged(OrderRow.placed_at, filters.age, now)
    if filters.month:
        yield within(OrderRow.placed_at, filters.month)


def _of_what_hangs_on_it(filters: OrderFilters, now: datetime) -> Conditions:
    if filters.type or filters.cause or filters.opened:
        yield OrderRow.id.in_(select(OrderExceptionRow.order_id).where(*_of_the_exception(filters)))
    elif filters.booked and not (filters.effect or filters.cost):
        yield or_(_has(OrderCostRow, "any", filters.booked), _has(OrderEffectRow, "any", filters.booked))
    for row, kind in ((OrderEffectRow, filters.effect), (OrderCostRow, filters.cost)):
        if kind:
            yield _has(row, kind, filters.booked)
    if filters.constraint:
        blocked = select(ConstrainedOrderRow.order_id)
        if filters.constraint != "any":
            blocked = blocked.where(_is(ConstrainedOrderRow.constraint_id, filters.constraint))
        yield OrderRow.open_constraints > 0 if filters.constraint == "any" else OrderRow.id.in_(blocked)
    if filters.exception_of:
        yield OrderRow.id.in_(select(OrderExceptionRow.order_id).where(*_whose(filters.exception_of)))
    if filters.ticket or filters.ticket_age or filters.ticket_of:
        yield OrderRow.id.in_(select(OrderTicketRow.order_id).where(*_of_the_ticket(filters, now)))


def _of_the_exception(filters: OrderFilters) -> Conditions:
    if filters.type not in ("", "any"):
        yield OrderExceptionRow.type == filters.type
    if filters.cause:
        yield OrderExceptionRow.cause == ("" if filters.cause == "none" else filters.cause)
    if filters.opened:
        yield within(OrderExceptionRow.opened_at, filters.opened)
    if filters.booked:
        yield or_(
            *(
                exists().where(
                    row.exception_id == OrderExceptionRow.id, on_days(row.on, filters.booked), *_counting(row)
                )
                for row in (OrderCostRow, OrderEffectRow)
            )
        )
    elif not filters.opened:
        yield OrderExceptionRow.resolved_at.is_(None)


def _of_the_ticket(filters: OrderFilters, now: datetime) -> Conditions:
    yield OrderTicketRow.closed_at.is_(None)
    if filters.ticket not in ("", "any"):
        yield OrderTicketRow.channel == filters.ticket
    if filters.ticket_of:
        owner = OrderTicketRow.owner_id
        yield owner.is_(None) if filters.ticket_of == "none" else _is(owner, filters.ticket_of)
    if filters.ticket_age:
        yield aged(OrderTicketRow.opened_at, filters.ticket_age, now)


def _whose(value: str) -> Conditions:
    """Open exceptions of a person, or of a role as long as nobody has taken them."""
    yield OrderExceptionRow.resolved_at.is_(None)
    if value in set(Role):
        yield and_(OrderExceptionRow.owner_id.is_(None), OrderExceptionRow.owner_role == value)
    else:
        yield _is(OrderExceptionRow.owner_id, value)


def _has(row: Any, kind: str, booked: str) -> ColumnElement[bool]:
    found = select(row.order_id)
    if kind != "any":
        found = found.where(row.kind == kind)
    return OrderRow.id.in_(found.where(on_days(row.on, booked)) if booked else found)


def _counting(row: Any) -> tuple[ColumnElement[bool], ...]:
    """A cost that is forecast alone has not been booked."""
    return (row.actual.is_not(None),) if row is OrderCostRow else ()


def held() -> ColumnElement[bool]:
    return or_(OrderRow.open_holds > 0, OrderRow.open_constraints > 0)


def delayed(now: datetime) -> ColumnElement[bool]:
    return and_(OrderRow.state == OrderState.OPEN, OrderRow.delivered_at.is_(None), OrderRow.promised_on < now.date())


def aged(column: Any, age: str, now: datetime) -> ColumnElement[bool]:
    """Moments that lie as many days back as the age says, up to the next one. 24 hours are a day."""
    if not (age.isascii() and age.isdigit() and int(age) in AGES):
        return false()
    place = AGES.index(int(age))
    youngest = true() if place == 0 else column < now - timedelta(days=AGES[place])
    oldest = column >= now - timedelta(days=AGES[place + 1]) if place + 1 < len(AGES) else true()
    return and_(youngest, oldest)


def within(column: Any, months: str) -> ColumnElement[bool]:
    """Moments in a month, or from one to another."""
    if (days := days_of(months)) is None:
        return false()
    first, after = (datetime.combine(day, time(), UTC) for day in days)
    return and_(column >= first, column < after)


def on_days(column: Any, months: str) -> ColumnElement[bool]:
    """Days in a month, or from one to another."""
    return and_(column >= days[0], column < days[1]) if (days := days_of(months)) else false()


def days_of(months: str) -> tuple[date, date] | None:
    """The first day, and the one after the last; None where it is no month."""
    first, _, last = months.partition("..")
    try:
        return Month.parse(first).first, Month.parse(last or first).plus(1).first
    except ValueError:
        return None


def _is(column: Any, value: str) -> ColumnElement[bool]:
    try:
        return column == UUID(value)
    except ValueError:
        return false()
