"""What the overview of orders says and draws of months: sales and cost, stays, cancellations, returns, effects."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _

from domain.months import Month
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.order_flows import RETURN, STAYS_DAYS, Cohort
from web import charts
from web.formats import MONTHS, month, number, percent
from web.instance.orders.blocks import NONE_SAID, Block, Cell, Head, largest, linked
from web.instance.orders.overview_sheet import Sheet, label_of

ZERO = Decimal("0.00")


def sales_block(sheet: Sheet) -> Block:
    """Orders placed in each month: what they sold, and what carrying them out has cost so far."""
    rows = [(each, _of_month(sheet, each)) for each in sheet.overview.months]
    value, cost = _sum(sums[1] for _m, sums in rows), _sum(sums[3] for _m, sums in rows)
    title = (
        _("Carrying out orders costs %(share)s of what they sell", share=percent(cost * 100 / value, 1))
        if value
        else _("No order was placed in these months")
    )
    return Block(
        id="sales",
        title=title,
        note=_(
            "Value of the orders placed in a month, and their fulfilment cost so far below the line, %(unit)s",
            unit=sheet.currency,
        ),
        heads=(
            Head(label=_("Placed in"), is_figure=False),
            Head(label=_("Orders")),
            Head(label=_("Sales"), unit=sheet.currency),
            Head(label=_("Cost forecast"), unit=sheet.currency),
            Head(label=_("Cost so far"), unit=sheet.currency),
            Head(label=_("Effects"), unit=sheet.currency),
            Head(label=_("Cost of sales"), unit="%"),
        ),
        rows=tuple(
            (
                Cell(text=month(each.first)),
                *(linked(figure, OrderFilters(state="all", month=str(each))) for figure in sums),
                Cell(text=number(100 * sums[3] / sums[1], 1) if sums[1] else NONE_SAID),
            )
            for each, sums in rows
            if value
        ),
        chart=charts.month_bars(
            [MONTHS[each.month - 1] for each, _sums in rows],
            [None] * len(rows),
            [None] * len(rows),
            [sums[1] for _m, sums in rows],
            [sums[3] for _m, sums in rows],
            title=title,
            desc=_("Sales and fulfilment cost by month, %(unit)s", unit=sheet.currency),
            width=760,
        ),
        legend=(("actual-bar", _("Sales")), ("cost", _("Fulfilment cost so far"))),
        empty=_("Choose more months above."),
        cls="m-c7",
    )


def _of_month(sheet: Sheet, wanted: Month) -> tuple[int, Decimal, Decimal, Decimal, Decimal]:
    found: list[Cohort] = [each for each in sheet.overview.cohorts if each.month == wanted]
    return (
        sum(each.count for each in found),
        _sum(each.value for each in found),
        _sum(each.cost_forecast for each in found),
        _sum(each.cost_actual for each in found),
        _sum(each.effects for each in found),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def stay_block(sheet: Sheet) -> Block:
    """How long orders stay in a stage, against its target."""
    by_key = {each.stage: each for each in sheet.overview.stays}
    stays = [(stage, by_key[stage.key]) for stage in sheet.rules.stages if stage.key in by_key]
    slow = [stage.label for stage, stay in stays if stay.median > stage.target_hours]
    title = (
        _("Half of the orders miss the target in %(stages)s", stages=", ".join(slow[:3]))
        if slow
        else _("Most orders keep the targets of the stages")
    )
    return Block(
        id="stays",
        title=title if stays else _("Time in stage"),
        note=_("Hours of the stays that ended in the last %(n)s days", n=STAYS_DAYS),
        heads=(
            Head(label=_("Stage"), is_figure=False),
            Head(label=_("Stays")),
            Head(label=_("Median"), unit=_("hours")),
            Head(label=_("Nine of ten"), unit=_("hours")),
            Head(label=_("Target"), unit=_("hours")),
            Head(label=_("In it now")),
        ),
        rows=tuple(
            (
                Cell(text=stage.label),
                Cell(text=number(stay.count)),
                Cell(text=number(stay.median)),
                Cell(text=number(stay.p90)),
                Cell(text=number(stage.target_hours)),
                linked(
                    sum(c.count for c in sheet.overview.backlog if c.stage == stage.key), OrderFilters(stage=stage.key)
                ),
            )
            for stage, stay in stays
        ),
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
    label = sheet.rules.cost_kinds
    rows = sorted(sheet.overview.costs, key=lambda each: -each.forecast)
    known, actual = _sum(each.known_forecast for each in rows), _sum(each.actual for each in rows)
    over = 100 * (actual - known) / known if known else None
    if over is None:
        title = _("Fulfilment cost")
    elif abs(over) < 1:
        title = _("Fulfilment costs what was forecast")
    elif over > 0:
        title = _("Fulfilment costs %(share)s more than forecast", share=percent(over, 1))
    else:
        title = _("Fulfilment costs %(share)s less than forecast", share=percent(-over, 1))
    return Block(
        id="costs",
        title=title,
        note=_("Fulfilment cost booked in these months by kind, %(unit)s", unit=sheet.currency),
        heads=(
            Head(label=_("Kind"), is_figure=False),
            Head(label=_("Forecast"), unit=sheet.currency),
            Head(label=_("of which known"), unit=sheet.currency),
            Head(label=_("Actual"), unit=sheet.currency),
            Head(label=_("Difference"), unit=sheet.currency),
        ),
        rows=tuple(
            (
                Cell(text=label_of(label, each.kind)),
                *(
                    linked(amount, OrderFilters(state="all", cost=each.kind, booked=sheet.period))
                    for amount in (each.forecast, each.known_forecast, each.actual)
                ),
                Cell(text=number(each.actual - each.known_forecast)),
            )
            for each in rows
        ),
        chart=charts.paired(
            [(label_of(label, each.kind), each.known_forecast, each.actual) for each in rows],
            title=title,
            desc=_("Forecast and actual of costs that are known"),
            styles=("b-forecast", "c-actual"),
        ),
        legend=(("forecast-bar", _("Forecast of what is known")), ("actual-bar", _("Actual"))),
        empty=_("No cost was booked in these months."),
        cls="m-c7",
    )


def effect_block(sheet: Sheet) -> Block:
    rows = [(label_of(sheet.rules.effects, each.key), each) for each in sheet.overview.effects]
    name, most = largest((label, each.amount) for label, each in rows)
    whole = _sum(each.amount for _label, each in rows)
    title = (
        _("%(kind)s is %(share)s of the financial effects", kind=name, share=percent(100 * most / whole))
        if whole
        else _("Financial effects")
    )
    return Block(
        id="effects",
        title=title,
        note=_("Effects booked in these months by kind, %(unit)s", unit=sheet.currency),
        heads=(
            Head(label=_("Kind"), is_figure=False),
            Head(label=_("Orders")),
            Head(label=_("Amount"), unit=sheet.currency),
        ),
        rows=tuple(
            (Cell(text=label), *_both(each.count, each.amount, OrderFilters(effect=each.key, booked=sheet.period)))
            for label, each in rows
        ),
        chart=charts.single(
            [(label, each.amount) for label, each in rows],
            title=title,
            desc=_("Amount by kind of effect"),
        ),
        empty=_("No refund, discount, replacement or other effect was booked in these months."),
        cls="m-c5",
    )


def cancellation_block(sheet: Sheet) -> Block:
    lost: dict[str, list[Cohort]] = {}
    for each in sheet.overview.cohorts:
        if each.is_cancelled:
            lost.setdefault(each.reason, []).append(each)
    rows = [
        (reason, sum(each.count for each in found), _sum(each.value for each in found))
        for reason, found in lost.items()
    ]
    rows.sort(key=lambda row: -row[1])
    count, placed = sum(row[1] for row in rows), sum(each.count for each in sheet.overview.cohorts)
    title = (
        _("%(share)s of the orders were cancelled", share=percent(Decimal(100 * count) / placed, 1))
        if count
        else _("No order was cancelled")
    )
    return Block(
        id="cancellations",
        title=title,
        note=_("Orders placed in these months and cancelled since, by reason"),
        heads=(
            Head(label=_("Reason"), is_figure=False),
            Head(label=_("Orders")),
            Head(label=_("Value"), unit=sheet.currency),
        ),
        rows=tuple(
            (Cell(text=reason or _("No reason given")), *_both(orders, value, _cancelled(sheet, reason)))
            for reason, orders, value in rows
        ),
        chart=charts.single(
            [(reason or _("No reason given"), orders) for reason, orders, _v in rows],
            title=title,
            desc=_("Cancelled orders"),
        ),
        empty=_("None of the orders placed in these months was cancelled."),
        cls="m-c6",
    )


def return_block(sheet: Sheet) -> Block:
    rows = [(each.key or _("No cause given"), each) for each in sheet.overview.returns]
    count = sum(each.count for _label, each in rows)
    name, most = largest((label, each.count) for label, each in rows)
    title = (
        _("%(cause)s is behind %(share)s of the returns", cause=name, share=percent(Decimal(100 * most) / count))
        if count
        else _("No return was opened")
    )
    return Block(
        id="returns",
        title=title,
        note=_("Orders with returns opened in these months, by cause"),
        heads=(
            Head(label=_("Cause"), is_figure=False),
            Head(label=_("Orders")),
            Head(label=_("Cost and effects"), unit=sheet.currency),
        ),
        rows=tuple(
            (
                Cell(text=label),
                *_both(
                    each.count,
                    each.amount,
                    OrderFilters(type=RETURN, cause=each.key or "none", opened=sheet.period),
                ),
            )
            for label, each in rows
        ),
        chart=charts.single(
            [(label, each.count) for label, each in rows],
            title=title,
            desc=_("Orders with returns by cause"),
        ),
        empty=_("No order of these months came back."),
        cls="m-c6",
    )


def _cancelled(sheet: Sheet, reason: str) -> OrderFilters:
    return OrderFilters(state="cancelled", reason=reason or "none", month=sheet.period)


def _both(count: int, amount: Decimal, filters: OrderFilters) -> tuple[Cell, Cell]:
    wanted = filters if filters.state != "open" else OrderFilters.asked({**filters.query, "state": "all"})
    return linked(count, wanted), linked(amount, wanted)
