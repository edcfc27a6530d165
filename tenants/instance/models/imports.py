"""Imports: uploaded tables, how their columns were mapped, and what was left out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class ImportRow(InstanceModel):
    """One upload on its way in. `kind`: measures or orders; `state`: mapping, checking, checked, committing, committed,
    failed.

    `table` is the file as read, which may be long: it comes by `queries.import_table` and never with the row.
    `summary` is what the check found, then what came in; `left_out` the numbers of rows left out; `failure` a refusal's
    or an error's name.
    """

    __tablename__ = "imports"

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(Text, server_default="measures")
    filename: Mapped[Name]
    state: Mapped[Name]
    table: Mapped[Json] = mapped_column(deferred=True, deferred_raiseload=True)
    mapping: Mapped[Json]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    rows: Mapped[int]
    left_out: Mapped[list[int]] = mapped_column(JSONB, server_default=text("'[]'"))
    left_out_file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    failure: Mapped[Words]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    uploaded_at: Mapped[Moment]
    committed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int]


class SavedMappingRow(InstanceModel):
    """A column mapping that a person saved under a name. `kind` is that of the imports it is for."""

    __tablename__ = "saved_mappings"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(Text, server_default="measures")
    name: Mapped[Name]
    mapping: Mapped[Json]
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    saved_at: Mapped[Moment]
