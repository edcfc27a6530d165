"""Orders by machine: decided as everywhere, whole or not at all, answered once, and all of it in the trail."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from domain.access import Role
from domain.ids import OrderExceptionId
from domain.orders.order import OrderException
from tenants.database import Work
from tenants.instance.actions.order_rows import add_exception
from tenants.instance.actions.order_taking import PUBLISHED_WITHIN
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import (
    ConstrainedOrderRow,
    ConstraintRow,
    OrderCostRow,
    OrderEffectRow,
    OrderExceptionRow,
)
from tenants.instance.models.intake import ChannelCallRow, OrderConflictRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow, OrderStageRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.people import ReferenceRow
from tenants.instance.sending import COPY_FROM
from tenants.places import Instance
from tests.house import NOW, House
from tests.web.shop import Shop, open_shop

Clients = tuple[Instance, Instance]
EARLIER = (NOW - timedelta(hours=1)).isoformat()
LATER = (NOW - timedelta(minutes=30)).isoformat()


@pytest.fixture
def api(site: Flask, house: House, two_shops: Clients, shop: Work) -> Iterator[Shop]:
    yield open_shop(site, house, two_shops[0], shop)
    shop.session.rollback()


@pytest.fixture
def marketplace(site: Flask, house: House, two_shops: Clients, shop: Work) -> Shop:
    return open_shop(site, house, two_shops[0], shop, "marketplace")


def _row(work: Work, number: str, channel: str = "shop") -> OrderRow:
    work.session.rollback()
    work.session.expire_all()
    return work.session.scalars(select(OrderRow).filter_by(number=number, channel=channel)).one()


def _orders(work: Work) -> int:
    work.session.rollback()
    return work.session.scalar(select(func.count()).select_from(OrderRow)) or 0


def _kinds(work: Work, number: str) -> list[str]:
    work.session.rollback()
    events = select(AuditEventRow.kind).where(AuditEventRow.subject_label == number).order_by(AuditEventRow.sequence)
    return list(work.session.scalars(events))


def _hold(work: Work, number: str, stops: tuple[str, ...] = ("allocation",)) -> None:
    with work.transaction() as tx:
        row = tx.lock(OrderRow, _row(work, number).id)
        hold = OrderException(
            id=OrderExceptionId(uuid.uuid4()),
            type="fraud",
            is_hold=True,
            owner_role=Role.FINANCE_REVIEWER,
            opened_at=NOW,
            due_at=NOW,
            stops=stops,
        )
        add_exception(tx, row, hold)


def _problem(answer: TestResponse, status: int) -> dict[str, Any]:
    """A problem document with this status."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    found: dict[str, Any] = answer.json
    assert found["status"] == status
    assert found["title"]
    assert uuid.UUID(found["instance"].removeprefix("urn:uuid:"))
    return found


def _pointers(problem: dict[str, Any]) -> list[str]:
    return [each["pointer"] for each in problem["errors"]]


def test_a_new_order_stands_where_what_happened_takes_it(api: Shop, shop: Work) -> None:
    happened = {"address_confirmed": EARLIER, "payment_confirmed": EARLIER}
    answer = api.post("/orders", api.order("NEW-1", happened=happened, freight="4.90", items=2, customer="C-7"))
    assert (answer.status_code, answer.json["stage"]) == (201, "allocation")
    row = _row(shop, "NEW-1")
    assert (row.source, row.channel, row.customer, row.items) == ("api", "shop", "C-7", 2)
    assert row.created_by is None
    stays = shop.session.scalars(
        select(OrderStageRow.stage).filter_by(order_id=row.id).order_by(OrderStageRow.position)
    )
    assert list(stays)[-1] == "allocation"
    cost = shop.session.scalars(select(OrderCostRow).filter_by(order_id=row.id)).one()
    assert (cost.kind, str(cost.forecast), str(row.cost_forecast)) == ("carrier", "4.90", "4.90")


def test_delivered_again_it_is_changed_and_then_as_before(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("AGAIN"))
    changed = api.order("AGAIN", value="99.50", promised_on="2026-12-01")
    assert api.post("/orders", changed).json["result"] == "updated"
    assert api.post("/orders", changed).json["result"] == "unchanged"
    row = _row(shop, "AGAIN")
    assert (str(row.value), str(row.promised_on), row.version) == ("99.50", "2026-12-01", 2)
    assert _kinds(shop, "AGAIN") == ["OrderReceived", "OrderUpdated"]
    promise = shop.session.scalars(select(OrderPromiseRow).filter_by(order_id=row.id)).one()
    assert (promise.field, promise.after) == ("promised_on", "2026-12-01")


def test_what_is_left_out_is_left_as_it_is(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("LEFT", customer="C-1", freight="3.00"))
    api.post("/orders", api.order("LEFT", value="50.00"))
    row = _row(shop, "LEFT")
    assert (row.customer, str(row.freight), str(row.value)) == ("C-1", "3.00", "50.00")


def test_what_was_changed_here_is_not_overwritten(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("BOTH", value="100.00"))
    with shop.transaction() as tx:
        tx.lock(OrderRow, _row(shop, "BOTH").id).value = 90
    answer = api.post("/orders", api.order("BOTH", value="80.00", customer="C-9"))
    assert answer.json["conflicts"] == [{"field": "value", "ours": "90.00", "theirs": "80.00"}]
    row = _row(shop, "BOTH")
    assert (str(row.value), row.customer) == ("90.00", "C-9")
    kept = shop.session.scalars(select(OrderConflictRow).filter_by(order_id=row.id)).one()
    assert (kept.field, kept.choice) == ("value", "")
    assert api.get("/orders/BOTH").json["conflicts"] == answer.json["conflicts"]


def test_a_hold_keeps_an_order_from_being_carried_on(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("HELD"))
    _hold(shop, "HELD")
    happened = {"address_confirmed": EARLIER, "payment_confirmed": EARLIER}
    problem = _problem(api.post("/orders", api.order("HELD", happened=happened, value="1.00")), 409)
    assert problem["type"] == "urn:mandate:problem:held-back"
    assert problem["facts"]["types"] == ["fraud"]
    assert "fraud" in problem["detail"]
    row = _row(shop, "HELD")
    assert (row.stage, str(row.value), row.payment_confirmed_at) == ("intake", "120.00", None)
    assert _kinds(shop, "HELD") == ["OrderReceived", "HeldBack"]


def test_a_hold_keeps_an_order_from_being_moved(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("STOPPED", happened={"address_confirmed": EARLIER}))
    _hold(shop, "STOPPED", ("allocation",))
    problem = _problem(api.post("/orders/STOPPED/events", {"stage": "allocation"}), 409)
    assert problem["facts"]["holds"] == ["Fraud suspicion"]
    assert _row(shop, "STOPPED").stage == "payment_check"


def test_one_held_order_refuses_the_whole_batch(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("B-HELD"))
    _hold(shop, "B-HELD")
    before = _orders(shop)
    moved = api.order("B-HELD", happened={"address_confirmed": EARLIER, "payment_confirmed": EARLIER})
    problem = _problem(api.post("/orders/batch", {"orders": [api.order("B-FREE"), moved]}), 409)
    assert _pointers(problem) == ["/orders/1"]
    assert "B-HELD" in problem["errors"][0]["reason"]
    assert _orders(shop) == before


def test_a_retired_business_unit_takes_no_new_order_and_is_named(api: Shop, shop: Work) -> None:
    name = f"Closed {uuid.uuid4().hex[:6]}"
    with shop.transaction() as tx:
        tx.add(ReferenceRow(id=uuid.uuid4(), kind="business_unit", name=name, is_retired=True))
    problem = _problem(api.post("/orders", api.order("CLOSED-1", business_unit=name)), 422)
    assert problem["type"].endswith("entry-retired")
    assert _pointers(problem) == ["/business_unit"]


def test_a_constraint_stops_like_a_hold(api: Shop, shop: Work, house: House) -> None:
    api.post("/orders", api.order("BLOCKED", happened={"address_confirmed": EARLIER}))
    constraint = uuid.uuid4()
    with shop.transaction() as tx:
        row = tx.lock(OrderRow, _row(shop, "BLOCKED").id)
        tx.add(
            ConstraintRow(id=constraint, kind="stock", title="No_boxes", stops=["allocation"], opened_by=house.manager,
                          opened_at=NOW, version=1)
        )  # fmt: skip
        tx.flush()
        tx.add(ConstrainedOrderRow(constraint_id=constraint, order_id=row.id, since=NOW))
        row.open_constraints = 1
    happened = {"address_confirmed": EARLIER, "payment_confirmed": EARLIER}
    problem = _problem(api.post("/orders", api.order("BLOCKED", happened=happened)), 409)
    assert "No_boxes" in problem["detail"]


@pytest.mark.parametrize(
    ("fields", "status", "kind", "pointer"),
    [
        ({"value": "-1.00"}, 422, "negative-order-money", "/value"),
        ({"freight": "-0.01"}, 422, "negative-order-money", "/freight"),
        ({"currency": "USD"}, 422, "foreign-currency", "/currency"),
        ({"channel": "marketplace"}, 403, "foreign-channel", "/channel"),
        ({"placed_at": (NOW + timedelta(days=1)).isoformat()}, 422, "in-future", "/placed_at"),
        ({"happened": {"dispatched": "2020-01-01T00:00:00Z"}}, 422, "before-placed", "/happened/dispatched"),
        ({"number": "  "}, 422, "field-missing", "/number"),
    ],
)
def test_what_no_order_may_be_is_refused_and_recorded(
    api: Shop, shop: Work, fields: dict[str, Any], status: int, kind: str, pointer: str
) -> None:
    before = _orders(shop)
    problem = _problem(api.post("/orders", api.order(**fields)), status)
    assert (problem["type"], _pointers(problem)) == (f"urn:mandate:problem:{kind}", [pointer])
    assert _orders(shop) == before
    newest = shop.session.scalars(select(AuditEventRow).order_by(AuditEventRow.sequence.desc()).limit(1)).one()
    assert newest.is_refusal
    assert newest.actor_id == api.key


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"value": 12.5}, "/value"),
        ({"value": "1,234.50"}, "/value"),
        ({"value": "1e3"}, "/value"),
        ({"value": "1.005"}, "/value"),
        ({"value": None, "sum": "1"}, "/sum"),
        ({"items": "3"}, "/items"),
        ({"items": True}, "/items"),
        ({"items": -1}, "/items"),
        ({"placed_at": "2026-11-20"}, "/placed_at"),
        ({"placed_at": "2026-11-20T08:00:00"}, "/placed_at"),
        ({"placed_at": "2026-02-30T08:00:00Z"}, "/placed_at"),
        ({"promised_on": "20.11.2026"}, "/promised_on"),
        ({"currency": "eur"}, "/currency"),
        ({"number": "x" * 81}, "/number"),
        ({"number": "a\u0000b"}, "/number"),
        ({"customer": "\ud800"}, "/customer"),
        ({"status": "lost"}, "/status"),
        ({"happened": {"eaten": EARLIER}}, "/happened/eaten"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"business_unit": "Nowhere"}, "/business_unit"),
    ],
)
def test_a_field_that_is_not_as_described_is_named(api: Shop, shop: Work, fields: dict[str, Any], pointer: str) -> None:
    before = _orders(shop)
    problem = _problem(api.post("/orders", api.order(**fields)), 422)
    assert pointer in _pointers(problem)
    assert _orders(shop) == before


def test_null_is_refused(api: Shop) -> None:
    assert _pointers(_problem(api.post("/orders", api.order() | {"customer": None}), 422)) == ["/customer"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"number": "1", "number": "2"}',
        b'{"value": NaN}',
        b"[" * 60_000,
        b"1" * 5_000,
        b"\x00",
    ],
)
def test_what_is_no_json_is_a_bad_request(api: Shop, body: bytes) -> None:
    assert _problem(api.post("/orders", body), 400)["type"] == "urn:mandate:problem:not-json"


@pytest.mark.parametrize("value", [[], "text", 5, None, True])
def test_json_that_is_no_object_is_refused(api: Shop, value: Any) -> None:
    for path in ("/orders", "/orders/batch", "/orders/X/events"):
        assert _pointers(_problem(api.post(path, value), 422)) == [""]


def test_only_json_is_read(api: Shop) -> None:
    _problem(api.post("/orders", api.order(), headers={"Content-Type": "text/plain"}), 415)


def test_a_write_needs_an_idempotency_key(api: Shop) -> None:
    assert _problem(api.post("/orders", api.order(), once=""), 400)["type"] == "urn:mandate:problem:no-idempotency-key"


def test_a_body_above_its_limit_is_refused(api: Shop, shop: Work) -> None:
    before = _orders(shop)
    _problem(api.post("/orders", b" " * (64 * 1024 + 1)), 413)
    assert api.post("/orders", json.dumps(api.order()).encode().ljust(64 * 1024)).status_code == 201
    _problem(api.post("/orders/batch", b" " * (2 * 1024 * 1024 + 1)), 413)
    assert _orders(shop) == before + 1


def test_the_same_call_again_gets_the_same_answer_and_does_nothing(api: Shop, shop: Work) -> None:
    order = api.order("ONCE")
    first = api.post("/orders", order, once="k-1")
    again = api.post("/orders", order, once="k-1")
    assert (again.status_code, again.json) == (first.status_code, first.json) == (201, first.json)
    assert _kinds(shop, "ONCE") == ["OrderReceived"]
    assert shop.session.scalar(select(func.count()).select_from(ChannelCallRow).filter_by(key_id=api.key)) == 1


def test_a_refusal_is_answered_again_too_and_recorded_once(api: Shop, shop: Work) -> None:
    order = api.order("ONCE-NOT", value="-5.00")
    first = _problem(api.post("/orders", order, once="k-2"), 422)
    assert _problem(api.post("/orders", order, once="k-2"), 422) == first
    assert _kinds(shop, "ONCE-NOT") == ["NegativeOrderMoney"]


def test_the_same_key_for_another_call_is_refused(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("FIRST"), once="k-3")
    problem = _problem(api.post("/orders", api.order("SECOND"), once="k-3"), 422)
    assert problem["type"] == "urn:mandate:problem:other-call"
    assert not _kinds(shop, "SECOND")


def test_idempotency_keys_of_two_keys_are_apart(api: Shop, marketplace: Shop) -> None:
    assert api.post("/orders", api.order(), once="same").status_code == 201
    assert marketplace.post("/orders", api.order(), once="same").status_code == 201


def test_a_number_belongs_to_its_channel(api: Shop, marketplace: Shop, shop: Work) -> None:
    api.post("/orders", api.order("TWICE", value="10.00"))
    assert marketplace.post("/orders", api.order("TWICE", value="20.00")).json["result"] == "created"
    assert str(_row(shop, "TWICE").value) == "10.00"
    api.post("/orders", api.order("MINE"))
    _problem(marketplace.get("/orders/MINE"), 404)
    _problem(marketplace.post("/orders/MINE/events", {"happening": "picked", "at": EARLIER}), 404)


def test_a_batch_is_taken_in_whole(api: Shop, shop: Work) -> None:
    orders = [api.order(f"BATCH-{number}", freight="1.00") for number in range(150)]
    answer = api.post("/orders/batch", {"orders": orders})
    assert answer.status_code == 200, answer.text
    assert {name: answer.json[name] for name in ("created", "updated", "unchanged")} == {
        "created": 150, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    assert [each["number"] for each in answer.json["orders"]] == [each["number"] for each in orders]
    assert _kinds(shop, "BATCH-149") == ["OrderReceived"]
    assert _row(shop, "BATCH-149").imported["value"] == "120.00"
    again = api.post("/orders/batch", {"orders": [*orders[:2], orders[2] | {"value": "1.00"}, api.order("BATCH-NEW")]})
    assert [each["result"] for each in again.json["orders"]] == ["unchanged", "unchanged", "updated", "created"]


def test_a_batch_with_a_bad_order_is_refused_whole_and_names_each(api: Shop, shop: Work) -> None:
    before = _orders(shop)
    orders = [api.order("G-1"), api.order("G-2", value="-1.00"), api.order("G-3", currency="USD")]
    problem = _problem(api.post("/orders/batch", {"orders": orders}), 422)
    assert _pointers(problem) == ["/orders/1/value", "/orders/2/currency"]
    assert "G-2" in problem["errors"][0]["reason"]
    assert _orders(shop) == before


def test_a_number_twice_in_one_batch_is_refused(api: Shop, shop: Work) -> None:
    before = _orders(shop)
    problem = _problem(api.post("/orders/batch", {"orders": [api.order("D"), api.order("E"), api.order("D")]}), 422)
    assert _pointers(problem) == ["/orders/2/number"]
    assert _orders(shop) == before


def test_500_orders_are_the_most_at_once(api: Shop) -> None:
    orders = [api.order(str(number)) for number in range(501)]
    assert _pointers(_problem(api.post("/orders/batch", {"orders": orders}), 422)) == ["/orders"]
    assert _pointers(_problem(api.post("/orders/batch", {"orders": []}), 422)) == ["/orders"]


def test_what_happened_is_recorded_once(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("HAPPENS"))
    answer = api.post("/orders/HAPPENS/events", {"happening": "address_confirmed", "at": EARLIER})
    assert (answer.status_code, answer.json["happening"]) == (200, "address_confirmed")
    _problem(api.post("/orders/HAPPENS/events", {"happening": "address_confirmed", "at": LATER}), 409)
    assert _kinds(shop, "HAPPENS") == ["OrderReceived", "HappeningRecorded", "HappenedAlready"]
    same = api.order("HAPPENS", happened={"address_confirmed": EARLIER})
    assert api.post("/orders", same).json["result"] in ("unchanged", "updated")
    assert "conflicts" not in api.post("/orders", same).json


def test_what_happened_has_the_same_consequences_as_the_order_sent_again(api: Shop, shop: Work) -> None:
    placed, sent, there = ("2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z", "2026-11-09T08:00:00Z")
    said = {"placed_at": placed, "promised_on": "2026-11-07", "freight": "4.90"}
    for number in ("TOLD", "AGAIN-SENT"):
        api.post("/orders", api.order(number, **said))
    for happening, at in (("dispatched", sent), ("delivered", there)):
        api.post("/orders/TOLD/events", {"happening": happening, "at": at})
    api.post("/orders", api.order("AGAIN-SENT", **said, happened={"dispatched": sent, "delivered": there}))
    found = []
    for number in ("TOLD", "AGAIN-SENT"):
        row = _row(shop, number)
        cost = shop.session.scalars(select(OrderCostRow).filter_by(order_id=row.id)).one()
        late = shop.session.scalars(select(OrderExceptionRow).filter_by(order_id=row.id)).one()
        found.append((str(row.cost_actual), str(cost.on), row.open_exceptions, late.type, str(late.resolved_at)))
    assert found[0] == found[1] == ("4.90", "2026-11-03", 0, "delivery_date", "2026-11-09 08:00:00+00:00")


def test_an_order_is_moved_to_the_next_stage_and_no_further(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("MOVES"))
    _problem(api.post("/orders/MOVES/events", {"stage": "payment_check"}), 409)  # the address is not confirmed
    api.post("/orders/MOVES/events", {"happening": "address_confirmed", "at": EARLIER})
    answer = api.post("/orders/MOVES/events", {"stage": "payment_check"})
    assert answer.json == {"number": "MOVES", "stage": "payment_check", "before": "intake"}
    _problem(api.post("/orders/MOVES/events", {"stage": "dispatch"}), 409)
    assert _row(shop, "MOVES").stage == "payment_check"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"stage": "moon"}, "/stage"),
        ({"happening": "picked", "at": "2020-01-01T00:00:00Z"}, "/at"),
        ({"happening": "picked", "at": "2027-01-01T00:00:00Z"}, "/at"),
        ({"happening": "eaten", "at": EARLIER}, "/happening"),
        ({"happening": "picked"}, "/at"),
        ({"stage": "picking", "happening": "picked", "at": EARLIER}, "/stage"),
    ],
)
def test_an_event_that_cannot_be_is_refused(api: Shop, shop: Work, body: dict[str, Any], pointer: str) -> None:
    number = api.post("/orders", api.order()).json["number"]
    assert pointer in _pointers(_problem(api.post(f"/orders/{number}/events", body), 422))
    assert _row(shop, number).version == 1


def test_an_event_of_an_unknown_order_is_not_there(api: Shop) -> None:
    _problem(api.post("/orders/none/events", {"stage": "picking"}), 404)


def test_an_order_with_signs_in_its_number_is_found(api: Shop) -> None:
    api.post("/orders", api.order("#10/2 ä"))
    answer = api.get("/orders/%2310%2F2%20%C3%A4")
    assert (answer.status_code, answer.json["number"]) == (200, "#10/2 ä")


def test_a_cancelled_order_comes_in_cancelled_with_what_it_loses(api: Shop, shop: Work) -> None:
    answer = api.post("/orders", api.order("GONE", status="cancelled", cancelled_at=EARLIER))
    assert answer.json["state"] == "cancelled"
    row = _row(shop, "GONE")
    effect = shop.session.scalars(select(OrderEffectRow).filter_by(order_id=row.id)).one()
    assert (effect.kind, str(effect.amount), str(row.effects)) == ("cancellation", "120.00", "120.00")


def test_an_order_is_shown_without_what_people_wrote(api: Shop, shop: Work) -> None:
    api.post("/orders", api.order("SHOWN"))
    _hold(shop, "SHOWN")
    shown = api.get("/orders/SHOWN").json
    assert (shown["stage"], shown["value"], shown["state"]) == ("intake", "120.00", "open")
    assert [each["label"] for each in shown["holds"]] == ["Fraud suspicion"]
    assert set(shown["holds"][0]) == {"type", "label", "opened_at", "due_at", "stops"}


@pytest.mark.parametrize(("fault", "status"), [(RuntimeError("ours"), 500), (OperationalError("", {}, OSError()), 503)])
def test_a_fault_is_a_problem_and_the_same_call_is_done_later(
    api: Shop, shop: Work, fault: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = api.order()
    with monkeypatch.context() as broken:
        broken.setattr("tenants.instance.actions.delivering.keep_answer", Mock(side_effect=fault))
        _problem(api.post("/orders", order, once="k-fault"), status)
    assert not _kinds(shop, order["number"])
    assert api.post("/orders", order, once="k-fault").status_code == 201


def test_what_is_not_there_is_a_problem_too(api: Shop) -> None:
    _problem(api.http.get("/api/v1/nowhere"), 404)
    _problem(api.http.delete(f"{api.address}/orders"), 405)


Meanwhile = Callable[[Callable[[], Any]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Something that is committed between the look and the write of the next call."""
    from tenants.instance.actions import delivering

    look: Callable[..., Any] = delivering._rows

    def happens(act: Callable[[], Any]) -> None:
        turns = iter([act])

        def looked(*args: Any) -> Any:
            found = look(*args)
            next(turns, lambda: None)()
            return found

        monkeypatch.setattr(delivering, "_rows", looked)

    return happens


def test_two_calls_that_bring_the_same_order_at_once_make_it_once(api: Shop, shop: Work, meanwhile: Meanwhile) -> None:
    order = api.order("RACE")
    meanwhile(lambda: api.post("/orders", order | {"value": "7.00"}))
    answer = api.post("/orders", order)
    assert (answer.status_code, answer.json["result"]) == (200, "updated")
    assert str(_row(shop, "RACE").value) == "120.00"


def test_a_batch_that_is_copied_meets_another_call_like_a_single_order(api: Shop, meanwhile: Meanwhile) -> None:
    orders = [api.order("RACE-BATCH"), *(api.order() for _each in range(COPY_FROM))]
    meanwhile(lambda: api.post("/orders", orders[0]))
    answer = api.post("/orders/batch", {"orders": orders})
    assert (answer.status_code, answer.json["unchanged"], answer.json["created"]) == (200, 1, COPY_FROM)


def test_the_same_call_twice_at_once_is_done_once_and_both_get_its_answer(
    api: Shop, shop: Work, meanwhile: Meanwhile
) -> None:
    order, answers = api.order("SAME"), []
    meanwhile(lambda: answers.append(api.post("/orders", order, once="k-same")))
    answers.append(api.post("/orders", order, once="k-same"))
    assert [(each.status_code, each.json["result"]) for each in answers] == [(201, "created")] * 2
    assert _kinds(shop, "SAME") == ["OrderReceived"]


def test_figures_are_published_once_for_all_that_comes_in(api: Shop, shop: Work) -> None:
    waiting = select(OutboxRow.leased_until).where(OutboxRow.job == "publish_metrics", OutboxRow.done_at.is_(None))
    with shop.transaction() as tx:
        tx.session.execute(update(OutboxRow).where(OutboxRow.job == "publish_metrics").values(done_at=NOW))
    order = api.order("PUBLISHED")
    for sent in (order, order | {"value": "7.00"}, api.order(value="-1.00")):
        api.post("/orders", sent)
    api.post("/orders/PUBLISHED/events", {"happening": "address_confirmed", "at": EARLIER})
    shop.session.rollback()
    assert shop.session.scalars(waiting).all() == [NOW + PUBLISHED_WITHIN]


def test_what_changes_nothing_publishes_nothing(api: Shop, shop: Work) -> None:
    order = api.order("STILL")
    api.post("/orders", order)
    asked = select(func.count()).select_from(OutboxRow).where(OutboxRow.job == "publish_metrics")
    with shop.transaction() as tx:
        tx.session.execute(update(OutboxRow).where(OutboxRow.job == "publish_metrics").values(done_at=NOW))
        before = tx.session.scalar(asked)
    for sent in (order, api.order(value="-1.00")):
        api.post("/orders", sent)
    shop.session.rollback()
    assert shop.session.scalar(asked) == before
