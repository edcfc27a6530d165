"""The overview of orders equals what one adds up oneself, in one client and one scope; so do its links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from operator import add
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update

from domain.access import OrderScope
from domain.months import Month, span
from tenants.database import Work
from tenants.instance.actions.order_sums import fold_order_sums
from tenants.instance.models.exceptions import OrderCostRow
from tenants.instance.models.order_sums import OrderSumRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import ReferenceRow
from tenants.instance.queries.order_backlog import together
from tenants.instance.queries.order_filters import AGES, OrderFilters, conditions
from tenants.instance.queries.order_ledger import list_cause_costs
from tenants.instance.queries.order_overview import OrderOverview, get_order_overview, get_orders_in_short
from tenants.instance.queries.order_scope import in_scope
from tenants.places import Instance
from tests.house import NOW, House
from tests.ledger import Ledger, write_ledger

MONTHS = span(Month(2026, 6), Month(2026, 11))
PERIOD = "2026-06..2026-11"
EVERYTHING = OrderScope(everything=True)
SHOP = OrderScope(channels=frozenset({"shop"}))
Row = dict[str, Any]


@pytest.fixture(scope="module")
def ledgers(house: House) -> Iterator[tuple[Work, Ledger]]:
    """Two clients with different orders; the first is looked at."""
    with house.app.app_context():
        one, other = (house.onboard(name, "order-governance") for name in ("Ledger One", "Ledger Two"))
        first, second = house.work(one), house.work(other)
        write_ledger(second, 150, seed=11)
        yield first, write_ledger(first, 600)
        first.close()
        second.close()


@pytest.fixture(params=[EVERYTHING, SHOP], ids=["everything", "one channel"])
def seen(ledgers: tuple[Work, Ledger], request: pytest.FixtureRequest) -> tuple[Work, OrderScope, Ledger]:
    work, ledger = ledgers
    orders = [order for order in ledger.orders if request.param.covers(order["channel"], None)]
    ids = {order["id"] for order in orders}
    kept = {
        name: [row for row in getattr(ledger, name) if row["order_id"] in ids]
        for name in ("stays", "exceptions", "costs", "effects", "tickets", "constrained")
    }
    return work, request.param, Ledger(orders=orders, constraints=ledger.constraints, **kept)


def overview_of(seen: tuple[Work, OrderScope, Ledger]) -> OrderOverview:
    return get_order_overview(seen[0], seen[1], MONTHS)


def listed(seen: tuple[Work, OrderScope, Ledger], **filters: str) -> tuple[int, Decimal]:
    """How many orders the desk shows with that filter, and what they are worth."""
    work, scope, _ledger = seen
    where = conditions(OrderFilters(**filters), work.now())
    statement = select(func.count(), func.coalesce(func.sum(OrderRow.value), 0)).where(in_scope(scope), *where)
    count, value = work.session.execute(statement).one()
    return count, value


def is_delayed(order: Row) -> bool:
    return order["state"] == "open" and order["delivered_at"] is None and order["promised_on"] < NOW.date()


def age_of(moment: Any) -> int:
    return max(age for age in AGES if age == 0 or NOW - moment > timedelta(days=age))


def month_of(moment: Any) -> Month:
    return Month.of(moment.date() if hasattr(moment, "date") else moment)


def total(rows: list[Row], name: str = "value") -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


def test_the_backlog_and_its_links(seen: tuple[Work, OrderScope, Ledger]) -> None:
    still = [order for order in seen[2].orders if order["state"] == "open"]
    expected = Counter((order["stage"], age_of(order["placed_at"])) for order in still)
    found = overview_of(seen).backlog
    assert {(cell.stage, cell.age): cell.count for cell in found} == expected
    for cell in found:
        assert listed(seen, stage=cell.stage, age=str(cell.age)) == (cell.count, cell.value)
    whole = together(found)
    held = [order for order in still if order["open_holds"] or order["open_constraints"]]
    delayed = list(filter(is_delayed, still))
    assert (whole.count, whole.value) == (len(still), total(still)) == listed(seen)
    assert whole.late == sum(order["due_at"] < NOW for order in still) == listed(seen, due="late")[0]
    assert (whole.delayed, whole.delayed_value) == (len(delayed), total(delayed)) == listed(seen, delayed="1")
    assert (whole.held, whole.held_value) == (len(held), total(held)) == listed(seen, held="1")


def test_tickets_and_constraints(seen: tuple[Work, OrderScope, Ledger]) -> None:
    overview, ledger = overview_of(seen), seen[2]
    waiting = [ticket for ticket in ledger.tickets if ticket["closed_at"] is None]
    expected = Counter((ticket["channel"], age_of(ticket["opened_at"])) for ticket in waiting)
    assert {(row.channel, row.age): row.count for row in overview.tickets} == expected
    assert sum(row.escalated for row in overview.tickets) == sum(bool(each["escalation"]) for each in waiting)
    orders = {order["id"]: order for order in ledger.orders}
    for row in overview.constraints:
        blocked = [orders[each["order_id"]] for each in ledger.constrained if each["constraint_id"] == row.id]
        assert (row.orders, row.value) == (len(blocked), total(blocked)) == listed(seen, constraint=str(row.id))
    assert overview.constraints[0].needs_attention
    assert get_orders_in_short(seen[0], seen[1]).open == overview.open


def test_months_cancellations_and_their_links(seen: tuple[Work, OrderScope, Ledger]) -> None:
    overview, ledger = overview_of(seen), seen[2]
    for month in MONTHS:
        placed = [order for order in ledger.orders if month_of(order["placed_at"]) == month]
        cohorts = [cohort for cohort in overview.cohorts if cohort.month == month]
        assert sum(each.count for each in cohorts) == len(placed) == listed(seen, state="all", month=str(month))[0]
        for name in ("value", "cost_forecast", "cost_actual", "effects"):
            assert sum(getattr(each, name) for each in cohorts) == total(placed, name), (month, name)
    reasons = Counter(
        order["cancel_reason"]
        for order in ledger.orders
        if order["state"] == "cancelled" and month_of(order["placed_at"]) in MONTHS
    )
    found: Counter[str] = Counter()
    for cohort in overview.cohorts:
        found[cohort.reason] += cohort.count if cohort.is_cancelled else 0
    assert +found == reasons
    for reason, count in reasons.items():
        assert listed(seen, state="cancelled", reason=reason, month=PERIOD)[0] == count


@pytest.mark.usefixtures("ledgers")  # for the application
def test_kept_sums_follow_every_change_and_fold(house: House) -> None:
    """A change of month, place, state and money, a cost that becomes known, rows that go; then all rows made one."""
    work = house.work(house.onboard("Ledger Three", "order-governance"))
    ledger = write_ledger(work, 200, seed=3)
    unit = uuid4()
    ids = [order["id"] for order in ledger.orders]
    with work.transaction() as tx:
        tx.add(ReferenceRow(id=unit, kind="business_unit", name="Retail"))
        tx.flush()
        for row, condition, values in (
            (OrderRow, OrderRow.id.in_(ids[:40]), {"placed_at": OrderRow.placed_at - timedelta(days=31)}),
            (OrderRow, OrderRow.id.in_(ids[20:60]), {"business_unit_id": unit, "value": OrderRow.value + 3}),
            (OrderRow, OrderRow.id.in_(ids[50:70]), {"state": "cancelled", "cancel_reason": "twice", "channel": "b2b"}),
            (OrderRow, OrderRow.id.in_(ids[60:90]), {"effects": 7, "cost_actual": 5, "cost_forecast": 4}),
            (OrderCostRow, OrderCostRow.order_id.in_(ids[10:90]), {"actual": 9, "on": NOW.date()}),
            (OrderCostRow, OrderCostRow.order_id.in_(ids[80:99]), {"forecast": None, "kind": "handling"}),
        ):
            tx.session.execute(update(row).where(condition).values(values).execution_options(synchronize_session=False))
        tx.session.execute(delete(OrderCostRow).where(OrderCostRow.order_id.in_(ids[15:25])))
    for scope in (EVERYTHING, SHOP, OrderScope(units=frozenset({unit}))):
        assert (cohorts(work, scope), costs(work, scope)) == recounted(work, scope)
    before = [(cohorts(work, scope), costs(work, scope)) for scope in (EVERYTHING, SHOP)]
    rows = work.session.scalar(select(func.count()).select_from(OrderSumRow))
    fold_order_sums(work, at_least=1)
    assert [(cohorts(work, scope), costs(work, scope)) for scope in (EVERYTHING, SHOP)] == before
    assert work.session.scalar(select(func.count()).select_from(OrderSumRow)) < rows / 2
    work.close()


def cohorts(work: Work, scope: OrderScope) -> Row:
    found = get_order_overview(work, scope, MONTHS).cohorts
    names = ("value", "cost_forecast", "cost_actual", "effects")
    return {(c.month, c.is_cancelled, c.reason): (c.count, *(getattr(c, each) for each in names)) for c in found}


def costs(work: Work, scope: OrderScope) -> Row:
    found = get_order_overview(work, scope, MONTHS).costs
    return {each.kind: (each.forecast, each.known_forecast, each.actual) for each in found}


def recounted(work: Work, scope: OrderScope) -> tuple[Row, Row]:
    """The same from the orders and costs themselves, one by one."""
    work.session.rollback()
    orders = [o for o in work.session.scalars(select(OrderRow)) if scope.covers(o.channel, o.business_unit_id)]
    by_cohort: dict[Any, Any] = {}
    for order in orders:
        if (month := month_of(order.placed_at)) in MONTHS:
            cancelled = order.state == "cancelled"
            key = (month, cancelled, order.cancel_reason if cancelled else "")
            amounts = (1, order.value, order.cost_forecast, order.cost_actual, order.effects)
            by_cohort[key] = tuple(map(add, by_cohort.get(key, (0,) * 5), amounts))
    by_kind: dict[Any, Any] = {}
    for cost in work.session.scalars(select(OrderCostRow).where(OrderCostRow.order_id.in_([o.id for o in orders]))):
        if month_of(cost.on) in MONTHS:
            forecast, known = cost.forecast or 0, cost.actual is not None
            amounts = (forecast, forecast if known else 0, cost.actual or 0)
            by_kind[cost.kind] = tuple(map(add, by_kind.get(cost.kind, (0, 0, 0)), amounts))
    return by_cohort, by_kind


def test_returns_effects_and_costs_with_their_links(seen: tuple[Work, OrderScope, Ledger]) -> None:
    overview, ledger = overview_of(seen), seen[2]
    returns = [e for e in ledger.exceptions if e["type"] == "return" and month_of(e["opened_at"]) in MONTHS]
    assert {row.key: (row.count, row.amount) for row in overview.returns} == grouped(returns, "cause", "cost")
    for row in overview.returns:
        assert listed(seen, state="all", type="return", cause=row.key or "none", opened=PERIOD)[0] == row.count
    effects = [each for each in ledger.effects if month_of(each["on"]) in MONTHS]
    assert {row.key: (row.count, row.amount) for row in overview.effects} == grouped(effects, "kind", "amount")
    for row in overview.effects:
        assert listed(seen, state="all", effect=row.key, booked=PERIOD)[0] == row.count
    for kind in overview.costs:
        rows = [each for each in ledger.costs if each["kind"] == kind.kind and month_of(each["on"]) in MONTHS]
        known = [each for each in rows if each["actual"] is not None]
        assert kind.forecast == sum(each["forecast"] or 0 for each in rows)
        assert (kind.known_forecast, kind.actual) == (sum(e["forecast"] or 0 for e in known), total(known, "actual"))


def test_time_in_stage_is_that_of_whole_hours(seen: tuple[Work, OrderScope, Ledger]) -> None:
    ended = [stay for stay in seen[2].stays if stay["left_at"] and stay["left_at"] >= NOW - timedelta(days=90)]
    for stay in overview_of(seen).stays:
        hours = sorted(
            int((e["left_at"] - e["entered_at"]) / timedelta(hours=1)) for e in ended if e["stage"] == stay.stage
        )
        assert stay.count == len(hours)
        assert stay.median == next(h for i, h in enumerate(hours, 1) if i * 10 >= len(hours) * 5)
        assert stay.p90 == next(h for i, h in enumerate(hours, 1) if i * 10 >= len(hours) * 9)


@pytest.mark.parametrize("by_cause", [False, True])
def test_cost_of_exceptions_and_its_links(seen: tuple[Work, OrderScope, Ledger], by_cause: bool) -> None:
    work, scope, ledger = seen
    key: Callable[[Row], tuple[str, str]] = lambda e: (e["type"], e["cause"] if by_cause else "")  # noqa: E731
    of = {each["id"]: key(each) for each in ledger.exceptions}
    booked = [
        (of[each["exception_id"]], each["order_id"], amount)
        for rows, name in ((ledger.costs, "actual"), (ledger.effects, "amount"))
        for each in rows
        if each["exception_id"] and month_of(each["on"]) in MONTHS and (amount := each[name]) is not None
    ]
    found = list_cause_costs(work, scope, MONTHS, by_cause=by_cause)
    assert [row.amount for row in found] == sorted((row.amount for row in found), reverse=True)
    assert {(row.type, row.cause) for row in found} == {each for each, _order, _amount in booked}
    for row in found:
        own = [(order, amount) for each, order, amount in booked if each == (row.type, row.cause)]
        assert row.amount == sum(amount for _order, amount in own)
        cause = {"cause": row.cause or "none"} if by_cause else {}
        count = listed(seen, state="all", type=row.type, booked=PERIOD, **cause)[0]
        assert row.orders == len({order for order, _amount in own}) == count


def test_a_filter_that_means_nothing_finds_nothing(
    ledgers: tuple[Work, Ledger], two_clients: tuple[Instance, ...]
) -> None:
    seen = (ledgers[0], EVERYTHING, ledgers[1])
    nonsense = {"state": "x", "owner": "x", "unit": "1", "age": "3", "month": "2026-13", "constraint": "x", "due": "x"}
    for name, value in nonsense.items():
        assert listed(seen, **{name: value})[0] == 0, name


def grouped(rows: list[Row], key: str, amount: str) -> dict[str, tuple[int, Decimal]]:
    keys = {row[key] for row in rows}
    mine = {each: [row for row in rows if row[key] == each] for each in keys}
    return {each: (len({row["order_id"] for row in found}), total(found, amount)) for each, found in mine.items()}
