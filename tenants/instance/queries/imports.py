"""Imports of an instance: the list, one of them, the file of what was left out, and the saved mappings.

An importer sees their own uploads; who imports for the whole organization sees all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.dialects.postgresql import JSONB

from domain.access import Scope
from domain.ids import PersonId
from domain.imports import (
    Checked,
    ColumnMapping,
    ImportKind,
    MappingUnreadable,
    Table,
    checked_from_json,
    from_json,
)
from tenants.database import NotFound, Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.imports import ImportRow, SavedMappingRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.import_table import get_table

MAPPING, CHECKING, CHECKED, WAITING, COMMITTED, FAILED = (
    "mapping",
    "checking",
    "checked",
    "committing",
    "committed",
    "failed",
)


@dataclass(frozen=True, kw_only=True)
class OrderReach:
    """Who looks at imports of orders: their own, or everybody's where they import for the whole instance."""

    person: PersonId
    everything: bool


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """One upload. `summary` is what was created, None before; `left_out` the numbers of the rows left out."""

    id: UUID
    filename: str
    state: str
    rows: int
    left_out: tuple[int, ...]
    has_file: bool
    summary: Mapping[str, Any] | None
    failure: str
    uploaded_by: str
    uploaded_at: datetime
    committed_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Upload:
    """An upload in hand; `mapping` is None until somebody said what the columns mean."""

    line: ImportLine
    read: Callable[[], Table]
    mapping: ColumnMapping | None
    kept: Mapping[str, Any]  # the last check, by `keep_check`; empty where there is none

    @cached_property
    def table(self) -> Table:
        """The whole file, read when it is asked for first."""
        return self.read()


@dataclass(frozen=True, kw_only=True)
class SavedMapping:
    """`mapping` is None where this version does not understand what was saved."""

    id: UUID
    name: str
    mapping: ColumnMapping | None
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class LeftOutFile:
    filename: str
    content: bytes


def list_imports(work: Work, scope: Scope | OrderReach, limit: int = 100) -> tuple[ImportLine, ...]:
    """The newest first."""
    statement = _lines().where(_visible(work, scope)).order_by(ImportRow.uploaded_at.desc(), ImportRow.id)
    return tuple(_line(row) for row in work.session.execute(statement.limit(limit)))


def get_import(work: Work, scope: Scope | OrderReach, import_id: UUID) -> ImportLine:
    """One upload without its table. Raises NotFound, also where it is not the reader's."""
    row = work.session.execute(_lines().where(ImportRow.id == import_id, _visible(work, scope))).first()
    if row is None:
        raise NotFound(f"import {import_id}")
    return _line(row)


def get_upload(work: Work, scope: Scope | OrderReach, import_id: UUID) -> Upload:
    """One upload. Raises NotFound, also where it is not the reader's."""
    line = get_import(work, scope, import_id)
    statement = select(ImportRow.mapping, ImportRow.summary).where(ImportRow.id == import_id)
    mapping, kept = work.session.execute(statement).one()
    read = partial(get_table, work, import_id)
    return Upload(line=line, read=read, mapping=to_mapping(mapping), kept=kept or {})


def find_check(upload: Upload, reference: str) -> Checked | None:
    """The check that was kept, None where the instance is not what it was then."""
    if upload.kept.get("reference") != reference:
        return None
    return checked_from_json(upload.kept["checked"])


def get_left_out_file(work: Work, scope: Scope | OrderReach, import_id: UUID) -> LeftOutFile:
    """The rows that were left out, with their reasons. Raises NotFound."""
    line = get_import(work, scope, import_id)
    content = work.session.scalar(select(ImportRow.left_out_file).where(ImportRow.id == import_id))
    if content is None:
        raise NotFound(f"left-out file of import {import_id}")
    return LeftOutFile(filename=f"{line.filename.rpartition('.')[0] or line.filename} left out.xlsx", content=content)


def list_mappings(work: Work, kind: ImportKind = ImportKind.MEASURES) -> tuple[SavedMapping, ...]:
    """By name."""
    statement = (
        select(SavedMappingRow, MemberRow.name)
        .join(MemberRow, MemberRow.id == SavedMappingRow.saved_by)
        .where(SavedMappingRow.kind == kind)
        .order_by(func.lower(SavedMappingRow.name))
    )
    return tuple(
        SavedMapping(
            id=row.id, name=row.name, mapping=to_mapping(row.mapping), saved_by=saved_by, saved_at=row.saved_at
        )
        for row, saved_by in work.session.execute(statement)
    )


def to_mapping(stored: Mapping[str, Any]) -> ColumnMapping | None:
    """A stored mapping; None when there is none yet or it says what this version does not know."""
    mapping = from_json(stored) if stored else None
    return None if isinstance(mapping, MappingUnreadable) else mapping


def _visible(work: Work, scope: Scope | OrderReach) -> ColumnElement[bool]:
    if isinstance(scope, OrderReach):
        return (ImportRow.kind == ImportKind.ORDERS) & (true() if scope.everything else _own(scope.person))
    return (ImportRow.kind == ImportKind.MEASURES) & _of_measures(work, scope)


def _own(person: PersonId) -> ColumnElement[bool]:
    return ImportRow.uploaded_by == person


def _of_measures(work: Work, scope: Scope) -> ColumnElement[bool]:
    organization = work.session.scalar(select(NodeRow.path).where(NodeRow.parent_id.is_(None)))
    if organization is not None and scope.covers(organization):
        return true()
    return _own(scope.person)


def _lines() -> Select[Any]:
    """Everything but the table, the file and the kept check."""
    names = ("id", "filename", "state", "rows", "left_out", "failure", "uploaded_at", "committed_at")
    return select(
        *(getattr(ImportRow, name) for name in (*names, "version")),
        ImportRow.summary.op("-", return_type=JSONB())("checked").label("summary"),
        MemberRow.name.label("uploaded_by"),
        ImportRow.left_out_file.is_not(None).label("has_file"),
    ).join(MemberRow, MemberRow.id == ImportRow.uploaded_by)


def _line(row: Any) -> ImportLine:
    values = dict(row._mapping)
    return ImportLine(**values | {"left_out": tuple(values["left_out"])})
