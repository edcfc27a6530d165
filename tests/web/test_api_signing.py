"""Who may call: signed by a key in use, in time, unchanged, once; a key of one client opens nothing of another."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tenants.database import Work
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.intake import ChannelKeyRow
from tenants.instance.models.orders import OrderRow
from tenants.places import Instance
from tests.house import NOW, House
from tests.web.client import HEADERS
from tests.web.shop import Shop, open_shop
from web.pace import Pace

Clients = tuple[Instance, Instance]


@pytest.fixture
def api(site: Flask, house: House, two_shops: Clients, shop: Work) -> Shop:
    return open_shop(site, house, two_shops[0], shop)


@pytest.fixture
def other_api(site: Flask, house: House, two_shops: Clients, other_shop: Work) -> Shop:
    return open_shop(site, house, two_shops[1], other_shop)


def _count(work: Work) -> int:
    return work.session.query(OrderRow).count()


def test_a_signed_order_is_taken_in(api: Shop) -> None:
    answer = api.post("/orders", api.order("A-1"))
    assert answer.status_code == 201
    assert answer.json == {"result": "created", "number": "A-1", "stage": "intake", "state": "open"}


@pytest.mark.parametrize("header", ["Mandate-Key", "Mandate-Timestamp", "Mandate-Signature"])
def test_a_call_without_a_header_is_not_signed(api: Shop, header: str) -> None:
    api.drop = (header,)
    assert api.post("/orders", api.order()).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"Mandate-Signature": "0" * 64},
        {"Mandate-Signature": "é"},
        {"Mandate-Key": "no-uuid"},
        {"Mandate-Key": str(uuid.UUID(int=5))},
        {"Mandate-Timestamp": "soon"},
        {"Mandate-Timestamp": "9" * 30},
        {"Idempotency-Key": "another"},
        {"Idempotency-Key": "two words"},
    ],
)
def test_a_changed_header_breaks_the_signature(api: Shop, change: dict[str, str], shop: Work) -> None:
    before = _count(shop)
    answer = api.post("/orders", api.order(), headers=change)
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Mandate-Signature"
    assert _count(shop) == before


def test_a_changed_body_breaks_the_signature(api: Shop) -> None:
    assert api.post("/orders", api.order(), sent=b'{"number": "other"}').status_code == 401


def test_a_signature_is_of_one_address(api: Shop) -> None:
    """The headers of a good call, sent to another address of the same client."""
    body = b"{}"
    headers = api.headers("POST", f"{api.address}/orders", body, "k") | {"Content-Type": "application/json"}
    assert api.http.post(f"{api.address}/orders", data=body, headers=headers).status_code == 422
    assert api.http.post(f"{api.address}/orders/batch", data=body, headers=headers).status_code == 401
    assert api.http.post(f"{api.address}/orders?x=1", data=body, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("off", "status"),
    [
        (timedelta(minutes=-5), 201),
        (timedelta(minutes=5), 201),
        (timedelta(minutes=-5, seconds=-1), 401),
        (timedelta(minutes=5, seconds=1), 401),
    ],
)
def test_five_minutes_are_the_window(api: Shop, off: timedelta, status: int) -> None:
    api.now = NOW + off
    assert api.post("/orders", api.order()).status_code == status


def test_a_revoked_key_opens_nothing(api: Shop, shop: Work) -> None:
    with shop.transaction() as tx:
        tx.lock(ChannelKeyRow, api.key).revoked_at = NOW
    answer = api.post("/orders", api.order())
    assert (answer.status_code, answer.json["type"]) == (401, "urn:mandate:problem:revoked")
    assert api.get("/orders/A-1").status_code == 401


def test_a_key_of_one_client_reaches_nothing_of_another(
    api: Shop, other_api: Shop, shop: Work, other_shop: Work
) -> None:
    api.post("/orders", api.order("ONLY-HERE"))
    assert api.get("/orders/ONLY-HERE").status_code == 200
    counts = _count(shop), _count(other_shop)
    there, api.address = api.address, other_api.address  # signed for the other client with this client's key
    assert api.get("/orders/ONLY-HERE").status_code == 401
    assert api.post("/orders", api.order()).status_code == 401
    other_api.address = there
    assert other_api.get("/orders/ONLY-HERE").status_code == 401
    assert other_api.post("/orders", api.order()).status_code == 401
    assert (_count(shop), _count(other_shop)) == counts


def test_the_same_key_id_in_both_clients_has_two_secrets(
    api: Shop, two_shops: Clients, other_shop: Work, house: House
) -> None:
    with other_shop.transaction() as tx:
        tx.add(ChannelKeyRow(id=api.key, channel="shop", label="Twin", created_by=house.manager, created_at=NOW))
    api.address = f"/api/v1/{two_shops[1].slug}"
    assert api.post("/orders", api.order()).status_code == 401


def test_an_unknown_client_answers_like_a_wrong_signature(api: Shop) -> None:
    known = api.post("/orders", api.order(), headers={"Mandate-Signature": "0" * 64})
    api.address = "/api/v1/no-such-client"
    unknown = api.post("/orders", api.order())
    without_id = [{name: value for name, value in each.json.items() if name != "instance"} for each in (known, unknown)]
    assert without_id[0] == without_id[1]


def test_a_cookie_opens_no_address_of_machines(manager: Any, api: Shop) -> None:
    assert manager.http.get(f"{api.address}/orders/A-1").status_code == 401
    assert manager.http.post(f"{api.address}/orders", json=api.order()).status_code == 401


def test_answers_set_no_cookie_and_carry_the_headers_of_the_house(api: Shop) -> None:
    for answer in (api.post("/orders", api.order()), api.get("/orders/nowhere"), api.get("/openapi.json")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        for name, wanted in HEADERS.items():
            assert wanted in answer.headers[name]


def test_last_use_is_kept_once_a_minute(api: Shop, shop: Work, site: Flask) -> None:
    def used() -> Any:
        shop.session.expire_all()
        return shop.session.query(ChannelKeyRow.last_used_at).filter_by(id=api.key).scalar()

    api.get("/orders/nowhere")
    assert used() == NOW
    site.extensions["clock"] = lambda: NOW + timedelta(seconds=59)
    api.get("/orders/nowhere")
    assert used() == NOW
    site.extensions["clock"] = lambda: NOW + timedelta(seconds=60)
    api.get("/orders/nowhere")
    assert used() == NOW + timedelta(seconds=60)


def test_too_many_calls_are_told_when_to_go_on(api: Shop, site: Flask) -> None:
    seconds = [0.0]
    site.extensions["pace"] = Pace(rate=1, burst=2, clock=lambda: seconds[0])
    try:
        assert [api.get("/orders/nowhere").status_code for _turn in range(3)] == [404, 404, 429]
        answer = api.get("/orders/nowhere")
        assert (answer.headers["Retry-After"], answer.mimetype) == ("1", "application/problem+json")
        assert api.post("/orders", b"{}", headers={"Mandate-Signature": "0" * 64}).status_code == 401
        seconds[0] = 1.0
        assert api.get("/orders/nowhere").status_code == 404
    finally:
        del site.extensions["pace"]


def test_the_trail_names_the_key(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("NAMED"))
    event = shop.session.query(AuditEventRow).filter_by(subject_label="NAMED").one()
    assert (event.kind, event.actor_id, event.actor_name) == ("OrderReceived", api.key, "Test shop")
