"""What is with the reader at the order desk, in words, each with the list that it counts."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Capability
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.order_work import OrderWork, get_order_work
from web.formats import moment, number
from web.hands import hand
from web.order_links import desk


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """A line of the panel; `kind` "warn" where something in it is overdue."""

    icon: str
    kind: str
    title: str
    href: str
    note: str


def order_work() -> list[WorkItem]:
    """Nothing for those who only read orders, and in an instance that governs none."""
    here = hand()
    scope, rules = here.actor.orders(Capability.WORK_ORDERS), get_governance(here.work).template.orders
    if not scope or rules is None:
        return []
    roles = {each.role for each in here.actor.assignments}
    return [*_tickets(found := get_order_work(here.work, scope, here.person.id, roles)), *_rest(found)]


def _tickets(found: OrderWork) -> list[WorkItem]:
    items, me = [], str(hand().person.id)
    if found.tickets and found.oldest_ticket:
        words = ngettext("%(n)s ticket is yours", "%(n)s tickets are yours", found.tickets, n=number(found.tickets))
        note = _("the oldest since %(when)s", when=moment(found.oldest_ticket))
        items.append(_item("message-exclamation", words, note, OrderFilters(state="all", ticket_of=me)))
    if found.free_tickets:
        words = ngettext(
            "%(n)s order has a ticket that nobody has taken",
            "%(n)s orders have a ticket that nobody has taken",
            found.free_tickets,
            n=number(found.free_tickets),
        )
        items.append(_item("message", words, "", OrderFilters(state="all", ticket_of="none")))
    return items


def _rest(found: OrderWork) -> list[WorkItem]:
    here = hand()
    items, me = [], str(here.person.id)
    labels = {each.role: each.label for each in get_governance(here.work).template.roles}
    if count := found.exceptions:
        words = ngettext("%(n)s exception is yours", "%(n)s exceptions are yours", count, n=number(count))
        items.append(
            _item(
                "alert-square",
                words,
                _overdue(found.exceptions_overdue),
                OrderFilters(exception_of=me),
                is_late=found.exceptions_overdue > 0,
            )
        )
    for each in found.of_roles:
        words = ngettext(
            "%(n)s exception waits for somebody of %(role)s",
            "%(n)s exceptions wait for somebody of %(role)s",
            each.count,
            n=number(each.count),
            role=labels.get(each.role, str(each.role)),
        )
        items.append(
            _item(
                "alert-square",
                words,
                _overdue(each.overdue),
                OrderFilters(exception_of=each.role),
                is_late=each.overdue > 0,
            )
        )
    if found.orders:
        words = ngettext("%(n)s order is yours", "%(n)s orders are yours", found.orders, n=number(found.orders))
        items.append(
            _item("user", words, _overdue(found.orders_late), OrderFilters(owner=me), is_late=found.orders_late > 0)
        )
    return items


def _overdue(count: int) -> str:
    return ngettext("%(n)s of them is overdue", "%(n)s of them are overdue", count, n=number(count)) if count else ""


def _item(icon: str, title: str, note: str, wanted: OrderFilters, *, is_late: bool = False) -> WorkItem:
    return WorkItem(icon=icon, kind="warn" if is_late else "", title=title, href=desk(wanted), note=note)
