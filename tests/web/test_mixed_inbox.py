"""Gates and decisions on orders in one inbox: as many statements however much waits, and ticks that mix both."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask

from domain.access import Role
from domain.approvals import Requested
from domain.approvals.request import RequestState
from domain.orders.asking import OrderAsk
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.actions.order_decisions import request_decision
from tenants.instance.actions.order_taking import put_back_order, take_order
from tenants.instance.models.requests import RequestRow
from tests.house import House
from tests.ordering import Desk
from tests.team import Team
from tests.web.client import Client, Page, statements


class Inbox:
    """Somebody who sponsors measures and reviews refunds: both wait for them."""

    def __init__(self, work: Work, house: House) -> None:
        self.team, self.desk = Team(work, house), Desk(work, house)
        self.person = self.team.sponsor
        self.desk.give(self.person, Role.FINANCE_REVIEWER)

    def gate(self) -> UUID:
        return UUID(str(self.team.ask(self.team.define(), Stage.IDENTIFIED).id))

    def refund(self) -> UUID:
        order = self.desk.order()
        ask = OrderAsk(kind="refund", reason="Broken", amount=Decimal("80.00"), daily_cost=Decimal("12.00"))
        outcome = request_decision(self.desk.work, order.id, uuid4(), ask, self.desk.actor(self.desk.service))
        assert isinstance(outcome, Requested), outcome
        return UUID(str(outcome.request.id))

    def row(self, request: UUID) -> RequestRow:
        self.desk.work.session.rollback()
        self.desk.work.session.expire_all()
        return self.desk.work.get(RequestRow, request)


@pytest.fixture
def inbox(shop: Work, house: House) -> Inbox:
    return Inbox(shop, house)


def ticks(page: Page) -> dict[UUID, str]:
    values = [str(each.get("value")) for each in page.all("input", name="pick")]
    return {UUID(value.partition(":")[0]): value for value in values}


def test_statements_do_not_grow_with_what_waits(site: Flask, inbox: Inbox, shop_home: str) -> None:
    reader, seen = Client(site, inbox.person), []
    for gates, refunds in ((2, 3), (6, 39)):
        asked = [*(inbox.gate() for _each in range(gates)), *(inbox.refund() for _each in range(refunds))]
        inbox.desk.work.session.rollback()
        reader.get(f"{shop_home}/waiting")
        for address in (f"{shop_home}/waiting?sort=-price", f"{shop_home}/waiting"):
            with statements(site) as sent:
                page = reader.get(address)
            seen.append(len(sent))
        assert len(asked) == gates + refunds
    assert page.title.startswith("50 decisions wait for you")
    assert len(ticks(page)) == 25
    assert seen[:2] == seen[2:], seen


def test_ticks_of_both_kinds_are_each_decided_as_if_alone(site: Flask, inbox: Inbox, shop_home: str) -> None:
    gate, kept, own = inbox.gate(), inbox.refund(), inbox.refund()
    reader = Client(site, inbox.person)
    ticked = ticks(reader.get(f"{shop_home}/waiting"))
    assert set(ticked) == {gate, kept, own}
    order = inbox.row(own).order_id
    with inbox.desk.work.transaction() as tx:  # the reader changes an order after the page was shown
        put_back_order(tx, take_order(tx, order).row, inbox.desk.actor(inbox.person), is_edit=True)
    alone = reader.get(f"{shop_home}/requests/{own}")
    why = "You edited this last. Somebody else has to decide it."
    assert why in alone.words
    done = reader.post(f"{shop_home}/waiting/approvals", {"pick": list(ticked.values())}, status=200)
    assert done.title == "2 requests approved, 1 not"
    assert why in done.words
    states = [inbox.row(each).state for each in (gate, kept, own)]
    assert states == [RequestState.APPROVED, RequestState.APPROVED, RequestState.OPEN]
