"""A file of many orders through the wizard's actions, and COPY of the orders that came of it as the floor."""

import random
import resource
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg

from domain.imports import ColumnMapping, Table, TableRow
from domain.imports.kinds import ImportKind
from domain.imports.mapping import OrderReading
from domain.imports.order_check import orders_from_json
from domain.imports.order_fields import OrderField
from tenants.database import Work
from tenants.demonstration.arriving import lives
from tenants.demonstration.order_files import COLUMNS, cells
from tenants.instance.actions import imports
from tenants.instance.actions.order_import import ask_orders_commit, commit_orders
from tenants.instance.actions.order_looking import check_orders
from tenants.instance.models.imports import ImportRow
from tenants.instance.queries.readers import find_reader
from tests.house import House

ROWS = 20_000


def order_file(house: House) -> Iterator[str]:
    """Seconds for the check and for the commit, the memory they add, and seconds for COPY alone."""
    with house.app.app_context():
        instance = house.onboard("File of Orders", "order-governance")
        work = house.work(instance)
        reader = find_reader(work, house.manager)
        assert reader is not None
        upload, before = _upload(work, reader.actor), _peak()
        checked = _seconds(lambda: check_orders(work, upload, reader.actor))
        row = work.get(ImportRow, upload)
        found = orders_from_json((row.summary or {})["checked"])
        assert not found.wrong and ask_orders_commit(work, upload, found, None, reader.actor, row.version) is None
        committed = _seconds(lambda: commit_orders(work, upload, reader.actor))
        yield f"file of {ROWS:,} orders: checked in {checked:.1f} s, committed in {committed:.1f} s"
        yield f"memory of both at the peak: {_peak() - before} MB more than with the file alone ({before} MB)"
        yield f"COPY of the same orders alone: {_copied(house, instance.schema):.2f} s"


def _upload(work: Work, actor):  # type: ignore[no-untyped-def]
    work.session.rollback()  # making the rows up takes long, and no transaction is left idle so long
    told = (life.told_at(work.now()) for life in lives(random.Random(7), work.now(), ROWS))
    rows = tuple(TableRow(number=number, cells=cells(each)) for number, each in enumerate(filter(None, told), start=2))
    table = Table(headers=tuple(COLUMNS.values()), rows=rows)
    upload = imports.keep_upload(work, uuid4(), "orders.csv", table, actor, ImportKind.ORDERS)
    constants = {OrderField.CURRENCY: "EUR"}
    mapping = ColumnMapping(
        kind=ImportKind.ORDERS,
        columns=COLUMNS,
        constants=constants,
        orders=OrderReading(words={"cancelled": "cancelled"}),
    )
    assert imports.map_columns(work, upload, mapping, actor, 1) is None
    return upload


def _copied(house: House, schema: str) -> float:
    """The orders out of their table and into one like it, indexes and all."""
    with psycopg.connect(house.settings.admin_url) as connection:
        connection.execute(f'SET search_path = "{schema}"')
        connection.execute("CREATE TABLE copied (LIKE orders INCLUDING ALL)")
        with connection.cursor().copy("COPY orders TO STDOUT") as copy:
            said = b"".join(bytes(each) for each in copy)

        def back() -> None:
            with connection.cursor().copy("COPY copied FROM STDIN") as copy:
                copy.write(said)

        return _seconds(back)


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
