"""Which orders a role is for: what can be chosen, how it is written in a form, and what it is called."""

from uuid import UUID

from flask_babel import gettext as _

from domain.access import OrderLimit
from domain.ids import ReferenceId
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.people import HeldRole
from tenants.instance.queries.settings import list_references
from web.hands import hand


def limit_choices(governance: Governance) -> list[tuple[str, str]]:
    """Each channel and business unit that is not retired; none where the template governs no orders."""
    orders = governance.template.orders
    if orders is None:
        return []
    channels = [(f"channel:{each.code}", _("Orders of channel %(name)s", name=each.label)) for each in orders.channels]
    units = list_references(hand().work).get("business_unit", ())
    return [
        *channels,
        *((f"unit:{each.id}", _("Orders of %(name)s", name=each.name)) for each in units if not each.is_retired),
    ]


def limit_of(written: str, governance: Governance) -> OrderLimit | None:
    """What a form says; None for what cannot be chosen."""
    if not written:
        return OrderLimit()
    if written not in dict(limit_choices(governance)):
        return None
    kind, _colon, value = written.partition(":")
    if kind == "channel":
        return OrderLimit(channel=value)
    return OrderLimit(business_unit=ReferenceId(UUID(value)))


def limit_key(held: HeldRole) -> str:
    """The same of a role that somebody holds."""
    if held.channel:
        return f"channel:{held.channel}"
    return f"unit:{held.unit}" if held.unit else ""


def limit_words(held: HeldRole, governance: Governance) -> str:
    """ "orders of Own shop"; empty for a role that is not limited."""
    orders = governance.template.orders
    names = {each.code: each.label for each in orders.channels} if orders else {}
    name = held.unit_name or names.get(held.channel, held.channel)
    return _("orders of %(name)s", name=name) if name else ""
