"""A machine's call: who signed it, for which channel, and what it says. Nothing of it rests on a cookie."""

import math
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

import structlog
from flask import current_app, g, request
from werkzeug.wrappers import Response

from domain.ids import ChannelKeyId
from domain.orders.keys import ChannelKey
from tenants.instance.actions.channel_keys import note_used
from tenants.instance.queries.channel_keys import KeptCall, find_key_in_use
from tenants.registry import find_instance
from tenants.secrets import channel_secret
from web.hands import hand
from web.pace import Pace
from web.problems import problem
from web.signing import WINDOW, Signed, read_signed

UNSIGNED = "The call is not signed by a key of this client, or was changed on its way."
STALE = f"The time of the call is more than {WINDOW // timedelta(minutes=1)} minutes from ours."
log = structlog.get_logger("api")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, proven. `idempotency_key` is empty for a call that only reads, `kept` the answer it got before."""

    key: ChannelKey
    idempotency_key: str
    body: bytes
    kept: KeptCall | None


def enter_channel(limit: int) -> Response | None:
    """Prove who calls and take their client in hand; else the answer that says what is missing. `limit`: bytes."""
    request.max_content_length = limit
    body = request.get_data()
    signed = read_signed(request.method, _target(), lambda name: request.headers.get(name, ""), body)
    if signed is None:
        return _unsigned("unsigned", UNSIGNED)
    if not signed.is_timely(hand().platform.now()):
        return _unsigned("stale", STALE)
    if not _is_genuine(signed):
        return _unsigned("unsigned", UNSIGNED)
    if seconds := _pace().wait(signed.key):
        return problem(429, "too-fast", headers={"Retry-After": str(math.ceil(seconds))})
    return _admit(signed, body)


def caller() -> Caller:
    """Who calls. Behind every route that is signed by a channel."""
    kept: Caller = g.caller
    return kept


def _admit(signed: Signed, body: bytes) -> Response | None:
    """The key is genuine; it must be in use still."""
    here = hand()
    found = find_key_in_use(here.work, ChannelKeyId(signed.key), signed.idempotency_key)
    if found is None:
        log.warning("call with a revoked key", key=str(signed.key))
        return _unsigned("revoked", UNSIGNED)
    note_used(here.work, found)
    g.caller = Caller(key=found.key, idempotency_key=signed.idempotency_key, body=body, kept=found.kept)
    return None


def _is_genuine(signed: Signed) -> bool:
    """A key that was never made has a secret too, which nobody knows: the answer does not tell which keys exist."""
    here = hand()
    instance = find_instance(here.platform, g.slug)
    if instance is None:
        return False
    here.instance, here.side = instance, "channel"
    structlog.contextvars.bind_contextvars(tenant=instance.slug, key=str(signed.key))
    return signed.is_genuine(channel_secret(here.settings.secret, instance.id, signed.key))


def _unsigned(kind: str, detail: str) -> Response:
    return problem(401, kind, detail, headers={"WWW-Authenticate": "Mandate-Signature"})


def _target() -> str:
    """The address as it was sent: what the server makes of it may be written in other ways too."""
    sent = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not sent:
        query = request.query_string.decode("latin-1")
        return quote(request.path) + (f"?{query}" if query else "")
    return sent if sent.startswith("/") else "/" + sent.partition("://")[2].partition("/")[2]


def _pace() -> Pace:
    pace: Pace = current_app.extensions.setdefault("pace", Pace())
    return pace
