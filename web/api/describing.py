"""The description of the API as OpenAPI 3.1, served to everybody: it says nothing about any client."""

from typing import Any

from flask import g
from werkzeug.wrappers import Response

from domain.orders.order import OrderState, Priority
from web import signing
from web.access import public
from web.api import bp
from web.api.bodies import BATCH, HAPPENED, MOVED, ORDER
from web.hands import hand
from web.problems import MEDIA_TYPE, answer

Schema = dict[str, Any]
SIGNING = (signing.__doc__ or "").partition("\n\n")[2].strip()
ABOUT = f"""Deliver the orders of one channel, say what happened to them, read how they stand.

Every call is signed with a key of the channel (headers Mandate-Key, Mandate-Timestamp, Mandate-Signature).
{SIGNING}

The time may differ from ours by five minutes. A call that changes something carries an Idempotency-Key; the same key
with the same call gets the same answer again, for two days, refusals too: a new try needs a new key. What is wrong is
answered with a problem document (RFC 9457); 429 says when to go on. Money is a text, moments carry their offset."""
TEXT: Schema = {"type": "string"}
FLAW: Schema = {
    "type": "object",
    "required": ["pointer", "reason"],
    "properties": {"pointer": TEXT | {"description": "JSON pointer into the body (RFC 6901)."}, "reason": TEXT},
}
PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "instance"],
    "properties": {
        "type": TEXT | {"description": "urn:mandate:problem:... for programs, about:blank where the status says all."},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT | {"description": "For people: the words that the screen has."},
        "errors": {"type": "array", "items": FLAW},
        "facts": {"type": "object", "description": "What the refusal holds, such as the holds that stand."},
        "instance": TEXT | {"description": "The id of the call, as in our log and in the trail."},
    },
}
CONFLICT: Schema = {
    "type": "object",
    "required": ["field", "ours", "theirs"],
    "properties": dict.fromkeys(("field", "ours", "theirs"), TEXT),
}
OUTCOME: Schema = {
    "type": "object",
    "required": ["result", "number"],
    "properties": {
        "result": {"enum": ["created", "updated", "unchanged"]},
        "number": TEXT,
        "stage": TEXT,
        "state": {"enum": [each.value for each in OrderState]},
        "conflicts": {
            "type": "array",
            "items": CONFLICT,
            "description": "Changed here and in the shop: left as it is until somebody here has chosen.",
        },
    },
}
OUTCOMES: Schema = {
    "type": "object",
    "required": ["created", "updated", "unchanged", "orders"],
    "properties": {name: {"type": "integer"} for name in ("created", "updated", "unchanged")}
    | {"orders": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}}},
}
SHOWN: Schema = {
    "type": "object",
    "required": ["number", "state", "stage", "holds", "exceptions", "constraints", "conflicts"],
    "properties": {
        **dict.fromkeys(("number", "channel", "stage", "currency", "value", "discount", "freight", "payment"), TEXT),
        **{name: TEXT | {"format": "date-time"} for name in ("stage_since", "placed_at")},
        "state": {"enum": [each.value for each in OrderState]},
        "priority": {"enum": [each.value for each in Priority]},
        "due_at": {"type": ["string", "null"], "format": "date-time"},
        "promised_on": {"type": ["string", "null"], "format": "date"},
        **dict.fromkeys(("customer", "commitment"), TEXT),
        "items": {"type": "integer"},
        "happened": {"type": "object", "additionalProperties": TEXT | {"format": "date-time"}},
        **{name: {"type": "array", "items": {"type": "object"}} for name in ("holds", "exceptions", "constraints")},
        "conflicts": {"type": "array", "items": CONFLICT},
    },
}
NUMBER: Schema = {"name": "number", "in": "path", "required": True, "schema": TEXT | {"minLength": 1, "maxLength": 80}}
ONCE: Schema = {
    "name": signing.IDEMPOTENCY_KEY,
    "in": "header",
    "required": True,
    "schema": TEXT | {"minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
WRONG = {
    "400": "No JSON, or no idempotency key.",
    "401": "Not signed by a key in use, or its time is more than five minutes from ours.",
    "403": "Another channel than the key's.",
    "404": "No such order in the channel of the key.",
    "409": "Refused as things stand: a hold, a constraint, a condition of the stage, an order that has ended.",
    "413": "The body is too large.",
    "415": "Not application/json.",
    "422": "Not as described, or not what an order can be; or the idempotency key was used for another call.",
    "429": "Too fast; Retry-After says when to go on.",
    "500": "A fault of ours: nothing was changed, and nothing is kept under the idempotency key.",
    "503": "Out of reach for the moment; Retry-After says when to come again.",
}


@bp.get("/openapi.json")
@public
def describe() -> Response:
    """The same for every client but for its address."""
    return answer(described(f"{hand().settings.public_url}/api/v1/{g.slug}"), 200)


def described(address: str) -> Schema:
    """The document for one address."""
    one, many = {"200": "Outcome", "201": "Outcome"}, {"200": "Outcomes"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mandate: orders", "version": "1", "description": ABOUT},
        "servers": [{"url": address}],
        "security": [{"key": [], "timestamp": [], "signature": []}],
        "paths": {
            "/orders": {"post": _write("deliverOrder", "Deliver an order, new or changed", "Order", one)},
            "/orders/batch": {"post": _write("deliverOrders", "Deliver up to 500 orders, all or none", "Batch", many)},
            "/orders/{number}/events": {
                "parameters": [NUMBER],
                "post": _write("tellEvent", "Say what happened to an order, or move it", "Event", {"200": "Told"}),
            },
            "/orders/{number}": {
                "parameters": [NUMBER],
                "get": {
                    "operationId": "readOrder",
                    "summary": "Read how an order stands",
                    "responses": _answers({"200": "OrderShown"}, ("401", "404", "413", "429", "500", "503")),
                },
            },
        },
        "components": {"schemas": SCHEMAS, "securitySchemes": _headers()},
    }


SCHEMAS: Schema = {
    "Order": ORDER.schema(),
    "Batch": BATCH.schema(),
    "Event": {"anyOf": [HAPPENED.schema(), MOVED.schema()]},
    "Outcome": OUTCOME,
    "Outcomes": OUTCOMES,
    "OrderShown": SHOWN,
    "Told": {
        "type": "object",
        "required": ["number"],
        "properties": dict.fromkeys(("number", "stage", "before", "happening", "at"), TEXT),
    },
    "Problem": PROBLEM,
}


def _write(operation: str, summary: str, body: str, answers: dict[str, str]) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [ONCE],
        "requestBody": {"required": True, "content": content},
        "responses": _answers(answers, tuple(WRONG)),
    }


def _answers(good: dict[str, str], wrong: tuple[str, ...]) -> Schema:
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {
        status: {
            "description": "Done." if status == "200" else "Taken in.",
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
        }
        for status, name in good.items()
    }
    return {**told, **{status: {"description": WRONG[status], "content": problem} for status in wrong}}


def _headers() -> Schema:
    said = {
        "key": (signing.KEY, "The id of the key."),
        "timestamp": (signing.TIMESTAMP, "Seconds since 1970."),
        "signature": (signing.SIGNATURE, "HMAC-SHA-256 in hexadecimal, see above."),
    }
    return {
        name: {"type": "apiKey", "in": "header", "name": header, "description": words}
        for name, (header, words) in said.items()
    }
