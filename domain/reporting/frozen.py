"""A pack to text and back without loss, and the digest that proves the text: a report's data is kept as this."""

import hashlib
import json
import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from domain.reporting.pack import SteeringPack

FORMAT = "steering-pack/1"


def to_plain(pack: SteeringPack) -> dict[str, Any]:
    """The pack as JSON types only (money and dates as strings), for a JSONB column or an attachment."""
    return {"format": FORMAT, "pack": _plain(pack)}


def from_plain(data: dict[str, Any]) -> SteeringPack:
    """The same pack again. ValueError for another format, TypeError or KeyError for what was tampered with."""
    if data["format"] != FORMAT:
        raise ValueError(f"unknown report format {data['format']!r}")
    pack = _typed(SteeringPack, data["pack"])
    assert isinstance(pack, SteeringPack)
    return pack


def canonical(pack: SteeringPack) -> str:
    """One text for one pack: keys sorted, no blanks."""
    return json.dumps(to_plain(pack), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(pack: SteeringPack) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(canonical(pack).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _typed(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin is types.UnionType:
        inner = next(each for each in typing.get_args(kind) if each is not type(None))
        return None if value is None else _typed(inner, value)
    if origin is tuple:
        return tuple(_typed(typing.get_args(kind)[0], each) for each in value)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _typed(hints[name], each) for name, each in value.items()})
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if kind is Decimal or issubclass(kind, StrEnum):
        return kind(value)
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)
