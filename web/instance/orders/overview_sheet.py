"""What the overview of orders says and draws of what stands now: backlog, delays, tickets, constraints."""

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.governance.template import OrderRules, Reason
from tenants.instance.queries.order_backlog import Backlog, together
from tenants.instance.queries.order_filters import AGES, OrderFilters
from tenants.instance.queries.order_overview import OrderOverview
from web import charts
from web.formats import amount, day, number, percent
from web.instance.orders.blocks import Block, Cell, Head, largest, linked

SERIES = ("s1", "s2", "s3", "s4")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One page of figures: what they are of, and the words and the currency they are told in."""

    overview: OrderOverview
    rules: OrderRules
    currency: str

    @property
    def period(self) -> str:
        months = self.overview.months
        return f"{months[0]}..{months[-1]}"

    def stage(self, backlog: Backlog) -> str:
        return self.rules.stage_label(backlog.stage)


def label_of(reasons: tuple[Reason, ...], code: str) -> str:
    return next((each.label for each in reasons if each.code == code), code or _("No reason given"))


def age_words(age: int) -> str:
    place = AGES.index(age)
    if place + 1 == len(AGES):
        return _("%(n)s days and more", n=age)
    return (
        _("%(from)s to %(to)s days", **{"from": age, "to": AGES[place + 1]})
        if age
        else _("under %(n)s days", n=AGES[1])
    )


def by_stage(sheet: Sheet) -> list[tuple[str, Backlog]]:
    """The stages of the template that hold open orders, in their order, each as one; others at the end."""
    known = [stage.key for stage in sheet.rules.stages]
    found = {cell.stage for cell in sheet.overview.backlog}
    return [
        (stage, together(cell for cell in sheet.overview.backlog if cell.stage == stage))
        for stage in [*(key for key in known if key in found), *sorted(found - set(known))]
    ]


def backlog_block(sheet: Sheet) -> Block:
    stages, cells = by_stage(sheet), {(cell.stage, cell.age): cell.count for cell in sheet.overview.backlog}
    whole = sheet.overview.open
    worst, most = largest((sheet.rules.stage_label(stage), sums.count) for stage, sums in stages)
    title = (
        _("%(stage)s holds %(share)s of the backlog", stage=worst, share=percent(100 * Decimal(most) / whole.count))
        if whole.count
        else _("No order is open")
    )
    rows = [(sheet.rules.stage_label(stage), [cells.get((stage, age), 0) for age in AGES]) for stage, _sums in stages]
    return Block(
        id="backlog",
        title=title,
        note=_("Open orders by stage and by days since they were placed"),
        heads=(
            Head(label=_("Stage"), is_figure=False),
            *(Head(label=age_words(age)) for age in AGES),
            Head(label=_("All")),
            Head(label=_("Value"), unit=sheet.currency),
        ),
        rows=tuple(_backlog_row(sheet, stage, sums, cells) for stage, sums in stages),
        total=(
            Cell(text=_("All stages")),
            *(linked(sum(cells.get((s, age), 0) for s, _b in stages), OrderFilters(age=str(age))) for age in AGES),
            linked(whole.count, OrderFilters()),
            linked(whole.value, OrderFilters()),
        ),
        chart=charts.stacked(rows, title=title, desc=_("Open orders by stage, parted by age")),
        legend=tuple(zip(SERIES, map(age_words, AGES), strict=True)),
        empty=_("Orders appear here with the first import, the first call of a shop or the first one entered."),
        cls="m-c7",
    )


def _backlog_row(sheet: Sheet, stage: str, sums: Backlog, cells: dict[tuple[str, int], int]) -> tuple[Cell, ...]:
    here = OrderFilters(stage=stage)
    ages = (linked(cells.get((stage, age), 0), OrderFilters(stage=stage, age=str(age))) for age in AGES)
    return (Cell(text=sheet.rules.stage_label(stage)), *ages, linked(sums.count, here), linked(sums.value, here))


def delayed_block(sheet: Sheet) -> Block:
    whole, stages = sheet.overview.open, [(stage, sums) for stage, sums in by_stage(sheet) if sums.delayed]
    title = ngettext(
        "%(num)s order is past its promised date", "%(num)s orders are past their promised date", whole.delayed
    )
    return Block(
        id="delayed",
        title=title if whole.delayed else _("Every promise still holds"),
        note=_("Open orders that were promised for a day that has passed, by stage"),
        heads=(
            Head(label=_("Stage"), is_figure=False),
            Head(label=_("Orders")),
            Head(label=_("Value"), unit=sheet.currency),
        ),
        rows=tuple(
            (
                Cell(text=sheet.rules.stage_label(stage)),
                linked(sums.delayed, OrderFilters(stage=stage, delayed="1")),
                linked(sums.delayed_value, OrderFilters(stage=stage, delayed="1")),
            )
            for stage, sums in stages
        ),
        total=(
            Cell(text=_("All stages")),
            linked(whole.delayed, OrderFilters(delayed="1")),
            linked(whole.delayed_value, OrderFilters(delayed="1")),
        ),
        chart=charts.single(
            [(sheet.rules.stage_label(stage), sums.delayed) for stage, sums in stages],
            title=title,
            desc=_("Delayed orders"),
        ),
        empty=_("No open order is past the day it was promised for."),
        cls="m-c5",
    )


def ticket_block(sheet: Sheet) -> Block:
    tickets = sheet.overview.tickets
    count, escalated = sum(each.count for each in tickets), sum(each.escalated for each in tickets)
    channels = sorted({each.channel for each in tickets})
    cells = {(each.channel, each.age): each.count for each in tickets}
    title = (
        _("%(n)s tickets are open, %(more)s of them escalated", n=number(count), more=number(escalated))
        if count
        else _("No service ticket is open")
    )
    rows = [(channel, [cells.get((channel, age), 0) for age in AGES]) for channel in channels]
    labels = {channel: label_of(sheet.rules.ticket_channels, channel) for channel in channels}
    return Block(
        id="tickets",
        title=title,
        note=_("Open service tickets by channel and by days since they were opened; a figure opens their orders"),
        heads=(
            Head(label=_("Channel"), is_figure=False),
            *(Head(label=age_words(age)) for age in AGES),
            Head(label=_("All")),
        ),
        rows=tuple(
            (
                Cell(text=labels[channel]),
                *(
                    linked(value, OrderFilters(ticket=channel, ticket_age=str(age), state="all"))
                    for age, value in zip(AGES, values, strict=True)
                ),
                linked(sum(values), OrderFilters(ticket=channel, state="all")),
            )
            for channel, values in rows
        ),
        chart=charts.stacked(
            [(labels[channel], values) for channel, values in rows],
            title=title,
            desc=_("Open tickets parted by age"),
        ),
        legend=tuple(zip(SERIES, map(age_words, AGES), strict=True)),
        empty=_("Tickets that customers open on orders appear here until they are closed."),
        cls="m-c5",
    )


def constraint_block(sheet: Sheet) -> Block:
    found = sheet.overview.constraints
    urgent = sum(each.needs_attention for each in found)
    title = (
        ngettext("%(num)s constraint needs the management", "%(num)s constraints need the management", urgent)
        if urgent
        else ngettext("%(num)s constraint is in force", "%(num)s constraints are in force", len(found))
    )
    return Block(
        id="constraints",
        title=title if found else _("No constraint is in force"),
        note=_("Open orders that constraints block, and the value of their goods"),
        heads=(
            Head(label=_("Constraint"), is_figure=False),
            Head(label=_("Orders")),
            Head(label=_("Value"), unit=sheet.currency),
            Head(label=_("Expected end")),
            Head(label=_("Attention"), is_figure=False),
        ),
        rows=tuple(
            (
                Cell(text=each.title),
                linked(each.orders, OrderFilters(constraint=str(each.id))),
                linked(each.value, OrderFilters(constraint=str(each.id))),
                Cell(text=day(each.forecast_end)),
                Cell(text=_("Management") if each.needs_attention else "–"),
            )
            for each in found
        ),
        chart=charts.single(
            [(each.title, each.value) for each in found],
            title=title,
            desc=_("Blocked value in %(unit)s", unit=sheet.currency),
        ),
        empty=_("Stock, warehouse, carrier or supplier trouble that blocks many orders at once is shown here."),
        cls="m-c7",
        is_open=True,
    )


def figures(sheet: Sheet) -> list[dict[str, str]]:
    """The key figures, each with the orders it counts."""
    whole, currency = sheet.overview.open, sheet.currency
    tickets = sum(each.count for each in sheet.overview.tickets)
    held = linked(whole.held, OrderFilters(held="1"))
    items = (
        (_("Open orders"), linked(whole.count, OrderFilters()), amount(whole.value, currency)),
        (_("Beyond the stage's target"), linked(whole.late, OrderFilters(due="late")), _("late in their stage")),
        (_("Delayed"), linked(whole.delayed, OrderFilters(delayed="1")), amount(whole.delayed_value, currency)),
        (_("Held"), held, amount(whole.held_value, currency)),
        (_("Open tickets"), linked(tickets, OrderFilters(ticket="any", state="all")), _("of service")),
    )
    return [{"label": label, "value": cell.text, "href": cell.href, "sub": sub} for label, cell, sub in items]
