"""The audit trail's proof: one pass over the chain that names what was changed, dropped, reordered or cut off.

Source: DESIGN.md, 6. An event's hash is SHA-256 of the previous hash and the event's canonical text; heads that were
signed and published elsewhere pin the chain from outside, so that a tail that was forged and chained anew shows too.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

GENESIS = "0" * 64
MOST_FAULTS = 100  # a chain that is broken from end to end is told by its first faults

# The order of the canonical text, and which columns it speaks of.
CANONICAL = (
    "sequence", "at", "id", "actor_id", "actor_name", "on_behalf_of", "kind", "is_refusal", "subject_kind",
    "subject_id", "subject_label", "path", "body", "reason", "request_id",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """One row of the trail as it stands now: its columns (those of CANONICAL), and what the chain was made of."""

    sequence: int
    columns: Mapping[str, Any]
    previous_hash: str
    canonical: str
    hash: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest sequence and hash, as the instance says."""

    sequence: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class PublishedHead:
    """A head that was signed and kept outside the instance. `is_signed`: its signature was checked and holds."""

    sequence: int
    hash: str
    is_signed: bool


class FaultKind(StrEnum):
    CHANGED = "changed"
    DROPPED = "dropped"
    REORDERED = "reordered"
    CUT_OFF = "cut off"
    REPLACED = "replaced"
    HEAD_MOVED = "head moved"
    FORGED_HEAD = "forged head"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong, and with which event (`last` is the end of a range). `columns` names what was changed."""

    kind: FaultKind
    sequence: int
    last: int | None = None
    columns: tuple[str, ...] = ()
    other: int | None = None  # where a reordered event belongs; what a moved head says

    def __str__(self) -> str:
        return _WORDS[self.kind](self)


def verify_chain(
    events: Iterable[StoredEvent], head: Head, published_heads: Iterable[PublishedHead]
) -> tuple[Fault, ...]:
    """Every fault of a chain, at most MOST_FAULTS. `events` in order of their sequence; they are not kept in memory."""
    published = {pin.sequence: pin for pin in published_heads}
    faults = [
        Fault(kind=FaultKind.FORGED_HEAD, sequence=pin.sequence) for pin in published.values() if not pin.is_signed
    ]
    pins = {pin.sequence: pin for pin in published.values() if pin.is_signed}
    last = Head(sequence=0, hash=GENESIS)
    for event in events:
        faults += _faults_of(event, last, pins)
        last = Head(sequence=event.sequence, hash=event.hash)
        if len(faults) >= MOST_FAULTS:
            return tuple(faults[:MOST_FAULTS])
    return tuple([*faults, *_faults_of_end(last, head, pins)][:MOST_FAULTS])


def _faults_of(event: StoredEvent, previous: Head, pins: Mapping[int, PublishedHead]) -> list[Fault]:
    """What is wrong with one event, told once: a change, else its place, else its link."""
    faults: list[Fault] = []
    is_next = event.sequence == previous.sequence + 1
    if not is_next:
        missing = previous.sequence + 1
        faults.append(Fault(kind=FaultKind.DROPPED, sequence=missing, last=event.sequence - 1))
    if own := _own_fault(event):
        faults.append(own)
    elif is_next and event.previous_hash != previous.hash:
        faults.append(Fault(kind=FaultKind.REPLACED, sequence=event.sequence - 1 or event.sequence))
    pin = pins.get(event.sequence)
    if pin is not None and pin.hash != event.hash:
        faults.append(Fault(kind=FaultKind.REPLACED, sequence=event.sequence))
    return faults


def _own_fault(event: StoredEvent) -> Fault | None:
    """Whether the columns say what was hashed, and the hash is that of the text."""
    try:
        told = dict(zip(CANONICAL, json.loads(event.canonical), strict=True))
    except (ValueError, TypeError):
        return Fault(kind=FaultKind.CHANGED, sequence=event.sequence, columns=("canonical",))
    if digest(event.previous_hash, event.canonical) != event.hash:
        changed = _differing(told, event.columns)
        return Fault(kind=FaultKind.CHANGED, sequence=event.sequence, columns=changed or ("hash",))
    if told["sequence"] != event.sequence:
        return Fault(kind=FaultKind.REORDERED, sequence=event.sequence, other=told["sequence"])
    if changed := _differing(told, event.columns):
        return Fault(kind=FaultKind.CHANGED, sequence=event.sequence, columns=changed)
    return None


def _faults_of_end(last: Head, head: Head, pins: Mapping[int, PublishedHead]) -> list[Fault]:
    """Whether the chain ends where the head and the published heads say."""
    furthest = max([head.sequence, *pins])
    if furthest > last.sequence:
        return [Fault(kind=FaultKind.CUT_OFF, sequence=last.sequence + 1, last=furthest)]
    if head != last:
        return [Fault(kind=FaultKind.HEAD_MOVED, sequence=last.sequence, other=head.sequence)]
    return []


def digest(previous_hash: str, canonical: str) -> str:
    """The hash of an event, as the database computes it."""
    return sha256((previous_hash + canonical).encode()).hexdigest()


def canonical_value(value: Any) -> Any:
    """A column as the canonical text holds it: moments in UTC to the microsecond, ids as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if isinstance(value, UUID) else value


def _differing(told: Mapping[str, Any], columns: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in CANONICAL if told[name] != canonical_value(columns[name]))


def _range(fault: Fault) -> str:
    if fault.last in (None, fault.sequence):
        return f"Event {fault.sequence} was"
    return f"Events {fault.sequence} to {fault.last} were"


_WORDS = {
    FaultKind.CHANGED: lambda fault: f"Event {fault.sequence} was changed ({', '.join(fault.columns)}).",
    FaultKind.DROPPED: lambda fault: f"{_range(fault)} dropped.",
    FaultKind.REORDERED: lambda fault: (
        f"Event {fault.sequence} was reordered: what stands there was recorded as event {fault.other}."
    ),
    FaultKind.CUT_OFF: lambda fault: f"{_range(fault)} cut off the end.",
    FaultKind.REPLACED: lambda fault: f"Event {fault.sequence} was replaced: it is not the one that was chained.",
    FaultKind.HEAD_MOVED: lambda fault: (
        f"The head was moved: it says event {fault.other}, the chain ends with event {fault.sequence}."
    ),
    FaultKind.FORGED_HEAD: lambda fault: f"The published head at event {fault.sequence} is not signed by this house.",
}
