"""An upload held against the instance: once, and kept until the file, its columns or the instance change."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.access import NotAllowed
from domain.imports import (
    Checked,
    ColumnMapping,
    ImportPreview,
    MappingUnusable,
    Table,
    check,
    checked,
    fingerprint,
    rejected_rows,
)
from tenants.instance.actions.import_commit import may_not_admit
from tenants.instance.actions.imports import keep_check
from tenants.instance.queries.import_reference import get_reference
from tenants.instance.queries.imports import Upload, find_check
from tenants.instance.spreadsheets import Sheet, write_xlsx
from web.hands import hand
from web.instance.imports.reading import problem_words, scope


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A checked upload in hand, with what would come of all rows but those to correct."""

    upload: Upload
    mapping: ColumnMapping
    checked: Checked
    wrong: tuple[int, ...]
    left_out: frozenset[int]
    refusal: NotAllowed | None

    @property
    def table(self) -> Table:
        return self.upload.table

    @property
    def standing(self) -> tuple[int, ...]:
        return tuple(number for number in self.wrong if number not in self.left_out)


def look(found: Upload) -> Looked | MappingUnusable:
    """What the check says of the table as the instance is now: checked once, kept until either changes."""
    here = hand()
    reference = get_reference(here.work, scope())
    state = fingerprint(reference)
    outcome = find_check(found, state)
    if found.mapping is None:
        return MappingUnusable()
    if outcome is None:
        preview = check(found.table, found.mapping, reference)
        if isinstance(preview, MappingUnusable):
            return preview
        outcome = checked(preview)
        keep_check(here.work, found.line.id, outcome, state, found.line.version)
    return Looked(
        upload=found,
        mapping=found.mapping,
        checked=outcome,
        wrong=outcome.wrong,
        left_out=frozenset(found.line.left_out) & frozenset(outcome.wrong),
        refusal=may_not_admit(outcome.people, here.actor),
    )


def check_now(found: Upload) -> ImportPreview | MappingUnusable:
    """The whole file held against the instance as it is now."""
    if found.mapping is None:
        return MappingUnusable()
    return check(found.table, found.mapping, get_reference(hand().work, scope()))


def rows_file(preview: ImportPreview, rows: Sequence[int], filename: str) -> bytes:
    """A workbook of these rows with the words of their problems."""
    rejected = rejected_rows(preview, problem_words, rows)
    note = (f"Rows of {filename} to correct. Correct them here and bring this file back; the other rows stay.",)
    return write_xlsx([Sheet(name="Rows to correct", headers=rejected.headers, rows=rejected.rows)], note)
