"""Lists that a client chooses from: an entry is added, renamed, retired and brought back. Source: DOMAIN.md, 1.

What is retired stays on what uses it and is found by filters; nothing chooses it anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.access import Actor, Capability, NotAllowed
from domain.hierarchy import not_a_name
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`kind`: business_unit, function, legal_entity or forum."""

    id: UUID
    kind: str
    name: str
    is_retired: bool


@dataclass(frozen=True, kw_only=True)
class ReferenceRenamed:
    kind: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ReferenceRetired:
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class ReferenceBroughtBack:
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class EntryRetired(Refusal):
    """It is on the list, and nothing chooses it any more until it is brought back."""

    name: str


def decide_rename_entry(entry: Entry, name: str, others: Iterable[str], actor: Actor) -> ReferenceRenamed | Refusal:
    """`others` are the names of the rest of the list, the retired ones too."""
    if refusal := may_not_keep_lists(actor) or not_a_name(name, others):
        return refusal
    return ReferenceRenamed(kind=entry.kind, before=entry.name, after=name.strip())


def decide_retire_entry(entry: Entry, actor: Actor) -> ReferenceRetired | Refusal:
    return may_not_keep_lists(actor) or ReferenceRetired(kind=entry.kind, name=entry.name)


def decide_bring_back_entry(entry: Entry, actor: Actor) -> ReferenceBroughtBack | Refusal:
    return may_not_keep_lists(actor) or ReferenceBroughtBack(kind=entry.kind, name=entry.name)


def may_not_keep_lists(actor: Actor) -> NotAllowed | None:
    wanted = Capability.EDIT_REFERENCE_DATA
    return None if actor.can_anywhere(wanted) else NotAllowed(capability=wanted)
