"""A pack to text and back without loss, and the digest that proves the text: a report's data is kept as this."""

import hashlib
import json
from typing import Any

from domain.plain import plain, typed
from domain.reporting.pack import SteeringPack

FORMAT = "steering-pack/1"


def to_plain(pack: SteeringPack) -> dict[str, Any]:
    """The pack as JSON types only (money and dates as strings), for a JSONB column or an attachment."""
    return {"format": FORMAT, "pack": plain(pack)}


def from_plain(data: dict[str, Any]) -> SteeringPack:
    """The same pack again. ValueError for another format, TypeError or KeyError for what was tampered with."""
    if data["format"] != FORMAT:
        raise ValueError(f"unknown report format {data['format']!r}")
    pack = typed(SteeringPack, data["pack"])
    assert isinstance(pack, SteeringPack)
    return pack


def canonical(pack: SteeringPack) -> str:
    """One text for one pack: keys sorted, no blanks."""
    return json.dumps(to_plain(pack), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(pack: SteeringPack) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(canonical(pack).encode()).hexdigest()
