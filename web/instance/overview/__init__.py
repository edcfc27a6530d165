"""The overview of a node: what waits, what waiting costs, where the year will end, and who has to act."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, render_template, request

from domain.access import Capability, OrderScope, Scope
from tenants.instance.queries.conditions import overdue_in_scope
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.hierarchy import NodeName, count_nodes, get_crumbs, get_node, list_parts
from tenants.instance.queries.inbox import dearest_on_orders, first_waiting
from tenants.instance.queries.kill_criteria import met_criteria
from tenants.instance.queries.order_overview import OrdersInShort, get_orders_in_short
from tenants.instance.queries.overview import get_overview
from tenants.instance.queries.people import list_names
from tenants.instance.queries.requests import RequestLine
from tenants.instance.queries.sight import Sight
from tenants.instance.queries.sustain import overdue_checks
from tenants.instance.queries.tolls import list_tolls
from web.access import requires
from web.hands import hand
from web.instance.overview.sheet import sheet_of
from web.order_work import order_work
from web.waits import WaitItem, item_of

bp = Blueprint("overview", __name__)
WAITING_LINES = 5
DEAREST = 3  # decisions on orders
FOUNDERS = 2  # the client's administrator and the engagement manager


@bp.get("/")
@requires(Capability.VIEW_OVERVIEW, or_named=True)
def index() -> str:
    """The whole of what the reader sees, or with ?node= what lies below one node."""
    here = hand()
    scope = here.actor.scope_for(Capability.VIEW_OVERVIEW)
    governance = get_governance(here.work)
    node = _node(scope, governance)
    overview = get_overview(here.work, scope, node.path, governance)
    crumbs = get_crumbs(here.work, node.path)
    if overview.total.measures == 0 and node.id == governance.organization:
        return _guide(governance, crumbs)
    parts = list_parts(here.work, scope, node, overview.parts)
    sight = Sight(measures=scope, orders=_orders_scope(node, governance))
    tolls = list_tolls(here.work, sight, node.path)
    return render_template(
        "web/instance/overview/index.html",
        node=node,
        crumbs=crumbs,
        governance=governance,
        overview=overview,
        parts=parts,
        tolls=tolls,
        waiting=_items(first_waiting(here.work, here.person.id, WAITING_LINES), governance),
        dearest=_items(dearest_on_orders(here.work, sight, DEAREST), governance) if sight.orders else (),
        conditions=overdue_in_scope(here.work, scope, node.path),
        met_criteria=met_criteria(here.work, scope, node.path),
        overdue_checks=overdue_checks(here.work, scope, node.path),
        orders=_in_short(sight.orders),
        order_work=order_work() if sight.orders else None,
        sheet=sheet_of(overview, parts, tolls, here.reader.waiting, governance, here.work.now()),
        now=here.work.now(),
        may_close=here.actor.can(Capability.CLOSE_MONTH, f"/{governance.organization}/"),
        may_report=here.actor.can(Capability.CREATE_REPORT, node.path),
    )


def _node(scope: Scope, governance: Governance) -> NodeName:
    try:
        wanted = UUID(request.args.get("node") or str(governance.organization))
    except ValueError:
        abort(404)
    return get_node(hand().work, scope, wanted)


def _orders_scope(node: NodeName, governance: Governance) -> OrderScope:
    """The reader's orders: they belong to the whole of an instance that governs orders, to no part of it."""
    if governance.template.orders is None or node.id != governance.organization:
        return OrderScope()
    return hand().actor.orders(Capability.VIEW_ORDERS)


def _in_short(scope: OrderScope) -> OrdersInShort | None:
    return get_orders_in_short(hand().work, scope) if scope else None


def _items(lines: Sequence[RequestLine], governance: Governance) -> tuple[WaitItem, ...]:
    here = hand()
    others = any(here.person.id not in line.waiting for line in lines)
    names = {UUID(each): name for each, name in list_names(here.work)} if others else {}
    return tuple(item_of(line, governance, names, here.work.now().date(), here.person.id) for line in lines)


def _guide(governance: Governance, crumbs: tuple[NodeName, ...]) -> str:
    """There is no measure yet: what to do, in order, by what is there already."""
    here = hand()
    return render_template(
        "web/instance/overview/empty.html",
        governance=governance,
        orders=_in_short(_orders_scope(crumbs[0], governance)),
        crumbs=crumbs,
        has_nodes=count_nodes(here.work) > 1,
        has_people=len(list_names(here.work)) > FOUNDERS,
        may={each.value for each in Capability if here.actor.can_anywhere(each)},
        now=here.work.now(),
    )
