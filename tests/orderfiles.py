"""Files of orders for tests: three samples in the form of well-known exports, and tables made of few words."""

import csv
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

from domain.access import Actor
from domain.imports import ColumnMapping, Table
from domain.imports.kinds import ImportKind
from domain.imports.order_check import OrdersChecked
from domain.imports.order_guess import guess_orders
from domain.orders.arriving import OrdersImported
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.actions.imports import choose_rows, keep_upload, map_columns
from tenants.instance.actions.order_import import ask_orders_commit, commit_orders
from tenants.instance.actions.order_looking import look_at_orders
from tenants.instance.models.imports import ImportRow
from tenants.instance.queries.order_intake import get_order_reference
from tenants.instance.spreadsheets import read_table_here

SAMPLES = Path(__file__).parent / "samples"
HEADERS = (
    "Order number", "Channel", "Placed at", "Status", "Value", "Discount", "Freight", "Items", "Payment", "Customer",
    "Promised on", "Payment confirmed", "Dispatched", "Delivered", "Invoice issued", "Score",
)  # fmt: skip


def sample(name: str) -> Table:
    return table_of((SAMPLES / f"{name}.csv").read_bytes())


def table_of(content: bytes) -> Table:
    table = read_table_here(content)
    assert isinstance(table, Table), table
    return table


def line(number: str, **more: str) -> dict[str, str]:
    """A good order, paid and not yet sent; `more` by header, blanks as underscores."""
    good = dict.fromkeys(HEADERS, "") | {
        "Order number": number, "Channel": "shop", "Placed at": "2026-02-02 09:00:00", "Status": "paid",
        "Value": "80.00", "Freight": "4.90", "Items": "2", "Payment": "card", "Promised on": "2026-02-09",
        "Payment confirmed": "2026-02-02 10:00:00",
    }  # fmt: skip
    return good | {name.replace("_", " "): value for name, value in more.items()}


def csv_of(*lines: dict[str, str], mark: str = ",") -> bytes:
    out = StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows([HEADERS, *([each[name] for name in HEADERS] for each in lines)])
    return out.getvalue().encode()


def orders(*lines: dict[str, str]) -> Table:
    return table_of(csv_of(*lines))


def mapping_of(work: Work, actor: Actor, table: Table) -> ColumnMapping:
    return guess_orders(table, get_order_reference(work, actor).rules.channel_codes)


def uploaded(work: Work, actor: Actor, table: Table, mapping: ColumnMapping | None = None) -> UUID:
    upload = keep_upload(work, uuid4(), "orders.csv", table, actor, ImportKind.ORDERS)
    assert map_columns(work, upload, mapping or mapping_of(work, actor, table), actor, 1) is None
    return upload


def looked(work: Work, actor: Actor, table: Table, mapping: ColumnMapping | None = None) -> OrdersChecked:
    outcome = look_at_orders(work, table, mapping or mapping_of(work, actor, table), actor)
    assert isinstance(outcome, tuple), outcome
    return outcome[0]


def asked(
    work: Work, actor: Actor, table: Table, mapping: ColumnMapping | None = None, out: tuple[int, ...] = ()
) -> UUID:
    """An import under way."""
    upload = uploaded(work, actor, table, mapping)
    found = looked(work, actor, table, mapping)
    if out:
        assert choose_rows(work, upload, frozenset(out), work.get(ImportRow, upload).version) is None
    seen = work.get(ImportRow, upload).version
    assert ask_orders_commit(work, upload, found, None, actor, seen) is None
    return upload


def brought_in(
    work: Work, actor: Actor, table: Table, mapping: ColumnMapping | None = None, out: tuple[int, ...] = ()
) -> OrdersImported | Refusal | None:
    return commit_orders(work, asked(work, actor, table, mapping, out), actor)
