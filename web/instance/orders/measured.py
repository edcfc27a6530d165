"""The order ledger behind a measure's actuals: each month with what it cost, and the orders it happened to."""

from dataclasses import dataclass
from decimal import Decimal

from flask import abort, render_template

from domain.access import Capability
from domain.measures import Measure
from domain.months import Month, span
from domain.orders.actuals import actual_of
from domain.orders.causes import LedgerMonth, MeasuredCause
from domain.value import Scenario
from tenants.instance.queries.order_ledger import EVERYTHING, find_measured, get_ledger
from web.access import requires
from web.instance.measures.taking import crumbs, take
from web.instance.orders import bp
from web.order_links import booked_filters, cause_words, desk, opened_filters


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One month: measured before, or computed since. `recorded` is the actual that the measure holds.

    `late` is what of it came late: in a closed month what it lacks, in the month that took it over the same again.
    """

    month: Month
    found: LedgerMonth
    actual: Decimal | None
    recorded: Decimal | None
    is_closed: bool
    late: Decimal
    orders: str  # the desk with those it befell
    booked: str  # the desk with those that booked cost


@bp.get("/ledger/<code>")
@requires(Capability.VIEW_MEASURES, or_named=True)
def ledger(code: str) -> str:
    taken = take(code)
    rules = taken.governance.template.orders or abort(404)
    work = taken.hand.work
    measured = find_measured(work.session, taken.measure.id) or abort(404)
    months = span(measured.first, Month.of(work.now().date()))
    found = get_ledger(work.session, EVERYTHING, measured.cause, months)
    line = next((each for each in taken.measure.lines if each.id == measured.line), None)
    known = line.series.get(Scenario.ACTUAL, {}) if line else {}
    lines = [_line(taken.measure, measured, each, found[each], known.get(each)) for each in reversed(months)]
    return render_template(
        "web/instance/measure/ledger.html",
        measure=taken.measure,
        measured=measured,
        label=cause_words(measured.cause, rules),
        lines=lines,
        waiting=-sum((each.late for each in lines), Decimal(0)),
        crumbs=crumbs(taken, "Order ledger"),
        currency=taken.governance.currency,
        now=work.now(),
    )


def _line(
    measure: Measure, measured: MeasuredCause, month: Month, found: LedgerMonth, recorded: Decimal | None
) -> LedgerLine:
    actual = actual_of(measured, found.cost) if month > measured.last else None
    return LedgerLine(
        month=month,
        found=found,
        actual=actual,
        recorded=recorded,
        is_closed=str(month) <= measure.closed_through,
        late=Decimal(0) if actual is None or recorded is None else recorded - actual,
        orders=desk(opened_filters(measured.cause, month)),
        booked=desk(booked_filters(measured.cause, (month,))),
    )
