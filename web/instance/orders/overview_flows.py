"""What the overview of orders says and draws of months: sales and cost, time in stages, forecast against actual."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from domain.months import Month
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.order_flows import STAYS_DAYS, CostKind
from web import charts
from web.formats import MONTHS, month, number, percent
from web.instance.orders.blocks import NONE_SAID, Block, block, figure, said, told
from web.instance.orders.overview_sheet import Sheet, label_of

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Sold:
    """Orders placed in one month, and what became of them in money."""

    month: Month
    orders: int
    sales: Decimal
    forecast: Decimal
    cost: Decimal
    effects: Decimal


def sales_block(sheet: Sheet) -> Block:
    """Orders placed in each month: what they sold, and what carrying them out has cost so far."""
    rows = [_of_month(sheet, each) for each in sheet.overview.months]
    value, cost = _sum(each.sales for each in rows), _sum(each.cost for each in rows)
    title = (
        _("Carrying out orders costs %(share)s of what they sell", share=percent(cost * 100 / value, 1))
        if value
        else _("No order was placed in these months")
    )
    return block(
        "sales",
        title=title,
        note=_(
            "Value of the orders placed in a month, and their fulfilment cost so far below the line, %(unit)s",
            unit=sheet.currency,
        ),
        columns=(
            said(_("Placed in"), lambda row: month(row.month.first)),
            figure(_("Orders"), lambda row: row.orders, _placed),
            figure(_("Sales"), lambda row: row.sales, _placed, sheet.currency),
            figure(_("Cost forecast"), lambda row: row.forecast, _placed, sheet.currency),
            figure(_("Cost so far"), lambda row: row.cost, _placed, sheet.currency),
            figure(_("Effects"), lambda row: row.effects, _placed, sheet.currency),
            told(_("Cost of sales"), _share, "%"),
        ),
        rows=rows if value else (),
        chart=charts.month_bars(
            [MONTHS[each.month.month - 1] for each in rows],
            [None] * len(rows),
            [None] * len(rows),
            [each.sales for each in rows],
            [each.cost for each in rows],
            title=title,
            desc=_("Sales and fulfilment cost by month, %(unit)s", unit=sheet.currency),
            width=760,
        ),
        legend=(("actual-bar", _("Sales")), ("cost", _("Fulfilment cost so far"))),
        empty=_("Choose more months above."),
        cls="m-c7",
    )


def stay_block(sheet: Sheet) -> Block:
    """How long orders stay in a stage, against its target."""
    by_key = {each.stage: each for each in sheet.overview.stays}
    stays = [(stage, by_key[stage.key]) for stage in sheet.rules.stages if stage.key in by_key]
    now = {
        stage.key: sum(each.count for each in sheet.overview.backlog if each.stage == stage.key) for stage, _s in stays
    }
    slow = [stage.label for stage, stay in stays if stay.median > stage.target_hours]
    title = (
        _("Half of the orders miss the target in %(stages)s", stages=", ".join(slow[:3]))
        if slow
        else _("Most orders keep the targets of the stages")
    )
    return block(
        "stays",
        title=title if stays else _("Time in stage"),
        note=_("Hours of the stays that ended in the last %(n)s days", n=STAYS_DAYS),
        columns=(
            said(_("Stage"), lambda row: row[0].label),
            told(_("Stays"), lambda row: number(row[1].count)),
            told(_("Median"), lambda row: number(row[1].median), _("hours")),
            told(_("Nine of ten"), lambda row: number(row[1].p90), _("hours")),
            told(_("Target"), lambda row: number(row[0].target_hours), _("hours")),
            figure(_("In it now"), lambda row: now[row[0].key], lambda row: OrderFilters(stage=row[0].key)),
        ),
        rows=stays,
        chart=charts.paired(
            [(stage.label, stay.median, stay.p90) for stage, stay in stays],
            title=title,
            desc=_("Hours in stage: half of the orders, and nine of ten, stayed no longer"),
            styles=("c-blue", "b-plan"),
        ),
        legend=(("weighted", _("Median")), ("plan", _("Nine of ten ended within"))),
        empty=_("Times are known when the first orders have left a stage."),
        cls="m-c5",
    )


def cost_block(sheet: Sheet) -> Block:
    """Forecast against actual. The difference is of what is known: costs with both amounts."""
    rows = sorted(sheet.overview.costs, key=lambda each: -each.forecast)
    title, kinds = _cost_title(rows), sheet.rules.cost_kinds

    def booked(row: CostKind) -> OrderFilters:
        return OrderFilters(state="all", cost=row.kind, booked=sheet.period)

    return block(
        "costs",
        title=title,
        note=_("Fulfilment cost booked in these months by kind, %(unit)s", unit=sheet.currency),
        columns=(
            said(_("Kind"), lambda row: label_of(kinds, row.kind)),
            figure(_("Forecast"), lambda row: row.forecast, booked, sheet.currency),
            figure(_("of which known"), lambda row: row.known_forecast, booked, sheet.currency),
            figure(_("Actual"), lambda row: row.actual, booked, sheet.currency),
            told(_("Difference"), lambda row: number(row.actual - row.known_forecast), sheet.currency),
        ),
        rows=rows,
        chart=charts.paired(
            [(label_of(kinds, each.kind), each.known_forecast, each.actual) for each in rows],
            title=title,
            desc=_("Forecast and actual of costs that are known"),
            styles=("b-forecast", "c-actual"),
        ),
        legend=(("forecast-bar", _("Forecast of what is known")), ("actual-bar", _("Actual"))),
        empty=_("No cost was booked in these months."),
        cls="m-c5",
    )


def _cost_title(rows: Sequence[CostKind]) -> str:
    known, actual = _sum(each.known_forecast for each in rows), _sum(each.actual for each in rows)
    if not known:
        return _("Fulfilment cost")
    over = 100 * (actual - known) / known
    if abs(over) < 1:
        return _("Fulfilment costs what was forecast")
    if over > 0:
        return _("Fulfilment costs %(share)s more than forecast", share=percent(over, 1))
    return _("Fulfilment costs %(share)s less than forecast", share=percent(-over, 1))


def _of_month(sheet: Sheet, wanted: Month) -> Sold:
    found = [each for each in sheet.overview.cohorts if each.month == wanted]
    return Sold(
        month=wanted,
        orders=sum(each.count for each in found),
        sales=_sum(each.value for each in found),
        forecast=_sum(each.cost_forecast for each in found),
        cost=_sum(each.cost_actual for each in found),
        effects=_sum(each.effects for each in found),
    )


def _share(row: Sold) -> str:
    return number(100 * row.cost / row.sales, 1) if row.sales else NONE_SAID


def _placed(row: Sold) -> OrderFilters:
    return OrderFilters(state="all", month=str(row.month))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
