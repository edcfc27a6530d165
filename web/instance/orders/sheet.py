"""The orders of the desk as one sheet of a workbook: every amount to the cent, every word in full."""

from collections.abc import Sequence

from flask_babel import gettext as _

from domain.governance.template import OrderRules
from tenants.instance.queries.orders import OrderLine
from tenants.instance.spreadsheets import Sheet
from web.instance.orders.words import channel_label, priority_words, stage_label, state_words, type_label


def sheet_of(lines: Sequence[OrderLine], rules: OrderRules) -> Sheet:
    """One row an order, in the order of the desk."""
    priorities, states = priority_words(), state_words()
    rows = [
        (
            line.number,
            channel_label(rules, line.channel),
            line.customer,
            line.placed_at,
            line.value,
            line.currency,
            stage_label(rules, line.stage),
            line.stage_since,
            line.due_at,
            states[line.state],
            priorities[line.priority],
            line.promised_on,
            line.delivered_at,
            line.owner,
            ", ".join(type_label(rules, key) for key, _is_hold in line.types),
            line.open_holds,
            line.open_tickets,
            line.open_requests,
            line.cost_forecast,
            line.cost_actual,
            line.effects,
        )
        for line in lines
    ]
    return Sheet(name=_("Orders"), headers=headers(), rows=rows)


def headers() -> tuple[str, ...]:
    return (
        *(
            _("Order"),
            _("Channel"),
            _("Customer"),
            _("Placed"),
            _("Value"),
            _("Currency"),
            _("Stage"),
            _("In stage since"),
        ),
        *(_("Stage target"), _("State"), _("Priority"), _("Promised"), _("Delivered"), _("Owner")),
        *(_("Holds and exceptions"), _("Open holds"), _("Open tickets"), _("Open decisions")),
        *(_("Cost forecast"), _("Cost so far"), _("Effects")),
    )
