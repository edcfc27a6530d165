"""Rules over the ledger: each speaks once, what is overdue is escalated once and told, and switching is recorded."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from domain.access import Capability, NotAllowed, Role
from domain.orders.rules import RuleSwitched, Switch
from tenants.database import Work
from tenants.instance.actions.order_rules import apply_rules, escalate_exceptions, switch_rule
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.intake import RuleSwitchRow
from tenants.instance.models.notices import NoticeRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_rules import (
    open_orders_after,
    orders_with_openings,
    overdue_exceptions,
    rule_switches,
)
from tests.house import House
from tests.ordering import Desk

DEAR = Decimal("2600.00")


@pytest.fixture
def desk(shop: Work, house: House) -> Desk:
    return Desk(shop, house)


def events(work: Work, order: object, kind: str) -> list[str]:
    wanted = (AuditEventRow.subject_id == order, AuditEventRow.kind == kind)
    return list(work.session.scalars(select(AuditEventRow.actor_name).where(*wanted)))


def test_a_rule_opens_its_exception_once_and_says_so(desk: Desk) -> None:
    order, usual = desk.order(value=DEAR), desk.order()
    both = [order.id, usual.id]
    rules = get_governance(desk.work).template.orders
    assert rules
    assert orders_with_openings(desk.work, both, rules, rule_switches(desk.work)) == [order.id]
    assert apply_rules(desk.work, both) == 1
    assert apply_rules(desk.work, both) == 0
    [hold] = desk.now(order.id).holds
    assert (hold.type, hold.rule, hold.opened_by) == ("high_value", "high-value", None)
    assert desk.row(order.id).open_holds == 1
    assert desk.row(usual.id).open_holds == 0
    assert events(desk.work, order.id, "ExceptionOpened") == ["Mandate"]


def test_what_was_settled_is_not_asked_anew(desk: Desk) -> None:
    order = desk.order(value=DEAR)
    apply_rules(desk.work, [order.id])
    with desk.work.transaction() as tx:
        settled = update(OrderExceptionRow).where(OrderExceptionRow.order_id == order.id)
        tx.session.execute(settled.values(resolved_at=desk.work.now(), resolution="released"))
    assert apply_rules(desk.work, [order.id]) == 0


def test_switching_is_recorded_and_counts_from_the_next_look_on(desk: Desk) -> None:
    office = desk.actor(desk.join("Ida Moen", Role.PMO))
    order = desk.order(value=DEAR)
    wanted = Switch(is_on=True, limits=("3000", ""))
    try:
        assert isinstance(switch_rule(desk.work, "high-value", wanted, office), RuleSwitched)
        assert rule_switches(desk.work) == {"high-value": wanted}
        assert apply_rules(desk.work, [order.id]) == 0
        switch_rule(desk.work, "high-value", wanted, office)
        told = select(AuditEventRow).where(
            AuditEventRow.kind == "RuleSwitched", AuditEventRow.actor_id == office.person
        )
        assert len(list(desk.work.session.scalars(told))) == 1
    finally:
        with desk.work.transaction() as tx:
            for row in tx.lock_all(RuleSwitchRow):
                tx.delete(row)
    refusal = switch_rule(desk.work, "high-value", wanted, desk.actor(desk.clerk))
    assert refusal == NotAllowed(capability=Capability.MANAGE_ORDER_RULES)
    assert rule_switches(desk.work) == {}


def overdue(desk: Desk, count: int = 1) -> list[OrderExceptionRow]:
    """So many high-value holds, past due since an hour; what else is overdue is of other tests."""
    orders = [desk.order(value=DEAR).id for _number in range(count)]
    apply_rules(desk.work, orders)
    mine = OrderExceptionRow.order_id.in_(orders)
    with desk.work.transaction() as tx:
        late = update(OrderExceptionRow).values(due_at=desk.work.now() - timedelta(hours=1))
        tx.session.execute(late.where(mine))
    return list(desk.work.session.scalars(select(OrderExceptionRow).where(mine).order_by(OrderExceptionRow.id)))


def test_overdue_exceptions_are_escalated_once_and_told_in_one_notice(desk: Desk) -> None:
    office, shop = desk.join("Ida Moen", Role.PMO), desk.join("Tor Vik", Role.PMO, channel="shop")
    elsewhere = desk.join("Eva Dahl", Role.PMO, channel="b2b")
    late = [row.id for row in overdue(desk, 3)]
    assert set(late) <= set(overdue_exceptions(desk.work, desk.work.now(), 1000))
    assert escalate_exceptions(desk.work, late) == 3
    assert escalate_exceptions(desk.work, late) == 0
    assert not set(late) & set(overdue_exceptions(desk.work, desk.work.now(), 1000))

    def told(person: object) -> list[int]:
        mine = select(NoticeRow.body).where(NoticeRow.member_id == person, NoticeRow.kind == "orders_late")
        return [body["count"] for body in desk.work.session.scalars(mine)]

    assert (told(office), told(shop), told(elsewhere)) == ([3], [3], [])


def test_what_is_not_due_yet_or_resolved_is_not_escalated(desk: Desk) -> None:
    order = desk.order(value=DEAR)
    apply_rules(desk.work, [order.id])
    [hold] = desk.now(order.id).holds
    assert escalate_exceptions(desk.work, [hold.id]) == 0
    [row] = overdue(desk)
    with desk.work.transaction() as tx:
        tx.session.execute(
            update(OrderExceptionRow).where(OrderExceptionRow.id == row.id).values(resolved_at=desk.work.now())
        )
    assert escalate_exceptions(desk.work, [row.id]) == 0


def test_open_orders_are_read_in_batches_without_a_gap(desk: Desk) -> None:
    made = {desk.order().id for _number in range(5)}
    seen, last = [], None
    while batch := open_orders_after(desk.work, last, 2):
        seen += batch
        last = batch[-1]
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
