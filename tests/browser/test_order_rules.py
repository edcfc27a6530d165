"""A rule over orders, tried on real ones and switched; and how its page looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.access import Role
from tests.browser.conftest import Desks
from tests.browser.looks import findings
from tests.browser.processes import Running
from tests.ordering import Desk


@pytest.fixture(scope="module")
def shop(running: Running) -> Iterator[Desk]:
    """A client with orders of the last days, some of them dear."""
    with running.house.app.app_context():
        instance = running.house.onboard("Regelhaus", "order-governance")
    with running.inside(instance) as work:
        desk = Desk(work, running.house)
        placed = datetime.now(UTC) - timedelta(hours=3)
        for value in ("2600", "2750", "900", "1200", "6400", "80"):
            desk.order(value=Decimal(value), by=desk.lead, placed_at=placed)
        yield desk


@pytest.mark.slow
def test_a_rule_is_tried_and_switched(shop: Desk, desks: Desks) -> None:
    office = desks(shop.join("Ida Moen", Role.PMO))
    office.open(f"/clients/{shop.work.instance.slug}/orders/rules")
    office.sees("6 of 6 rules are on")
    office.page.get_by_role("link", name="Try or change “High value").click()
    office.page.locator("#limit-0").fill("1000")
    office.press("Try on real orders")
    office.sees("4 orders would have been held that were not", "Release an order", "Jonas Kvist")
    office.press("Use these limits from now on")
    office.sees("changed here, on a trial", "at least 1,000 EUR")
    office.follow("Try or change “High value before it is picked”")
    office.press("Switch off")
    office.sees("5 of 6 rules are on")


@pytest.mark.slow
def test_how_the_page_of_rules_looks(shop: Desk, desks: Desks) -> None:
    office = desks(shop.join("Eva Dahl", Role.PMO))
    rules = f"/clients/{shop.work.instance.slug}/orders/rules"
    found = {}
    for name, query in (("rules", ""), ("rules-trying", "?rule=promise-passed")):
        office.open(f"{rules}{query}")
        found[name] = findings(office.page, name)
    office.press("Try on real orders")
    office.sees("What a trial cannot know")
    found["trial"] = findings(office.page, "trial")
    assert found == {"rules": [], "rules-trying": [], "trial": []}
