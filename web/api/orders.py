"""Orders by machine: deliver one or many, say what happened to one, read one."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from domain.ids import ReferenceId
from domain.orders.incoming import Incoming
from domain.orders.order import Happening
from tenants.instance.actions.channel_calls import Answer, Call, OtherCall
from tenants.instance.actions.delivering import Happened, Move, deliver, tell_event
from tenants.instance.queries.delivered import business_units, get_delivered
from tenants.instance.queries.governance import get_governance
from web.access import signed_by_channel
from web.api import bp
from web.api.answers import batch_told, event_told, order_shown, order_told
from web.api.bodies import BATCH, HAPPENED, MOVED, ORDER, incoming, repeated
from web.api.reading import NotJson, Record, parse
from web.calling import caller
from web.hands import hand
from web.problems import Flaw, answer, problem, refused

KIBIBYTE = 1024
ONE, MANY = 64 * KIBIBYTE, 2048 * KIBIBYTE  # bytes of a body
NO_UNIT = "is no business unit of this client"


@bp.post("/orders")
@signed_by_channel(ONE)
def put_order() -> Response:
    """Take in one order, or change the one that is here under its number."""
    body = _read(ORDER)
    if isinstance(body, Response):
        return body
    orders = _incoming([body], "")
    return orders if isinstance(orders, Response) else _deliver(orders, order_told(orders))


@bp.post("/orders/batch")
@signed_by_channel(MANY)
def put_orders() -> Response:
    """The same for up to 500 at once: all of them, or none."""
    body = _read(BATCH)
    if isinstance(body, Response):
        return body
    if flaws := repeated(body["orders"]):
        return _flawed(flaws)
    orders = _incoming(body["orders"], "/orders/{}")
    return orders if isinstance(orders, Response) else _deliver(orders, batch_told(orders))


@bp.post("/orders/<path:number>/events")
@signed_by_channel(ONE)
def post_event(number: str) -> Response:
    """What happened to an order, or the stage it enters."""
    body = _read(HAPPENED, MOVED)
    if isinstance(body, Response):
        return body
    what: Move | Happened
    if "stage" in body:
        what = Move(to=body["stage"], reason=body.get("reason", ""))
    else:
        what = Happened(happening=Happening(body["happening"]), at=body["at"])
    return _told(tell_event(hand().work, _call(), number, what, event_told))


@bp.get("/orders/<path:number>")
@signed_by_channel(ONE)
def get_order(number: str) -> Response:
    """How an order of the key's channel stands, and what keeps it there."""
    here = hand()
    found = get_delivered(here.work, caller().key.channel, number)
    return answer(order_shown(found, get_governance(here.work).template.orders), 200)


def _read(*records: Record) -> dict[str, Any] | Response:
    """The body as one of these records, or the problem with it."""
    if request.mimetype != "application/json":
        return problem(415, "not-json", "Send application/json.")
    if not caller().idempotency_key:
        return problem(400, "no-idempotency-key", "A call that changes something needs the header Idempotency-Key.")
    try:
        value = parse(caller().body)
    except NotJson as error:
        return problem(400, "not-json", f"This is no JSON in UTF-8: {error}.")
    record = _meant(records, value)
    flaws: list[Flaw] = []
    fields = record.read(value, "", flaws)
    return fields if fields is not None and not flaws else _flawed(flaws)


def _meant(records: Sequence[Record], value: object) -> Record:
    """The first one whose first field is there; what it is not is said of that one."""
    names = value if isinstance(value, dict) else {}
    return next((each for each in records if next(iter(each.fields)) in names), records[0])


def _flawed(flaws: Sequence[Flaw]) -> Response:
    return problem(422, "not-as-described", "The body is not as it must be. Nothing was changed.", flaws[:100])


def _incoming(orders: Sequence[Mapping[str, Any]], at: str) -> list[Incoming] | Response:
    """In the words of the rules. `at` is the pointer to an order, with room for its place."""
    units: Mapping[str, ReferenceId] = {}
    if any("business_unit" in each for each in orders):
        units = business_units(hand().work)
    flaws = [
        Flaw(pointer=f"{at.format(place)}/business_unit", reason=NO_UNIT)
        for place, each in enumerate(orders)
        if "business_unit" in each and each["business_unit"] not in units
    ]
    own = caller().key.channel
    return _flawed(flaws) if flaws else [incoming(each, each.get("channel", own), units) for each in orders]


def _deliver(orders: Sequence[Incoming], tell: Any) -> Response:
    return _told(deliver(hand().work, _call(), orders, tell))


def _call() -> Call:
    """What was called, so that the same idempotency key for something else is noticed."""
    said = f"{request.method} {request.path}\n".encode() + caller().body
    digest = hashlib.sha256(said).hexdigest()
    return Call(key=caller().key, idempotency_key=caller().idempotency_key, digest=digest, kept=caller().kept)


def _told(told: Answer | OtherCall) -> Response:
    if isinstance(told, OtherCall):
        return answer(refused(told, 422), 422)
    return answer(told.body, told.status)
