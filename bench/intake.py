"""Orders that a shop sends by itself: one by one and 500 at once, against the same rows by bare INSERT."""

import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import psycopg.types.json
from flask import Flask

from bench.ratios import Ratio, compare
from domain.ids import ChannelKeyId
from tenants.instance.models.intake import ChannelKeyRow
from tenants.places import Instance
from tenants.secrets import channel_secret
from tests.house import House
from web.app import create_app
from web.pace import Pace
from web.serving import settle

AT_ONCE = 500
Call = tuple[str, bytes, dict[str, str]]  # address, body, headers
TABLES = ("orders", "order_stages", "order_costs", "audit_events", "channel_calls")
TRAIL = ("id", "actor_id", "actor_name", "on_behalf_of", "kind", "is_refusal", "subject_kind", "subject_id",
         "subject_label", "path", "body", "reason", "request_id")  # fmt: skip


def intake(house: House, seconds: float = 5.0) -> Iterator[Ratio | str]:
    """Ratios of a call to its bare rows, then accepted orders a second through the whole WSGI application."""
    app = create_app(house.settings)
    app.extensions["pace"] = Pace(rate=1e9, burst=1e9)
    shop = shop_of(house, "Intake")
    settle()
    one, many = shop.calls(app, 1), shop.calls(app, AT_ONCE)
    next(one), next(many)
    with psycopg.connect(_dsn(house, shop.instance), prepare_threshold=None) as connection:
        floor = Floor(connection, shop.instance.schema)
        yield compare("one order by API / its rows by bare INSERT", lambda: next(one), floor.turn(1), turns=100)
        yield compare(
            f"{AT_ONCE} orders by API / their rows by bare INSERT", lambda: next(many), floor.turn(AT_ONCE), turns=9
        )
    for name, calls, count in (("one by one", one, 1), (f"{AT_ONCE} at once", many, AT_ONCE)):
        yield f"orders accepted a second, {name}: {_pace(calls, count, seconds)}"


def shop_of(house: House, client: str) -> "Shop":
    """A new client, and a shop that has a key of it."""
    with house.app.app_context():
        instance = house.onboard(client, "order-governance")
        key = _key(house, instance)
    return Shop(instance, key, channel_secret(house.settings.secret, instance.id, key))


class Shop:
    """Signs its calls as any client would; what it says is made before the clock starts."""

    def __init__(self, instance: Instance, key: ChannelKeyId, secret: str) -> None:
        self.instance, self._key, self._secret = instance, str(key), secret.encode()
        self._address = f"/api/v1/{instance.slug}/orders"

    def calls(self, app: Flask, count: int) -> Iterator[object]:
        """Each turn is one call with so many new orders."""
        http = app.test_client()
        for path, body, headers in self.ready(count):
            answer = http.post(path, data=body, headers=headers)
            assert answer.status_code in (200, 201), answer.text
            yield answer

    def ready(self, count: int) -> Iterator[Call]:
        """Calls with so many new orders each."""
        path = self._address if count == 1 else f"{self._address}/batch"
        for turn in itertools.count():
            orders = [self._order(f"{count}-{turn}-{place}") for place in range(count)]
            body = json.dumps(orders[0] if count == 1 else {"orders": orders}).encode()
            yield path, body, self._signed(path, body)

    def _order(self, number: str) -> dict[str, object]:
        then = "2026-01-05T08:00:00+00:00"
        said = {
            "number": number,
            "placed_at": then,
            "currency": "EUR",
            "value": "120.50",
            "freight": "4.90",
            "items": 3,
        }
        return said | {"customer": "C-1", "payment": "card", "happened": {"address_confirmed": then}}

    def _signed(self, path: str, body: bytes) -> dict[str, str]:
        once, seconds = str(uuid4()), str(int(time.time()))
        text = "\n".join(("POST", path, seconds, once, hashlib.sha256(body).hexdigest()))
        return {
            "Content-Type": "application/json",
            "Mandate-Key": self._key,
            "Mandate-Timestamp": seconds,
            "Mandate-Signature": hmac.digest(self._secret, text.encode(), "sha256").hex(),
            "Idempotency-Key": once,
        }


class Floor:
    """The rows that a call left, written again under new keys: five INSERT statements and a commit, no rules."""

    def __init__(self, connection: Any, schema: str) -> None:
        self._connection = connection
        connection.execute(f'SET search_path = "{schema}"')
        self._columns = {name: self._names(name) for name in TABLES}
        self._samples = {name: self._sample(name) for name in TABLES}
        connection.commit()

    def turn(self, count: int) -> Callable[[], object]:
        return lambda: self._insert(count)

    def _insert(self, count: int) -> None:
        orders = [uuid4() for _ in range(count)]
        cursor = self._connection.cursor()
        for name in TABLES:
            rows = [self._row(name, order) for order in (orders if name != "channel_calls" else orders[:1])]
            columns = self._columns[name]
            places = ", ".join(["%s"] * len(columns))
            quoted = ", ".join(f'"{each}"' for each in columns)
            cursor.executemany(f"INSERT INTO {name} ({quoted}) VALUES ({places})", rows)
        self._connection.commit()

    def _row(self, name: str, order: object) -> list[object]:
        own = {"orders": {"id": order, "number": str(order)}, "channel_calls": {"idempotency_key": str(order)}}
        fresh = own.get(name, {"order_id": order, "subject_id": order, "id": uuid4()})
        return [fresh.get(column, self._samples[name][column]) for column in self._columns[name]]

    def _names(self, name: str) -> tuple[str, ...]:
        if name == "audit_events":
            return TRAIL
        kept = "attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped"
        return tuple(
            column for (column,) in self._connection.execute(f"SELECT attname FROM pg_attribute WHERE {kept}", [name])
        )

    def _sample(self, name: str) -> dict[str, object]:
        row = self._connection.execute(
            f"SELECT {', '.join(chr(34) + c + chr(34) for c in self._columns[name])} FROM {name} LIMIT 1"
        ).fetchone()
        as_json = (psycopg.types.json.Jsonb(each) if isinstance(each, dict) else each for each in row)
        return dict(zip(self._columns[name], as_json, strict=True))


def _pace(calls: Iterator[object], count: int, seconds: float) -> str:
    """By the clock, and what one of them costs this process: other work on the machine changes the first far more."""
    started, worked, done = time.perf_counter(), time.process_time(), 0
    while (passed := time.perf_counter() - started) < seconds:
        next(calls)
        done += count
    return f"{done / passed:.0f} ({(time.process_time() - worked) / done * 1_000:.2f} ms of this process each)"


def _key(house: House, instance: Instance) -> ChannelKeyId:
    key, work = ChannelKeyId(uuid4()), house.work(instance)
    with work.transaction() as tx:
        made = work.now() - timedelta(days=1)
        tx.add(ChannelKeyRow(id=key, channel="shop", label="Bench", created_by=house.manager, created_at=made))
    work.close()
    return key


def _dsn(house: House, instance: Instance) -> str:
    with house.app.app_context():
        return house.app.extensions["engines_of_instances"].dsn(instance).replace("+psycopg", "")
