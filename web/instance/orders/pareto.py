"""What exceptions cost, the largest first, by type or by cause; and from one of them to a measure against it."""

from dataclasses import dataclass
from decimal import Decimal

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from domain.access import Capability
from domain.governance.template import OrderRules
from domain.months import Month, span
from domain.orders.causes import Cause
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_ledger import CauseCost, list_cause_costs
from web import charts
from web.access import requires
from web.formats import percent
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.overview import PERIODS, asked_months
from web.instance.orders.taking import places
from web.order_links import booked_filters, cause_words, desk

SHOWN = 12  # bars; the table has all
FEW = 3  # the largest is named where there are no more


@dataclass(frozen=True, kw_only=True)
class ParetoRow:
    """One type, or one cause of it. `share` and `so_far` in percent; `propose` is empty for who may not."""

    label: str
    found: CauseCost
    share: Decimal
    so_far: Decimal
    orders: str
    propose: str


@bp.get("/exceptions")
@requires(Capability.VIEW_ORDERS)
def exceptions() -> str:
    """Over the last ?months= that are over, by ?by=type or cause, of all channels or of one."""
    here = hand()
    governance, scope = get_governance(here.work), here.actor.orders(Capability.VIEW_ORDERS)
    rules = governance.template.orders or abort(404)
    by_cause, channel, count = request.args.get("by") == "cause", asked_channel(rules), asked_months()
    months = months_over(count)
    found = list_cause_costs(here.work, scope, months, channel, by_cause)
    rows = rows_of(found, rules, months, channel, count, here.actor.can_anywhere(Capability.CREATE_MEASURE))
    title, unit = title_of(rows), governance.currency
    shown = [(row.label, row.found.amount) for row in rows[:SHOWN] if row.found.amount > 0]
    return render_template(
        "web/instance/orders/exceptions/index.html",
        places=places(),
        rows=rows,
        title=title,
        chart=charts.pareto(
            shown, title=title, desc=_("Cost by type with the sum so far, %(u)s", u=governance.currency)
        ),
        total=sum((row.found.amount for row in rows), Decimal(0)),
        months=months,
        choices=choices_of(by_cause, channel, count, rules),
        currency=unit,
        now=here.work.now(),
    )


def asked_channel(rules: OrderRules) -> str:
    wanted = request.values.get("channel", "")
    return wanted if wanted in rules.channel_codes else ""


def months_over(count: int) -> tuple[Month, ...]:
    """Whole months only: a running one would look cheap."""
    running = Month.of(hand().work.now().date())
    return span(running.plus(-count), running.plus(-1))


def rows_of(
    found: tuple[CauseCost, ...], rules: OrderRules, months: tuple[Month, ...], channel: str, count: int, may: bool
) -> list[ParetoRow]:
    whole, so_far, rows = sum((each.amount for each in found), Decimal(0)), Decimal(0), []
    for each in found:
        so_far += each.amount
        cause = Cause(type=each.type, cause=each.cause, channel=channel)
        rows.append(
            ParetoRow(
                label=cause_words(cause, rules),
                found=each,
                share=each.amount * 100 / whole if whole else Decimal(0),
                so_far=so_far * 100 / whole if whole else Decimal(0),
                orders=desk(booked_filters(cause, months)),
                propose=_proposal(cause, count) if may and each.amount > 0 and rules.exception_type(each.type) else "",
            )
        )
    return rows


def _proposal(cause: Cause, count: int) -> str:
    pairs = {"type": cause.type, "cause": cause.cause, "channel": cause.channel, "months": str(count)}
    wanted: dict[str, str] = {key: value for key, value in pairs.items() if value}
    return url_for(".new_proposal", **wanted)  # type: ignore[arg-type]


def title_of(rows: list[ParetoRow]) -> str:
    """How few of them make most of the cost."""
    if not rows or rows[0].found.amount <= 0:
        return _("Exceptions have cost nothing")
    if len(rows) == 1:
        return _("All of the cost comes from: %(label)s", label=rows[0].label)
    if rows[0].share >= 80 or len(rows) <= FEW:
        return _("%(label)s costs most: %(share)s of all", label=rows[0].label, share=percent(rows[0].share))
    most = next((i for i, row in enumerate(rows, 1) if row.so_far >= 80), len(rows))
    return _("%(n)s of %(all)s make %(share)s of the cost", n=most, all=len(rows), share=percent(rows[most - 1].so_far))


def choices_of(by_cause: bool, channel: str, count: int, rules: OrderRules) -> dict[str, list[dict[str, object]]]:
    """What the page can be turned to: each choice keeps the others."""
    now = {"by": "cause" if by_cause else "type", "channel": channel, "months": str(count)}

    def to(key: str, value: str, label: str) -> dict[str, object]:
        pairs = {name: each for name, each in (now | {key: value}).items() if each}
        address = url_for(".exceptions", **pairs)  # type: ignore[arg-type]
        return {"label": label, "href": address, "current": now[key] == value}

    return {
        "by": [to("by", "type", _("Type")), to("by", "cause", _("Cause"))],
        "months": [to("months", str(each), _("%(n)s months", n=each)) for each in PERIODS],
        "channel": [
            to("channel", "", _("All channels")),
            *(to("channel", each.code, each.label) for each in rules.channels),
        ],
    }
