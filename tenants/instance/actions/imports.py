"""An upload on its way in: taken, mapped, corrected, rows of it left out, or thrown away. Committing is beside."""

from uuid import UUID

from domain.access import Actor
from domain.imports import (
    Checked,
    ColumnMapping,
    ColumnsNotInFile,
    ImportKind,
    MappingUnusable,
    RowsNotInFile,
    Table,
    bring_back,
    checked_to_json,
    is_corrections,
    table_to_json,
    to_json,
)
from domain.imports.mapping import mapping_fault
from domain.imports.order_check import OrdersChecked, orders_to_json
from domain.refusals import Refusal, Stale
from tenants.database import NotFound, Work, action
from tenants.instance.models.imports import ImportRow, SavedMappingRow
from tenants.instance.queries.import_table import get_table
from tenants.instance.queries.imports import CHECKED, COMMITTED, MAPPING, WAITING
from tenants.instance.transaction import Transaction

LONGEST_NAME = 120


@action
def keep_upload(
    work: Work,
    import_id: UUID,
    filename: str,
    table: Table,
    actor: Actor,
    kind: ImportKind = ImportKind.MEASURES,
) -> UUID:
    """Keep the table of a file. `import_id` comes with the form: the same form twice is one upload."""
    with work.transaction() as tx:
        if tx.session.get(ImportRow, import_id) is None:
            tx.add(
                ImportRow(
                    id=import_id,
                    kind=str(kind),
                    filename=filename[:LONGEST_NAME],
                    state=MAPPING,
                    table=table_to_json(table),
                    mapping={},
                    rows=len(table.rows),
                    uploaded_by=actor.person,
                    uploaded_at=work.now(),
                    version=1,
                )
            )
    return import_id


@action
def map_columns(
    work: Work, import_id: UUID, mapping: ColumnMapping, actor: Actor, seen: int, save_as: str = ""
) -> MappingUnusable | Stale | None:
    """Say what the columns mean, and keep that under a name for the next file. A choice of rows begins anew."""
    with work.transaction() as tx:
        row = _open(tx, import_id)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        if fault := mapping_fault(mapping, get_table(work, import_id)):
            return fault
        row.mapping, row.state, row.failure, row.summary = to_json(mapping), CHECKED, "", {}
        row.left_out, row.version = [], row.version + 1
        if save_as.strip():
            _save(tx, " ".join(save_as.split())[:LONGEST_NAME], mapping, actor)
    return None


@action
def correct(
    work: Work, import_id: UUID, table: Table, seen: int
) -> MappingUnusable | RowsNotInFile | ColumnsNotInFile | Stale | None:
    """Bring a corrected file back: its rows in place of the old ones, or itself in place of the whole file."""
    with work.transaction() as tx:
        row = _open(tx, import_id)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        merged = bring_back(get_table(work, import_id), table) if is_corrections(table) else table
        if isinstance(merged, Refusal):
            return merged
        row.table, row.rows, row.left_out, row.version = table_to_json(merged), len(merged.rows), [], row.version + 1
        row.summary = {}
    return None


@action
def keep_check(work: Work, import_id: UUID, found: Checked | OrdersChecked, reference: str, seen: int) -> None:
    """Keep what the check found while the file, its columns and the instance (`reference`) are as they were."""
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.version == seen and row.state not in (WAITING, COMMITTED):
            kept = orders_to_json(found) if isinstance(found, OrdersChecked) else checked_to_json(found)
            row.summary = {"checked": kept, "reference": reference}


@action
def choose_rows(work: Work, import_id: UUID, left_out: frozenset[int], seen: int) -> Stale | None:
    """Keep which rows are to be left out."""
    with work.transaction() as tx:
        row = _open(tx, import_id)
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        row.left_out, row.version = sorted(left_out), row.version + 1
    return None


@action
def discard_import(work: Work, import_id: UUID) -> None:
    """Throw an upload away; one that is in stays. Raises NotFound."""
    with work.transaction() as tx:
        tx.delete(_open(tx, import_id))


@action
def forget_mapping(work: Work, mapping_id: UUID, kind: ImportKind) -> None:
    """Remove a saved mapping of this kind. One that is gone already is no fault. Raises NotFound for another kind's."""
    with work.transaction() as tx:
        row = tx.session.get(SavedMappingRow, mapping_id)
        if row is not None and row.kind != kind:
            raise NotFound(f"mapping of {kind} {mapping_id}")
        if row is not None:
            tx.delete(row)


def _open(tx: Transaction, import_id: UUID) -> ImportRow:
    """The upload, locked. Raises NotFound for one that is in or on its way in: nothing about it changes any more."""
    row = tx.lock(ImportRow, import_id)
    if row.state in (WAITING, COMMITTED):
        raise NotFound(f"open import {import_id}")
    return row


def _save(tx: Transaction, name: str, mapping: ColumnMapping, actor: Actor) -> None:
    """Under the same name, the newer mapping takes the place of the older one."""
    found = tx.lock_all(SavedMappingRow, SavedMappingRow.kind == mapping.kind, SavedMappingRow.name == name)
    row = found[0] if found else tx.add(SavedMappingRow(id=tx.work.new_id(), kind=str(mapping.kind), name=name))
    row.mapping, row.saved_by, row.saved_at = to_json(mapping), actor.person, tx.work.now()
