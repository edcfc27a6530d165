"""What the overview of orders says and draws of losses: effects, cancellations and returns, by kind or reason."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.order_flows import RETURN, Cohort
from web import charts
from web.formats import percent
from web.instance.orders.blocks import Block, Column, block, figure, largest, said
from web.instance.orders.overview_sheet import Sheet, label_of

ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Orders of one kind or reason, what that amounts to, and where they are."""

    label: str
    orders: int
    amount: Decimal
    filters: OrderFilters


def effect_block(sheet: Sheet) -> Block:
    rows = [
        Loss(
            label=label_of(sheet.rules.effects, each.key),
            orders=each.count,
            amount=each.amount,
            filters=OrderFilters(state="all", effect=each.key, booked=sheet.period),
        )
        for each in sheet.overview.effects
    ]
    name, most = largest((each.label, each.amount) for each in rows)
    whole = sum((each.amount for each in rows), ZERO)
    title = (
        _("%(kind)s is %(share)s of the financial effects", kind=name, share=percent(100 * most / whole))
        if whole
        else _("Financial effects")
    )
    return _losses(
        "effects",
        rows,
        heads=(_("Kind"), _("Amount"), sheet.currency),
        title=title,
        note=_("Effects booked in these months by kind, %(unit)s", unit=sheet.currency),
        chart=charts.single(
            [(each.label, each.amount) for each in rows], title=title, desc=_("Amount by kind of effect")
        ),
        empty=_("No refund, discount, replacement or other effect was booked in these months."),
        cls="m-c7",
    )


def cancellation_block(sheet: Sheet) -> Block:
    rows = _cancelled(sheet)
    count, placed = sum(each.orders for each in rows), sum(each.count for each in sheet.overview.cohorts)
    title = (
        _("%(share)s of the orders were cancelled", share=percent(Decimal(100 * count) / placed, 1))
        if count
        else _("No order was cancelled")
    )
    return _losses(
        "cancellations",
        rows,
        heads=(_("Reason"), _("Value"), sheet.currency),
        title=title,
        note=_("Orders placed in these months and cancelled since, by reason"),
        chart=charts.single([(each.label, each.orders) for each in rows], title=title, desc=_("Cancelled orders")),
        empty=_("None of the orders placed in these months was cancelled."),
        cls="m-c6",
    )


def return_block(sheet: Sheet) -> Block:
    rows = [
        Loss(
            label=each.key or _("No cause given"),
            orders=each.count,
            amount=each.amount,
            filters=OrderFilters(state="all", type=RETURN, cause=each.key or "none", opened=sheet.period),
        )
        for each in sheet.overview.returns
    ]
    count = sum(each.orders for each in rows)
    name, most = largest((each.label, each.orders) for each in rows)
    title = (
        _("%(cause)s is behind %(share)s of the returns", cause=name, share=percent(Decimal(100 * most) / count))
        if count
        else _("No return was opened")
    )
    return _losses(
        "returns",
        rows,
        heads=(_("Cause"), _("Cost and effects"), sheet.currency),
        title=title,
        note=_("Orders with returns opened in these months, by cause"),
        chart=charts.single(
            [(each.label, each.orders) for each in rows], title=title, desc=_("Orders with returns by cause")
        ),
        empty=_("No order of these months came back."),
        cls="m-c6",
    )


def _losses(id: str, rows: list[Loss], *, heads: tuple[str, str, str], **more: Any) -> Block:
    """`heads`: what the rows are, what the amount is, its unit."""
    first, amount, unit = heads
    columns: tuple[Column[Loss], ...] = (
        said(first, lambda row: row.label),
        figure(_("Orders"), lambda row: row.orders, lambda row: row.filters),
        figure(amount, lambda row: row.amount, lambda row: row.filters, unit),
    )
    return block(id, columns=columns, rows=rows, **more)


def _cancelled(sheet: Sheet) -> list[Loss]:
    """By reason, the most frequent first."""
    lost: dict[str, list[Cohort]] = {}
    for each in sheet.overview.cohorts:
        if each.is_cancelled:
            lost.setdefault(each.reason, []).append(each)
    rows = [
        Loss(
            label=reason[:1].upper() + reason[1:] or _("No reason given"),
            orders=sum(each.count for each in found),
            amount=sum((each.value for each in found), ZERO),
            filters=OrderFilters(state="cancelled", reason=reason or "none", month=sheet.period),
        )
        for reason, found in lost.items()
    ]
    return sorted(rows, key=lambda row: -row.orders)
