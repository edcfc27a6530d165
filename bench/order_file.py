"""A file of many orders through the wizard's actions, and COPY of the orders that came of it as the floor."""

import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import psycopg

from domain.access import Actor
from domain.ids import PersonId
from domain.imports import ColumnMapping, Table, TableRow
from domain.imports.kinds import ImportKind
from domain.imports.mapping import OrderReading
from domain.imports.order_check import orders_from_json
from domain.imports.order_fields import OrderField
from tenants.database import Work, instance_work
from tenants.demonstration.arriving import lives
from tenants.demonstration.order_files import COLUMNS, cells
from tenants.instance.actions import imports
from tenants.instance.actions.order_import import ask_orders_commit, commit_orders
from tenants.instance.actions.order_looking import check_orders
from tenants.instance.models.imports import ImportRow
from tenants.instance.queries.readers import find_reader
from tenants.places import Instance
from tenants.sessions import base_app
from tenants.settings import Settings
from tests.house import NOW, House

ROWS = 100_000


def order_file(house: House, rows: int = ROWS) -> Iterator[str]:
    """Seconds for the check and for the commit, the memory of their process, and seconds for COPY alone."""
    with house.app.app_context():
        instance = house.onboard("File of Orders", "order-governance")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as own:  # each step in a process of its own
        upload = own.apply(keep, (house.settings, instance, house.manager, rows))
        checked, committed, memory = own.apply(take_in, (house.settings, instance, house.manager, upload))
    yield f"file of {rows:,} orders: checked in {checked:.1f} s, committed in {committed:.1f} s"
    yield f"memory of the process that did both, at its peak: {memory} MB"
    yield f"COPY of the same orders alone: {_copied(house, instance.schema):.2f} s"


def keep(settings: Settings, instance: Instance, person: PersonId, rows: int) -> UUID:
    """The file as it was uploaded and mapped, not checked yet."""
    with base_app(settings).app_context():
        work, actor = _at(instance, person)
        return _upload(work, actor, rows)


def take_in(settings: Settings, instance: Instance, person: PersonId, upload: UUID) -> tuple[float, float, int]:
    """Seconds of the check, seconds of the commit, MB of this process."""
    with base_app(settings).app_context():
        work, actor = _at(instance, person)
        checked = _seconds(lambda: check_orders(work, upload, actor))
        row = work.get(ImportRow, upload)
        found = orders_from_json((row.summary or {})["checked"])
        assert not found.wrong and ask_orders_commit(work, upload, found, None, actor, row.version) is None
        committed = _seconds(lambda: commit_orders(work, upload, actor))
    return checked, committed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _at(instance: Instance, person: PersonId) -> tuple[Work, Actor]:
    work = instance_work(instance, clock=lambda: NOW, request_id="bench")
    reader = find_reader(work, person)
    assert reader is not None
    return work, reader.actor


def _upload(work: Work, actor: Actor, rows: int) -> UUID:
    work.session.rollback()  # making the rows up takes long, and no transaction is left idle so long
    told = (life.told_at(work.now()) for life in lives(random.Random(7), work.now(), rows))
    lines = tuple(TableRow(number=number, cells=cells(each)) for number, each in enumerate(filter(None, told), start=2))
    table = Table(headers=tuple(COLUMNS.values()), rows=lines)
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
