"""The page of rules: who sees and who switches, trying a rule or a tier on real orders, wrong numbers."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import delete

from domain.access import Role
from tenants.instance.models.intake import RuleSwitchRow
from tenants.instance.queries.order_rules import rule_switches
from tenants.places import Instance
from tests.house import House
from tests.ordering import Desk
from tests.web.client import Client, statements


@pytest.fixture(scope="module")
def ruled(house: House) -> tuple[Instance, Desk]:
    with house.app.app_context():
        instance = house.onboard("Regelhaus", "order-governance")
        desk = Desk(house.work(instance), house)
        for value in ("2600", "2700", "900", "1200"):
            desk.order(value=Decimal(value), by=desk.lead)
        return instance, desk


@pytest.fixture
def at(ruled: tuple[Instance, Desk]) -> str:
    return f"/clients/{ruled[0].slug}/orders/rules"


@pytest.fixture
def office(site: Flask, house: House, ruled: tuple[Instance, Desk]) -> Client:
    with house.app.app_context():
        return Client(site, ruled[1].join("Ida Moen", Role.PMO))


def test_rules_are_read_by_everybody_who_sees_orders_and_switched_by_some(
    site: Flask, house: House, ruled: tuple[Instance, Desk], office: Client, at: str
) -> None:
    with house.app.app_context():
        reader = Client(site, ruled[1].leader)
        words = reader.get(at).words
        assert "6 of 6 rules are on" in words
        assert "Value of the goods at least 2,500 EUR; Stage is Intake or Payment check or Allocation" in words
        assert "Try or change" not in words
        assert "Try or change" in office.get(at).words
        reader.post(f"{at}/high-value", {"is_on": "no"}, status=404)
        assert rule_switches(ruled[1].work) == {}


def test_a_rule_is_tried_on_real_orders_before_it_is_switched(
    house: House, ruled: tuple[Instance, Desk], office: Client, at: str
) -> None:
    with house.app.app_context():
        page = office.get(f"{at}?rule=high-value&limit.0=1000&days=30")
        assert "3 orders would have been held that were not" in page.words
        assert "Release an order" in page.words
        assert "Jonas Kvist" in page.words
        assert rule_switches(ruled[1].work) == {}
        try:
            office.post(f"{at}/high-value", {"is_on": "yes", "limit.0": "1000"}, status=303)
            assert rule_switches(ruled[1].work)["high-value"].limits == ("1000", "")
            assert "changed here" in office.get(at).words
            office.post(f"{at}/high-value", {"is_on": "no", "limit.0": "1000"}, status=303)
            assert "5 of 6 rules are on" in office.get(at).words
        finally:
            with ruled[1].work.transaction() as tx:
                tx.session.execute(delete(RuleSwitchRow))


def test_a_tier_is_tried_on_real_requests(house: House, office: Client, at: str) -> None:
    page = office.get(f"{at}?tier=order-refund-high&limit=100&days=90")
    assert "0 requests would have come to this tier that did not" in page.words


@pytest.mark.parametrize("limit", ["much", "-5", "1,000"])
def test_a_wrong_number_is_named(office: Client, at: str, limit: str) -> None:
    page = office.get(f"{at}?rule=high-value&limit.0={limit}&days=30", status=422)
    assert page.errors()
    office.post(f"{at}/high-value", {"is_on": "yes", "limit.0": limit}, status=422)


def test_what_is_not_there_is_not_found(office: Client, at: str) -> None:
    office.post(f"{at}/magic", {"is_on": "yes"}, status=404)
    assert "would have" not in office.get(f"{at}?rule=magic&days=30").words


def test_a_trial_takes_the_same_statements_whatever_it_finds(site: Flask, office: Client, at: str) -> None:
    office.get(f"{at}?rule=high-value&limit.0=1000&days=30")
    counts = []
    for limit in ("1000", "100000"):
        with statements(site) as seen:
            office.get(f"{at}?rule=high-value&limit.0={limit}&days=30")
        counts.append(len(seen))
    assert max(counts) <= 16
    assert max(counts) - min(counts) <= 1
