"""Keep the lists that measures and orders choose from: add an entry, rename it, retire it, bring it back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func

from domain.access import Actor
from domain.references import (
    Entry,
    EntryRetired,
    ReferenceBroughtBack,
    ReferenceRenamed,
    ReferenceRetired,
    decide_bring_back_entry,
    decide_rename_entry,
    decide_retire_entry,
    may_not_keep_lists,
)
from domain.refusals import FieldMissing, Refusal, Stale
from tenants.database import Work, action
from tenants.instance.models.people import ForumRow, ReferenceRow
from tenants.instance.transaction import INSTANCE, Subject

Row = ReferenceRow | ForumRow
E = TypeVar("E", ReferenceRetired, ReferenceBroughtBack)


@dataclass(frozen=True, kw_only=True)
class ReferenceAdded:
    kind: str
    name: str


@action
def add_reference(work: Work, kind: str, name: str, actor: Actor) -> ReferenceAdded | Refusal:
    """A business unit, function or legal entity (`kind`). A name that is there already changes nothing."""
    with work.transaction() as tx:
        if refusal := may_not_keep_lists(actor):
            return tx.refuse(refusal, actor, INSTANCE)
        if not name.strip():
            return FieldMissing(field="name")
        outcome = ReferenceAdded(kind=kind, name=name.strip())
        same = (ReferenceRow.kind == kind, func.lower(ReferenceRow.name) == name.strip().lower())
        there = tx.lock_all(ReferenceRow, *same)
        if there and there[0].is_retired:
            return EntryRetired(name=there[0].name)
        if not there:
            tx.add(ReferenceRow(id=work.new_id(), kind=kind, name=name.strip()))
            tx.record(outcome, actor, INSTANCE)
    return outcome


@action
def rename_reference(work: Work, reference: UUID, name: str, actor: Actor, seen: int) -> ReferenceRenamed | Refusal:
    """Give an entry another name; what names it shows the new one from now on. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(ReferenceRow, reference)
        others = tx.lock_all(ReferenceRow, ReferenceRow.kind == row.kind, ReferenceRow.id != reference)
        outcome = decide_rename_entry(_entry(row), name, [each.name for each in others], actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(row))
        if row.name == outcome.after:
            return outcome
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        row.name, row.version = outcome.after, row.version + 1
        tx.record(outcome, actor, _subject(row))
    return outcome


@action
def retire_reference(work: Work, reference: UUID, actor: Actor) -> ReferenceRetired | Refusal:
    """From now on nothing chooses the entry; retired twice it is retired once. Raises NotFound."""
    return _turn(work, ReferenceRow, reference, decide_retire_entry, actor)


@action
def bring_back_reference(work: Work, reference: UUID, actor: Actor) -> ReferenceBroughtBack | Refusal:
    """The entry can be chosen again. Raises NotFound."""
    return _turn(work, ReferenceRow, reference, decide_bring_back_entry, actor)


@action
def retire_forum(work: Work, forum: UUID, actor: Actor) -> ReferenceRetired | Refusal:
    """No measure names the forum anew; those that do are still decided by it. Raises NotFound."""
    return _turn(work, ForumRow, forum, decide_retire_entry, actor)


@action
def bring_back_forum(work: Work, forum: UUID, actor: Actor) -> ReferenceBroughtBack | Refusal:
    """Raises NotFound."""
    return _turn(work, ForumRow, forum, decide_bring_back_entry, actor)


def _turn(
    work: Work, table: type[Row], key: UUID, decide: Callable[[Entry, Actor], E | Refusal], actor: Actor
) -> E | Refusal:
    with work.transaction() as tx:
        row = tx.lock(table, key)
        outcome = decide(_entry(row), actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(row))
        is_retired = isinstance(outcome, ReferenceRetired)
        if row.is_retired != is_retired:
            row.is_retired, row.version = is_retired, row.version + 1
            tx.record(outcome, actor, _subject(row))
    return outcome


def _entry(row: Row) -> Entry:
    return Entry(id=row.id, kind=_kind(row), name=row.name, is_retired=row.is_retired)


def _kind(row: Row) -> str:
    return row.kind if isinstance(row, ReferenceRow) else "forum"


def _subject(row: Row) -> Subject:
    return Subject(kind="forum" if isinstance(row, ForumRow) else "reference", id=row.id, label=row.name)
