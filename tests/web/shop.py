"""A shop for tests: it signs its calls as the README says, with nothing of the code that checks them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.ids import ChannelKeyId
from tenants.database import Work
from tenants.instance.models.intake import ChannelKeyRow
from tenants.places import Instance
from tenants.secrets import channel_secret
from tests.house import NOW, House
from web.api.describing import described


@dataclass(kw_only=True)
class Shop:
    """Holds one key of one channel of one client."""

    http: FlaskClient
    address: str
    key: uuid.UUID
    secret: str
    now: datetime = NOW
    drop: tuple[str, ...] = ()  # headers that it forgets
    more: dict[str, str] = field(default_factory=dict)

    def order(self, number: str = "", **fields: Any) -> dict[str, Any]:
        """A valid order; fields given as None are left out."""
        order = {
            "number": number or f"S-{uuid.uuid4().hex[:12]}",
            "placed_at": (NOW - timedelta(hours=2)).isoformat(),
            "currency": "EUR",
            "value": "120.00",
        }
        return {name: value for name, value in (order | fields).items() if value is not None}

    def post(self, path: str, body: Any, *, once: str | None = None, **options: Any) -> TestResponse:
        """`once` is the idempotency key, a new one if not given; bytes are sent as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        once = str(uuid.uuid4()) if once is None else once
        headers = self.headers("POST", self.address + path, data, once) | {"Content-Type": "application/json"}
        headers |= options.pop("headers", {})
        answer = self.http.post(self.address + path, data=options.pop("sent", data), headers=headers, **options)
        return _as_described("post", path, answer)

    def get(self, path: str, **options: Any) -> TestResponse:
        headers = self.headers("GET", self.address + path, b"", "")
        return _as_described("get", path, self.http.get(self.address + path, headers=headers, **options))

    def headers(self, method: str, target: str, body: bytes, once: str) -> dict[str, str]:
        seconds = str(int(self.now.timestamp()))
        text = "\n".join((method, target, seconds, once, hashlib.sha256(body).hexdigest()))
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        named = {"Mandate-Key": str(self.key), "Mandate-Timestamp": seconds, "Mandate-Signature": signature}
        headers = named | ({"Idempotency-Key": once} if once else {}) | self.more
        return {name: value for name, value in headers.items() if name not in self.drop}


def _as_described(method: str, path: str, answer: TestResponse) -> TestResponse:
    """Every answer that a test sees has a status and a type that the description of the API names."""
    shapes = [(re.sub(r"\\{\w+\\}", ".+", re.escape(shape)), said) for shape, said in described("")["paths"].items()]
    if said := next((said for shape, said in shapes if re.fullmatch(shape, path.partition("?")[0])), None):
        answers = said[method]["responses"]
        assert str(answer.status_code) in answers, f"{method} {path} answers {answer.status_code}, which is not told"
        assert answer.mimetype in answers[str(answer.status_code)]["content"]
    return answer


def open_shop(site: Flask, house: House, instance: Instance, work: Work, channel: str = "shop") -> Shop:
    """A key of this channel, made past the page that makes it, and a shop that holds it."""
    key = ChannelKeyId(uuid.uuid4())
    with work.transaction() as tx:
        tx.add(ChannelKeyRow(id=key, channel=channel, label="Test shop", created_by=house.manager, created_at=NOW))
    secret = channel_secret(house.settings.secret, instance.id, key)
    return Shop(http=site.test_client(), address=f"/api/v1/{instance.slug}", key=key, secret=secret)
