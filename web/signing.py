"""How a machine signs a call, and how that is checked. The README has it as a few lines of shell.

The signature is HMAC-SHA-256, in hexadecimal, over five lines joined by a line feed, with the key's secret:

    method in capitals, the address from the first slash on as it was sent (with the query), the time in seconds since
    1970, the idempotency key (an empty line where there is none), SHA-256 of the body in hexadecimal
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

KEY = "Mandate-Key"
TIMESTAMP = "Mandate-Timestamp"
SIGNATURE = "Mandate-Signature"
IDEMPOTENCY_KEY = "Idempotency-Key"
WINDOW = timedelta(minutes=5)  # before and after our clock
_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)
_IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,200}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The headers of a call, read and not yet believed."""

    key: UUID
    seconds: int
    signature: str
    idempotency_key: str
    text: bytes

    def is_timely(self, now: datetime) -> bool:
        return abs(now - datetime.fromtimestamp(self.seconds, UTC)) <= WINDOW

    def is_genuine(self, secret: str) -> bool:
        """In the same time, however much of it is right."""
        return hmac.compare_digest(signature(secret, self.text), self.signature)


def read_signed(method: str, target: str, header: Callable[[str], str], body: bytes) -> Signed | None:
    """What the headers say; None where one is missing (`header` gives "" then) or not written as it must be."""
    seconds, signed = header(TIMESTAMP), header(SIGNATURE)
    idempotency_key = header(IDEMPOTENCY_KEY)
    if not _SECONDS.fullmatch(seconds) or not _SIGNATURE.fullmatch(signed):
        return None
    if idempotency_key and not _IDEMPOTENCY_KEY.fullmatch(idempotency_key):
        return None
    try:
        key = UUID(header(KEY))
    except ValueError:
        return None
    text = text_of(method, target, seconds, idempotency_key, body)
    return Signed(key=key, seconds=int(seconds), signature=signed, idempotency_key=idempotency_key, text=text)


def text_of(method: str, target: str, seconds: str, idempotency_key: str, body: bytes) -> bytes:
    """What is signed."""
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join((method, target, seconds, idempotency_key, digest)).encode()


def signature(secret: str, text: bytes) -> str:
    return hmac.digest(secret.encode(), text, "sha256").hex()
