"""What the overview of orders says and draws of what stands now: backlog, delays, tickets, constraints."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.governance.template import OrderRules, Reason
from tenants.instance.queries.order_backlog import Backlog, Constraint, together
from tenants.instance.queries.order_filters import AGES, OrderFilters
from tenants.instance.queries.order_overview import OrderOverview
from web import charts
from web.formats import amount, day, number, percent
from web.instance.orders.blocks import NONE_SAID, Block, Column, block, figure, largest, linked, said, told


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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Open orders of one stage, or of all: `stage` is empty then. `counts` are by age."""

    label: str
    stage: str
    sums: Backlog
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Open tickets of one channel by age."""

    label: str
    channel: str
    counts: tuple[int, ...]


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


def backlog_block(sheet: Sheet) -> Block:
    stages, whole = _stages(sheet), _whole(sheet)
    worst, most = largest((each.label, each.sums.count) for each in stages)
    share = percent(100 * Decimal(most) / whole.sums.count) if whole.sums.count else ""
    title = _("%(stage)s holds %(share)s of the backlog", stage=worst, share=share) if share else _("No order is open")
    return block(
        "backlog",
        title=title,
        note=_("Open orders by stage and by days since they were placed"),
        columns=(
            said(_("Stage"), lambda row: row.label),
            *(_aged(at, age) for at, age in enumerate(AGES)),
            figure(_("All"), lambda row: row.sums.count, _in),
            figure(_("Value"), lambda row: row.sums.value, _in, sheet.currency),
        ),
        rows=stages,
        total=whole,
        chart=charts.stacked(
            [(each.label, each.counts) for each in stages],
            title=title,
            desc=_("Open orders by stage, parted by age"),
        ),
        legend=_ages(),
        empty=_("Orders appear here with the first import, the first call of a shop or the first one entered."),
        cls="m-c7",
    )


def delayed_block(sheet: Sheet) -> Block:
    stages, whole = [each for each in _stages(sheet) if each.sums.delayed], _whole(sheet)
    count = whole.sums.delayed
    title = ngettext("%(num)s order is past its promised date", "%(num)s orders are past their promised date", count)
    return block(
        "delayed",
        title=title if count else _("Every promise still holds"),
        note=_("Open orders that were promised for a day that has passed, by stage"),
        columns=(
            said(_("Stage"), lambda row: row.label),
            figure(_("Orders"), lambda row: row.sums.delayed, _delayed),
            figure(_("Value"), lambda row: row.sums.delayed_value, _delayed, sheet.currency),
        ),
        rows=stages,
        total=whole,
        chart=charts.single(
            [(each.label, each.sums.delayed) for each in stages], title=title, desc=_("Delayed orders")
        ),
        empty=_("No open order is past the day it was promised for."),
        cls="m-c5",
    )


def ticket_block(sheet: Sheet) -> Block:
    rows, count = _channels(sheet), sum(each.count for each in sheet.overview.tickets)
    escalated = sum(each.escalated for each in sheet.overview.tickets)
    title = (
        _(
            "%(n)s tickets are open, %(more)s of them escalated",
            n=number(count),
            more=number(escalated) if escalated else _("none"),
        )
        if count
        else _("No service ticket is open")
    )
    return block(
        "tickets",
        title=title,
        note=_("Open service tickets by channel and by days since they were opened; a figure opens their orders"),
        columns=(
            said(_("Channel"), lambda row: row.label),
            *(_waited(at, age) for at, age in enumerate(AGES)),
            figure(_("All"), lambda row: sum(row.counts), lambda row: OrderFilters(ticket=row.channel, state="all")),
        ),
        rows=rows,
        chart=charts.stacked(
            [(each.label, each.counts) for each in rows], title=title, desc=_("Open tickets parted by age")
        ),
        legend=_ages(),
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
    return block(
        "constraints",
        title=title if found else _("No constraint is in force"),
        note=_("Open orders that constraints block, and the value of their goods"),
        columns=(
            said(_("Constraint"), lambda row: row.title),
            figure(_("Orders"), lambda row: row.orders, _blocked),
            figure(_("Value"), lambda row: row.value, _blocked, sheet.currency),
            told(_("Expected end"), lambda row: day(row.forecast_end)),
            said(_("Attention"), lambda row: _("Management") if row.needs_attention else NONE_SAID),
        ),
        rows=found,
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


def _stages(sheet: Sheet) -> list[Standing]:
    """The stages of the template that hold open orders, in their order; others at the end."""
    known = [stage.key for stage in sheet.rules.stages]
    found = {cell.stage for cell in sheet.overview.backlog}
    ordered = [*(key for key in known if key in found), *sorted(found - set(known))]
    return [
        _standing(sheet.rules.stage_label(key), key, [each for each in sheet.overview.backlog if each.stage == key])
        for key in ordered
    ]


def _whole(sheet: Sheet) -> Standing:
    return _standing(_("All stages"), "", sheet.overview.backlog)


def _standing(label: str, stage: str, cells: Sequence[Backlog]) -> Standing:
    counts = tuple(sum(each.count for each in cells if each.age == age) for age in AGES)
    return Standing(label=label, stage=stage, sums=together(cells), counts=counts)


def _channels(sheet: Sheet) -> list[Waiting]:
    cells = {(each.channel, each.age): each.count for each in sheet.overview.tickets}
    return [
        Waiting(
            label=label_of(sheet.rules.ticket_channels, channel),
            channel=channel,
            counts=tuple(cells.get((channel, age), 0) for age in AGES),
        )
        for channel in sorted({channel for channel, _age in cells})
    ]


def _aged(at: int, age: int) -> Column[Standing]:
    return figure(age_words(age), lambda row: row.counts[at], lambda row: OrderFilters(stage=row.stage, age=str(age)))


def _waited(at: int, age: int) -> Column[Waiting]:
    wanted = {"ticket_age": str(age), "state": "all"}
    return figure(age_words(age), lambda row: row.counts[at], lambda row: OrderFilters(ticket=row.channel, **wanted))


def _in(row: Standing) -> OrderFilters:
    return OrderFilters(stage=row.stage)


def _delayed(row: Standing) -> OrderFilters:
    return OrderFilters(stage=row.stage, delayed="1")


def _blocked(row: Constraint) -> OrderFilters:
    return OrderFilters(constraint=str(row.id))


def _ages() -> tuple[tuple[str, str], ...]:
    return tuple(zip(("s1", "s2", "s3", "s4"), map(age_words, AGES), strict=True))
