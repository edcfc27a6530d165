"""One order for a route: found in the reader's scope, with what governs it; absent or foreign is 404."""

from dataclasses import dataclass
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext as _

from domain.access import Capability, OrderScope
from domain.governance.template import OrderRules
from domain.orders.order import Order
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.order import get_order
from web.hands import Hand, hand

C = Capability


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An order with what governs it, in the hand of the reader."""

    hand: Hand
    order: Order
    rules: OrderRules
    governance: Governance
    version: int

    def can(self, capability: Capability) -> bool:
        return self.hand.actor.orders(capability).covers(self.order.channel, self.order.business_unit)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page beside the others about orders."""

    label: str
    href: str
    current: bool


def scope() -> OrderScope:
    """The orders that the reader sees."""
    return hand().actor.orders(C.VIEW_ORDERS)


def take(order: UUID, *needed: Capability) -> Taken:
    """The order, if the reader sees it and holds one of the capabilities on it (or none is asked for)."""
    here = hand()
    found, rules, governance, version = get_order(here.work, scope(), order)
    taken = Taken(hand=here, order=found, rules=rules, governance=governance, version=version)
    if needed and not any(taken.can(capability) for capability in needed):
        abort(404)
    return taken


def crumbs(*more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """Where a page about orders is."""
    here = hand()
    client = here.instance.name if here.instance else ""
    return [(client, url_for("instance.overview.index")), (_("Orders"), url_for("instance.orders.index")), *more]


def crumbs_of(order: Order, here: str) -> list[tuple[str, str | None]]:
    return crumbs((order.number, url_for("instance.orders.show", order=order.id)), (here, None))


def places(at: str = "") -> list[Place]:
    """The pages about orders that the reader may open, for the tabs below the head of each. `at`: the one that this
    page belongs to, where it is none of them itself."""
    words = (
        (_("Desk"), "orders.index", C.VIEW_ORDERS),
        (_("Overview"), "orders.overview", C.VIEW_ORDERS),
        (_("Exceptions"), "orders.exceptions", C.VIEW_ORDERS),
        (_("Constraints"), "orders.constraints", C.VIEW_ORDERS),
        (_("Rules"), "orders.rules", C.VIEW_ORDERS),
        (_("Import"), "orders_import.index", C.IMPORT_ORDERS),
        (_("Channel keys"), "orders.keys", C.MANAGE_CHANNEL_KEYS),
    )
    here, actor = (request.endpoint or "").removeprefix("instance."), hand().actor
    return [
        Place(label=label, href=url_for(f"instance.{name}"), current=name == (at or here))
        for label, name, capability in words
        if actor.can_anywhere(capability)
    ]
