"""The order desk: queues by stage, exception, owner and target; late first; the same rows as a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from uuid import uuid4

from flask import abort, current_app, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.template import OrderRules
from tenants.instance.queries.constraints import ConstraintLine, list_constraints
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measure import get_choices
from tenants.instance.queries.orders import PAGE, REACH, Desk, all_orders, get_desk, matching_ids
from tenants.instance.queries.saved_views import list_views
from tenants.instance.queries.settings import list_units
from tenants.instance.spreadsheets import write_xlsx
from web.access import requires
from web.formats import amount, day, number, scale_of
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.deskfilter import DeskFilter, chips, read_filter
from web.instance.orders.rows import rows_of
from web.instance.orders.sheet import sheet_of
from web.instance.orders.taking import crumbs, places, scope
from web.instance.orders.words import priority_words, state_words, type_icon, type_label
from web.responses import see

C = Capability
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATTENTION_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Pick:
    """A queue that one click opens."""

    label: str
    href: str
    current: bool = False
    icon: str = ""
    n: str | None = None


@bp.get("")
@requires(C.VIEW_ORDERS)
def index() -> str | Response:
    here, actor = hand(), hand().actor
    governance = get_governance(here.work)
    rules = governance.template.orders or abort(404)
    found = read_filter(request.args)
    desk = get_desk(here.work, scope(), found.wanted, found.sort, found.page)
    if found.is_search_of_open and not desk.everywhere.orders:
        anywhere = replace(found.wanted, state="all")
        if matching_ids(here.work, scope(), anywhere, 1):  # who asks after an order need not know that it has ended
            return see(found.address(state="all"))
    choices, units = get_choices(here.work), list_units(here.work)
    constraints = list_constraints(here.work, scope(), attention=True)[:ATTENTION_SHOWN]
    names = dict((*choices.people, *units))
    return render_template(
        "web/instance/orders/index.html",
        desk=desk,
        rows=rows_of(desk.lines, rules, here.work.now()),
        found=found,
        finding=_finding(desk, found),
        chips=chips(found, rules, names, {str(each.id): each.title for each in constraints}),
        choices=choices,
        units=units,
        scale=scale_of([desk.everywhere.value]),
        governance=governance,
        rules=rules,
        offers=offers(rules),
        notices=[_notice(each, governance.currency) for each in constraints],
        queues=_queues(found, here.person.id),
        types=_types(desk, found, rules),
        views=list_views(here.work, here.person.id),
        paging=_paging(desk, found),
        page_size=PAGE,
        reach=REACH,
        priorities=list(priority_words().items()),
        states=[*state_words().items(), ("all", _("Any state"))],
        places=places(),
        crumbs=[*crumbs()[:1], (_("Orders"), None)],
        may={name: actor.can_anywhere(capability) for name, capability in ACTS.items()},
        may_ask="instance.orders.ask_decisions" in current_app.view_functions,
        view_id=str(uuid4()),
        type_icon=type_icon,
        now=here.work.now(),
    )


@bp.get("/export.xlsx")
@requires(C.EXPORT)
def export() -> Response:
    """All that the filter lets through, to the cent, as XLSX."""
    here = hand()
    governance = get_governance(here.work)
    rules = governance.template.orders or abort(404)
    found = read_filter(request.args)
    lines = all_orders(here.work, scope(), found.wanted, found.sort)
    note = [
        _("%(client)s: orders as of %(when)s", client=governance.name, when=f"{here.work.now():%Y-%m-%d %H:%M} UTC"),
        _("Amounts in %(currency)s", currency=governance.currency),
        *(f"{key} = {value}" for key, value in found.wanted.query.items()),
    ]
    body = write_xlsx([sheet_of(lines, rules)], note)
    name = f"orders-{here.work.now().date().isoformat()}.xlsx"
    return send_file(BytesIO(body), XLSX, as_attachment=True, download_name=name)


ACTS: Mapping[str, Capability] = {
    "work": C.WORK_ORDERS,
    "enter": C.ENTER_ORDER,
    "import": C.IMPORT_ORDERS,
    "constrain": C.MANAGE_CONSTRAINTS,
    "ask": C.REQUEST_ORDER_DECISION,
    "export": C.EXPORT,
}


def offers(rules: OrderRules) -> dict[str, list[tuple[str, str]]]:
    """What the template lets one choose from, as (key, label)."""
    return {
        "stages": [(each.key, each.label) for each in rules.stages],
        "types": [(each.key, each.label) for each in rules.exception_types],
        "channels": [(each.code, each.label) for each in rules.channels],
    }


def _finding(desk: Desk, found: DeskFilter) -> str:
    orders, late = desk.total.orders, desk.total.late
    if found.wanted.state != "open":
        return ngettext("%(n)s order", "%(n)s orders", orders, n=number(orders))
    if not orders:
        return _("No open order here") if found.is_filtering else _("No open orders")
    if not late:
        return ngettext("%(n)s open order, on time", "%(n)s open orders, all on time", orders, n=number(orders))
    return ngettext(
        "%(late)s of %(n)s open order is late",
        "%(late)s of %(n)s open orders are late",
        orders,
        n=number(orders),
        late=number(late),
    )


def _queues(found: DeskFilter, reader: object) -> list[Pick]:
    """By owner, by target and by what stands in the way."""
    words = (
        (_("Mine"), "owner", str(reader), "user"),
        (_("Nobody's"), "owner", "none", "user-off"),
        (_("My tickets"), "ticket_of", str(reader), "message-exclamation"),
        (_("Nobody's tickets"), "ticket_of", "none", "message"),
        (_("Late"), "due", "late", "clock-exclamation"),
        (_("Due today"), "due", "today", "clock"),
        (_("Held up"), "held", "1", "hand-stop"),
        (_("Past its promise"), "delayed", "1", "calendar-x"),
        (_("High priority"), "priority", "high", "flag-3"),
    )
    return [_pick(found, label, key, value, icon) for label, key, value, icon in words]


def _types(desk: Desk, found: DeskFilter, rules: OrderRules) -> list[Pick]:
    """The most frequent first."""
    counted = sorted(desk.types.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        _pick(found, type_label(rules, key), "type", key, type_icon(key), number(orders)) for key, orders in counted
    ]


def _pick(found: DeskFilter, label: str, key: str, value: str, icon: str, n: str | None = None) -> Pick:
    current = found.get(key) == value
    return Pick(label=label, href=found.address(**{key: "" if current else value}), current=current, icon=icon, n=n)


def _notice(line: ConstraintLine, currency: str) -> dict[str, str]:
    until = _(" until about %(day)s", day=day(line.forecast_end)) if line.forecast_end else ""
    title = ngettext(
        "%(title)s holds up %(n)s order worth %(value)s%(until)s",
        "%(title)s holds up %(n)s orders worth %(value)s%(until)s",
        line.orders,
        n=number(line.orders),
        title=line.title,
        value=amount(line.value, currency),
        until=until,
    )
    late = ngettext("%(n)s past its promise", "%(n)s past their promise", line.delayed, n=number(line.delayed))
    words = " · ".join(filter(None, (line.owner, late if line.delayed else "", _("flagged for management"))))
    return {"title": title, "text": words, "href": url_for(".show_constraint", constraint=line.id)}


def _paging(desk: Desk, found: DeskFilter) -> dict[str, Any]:
    shown: Sequence[int] = sorted({1, desk.pages, *range(max(1, desk.page - 2), min(desk.pages, desk.page + 2) + 1)})
    pages: list[tuple[int | str, str, bool]] = []
    for before, each in zip([0, *shown], shown, strict=False):
        if each > before + 1:
            pages.append(("…", "", False))
        pages.append((each, found.address(page=each), each == desk.page))
    start = (desk.page - 1) * PAGE
    return {
        "first": start + 1 if desk.lines else 0,
        "last": start + len(desk.lines),
        "pages": pages,
        "previous": found.address(page=desk.page - 1) if desk.page > 1 else "",
        "next": found.address(page=desk.page + 1) if desk.page < desk.pages else "",
    }
