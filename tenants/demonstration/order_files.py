"""The weekly order file of the demonstration: its columns, its rows, and how somebody takes it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from domain.imports import ColumnMapping, Table, TableRow
from domain.imports.kinds import AnyField, ImportKind
from domain.imports.mapping import OrderReading
from domain.imports.order_check import orders_from_json
from domain.imports.order_fields import OrderField as F
from domain.orders.consequences import IntakeChoices
from domain.orders.incoming import Incoming, Standing
from domain.orders.order import Happening
from tenants.demonstration.arriving import Life
from tenants.demonstration.engagement import Engagement
from tenants.demonstration.timeline import done
from tenants.instance.actions import imports
from tenants.instance.actions.order_import import ask_orders_commit, commit_orders
from tenants.instance.actions.order_looking import check_orders
from tenants.instance.models.imports import ImportRow

DESK, SERVICE, FULFILMENT = "Mikael Strand", "Linnea Holmgren", "Karin Öberg"

FILE_AT = time(6, 0, tzinfo=UTC)
COLUMNS: dict[AnyField, str] = {
    F.NUMBER: "Order",
    F.CHANNEL: "Channel",
    F.PLACED_AT: "Placed",
    F.STATUS: "Status",
    F.VALUE: "Goods",
    F.DISCOUNT: "Discount",
    F.FREIGHT: "Freight",
    F.ITEMS: "Items",
    F.PAYMENT: "Payment",
    F.CUSTOMER: "Customer",
    F.PROMISED_ON: "Promised",
    F.CANCELLED_AT: "Cancelled",
    F.SCORE: "Score",
    **{F(str(each)): str(each).replace("_", " ").capitalize() for each in Happening},
}


def take_in(here: Engagement, told: Sequence[Life], moment: datetime) -> None:
    """Upload, map, look, commit: what a person does in the wizard."""
    work, actor = here.work, here.actor(here.brief.programme_office)
    upload = here.named(f"file {moment:%Y-%m-%d}")
    rows = [life.told_at(moment) for life in told]
    table = Table(
        headers=tuple(COLUMNS.values()),
        rows=tuple(TableRow(number=n, cells=cells(each)) for n, each in enumerate(rows, start=2) if each),
    )
    imports.keep_upload(work, upload, f"orders-{moment:%Y-%m-%d}.csv", table, actor, ImportKind.ORDERS)
    reading = OrderReading(words={str(each): str(each) for each in Standing}, choices=IntakeChoices(ticket_up_to=2))
    mapping = ColumnMapping(
        kind=ImportKind.ORDERS, columns=COLUMNS, constants={F.CURRENCY: here.governance.currency}, orders=reading
    )
    name = "Weekly file of the shops" if here.timeline.now - moment < timedelta(weeks=1) else ""
    assert imports.map_columns(work, upload, mapping, actor, 1, save_as=name) is None
    check_orders(work, upload, actor)
    row = work.get(ImportRow, upload)
    found = orders_from_json((row.summary or {})["checked"])
    imports.choose_rows(work, upload, frozenset(found.wrong), row.version)
    row = work.get(ImportRow, upload)
    assert ask_orders_commit(work, upload, found, None, actor, row.version) is None
    done(commit_orders(work, upload, actor))


def cells(told: Incoming) -> tuple[str, ...]:
    """One row of the weekly file."""
    plain: dict[AnyField, str] = {
        F.NUMBER: told.number,
        F.CHANNEL: told.channel,
        F.PLACED_AT: _moment(told.placed_at),
        F.STATUS: str(told.status or ""),
        F.VALUE: f"{told.value:.2f}",
        F.DISCOUNT: f"{told.discount:.2f}",
        F.FREIGHT: f"{told.freight:.2f}",
        F.ITEMS: str(told.items),
        F.PAYMENT: told.payment,
        F.CUSTOMER: told.customer,
        F.PROMISED_ON: told.promised_on.isoformat() if told.promised_on else "",
        F.CANCELLED_AT: _moment(told.cancelled_at),
        F.SCORE: str(told.score or ""),
    }
    happened = {F(str(each)): _moment(told.happened.get(each)) for each in Happening}
    return tuple((plain | happened)[each] for each in COLUMNS)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""
