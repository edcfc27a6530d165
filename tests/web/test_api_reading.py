"""The reader takes what the description describes and nothing else, and no body makes it fall over."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.serving import make_server

from domain.orders.order import Happening
from tenants.database import Work
from tenants.places import Instance
from tests.house import House
from tests.web.shop import open_shop
from web.api.bodies import BATCH, HAPPENED, MOVED, ORDER, incoming
from web.api.describing import described
from web.api.reading import NotJson, Record, parse

ROOT = Path(__file__).resolve().parents[2]
# Almost right values: what shops send by mistake.
NEAR = st.sampled_from(
    [
        "1", "1.0", "12.50", "-3.00", "1,5", "01", "1.", ".5", "1e2", "", " ", "EUR", "eur", "EURO", "é" * 80, "x" * 81,
        "2026-11-20", "2026-02-30", "2026-11-20T08:00:00Z", "2026-11-20T08:00:00+01:00", "2026-11-20T08:00:00",
        "2026-13-20T08:00:00Z", "2026-11-20T24:00:01Z", "2026-11-20T08:00:00+99:00", "1999-01-01T00:00:00Z", "paid",
        "2026-11-20T08:00:00.1234567Z", "٣", "2026-11-2٠", "cancelled", "picked", "\x00", "\ud800", "a\nb", "9" * 17,
        0, 1, 5, 6, -1, 3.0, 1.5, 10**30, True, False, None, [], {}, {"picked": "2026-11-20T08:00:00Z"}, {"eaten": 1},
    ]
)  # fmt: skip
NAMES = st.sampled_from([*ORDER.fields, "reason", "stage", "happening", "at", "orders", "unknown", "a/b", ""])
OBJECTS = st.dictionaries(NAMES, NEAR, max_size=8)
GOOD = {"number": "S-1", "placed_at": "2026-11-20T08:00:00Z", "currency": "EUR", "value": "12.50"}
ANYTHING = st.recursive(NEAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))
RECORDS = st.sampled_from([ORDER, BATCH, HAPPENED, MOVED])


def fits(schema: dict[str, Any], value: Any) -> bool:
    """JSON Schema as far as our description uses it, written from its standard and not from our reader."""
    checks = {
        "type": lambda kind: _is(kind, value),
        "enum": lambda words: value in words,
        "minLength": lambda least: len(value) >= least,
        "maxLength": lambda most: len(value) <= most,
        "pattern": lambda pattern: re.search(pattern, value) is not None,
        "format": lambda name: _is_real(name, value),
        "minimum": lambda least: value >= least,
        "maximum": lambda most: value <= most,
        "minItems": lambda least: len(value) >= least,
        "maxItems": lambda most: len(value) <= most,
        "items": lambda inner: all(fits(inner, each) for each in value),
        "required": lambda names: all(name in value for name in names),
        "properties": lambda inner: all(fits(inner[name], each) for name, each in value.items() if name in inner),
        "additionalProperties": lambda _no: set(value) <= set(schema["properties"]),
        "description": lambda _words: True,
    }
    return all(checks[keyword](wanted) for keyword, wanted in schema.items())


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "object": dict, "array": list}[kind])


def _is_real(name: str, value: str) -> bool:
    try:
        _ = {"date": date, "date-time": datetime}[name].fromisoformat(value)
    except ValueError:
        return False
    return True


@given(record=RECORDS, value=ANYTHING | OBJECTS | OBJECTS.map(lambda some: GOOD | some))
@settings(max_examples=1_000)
def test_the_reader_takes_exactly_what_the_description_describes(record: Record, value: Any) -> None:
    flaws: list[Any] = []
    record.read(value, "", flaws)
    assert (not flaws) == fits(record.schema(), value), flaws


@given(value=OBJECTS.map(lambda some: GOOD | some))
@settings(max_examples=500)
def test_what_is_read_is_an_order_of_the_rules(value: dict[str, Any]) -> None:
    flaws: list[Any] = []
    fields = ORDER.read(value, "", flaws)
    if fields is not None and not flaws:
        fields.pop("business_unit", None)
        order = incoming(fields, "shop", {})
        assert order.number == value["number"]
        assert set(order.happened) <= set(Happening)


@given(body=st.binary(max_size=200) | ANYTHING.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=500)
def test_a_body_is_json_or_it_is_said_that_it_is_none(body: bytes) -> None:
    try:
        parse(body)
    except NotJson:
        return


def test_no_body_is_a_fault_of_ours(
    site: Flask, house: House, two_shops: tuple[Instance, Instance], shop: Work
) -> None:
    api = open_shop(site, house, two_shops[0], shop)
    paths = st.sampled_from(
        ["/orders", "/orders/batch", "/orders/S-1/events", "/orders/%00/events", "/orders/%FF/events"]
    )
    bodies = (
        OBJECTS.map(lambda some: GOOD | some) | ANYTHING | st.lists(OBJECTS, max_size=2).map(lambda o: {"orders": o})
    )

    @given(path=paths, body=bodies.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50))
    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    def sent(path: str, body: bytes) -> None:
        answer = api.post(path, body)
        assert answer.status_code in (200, 201, 400, 403, 404, 409, 422), answer.text
        assert answer.mimetype == ("application/json" if answer.status_code < 400 else "application/problem+json")

    sent()


def test_the_description_is_there_for_everybody_and_names_every_address(site: Flask) -> None:
    answer = site.test_client().get("/api/v1/any/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == described("http://localhost/api/v1/any")
    routes = {
        rule.rule.removeprefix("/api/v1/<slug>").replace("<path:number>", "{number}")
        for rule in site.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
    }
    assert routes == {*answer.json["paths"], "/openapi.json"}


def test_every_reference_of_the_description_leads_somewhere() -> None:
    document = described("https://mandate.example/api/v1/client")
    text = json.dumps(document)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named == set(document["components"]["schemas"])


def test_the_shell_of_the_readme_works_as_written(
    site: Flask, house: House, two_shops: tuple[Instance, Instance], shop: Work
) -> None:
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("needs curl and openssl")
    site.extensions["clock"] = lambda: datetime.now(UTC)
    api = open_shop(site, house, two_shops[0], shop)
    written = (ROOT / "README.md").read_text().partition("## Order API")[2].partition("    house=")[2]
    told = f"client={two_shops[0].slug} key={api.key} secret={api.secret}"
    with _served(site) as address:
        script = "house=" + written.partition("\n\n")[0].replace("http://127.0.0.1:8000", address)
        script = script.replace("client=... key=... secret=...", told).replace("S-1", number := f"R-{api.key}")
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    created, happened, shown = (json.loads(line) for line in done.stdout.splitlines())
    assert (created["result"], happened["happening"], shown["number"]) == ("created", "address_confirmed", number)


@contextmanager
def _served(site: Flask) -> Iterator[str]:
    server = make_server("localhost", 0, site, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
