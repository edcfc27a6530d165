"""A pack to text and back without loss, and the digest that proves the text: a report's data is kept as this."""

import hashlib
import json
from typing import Any

from domain.plain import plain, typed
from domain.reporting.order_pack import OrderPack
from domain.reporting.pack import SteeringPack

FORMAT = "steering-pack/1"
ORDER_FORMAT = "order-pack/1"
Pack = SteeringPack | OrderPack


def to_plain(pack: Pack) -> dict[str, Any]:
    """The pack as JSON types only (money and dates as strings), for a JSONB column or an attachment."""
    return {"format": ORDER_FORMAT if isinstance(pack, OrderPack) else FORMAT, "pack": plain(pack)}


def from_plain(data: dict[str, Any]) -> SteeringPack:
    """The same pack again. ValueError for another format, TypeError or KeyError for what was tampered with."""
    pack = _typed(SteeringPack, FORMAT, data)
    assert isinstance(pack, SteeringPack)
    return pack


def orders_from_plain(data: dict[str, Any]) -> OrderPack:
    """The same of an order governance report."""
    pack = _typed(OrderPack, ORDER_FORMAT, data)
    assert isinstance(pack, OrderPack)
    return pack


def _typed(kind: type[Pack], known: str, data: dict[str, Any]) -> Any:
    if data["format"] != known:
        raise ValueError(f"unknown report format {data['format']!r}")
    return typed(kind, data["pack"])


def canonical(pack: Pack) -> str:
    """One text for one pack: keys sorted, no blanks."""
    return json.dumps(to_plain(pack), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(pack: Pack) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(canonical(pack).encode()).hexdigest()
