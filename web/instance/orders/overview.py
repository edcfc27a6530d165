"""The governance overview of orders: backlog, delays, load, cost and effects, every figure a way into the desk."""

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from domain.access import Capability
from domain.months import Month, span
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_overview import get_order_overview
from web.access import requires
from web.hands import hand
from web.instance.orders import bp, overview_flows, overview_losses, overview_sheet
from web.instance.orders.overview_sheet import Sheet
from web.instance.orders.taking import places

PERIODS = (3, 6, 12)
USUAL = 6
STANDING = (
    overview_sheet.backlog_block,
    overview_sheet.delayed_block,
    overview_sheet.constraint_block,
    overview_sheet.ticket_block,
)
FLOWING = (
    overview_flows.sales_block,
    overview_flows.stay_block,
    overview_flows.cost_block,
    overview_losses.effect_block,
    overview_losses.cancellation_block,
    overview_losses.return_block,
)


@bp.get("/overview")
@requires(Capability.VIEW_ORDERS)
def overview() -> str:
    """What stands now, and what happened in the last ?months=."""
    here = hand()
    governance, scope = get_governance(here.work), here.actor.orders(Capability.VIEW_ORDERS)
    rules = governance.template.orders or abort(404)
    wanted = asked_months()
    found = get_order_overview(here.work, scope, last_months(wanted))
    sheet = Sheet(overview=found, rules=rules, currency=governance.currency)
    return render_template(
        "web/instance/orders/overview/index.html",
        places=places(),
        sheet=sheet,
        standing=[block(sheet) for block in STANDING],
        flowing=[block(sheet) for block in FLOWING],
        figures=overview_sheet.figures(sheet),
        periods=period_choices(url_for(".overview"), wanted),
        now=here.work.now(),
    )


def asked_months() -> int:
    """How many months the address asks for, the running one among them; the usual number where it does not."""
    return next((each for each in PERIODS if str(each) == request.args.get("months")), USUAL)


def last_months(count: int) -> tuple[Month, ...]:
    last = Month.of(hand().work.now().date())
    return span(last.plus(1 - count), last)


def period_choices(address: str, wanted: int) -> list[dict[str, object]]:
    return [
        {"label": _("%(n)s months", n=each), "href": f"{address}?months={each}", "current": each == wanted}
        for each in PERIODS
    ]
