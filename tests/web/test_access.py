"""Every route says what it needs; and every role meets exactly what its capabilities say, everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from werkzeug.routing import Rule

from domain.access import FIRM_ROLE_CAPABILITIES, ROLE_CAPABILITIES, FirmRole, Role
from domain.ids import PersonId
from tenants.places import Instance
from tests.house import House
from tests.web.client import Client
from tests.web.order_samples import is_about_orders
from tests.web.samples import SAMPLES, World
from web.access import Need, need_of

ALL_ROLES = [*(role.value for role in Role), *(role.value for role in FirmRole), "nobody"]


@pytest.fixture
def world(
    house: House,
    site: Flask,
    two_clients: tuple[Instance, Instance],
    people: Mapping[str, PersonId],
    two_shops: tuple[Instance, Instance],
    shop_people: Mapping[str, PersonId],
) -> World:
    return World(
        house=house,
        site=site,
        instance=two_clients[0],
        people=people,
        shop=two_shops[0],
        shop_people=shop_people,
    )


def test_every_route_declares_what_it_needs(site: Flask) -> None:
    undeclared = {rule.endpoint for rule in site.url_map.iter_rules() if need_of(site, rule.endpoint) is None}
    assert not undeclared


def test_every_address_with_an_id_has_a_sample(site: Flask) -> None:
    missing = {rule.rule for rule in _get_rules(site) if rule.arguments - {"slug"} and rule.rule not in SAMPLES}
    assert not missing, "add them to tests/web/samples.py"


@pytest.mark.parametrize("role", ALL_ROLES)
def test_role_meets_what_its_capabilities_say(
    role: str, browser: Callable[[str], Client], shop_browser: Callable[[str], Client], world: World
) -> None:
    anywhere, at_shop = browser(role), shop_browser(role)
    wrong = []
    for rule, address in _addresses(world):
        need = _need(world, rule)
        if need.call_limit:
            continue
        client = at_shop if is_about_orders(rule) else anywhere
        status = client.http.get(address).status_code
        may = _may(role, need, rule)
        if (may is True and status not in (200, 303)) or (may is False and status != 404):
            wrong.append((address, status, "allowed" if may else "not there for this role"))
    assert not wrong


def test_no_sign_in_opens_an_address_of_machines(browser: Callable[[str], Client], world: World) -> None:
    machines = [address for rule, address in _addresses(world) if _need(world, rule).call_limit]
    assert machines
    statuses = {browser(role).http.get(address).status_code for role in ("pmo", "partner", "") for address in machines}
    assert statuses == {401}


def test_nobody_signed_in_is_sent_to_sign_in(browser: Callable[[str], Client], world: World) -> None:
    client = browser("")
    for rule, address in _addresses(world):
        if not (_need(world, rule).is_public or _need(world, rule).call_limit):
            response = client.http.get(address)
            assert (response.status_code, response.location[:8]) == (303, "/sign-in"), address


def test_unknown_client_and_client_of_others_are_not_there(
    browser: Callable[[str], Client], two_clients: tuple[Instance, Instance]
) -> None:
    assert browser("pmo").get("/clients/no-such-client/", 404).title == "There is nothing here for you"
    assert browser("pmo").get(f"/clients/{two_clients[1].slug}/", 404).title == "There is nothing here for you"
    assert browser("partner").get(f"/clients/{two_clients[0].slug}/", 404)


def _need(world: World, rule: Rule) -> Need:
    need = need_of(world.site, rule.endpoint)
    assert need is not None
    return need


def _may(role: str, need: Need, rule: Rule) -> bool | None:
    """Whether the role may; None where the page itself decides (a measure that may name the reader)."""
    if need.is_public:
        return None if rule.arguments else True
    if rule.endpoint.startswith("instance."):
        if role not in set(Role):
            return False
        capabilities = ROLE_CAPABILITIES[Role(role)]
        if need.or_named and need.capability not in capabilities:
            return None
    elif need.capability is not None:
        capabilities = FIRM_ROLE_CAPABILITIES[FirmRole(role)] if role in set(FirmRole) else frozenset()
    return need.capability is None or need.capability in capabilities


def _get_rules(site: Flask) -> list[Rule]:
    return sorted((rule for rule in site.url_map.iter_rules() if "GET" in (rule.methods or ())), key=lambda r: r.rule)


def _addresses(world: World) -> list[tuple[Rule, str]]:
    """Every GET route with an address; those that lack a sample are named by a test of their own."""
    with world.house.app.app_context():
        known = [rule for rule in _get_rules(world.site) if not rule.arguments - {"slug"} or rule.rule in SAMPLES]
        return [(rule, _address(world, rule)) for rule in known]


def _address(world: World, rule: Rule) -> str:
    values = dict(SAMPLES[rule.rule](world)) if rule.rule in SAMPLES else {}
    if "slug" in rule.arguments:
        values["slug"] = world.shop.slug if is_about_orders(rule) else world.instance.slug
    return world.site.url_map.bind("localhost").build(rule.endpoint, values)
