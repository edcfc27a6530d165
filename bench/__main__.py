"""`bin/bench`: print the ratios of issue and design on a throw-away PostgreSQL, smallest things first."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import structlog
from flask import Flask, template_rendered
from psycopg import sql
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from bench.filling import fill
from bench.intake import intake
from bench.ledger import fill_orders
from bench.order_file import order_file
from bench.ratios import Ratio, compare, table
from bench.two_processes import two_processes
from bin.servers import remove_data, start_postgres, temporary_folder
from tenants.ddl import prepared
from tenants.instance.models.orders import OrderRow
from tenants.places import Instance
from tenants.provisioning import build, new_instance
from tenants.sessions import db, session_at
from tests.house import House, build_house, settings_for
from tests.web.client import Client
from web.app import create_app
from web.serving import settle

DJANGO = Path("var/bench-venv/bin/python")
SMALL, LARGE = 100, 10_000
FEW, MANY = 1_000, 100_000  # orders
GROWING = {
    "overview of 10,000 measures": "/",
    "hierarchy of 10,000 measures": "/hierarchy",
    "one measure with 8 lines and 24 months, of 10,000": "/measures/B-00000",
    "what waits, 500 requests on 10,000 measures": "/waiting",
}


OF_ORDERS = {
    "order desk of 100,000 orders": "/orders",
    "overview of 100,000 orders": "/orders/overview",
    "cost of exceptions of 100,000 orders": "/orders/exceptions",
}


def main() -> None:
    """Start a server, build a house with a small and a large client, measure, print."""
    be_quiet()
    folder = temporary_folder()
    server = start_postgres(folder / "postgres", durable=True)
    try:
        house = build_house(settings_for(server.admin_dsn))
        found = [*new_instances(house, server.admin_dsn), *pages(house), *order_pages(house), *intake(house)]
        words = [*(each for each in found if isinstance(each, str)), *two_processes(house), *order_file(house), _load()]
        ratios = [each for each in found if isinstance(each, Ratio)]
        sys.stdout.write("\n".join([table(ratios), "", *words]) + "\n")
    finally:
        server.stop()
        remove_data(folder)


def be_quiet() -> None:
    """Print the table alone: no line for each request, none about the queue that is not there."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def new_instances(house: House, admin_dsn: str) -> Iterator[Ratio]:
    """A whole new instance (two logins, schema, tables, trail, grants) against its bare DDL, and django-tenants."""

    def whole() -> None:
        build(house.settings, new_instance("main"))

    yield compare("new instance / its bare DDL in one connection", whole, lambda: bare(admin_dsn), turns=21)
    with other_side(admin_dsn) as django:
        yield compare("new instance / django-tenants, as many tables", whole, django, turns=15)


def bare(admin_dsn: str) -> None:
    """The same tables and indexes in a schema of the administrator's, without logins and grants."""
    name = new_instance("main").schema
    with psycopg.connect(admin_dsn, prepare_threshold=None) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(name)))
        with connection.pipeline():
            for statement in prepared(name):
                if statement.startswith(("CREATE TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX")):
                    connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def other_side(admin_dsn: str) -> Iterator[Callable[[], float]]:
    """A process with django-tenants on a database of its own; the turn is one new tenant there."""
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE DATABASE django_side")
    environment = os.environ | {"BENCH_DATABASE_URL": admin_dsn.rpartition("/")[0] + "/django_side"}
    command = [str(DJANGO), "-m", "bench.django_side"]
    with subprocess.Popen(
        command, env=environment, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin and process.stdout

        def turn() -> float:
            process.stdin.write("go\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return float(process.stdout.readline())  # type: ignore[union-attr]

        yield turn
        process.stdin.close()


def pages(house: House) -> Iterator[Ratio]:
    """Pages of a client with 10,000 measures, against the bare template and against a client with 100."""
    app = create_app(house.settings)
    with house.app.app_context():
        small, large = house.onboard("Small"), house.onboard("Large")
        fill(house.work(small), SMALL)
        fill(house.work(large), LARGE)
        with psycopg.connect(house.settings.admin_url, autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")
    settle()
    client = Client(app, house.manager)

    def get(instance: Instance, page: str) -> Callable[[], object]:
        return lambda: client.http.get(f"/clients/{instance.slug}{page}")

    yield compare(
        "measure list, 50 of 10,000 rows / its template alone",
        get(large, "/measures"),
        rendered(app, get(large, "/measures")),
    )
    yield compare("measure list, 50 of 10,000 rows / 50 of 100", get(large, "/measures"), get(small, "/measures"))
    for name, page in GROWING.items():
        yield compare(f"{name} / of 100", get(large, page), get(small, page))
    yield binding(house, small)


def order_pages(house: House) -> Iterator[Ratio]:
    """Pages of a client with 100,000 orders and 390,000 stays, against a client with 1,000."""
    app = create_app(house.settings)
    with house.app.app_context():
        few, many = (house.onboard(name, "order-governance") for name in ("Few Orders", "Many Orders"))
        fill_orders(house.work(few), FEW)
        fill_orders(house.work(many), MANY)
        with psycopg.connect(house.settings.admin_url, autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")
        one = {each: house.work(each).session.scalars(select(OrderRow.id).limit(1)).one() for each in (few, many)}
    settle()
    client = Client(app, house.manager)

    def get(instance: Instance, page: str) -> Callable[[], object]:
        return lambda: client.http.get(f"/clients/{instance.slug}{page}")

    for name, page in OF_ORDERS.items():
        yield compare(f"{name} / of 1,000", get(many, page), get(few, page), turns=15)
    single = get(many, f"/orders/{one[many]}"), get(few, f"/orders/{one[few]}")
    yield compare("one order of 100,000 / of 1,000", *single, turns=15)


def _load() -> str:
    """What else the machine had to do."""
    return "load of the machine, 1 and 5 minutes: " + ", ".join(f"{each:.1f}" for each in os.getloadavg()[:2])


def rendered(app: Flask, page: Callable[[], object]) -> Callable[[], object]:
    """Render what the page rendered once more, with the data it had: no request, no database."""
    kept: list[tuple[Any, dict[str, Any]]] = []

    def keep(_app: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        kept.append((template, context | {"shell": still(context["shell"])}))

    with template_rendered.connected_to(keep, app):
        page()
    template, context = kept[-1]

    def turn() -> object:
        with app.test_request_context("/"):
            return template.render(context)

    return turn


def still(shell: Any) -> SimpleNamespace:
    """The frame of the page with every value read once: the template alone asks for nothing."""
    names = [name for name in dir(type(shell)) if not name.startswith("_")]
    return SimpleNamespace(**{name: getattr(shell, name) for name in names})


def binding(house: House, instance: Instance) -> Ratio:
    """A session bound to an instance for one transaction, against a plain session on one engine."""
    plain = create_engine(db_url(house, instance), pool_size=1)

    def bound() -> None:
        session = session_at(instance)
        session.execute(text("SELECT 1"))
        session.commit()
        session.close()

    def unbound() -> None:
        with Session(plain) as session:
            session.execute(text("SELECT 1"))
            session.commit()

    with house.app.app_context():
        return compare("one transaction bound to an instance / unbound", bound, unbound, turns=400)


def db_url(house: House, instance: Instance) -> str:
    with house.app.app_context():
        return db.engines_of_instances.dsn(instance)


if __name__ == "__main__":
    main()
