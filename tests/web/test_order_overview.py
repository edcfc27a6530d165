"""The overview of orders, the cost of exceptions, and what leads from there to a measure and back to the orders."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from domain.access import OrderLimit, Role
from tenants.database import Work
from tenants.instance.actions import members
from tenants.instance.models.intake import MeasuredCauseRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.order_filters import OrderFilters, conditions
from tenants.places import Instance
from tests.house import House
from tests.ledger import Ledger, write_ledger
from tests.team import Team
from tests.web.client import HTML, Client, Page, statements

FRAME = 6
OVERVIEW = 12
CELLS = (f"{HTML}th", f"{HTML}td")


@pytest.fixture(scope="module")
def shop(house: House) -> tuple[Instance, Team, Ledger]:
    """A client with 400 generated orders."""
    with house.app.app_context():
        instance = house.onboard("Order Overview AG", "order-governance")
        team = Team(house.work(instance), house)
        return instance, team, write_ledger(team.work, 400)


def test_the_overview_says_what_stands_and_leads_to_it(site: Flask, shop: tuple[Instance, Team, Ledger]) -> None:
    instance, team, ledger = shop
    page = Client(site, team.pmo).get(f"/clients/{instance.slug}/orders/overview")
    assert page.title == "Overview of orders" and "As of 20 Nov 2026" in page.words
    still = [order for order in ledger.orders if order["state"] == "open"]
    assert f"Open orders {len(still)}" in page.words
    links = [link for link in page.links() if "/orders?" in link]
    assert len(links) > 50
    for wanted in ("stage=delivery", "age=7", "delayed=1", "constraint=", "ticket=mail", "month=2026-10", "reason=late",
                   "effect=refund", "cost=carrier", "type=return", "held=1", "due=late"):  # fmt: skip
        assert any(wanted in link for link in links), wanted


def test_every_count_is_that_of_the_list_it_opens(
    site: Flask, shop: tuple[Instance, Team, Ledger], house: House
) -> None:
    """Each figure under a head that counts orders, in every panel; tickets lead to their orders, which may be fewer."""
    instance, team, _ledger = shop
    client, walked, link = Client(site, team.pmo), 0, ""
    page = client.get(f"/clients/{instance.slug}/orders/overview")
    with house.app.app_context():
        for label, said, link in counts_of(page):
            walked, count = walked + 1, listed(team.work, link)
            assert count == said or ("ticket" in link and 0 < count <= said), (label, link, said, count)
        last = listed(team.work, link)
    assert walked > 50
    assert f"{last:,} order" in client.get(link).words


def counts_of(page: Page) -> Iterator[tuple[str, int, str]]:
    """Figures that count orders, of every table: their heads have no unit. Each with its head and its address."""
    for table in page.all("table"):
        heads, *rows = ([each for each in row if each.tag in CELLS] for row in table.iter(f"{HTML}tr"))
        for row in rows:
            for head, cell in zip(heads, row, strict=True):
                link = next((each.get("href", "") for each in cell.iter(f"{HTML}a")), "")
                if link and not list(head):
                    yield "".join(head.itertext()), int("".join(cell.itertext()).replace(",", "")), link


def listed(work: Work, link: str) -> int:
    """How many orders the desk counts under an address."""
    where = conditions(OrderFilters.asked(dict(parse_qsl(link.partition("?")[2]))), work.now())
    return work.session.scalar(select(func.count()).select_from(OrderRow).where(*where)) or 0


def test_statements_are_few_whatever_the_number_of_orders(site: Flask, shop: tuple[Instance, Team, Ledger]) -> None:
    instance, team, _ledger = shop
    client, address = Client(site, team.pmo), f"/clients/{instance.slug}/orders/overview"
    client.get(address)
    with statements(site) as seen:
        client.get(address)
    assert len(seen) <= FRAME + OVERVIEW, [each[:80] for each in seen]


def test_the_main_overview_says_what_orders_stand_at(site: Flask, shop: tuple[Instance, Team, Ledger]) -> None:
    instance, team, ledger = shop
    page = Client(site, team.pmo).get(f"/clients/{instance.slug}/")
    still = [order for order in ledger.orders if order["state"] == "open"]
    assert f"{len(still)} orders are open" in page.words
    assert f"/clients/{instance.slug}/orders/overview" in page.links()


def test_from_a_bar_to_a_measure_and_back_to_its_orders(
    site: Flask, shop: tuple[Instance, Team, Ledger], house: House
) -> None:
    instance, team, _ledger = shop
    client, home = Client(site, team.pmo), f"/clients/{instance.slug}/orders"
    page = client.get(f"{home}/exceptions?months=3")
    assert "costs most" in page.words and "Aug 2026 to Oct 2026" in page.words
    (address,) = [link for link in page.links() if "exceptions/measure?" in link and "type=return" in link]
    form = client.get(address)
    assert "a month" in form.words
    given = {name: form.field(name) or "" for name in ("id", "line", "type", "cause", "channel", "months", "title")}
    wrong = client.post(f"{home}/exceptions/measure", {**given, "target": "lots", "package": ""}, status=422)
    assert len(wrong.errors()) == 2
    client.post(f"{home}/exceptions/measure", {**given, "target": "25", "package": str(team.package)})
    with house.app.app_context():
        row = team.work.session.scalar(select(MeasuredCauseRow))
        assert row is not None and (row.type, row.target_percent) == ("return", 25)
        code = team.row(row.measure_id).code
    assert f"{home}/ledger/{code}" in client.get(f"/clients/{instance.slug}/measures/{code}").links()
    ledger = client.get(f"{home}/ledger/{code}")
    assert any("booked=2026-10" in link and "type=return" in link for link in ledger.links())


def test_a_reader_of_one_channel_sees_its_orders_alone(
    site: Flask, shop: tuple[Instance, Team, Ledger], house: House
) -> None:
    instance, team, ledger = shop
    with house.app.app_context():
        person = team.enrol("Ole", f"{uuid4()}@example.org")
        members.admit_member(team.work, person, "Ole", f"{uuid4()}@example.org", "client", None)
        limit = OrderLimit(channel="b2b")
        members.give_role(team.work, person, Role.ORDER_DESK, team.organization, None, limit)
    page = Client(site, person).get(f"/clients/{instance.slug}/orders/overview")
    still = [order for order in ledger.orders if order["state"] == "open" and order["channel"] == "b2b"]
    assert f"Open orders {len(still)}" in page.words
