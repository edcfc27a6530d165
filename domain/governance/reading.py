"""Reads a YAML document as typed entries that know their line and path, and notes every fault instead of stopping."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

import yaml

from domain.refusals import Refusal

MAX_CHARACTERS = 256_000
MAX_DEPTH = 12
MAX_NODES = 20_000
MAX_TEXT = 600

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same grammar, ten times as fast

E = TypeVar("E", bound=StrEnum)


class Fault(StrEnum):
    SYNTAX = "not readable as YAML"
    TOO_LARGE = "too large"
    TOO_DEEP = "nested too deeply"
    ALIAS = "anchors and aliases are not allowed"
    UNKNOWN_FIELD = "unknown field"
    MISSING_FIELD = "missing field"
    DUPLICATE_KEY = "given twice"
    WRONG_TYPE = "wrong type"
    UNKNOWN_VALUE = "unknown value"
    OUT_OF_RANGE = "out of range"
    EMPTY = "empty"
    INCONSISTENT = "does not fit together"
    CIRCULAR = "goes round in a circle"


@dataclass(frozen=True, kw_only=True, order=True)
class TemplateFault:
    """One fault: where it is, what was found there, what would be right."""

    line: int
    path: str
    fault: Fault
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, kw_only=True)
class TemplateErrors(Refusal):
    """The text is no governance template; every fault, by line."""

    faults: tuple[TemplateFault, ...]


@dataclass
class Faults:
    """The faults noted so far."""

    noted: list[TemplateFault] = field(default_factory=list)

    def note(self, fault: Fault, line: int, path: str, found: str = "", expected: str = "") -> None:
        self.noted.append(TemplateFault(line=line, path=path, fault=fault, found=found[:80], expected=expected))


@dataclass(frozen=True)
class Entry:
    """A node and where it is. A missing one (`node` is None) reads as blank: its absence was noted already."""

    node: yaml.Node | None
    path: str
    faults: Faults
    line: int = 0

    def __bool__(self) -> bool:
        return self.node is not None

    def note(self, fault: Fault, found: str = "", expected: str = "") -> None:
        self.faults.note(fault, self.line, self.path, found, expected)

    def is_fields(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def scalar(self, tags: Sequence[str], expected: str) -> str:
        """The scalar as written, when its tag is one of `tags`; else "" and a fault."""
        if self.node is None:
            return ""
        if isinstance(self.node, yaml.ScalarNode) and self.node.tag.removeprefix("tag:yaml.org,2002:") in tags:
            return str(self.node.value)
        self.note(Fault.WRONG_TYPE, kind_of(self.node), expected)
        return ""

    def text(self, limit: int = MAX_TEXT) -> str:
        value = self.scalar(("str",), "text").strip()
        if self and isinstance(self.node, yaml.ScalarNode) and self.node.tag.endswith(":str"):
            if not value:
                self.note(Fault.EMPTY, expected="text")
            elif len(value) > limit:
                self.note(Fault.OUT_OF_RANGE, f"{len(value)} characters", f"at most {limit}")
        return value

    def key(self) -> str:
        """An identifier: lower-case letters, digits, "_" and "-"."""
        value = self.text(60)
        if value and not (value[0].isalpha() and all(c.islower() or c.isdigit() or c in "_-" for c in value)):
            self.note(Fault.UNKNOWN_VALUE, value, "lower-case letters, digits, _ and -")
        return value

    def whole(self, low: int, high: int) -> int:
        written = self.scalar(("int",), "a whole number")
        if not written:
            return low
        value = int(written) if written.lstrip("-").isdecimal() else None
        if value is None or not low <= value <= high:
            self.note(Fault.OUT_OF_RANGE, written, f"{low} to {high}")
            return low
        return value

    def number(self) -> Decimal:
        written = self.scalar(("int", "float"), "a number")
        try:
            value = Decimal(written or "0")
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.note(Fault.OUT_OF_RANGE, written, "a number")
            return Decimal(0)
        return value

    def yes_no(self) -> bool:
        return self.scalar(("bool",), "true or false").lower() in ("true", "yes", "on")

    def one_of(self, known: Sequence[str]) -> str:
        value = self.text()
        if value and value not in known:
            self.note(Fault.UNKNOWN_VALUE, value, "one of " + ", ".join(known))
        return value

    def member(self, kind: type[E]) -> E:
        """A member of an enumeration, by its value."""
        value = self.one_of([str(member) for member in kind])
        return next((member for member in kind if member == value), next(iter(kind)))

    def items(self, at_least: int = 0) -> "list[Entry]":
        if self.node is None:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            self.note(Fault.WRONG_TYPE, kind_of(self.node), "a list")
            return []
        if len(self.node.value) < at_least:
            self.note(Fault.EMPTY, expected="at least one entry" if at_least == 1 else f"at least {at_least} entries")
        return [self.inside(node, f"{self.path}[{number}]") for number, node in enumerate(self.node.value, 1)]

    def fields(self, required: Sequence[str], optional: Sequence[str] = ()) -> "dict[str, Entry]":
        """Every named field; what is missing, unknown or given twice is noted, and missing ones read as blank."""
        found: dict[str, Entry] = {}
        known = (*required, *optional)
        for name, key, value in self.pairs():
            if name in found:
                self.inside(key, f"{self.path}.{name}").note(Fault.DUPLICATE_KEY)
            elif name not in known:
                self.inside(key, f"{self.path}.{name}").note(Fault.UNKNOWN_FIELD, name, "one of " + ", ".join(known))
            else:
                found[name] = self.inside(value, f"{self.path}.{name}".lstrip("."))
        for name in known:
            if name not in found:
                found[name] = Entry(None, f"{self.path}.{name}".lstrip("."), self.faults, self.line)
                if name in required and isinstance(self.node, yaml.MappingNode):
                    found[name].note(Fault.MISSING_FIELD)
        return found

    def pairs(self) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        if self.node is None:
            return
        if not isinstance(self.node, yaml.MappingNode):
            self.note(Fault.WRONG_TYPE, kind_of(self.node), "fields")
            return
        for key, value in self.node.value:
            yield str(key.value) if isinstance(key, yaml.ScalarNode) else "?", key, value

    def inside(self, node: yaml.Node, path: str) -> "Entry":
        return Entry(node, path.lstrip("."), self.faults, node.start_mark.line + 1)


def kind_of(node: yaml.Node) -> str:
    match node:
        case yaml.MappingNode():
            return "fields"
        case yaml.SequenceNode():
            return "a list"
        case _:
            written = str(node.value)
            return f"“{written}”" if written else "nothing"


def compose(text: str, faults: Faults) -> Entry | None:
    """The document's root; None (and a fault) when it is too large, too deep, uses aliases or is not YAML."""
    if len(text) > MAX_CHARACTERS:
        faults.note(Fault.TOO_LARGE, 1, "", f"{len(text)} characters", f"at most {MAX_CHARACTERS}")
        return None
    try:
        if not is_harmless(text, faults):
            return None
        node = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.note(Fault.SYNTAX, mark.line + 1 if mark else 1, "", str(getattr(error, "problem", "") or ""))
        return None
    if node is None:
        faults.note(Fault.EMPTY, 1, "", expected="a governance template")
        return None
    return Entry(node, "", faults, node.start_mark.line + 1)


def is_harmless(text: str, faults: Faults) -> bool:
    """Walk the events before anything is built: no anchors, no aliases, bounded depth and size."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
            if event.anchor is not None:
                faults.note(Fault.ALIAS, line, "", str(event.anchor))
                return False
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            faults.note(Fault.TOO_DEEP if depth > MAX_DEPTH else Fault.TOO_LARGE, line, "")
            return False
    return True
