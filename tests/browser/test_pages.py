"""Every page there is, opened by somebody who may: no serious finding of axe-core, no complaint of the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Error
from werkzeug.routing import Rule

from domain.access import Role
from domain.ids import PersonId
from tenants.instance.actions import members
from tenants.instance.queries.governance import get_governance
from tenants.places import Instance
from tenants.platform.actions.people import admit
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.looks import Answered, findings
from tests.browser.processes import Running
from tests.team import Team
from tests.web.order_samples import is_about_orders
from tests.web.samples import SAMPLES, World

MACHINES = ("/static", "/healthz", "/readyz", "/metrics", "/mailbox", "/api")
RICH = re.compile(
    r"^/(comparison|clients/[^/]+/(|measures|measures/M-\d+|measures/M-\d+/changes/new|hierarchy|waiting|requests/[^/]+"
    r"|people|people/[^/]+|forums|forums/decisions|forums/meetings/[^/]+))$"
)
VIEWS = ("waiting?show=asked", "waiting?show=team", "waiting?show=open&sort=-price", "people?edit={person}")
STRANGERS = (
    "/sign-in",
    "/password-resets/new",
    "/password-resets/sent",
    "/invitations/unknown",
    "/password-resets/unknown",
    "/no-such-page",
)


def test_every_page_in_light_and_dark_wide_and_narrow(running: Running, desks: Desks) -> None:
    with running.house.app.app_context():
        instance = running.house.onboard("Lindqvist Home")
        shop = running.house.onboard("Solgard Home", "order-governance")
        anybody = _with_every_role(running, instance)
        _admit(running, shop, anybody)
        addresses = _addresses(running, instance, shop, anybody)
        addresses += [f"/clients/{instance.slug}/{view.format(person=anybody)}" for view in VIEWS]
    inside, outside = desks(anybody), desks(running.house.manager)
    answered = Answered(list)
    wrong = [each for path in STRANGERS for each in _look(desks(), path, answered)]
    for path in addresses:
        wrong += _look(inside if path.startswith("/clients/") else outside, path, answered)
    assert len(addresses) > 25
    assert not wrong, "\n".join(wrong)


def _look(desk: Desk, path: str, answered: Answered) -> list[str]:
    seen = len(desk.complaints)
    try:
        response = desk.page.goto(path)
    except Error as error:
        if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
            return []
        raise
    if not desk.page.title():
        return []  # a file, or a part of a page
    name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path).strip("/").replace("/", "_") or "start"
    if path not in STRANGERS and (response is None or not response.ok or "/sign-in" in desk.page.url):
        return [f"{path}: {response and response.status} at {desk.page.url}"]
    wrong = findings(desk.page, re.sub(r"\W", "_", name), is_rich=bool(RICH.search(path)), answered=answered)
    said, desk.complaints[seen:] = desk.complaints[seen:], []
    return [f"{path} {each}" for each in (*wrong, *said)]


def _addresses(running: Running, instance: Instance, shop: Instance, anybody: PersonId) -> list[str]:
    people: Mapping[str, PersonId] = dict.fromkeys(Role, anybody)
    world = World(
        house=running.house, site=running.site, instance=instance, people=people, shop=shop, shop_people=people
    )
    rules = [rule for rule in running.site.url_map.iter_rules() if "GET" in (rule.methods or ())]
    pages = [rule for rule in rules if not rule.rule.startswith(MACHINES)]
    addresses = {_address(world, rule) for rule in pages if rule.rule in SAMPLES or not rule.arguments - {"slug"}}
    return sorted(addresses - {*STRANGERS})


def _address(world: World, rule: Rule) -> str:
    values = dict(SAMPLES[rule.rule](world)) if rule.rule in SAMPLES else {}
    if "slug" in rule.arguments:
        values["slug"] = world.shop.slug if is_about_orders(rule) else world.instance.slug
    return str(world.site.url_map.bind("localhost").build(rule.endpoint, values))


def _admit(running: Running, shop: Instance, anybody: PersonId) -> None:
    """The same person in every role of the client with orders."""
    work, platform = running.house.work(shop), running.house.platform()
    admit(platform, shop.id, anybody, "client", invite=False)
    members.admit_member(work, anybody, "Ida Every", "ida@every.example", "client", None)
    for role in Role:
        members.give_role(work, anybody, role, get_governance(work).organization, None)
    platform.close()
    work.close()


def _with_every_role(running: Running, instance: Instance) -> PersonId:
    """Somebody for whom every page has all of its buttons, in a client where something has been decided."""
    work = running.house.work(instance)
    team = Team(work, running.house)
    for _ in range(2):
        measure = team.define()
        team.plan(measure)
    team.decide(measure)
    person = team.join("Ida Every", Role.PMO)
    for role in Role:
        members.give_role(work, person, role, team.organization, None)
    work.close()
    return person
