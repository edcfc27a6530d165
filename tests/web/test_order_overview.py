"""The overview of orders, the cost of exceptions, and what leads from there to a measure and back to the orders."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.access import OrderScope
from tenants.places import Instance
from tests.house import House
from tests.ledger import Ledger, write_ledger
from tests.team import Team
from tests.web.client import Client, statements

FRAME = 6
OVERVIEW = 12
EVERYTHING = OrderScope(everything=True)


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


def test_statements_are_few_whatever_the_number_of_orders(site: Flask, shop: tuple[Instance, Team, Ledger]) -> None:
    instance, team, _ledger = shop
    client, address = Client(site, team.pmo), f"/clients/{instance.slug}/orders/overview"
    client.get(address)
    with statements(site) as seen:
        client.get(address)
    assert len(seen) <= FRAME + OVERVIEW, [each[:80] for each in seen]
