"""A small strict reader of JSON: known fields only, no number where a text is asked for, every flaw with its place.

Each kind of value reads itself and says itself as a JSON Schema, so that what is documented is what is read.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from web.problems import Flaw

Schema = dict[str, Any]


class NotJson(ValueError):
    """The body is no JSON document that can be read without doubt."""


class Kind(Protocol):
    """What a value may be."""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> Any:
        """The value, read; or None with its flaw noted."""
        ...

    def schema(self) -> Schema: ...


def parse(body: bytes) -> Any:
    """A JSON document in UTF-8. Raises NotJson, also for what readers understand differently: a name given twice."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_constant)
    except (ValueError, RecursionError) as error:  # a text that is no UTF-8 is a ValueError too
        raise NotJson(str(error)) from error


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text without control characters. `shape` is a further pattern, in words `like`."""

    most: int
    least: int = 1
    shape: str = ""
    like: str = ""
    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> str | None:
        if not isinstance(value, str):
            _flaw(flaws, pointer, f"must be a text, not {_kind(value)}")
            return None
        if not self.least <= len(value) <= self.most:
            _flaw(flaws, pointer, f"must have {self.least} to {self.most} characters, and has {len(value)}")
            return None
        if not re.fullmatch(self.shape or PLAIN, value):
            _flaw(flaws, pointer, f"must be {self.like or 'without control characters'}")
            return None
        return value

    def schema(self) -> Schema:
        shape = {"minLength": self.least, "maxLength": self.most, "pattern": f"^({self.shape or PLAIN})$"}
        return {"type": "string", **shape, **_said(self.says)}


PLAIN = "[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*"
_AMOUNT = Text(
    most=17, shape="-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,2})?", like='an amount such as "1234.50", with a point'
)
_DAY = Text(least=10, most=10, shape="20[0-9]{2}-[0-9]{2}-[0-9]{2}", like='a day such as "2026-11-23"')
_MOMENT = Text(
    least=20,
    most=32,
    shape="20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})",
    like='a moment with its offset such as "2026-11-23T09:30:00+01:00"',
)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Money as a text: a JSON number is a float in too many programs."""

    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> Decimal | None:
        text = _AMOUNT.read(value, pointer, flaws)
        return Decimal(text).quantize(Decimal("0.01")) if text is not None else None

    def schema(self) -> Schema:
        return {**_AMOUNT.schema(), **_said(self.says)}


@dataclass(frozen=True, kw_only=True)
class Day:
    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> date | None:
        text = _DAY.read(value, pointer, flaws)
        try:
            return date.fromisoformat(text) if text is not None else None
        except ValueError:
            _flaw(flaws, pointer, "is no day of the calendar")
            return None

    def schema(self) -> Schema:
        return {**_DAY.schema(), "format": "date", **_said(self.says)}


@dataclass(frozen=True, kw_only=True)
class Moment:
    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> datetime | None:
        text = _MOMENT.read(value, pointer, flaws)
        try:
            return datetime.fromisoformat(text) if text is not None else None
        except ValueError:
            _flaw(flaws, pointer, "is no moment of the calendar and the clock")
            return None

    def schema(self) -> Schema:
        return {**_MOMENT.schema(), "format": "date-time", **_said(self.says)}


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A whole number; 3.0 is none."""

    least: int
    most: int
    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> int | None:
        if not isinstance(value, int) or isinstance(value, bool):
            _flaw(flaws, pointer, f"must be a whole number, not {_kind(value)}")
            return None
        if not self.least <= value <= self.most:
            _flaw(flaws, pointer, f"must lie between {self.least} and {self.most}")
            return None
        return value

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most, **_said(self.says)}


@dataclass(frozen=True, kw_only=True)
class OneOf:
    words: Sequence[str]
    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> str | None:
        if not isinstance(value, str) or value not in self.words:
            _flaw(flaws, pointer, f"must be one of {', '.join(self.words)}")
            return None
        return value

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.words), **_said(self.says)}


@dataclass(frozen=True, kw_only=True)
class Record:
    """An object with these fields and no others."""

    fields: Mapping[str, Kind]
    needed: Sequence[str] = ()
    says: str = ""

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            _flaw(flaws, pointer, f"must be an object, not {_kind(value)}")
            return None
        for name in value:
            if name not in self.fields:
                _flaw(flaws, f"{pointer}/{escaped(name)}", "is not a field of this")
        for name in self.needed:
            if name not in value:
                _flaw(flaws, f"{pointer}/{name}", "is needed")
        known = {name: kind for name, kind in self.fields.items() if name in value}
        return {name: kind.read(value[name], f"{pointer}/{name}", flaws) for name, kind in known.items()}

    def schema(self) -> Schema:
        fields = {name: kind.schema() for name, kind in self.fields.items()}
        closed = {"required": list(self.needed), "additionalProperties": False}
        return {"type": "object", "properties": fields, **closed, **_said(self.says)}


@dataclass(frozen=True, kw_only=True)
class Many:
    """A list of at least one."""

    item: Kind
    most: int

    def read(self, value: Any, pointer: str, flaws: list[Flaw]) -> list[Any] | None:
        if not isinstance(value, list):
            _flaw(flaws, pointer, f"must be a list, not {_kind(value)}")
            return None
        if not 1 <= len(value) <= self.most:
            _flaw(flaws, pointer, f"must have 1 to {self.most} entries, and has {len(value)}")
            return None
        return [self.item.read(each, f"{pointer}/{place}", flaws) for place, each in enumerate(value)]

    def schema(self) -> Schema:
        return {"type": "array", "items": self.item.schema(), "minItems": 1, "maxItems": self.most}


def escaped(name: str) -> str:
    """A name as part of a JSON pointer, shortened: it is whatever somebody sent."""
    plain = "".join(letter if letter.isprintable() else "\ufffd" for letter in name[:80])
    return plain.replace("~", "~0").replace("/", "~1")


def _flaw(flaws: list[Flaw], pointer: str, reason: str) -> None:
    flaws.append(Flaw(pointer=pointer, reason=reason))


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", int: "a number", float: "a number with a point", str: "a text", list: "a list"}
    return names.get(type(value), "an object")


def _said(words: str) -> Schema:
    return {"description": words} if words else {}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("a name stands in an object twice")
    return found


def _constant(name: str) -> Any:
    raise NotJson(f"{name} is no JSON")
