"""The page of rules: who sees and who switches; trials of a rule or a tier on real orders; wrong numbers."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

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
from workers.task import Task
from workers.trials import try_on_orders


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


@pytest.fixture
def on(house: House, ruled: tuple[Instance, Desk]) -> Iterator[Desk]:
    """The desk, and rules as the template writes them afterwards."""
    with house.app.app_context():
        yield ruled[1]
        with ruled[1].work.transaction() as tx:
            tx.session.execute(delete(RuleSwitchRow))


def ask(office: Client, at: str, **form: str) -> str:
    """The address of a trial that is asked for."""
    known = {"id": str(uuid4()), "rule": "high-value", "limit.0": "1000", "days": "30"} | form
    return office.post(at.replace("/rules", "/trials"), known, status=303).location


def run(desk: Desk, house: House, address: str) -> None:
    task = Task(id=uuid4(), settings=house.settings, platform=house.platform(), found=desk.work)
    try_on_orders(task, address.rsplit("/", 1)[1])


def test_a_rule_is_tried_on_real_orders_before_it_is_switched(house: House, on: Desk, office: Client, at: str) -> None:
    address = ask(office, at)
    page = office.get(address)
    assert "The trial waits for its turn" in page.words and "look again" in page.words
    assert "The queue does not answer" in page.words  # the test house has no Redis
    part = office.get(address, htmx=True)
    assert part.all("div", id="trial-state")[0].get("hx-trigger") == "every 1s" and not part.all("h1")
    run(on, house, address)
    done = office.get(address, htmx=True)
    assert done.all("div", id="trial-state")[0].get("hx-trigger") is None
    assert "3 orders would have been held that were not" in done.words
    assert "Release an order" in done.words and "Jonas Kvist" in done.words
    assert rule_switches(on.work) == {}
    trial = address.rsplit("/", 1)[1]
    office.post(f"{at}/high-value", {"is_on": "yes", "limit.0": "1000", "trial": trial}, status=303)
    assert rule_switches(on.work)["high-value"].limits == ("1000", "")
    assert "These limits are in force" in office.get(address).words
    rules = office.get(at)
    assert "changed here, on a trial" in rules.words and address in rules.links()
    office.post(f"{at}/high-value", {"is_on": "no", "limit.0": "1000"}, status=303)
    assert "5 of 6 rules are on" in office.get(at).words
    assert "What stands has changed since this trial" in office.get(address).words
    office.post(f"{at}/high-value", {"is_on": "yes", "limit.0": "1000", "trial": trial}, status=422)


def test_trials_are_read_by_who_sees_all_orders_and_asked_for_by_who_sets_rules(
    site: Flask, house: House, on: Desk, office: Client, at: str
) -> None:
    address = ask(office, at, **{"limit.0": "1500"})
    run(on, house, address)
    leader, clerk = Client(site, on.leader), Client(site, on.join("Tor Vik", Role.ORDER_DESK, channel="shop"))
    assert "2 orders would have been held that were not" in leader.get(address).words
    assert "Use these limits from now on" not in leader.get(address).words
    assert "What was tried" in leader.get(at).words
    assert "What was tried" not in clerk.get(at).words
    clerk.get(address, status=404)
    for reader in (leader, clerk):
        reader.post(at.replace("/rules", "/trials"), {"rule": "high-value", "days": "30"}, status=404)


def test_a_tier_is_tried_on_real_requests(house: House, on: Desk, office: Client, at: str) -> None:
    address = ask(office, at, rule="", tier="order-refund-high", **{"days": "90", "limit.0": "100"})
    run(on, house, address)
    assert "0 requests would have come to this tier that did not" in office.get(address).words


@pytest.mark.parametrize("limit", ["much", "-5", "1,000"])
def test_a_wrong_number_is_named(office: Client, at: str, limit: str) -> None:
    wrong = {"id": str(uuid4()), "rule": "high-value", "limit.0": limit, "days": "30"}
    assert office.post(at.replace("/rules", "/trials"), wrong, status=422).errors()
    assert office.post(f"{at}/high-value", {"is_on": "yes", "limit.0": limit}, status=422).errors()


def test_what_is_not_there_is_not_found(office: Client, at: str) -> None:
    office.post(f"{at}/magic", {"is_on": "yes"}, status=404)
    office.post(at.replace("/rules", "/trials"), {"rule": "magic", "days": "30"}, status=404)
    office.get(f"{at.replace('/rules', '/trials')}/{uuid4()}", status=404)
    assert "Try on real orders" not in office.get(f"{at}?rule=magic").words


def test_the_page_of_a_trial_counts_nothing_anew(site: Flask, house: House, on: Desk, office: Client, at: str) -> None:
    address = ask(office, at, **{"limit.0": "1700"})
    run(on, house, address)
    office.get(address)
    with statements(site) as seen:
        office.get(address)
    assert len(seen) <= 10
