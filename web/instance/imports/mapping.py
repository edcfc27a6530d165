"""What the columns of the file mean: guessed, corrected by the importer, kept under a name for the next file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import (
    ColumnMapping,
    Field,
    ImportKind,
    MappingUnreadable,
    MappingUnusable,
    ReferenceData,
    Table,
    guess_mapping,
)
from domain.imports.fields import HIERARCHY, PEOPLE, REFERENCES
from domain.imports.kinds import ALWAYS_NEEDED, AnyField
from domain.refusals import Stale
from tenants.instance.actions.imports import map_columns
from tenants.instance.queries.import_reference import get_reference
from tenants.instance.queries.imports import COMMITTED, WAITING, Upload, get_upload, list_mappings
from web.access import requires
from web.hands import hand
from web.instance.imports import bp
from web.instance.imports.reading import field_label, mapping_errors, open_upload, read_mapping, scope
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

F = Field
_DATED = (F.START, F.END, F.DUE, F.DUE_FORECAST)
_EFFECT = (F.KIND, F.RECURRENCE, F.SIGN, F.CURRENCY, F.FIRST_MONTH, F.LAST_MONTH)
SAMPLES, SAMPLE_LENGTH = 3, 40


@dataclass(frozen=True, kw_only=True)
class FieldLine:
    """One target field on the page. `choices` are the fixed values that it can take, empty for free text."""

    field: AnyField
    label: str
    column: str
    constant: str
    samples: tuple[str, ...]
    is_always: bool
    is_needed: bool
    choices: tuple[tuple[str, str], ...]


@bp.get("/<uuid:upload>/columns")
@requires(Capability.IMPORT)
def columns(upload: UUID) -> str | Response:
    """The mapping as it stands, as a saved one says (?saved=), or as guessed."""
    found = get_upload(hand().work, scope(), upload)
    if found.line.state in (WAITING, COMMITTED):
        return see(url_for(".show", upload=upload))
    mapping, absent = _starting(found)
    return _page(found, mapping, {}, absent)


@bp.post("/<uuid:upload>/columns")
@requires(Capability.IMPORT)
def map_them(upload: UUID) -> tuple[str, int] | Response:
    """Keep the mapping and go on to the preview."""
    here, found = hand(), open_upload(upload)
    mapping = read_mapping(request.form)
    if isinstance(mapping, MappingUnreadable):
        return _page(found, guess_mapping(found.table.headers, found.table.sample()), {"": words_of(mapping)}), 422
    outcome = map_columns(here.work, upload, mapping, here.actor, seen(), request.form.get("save_as", ""))
    if isinstance(outcome, MappingUnusable):
        return _page(found, mapping, mapping_errors(outcome)), 422
    if isinstance(outcome, Stale):
        return _page(found, mapping, {"": words_of(outcome)}), 409
    if request.form.get("save_as", "").strip():
        tell("ok", _("The mapping is kept as “%(name)s”", name=request.form["save_as"].strip()))
    return see(url_for(".show", upload=upload))


def _starting(found: Upload) -> tuple[ColumnMapping, tuple[str, ...]]:
    """The mapping to begin with, and the columns of a saved one that this file does not have."""
    saved = saved_mapping(found.table, ImportKind.MEASURES)
    return saved or (found.mapping or guess_mapping(found.table.headers, found.table.sample()), ())


def saved_mapping(table: Table, kind: ImportKind) -> tuple[ColumnMapping, tuple[str, ...]] | None:
    """The saved mapping that the address names, as far as the file has its columns, and those that it lacks."""
    wished = request.args.get("saved", "")
    saved = next((each.mapping for each in list_mappings(hand().work, kind) if str(each.id) == wished), None)
    if saved is None:
        return None
    here = {field: column for field, column in saved.columns.items() if table.position(column) is not None}
    return replace(saved, columns=here), tuple(c for f, c in saved.columns.items() if f not in here)


def _page(found: Upload, mapping: ColumnMapping, errors: Mapping[str, str], absent: tuple[str, ...] = ()) -> str:
    here = hand()
    reference = get_reference(here.work, scope())
    return render_template(
        "web/instance/imports/columns.html",
        upload=found.line,
        table=found.table,
        mapping=mapping,
        groups=_groups(found.table, mapping, reference),
        headers=tuple(header for header in found.table.headers if header),
        file_columns=file_columns(found.table, mapping),
        saved=[(each.id, each.name) for each in list_mappings(here.work) if each.mapping],
        chosen=request.args.get("saved", ""),
        absent=absent,
        errors=errors,
        save_as=request.form.get("save_as", ""),
        currency=reference.currency,
    )


def _groups(table: Table, mapping: ColumnMapping, reference: ReferenceData) -> list[tuple[str, list[FieldLine]]]:
    """Headings with their fields, in the order of `Field`."""
    groups = (
        (_("Where it belongs"), HIERARCHY),
        (_("What it is"), (F.TITLE, F.CODE, F.DESCRIPTION, F.EXPECTED_EFFECT, F.STAGE)),
        (_("Who"), (*PEOPLE, *REFERENCES)),
        (_("When"), _DATED),
        (_("What kind of effect"), _EFFECT),
        (_("How much"), (F.PLAN_TOTAL, F.PLAN_PER_MONTH, F.FORECAST_TOTAL, F.ACTUAL_TOTAL, F.BASELINE_TOTAL)),
    )
    choices = _choices(reference)
    return [
        (words, [line_of(field, table, mapping, choices.get(field, ())) for field in fields])
        for words, fields in groups
    ]


def line_of(field: AnyField, table: Table, mapping: ColumnMapping, choices: tuple[tuple[str, str], ...]) -> FieldLine:
    column = mapping.columns.get(field, "")
    return FieldLine(
        field=field,
        label=field_label(field),
        column=column,
        constant=mapping.constants.get(field, ""),
        samples=samples(table, column),
        is_always=field in ALWAYS_NEEDED[mapping.kind],
        is_needed=mapping.needs(field),
        choices=choices,
    )


def file_columns(table: Table, mapping: ColumnMapping) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every column of the file: its name, the field that it fills or nothing, and its first values."""
    fills = {column: field_label(field) for field, column in mapping.columns.items()}
    return [(header, fills.get(header, ""), samples(table, header)) for header in table.headers if header]


def _choices(reference: ReferenceData) -> Mapping[Field, tuple[tuple[str, str], ...]]:
    named = {
        F.KIND: tuple((kind.key, kind.label) for kind in reference.effect_kinds),
        F.RECURRENCE: (("recurring", _("Recurring")), ("one-off", _("One-off"))),
        F.SIGN: (("benefit", _("Benefit")), ("cost", _("Cost"))),
    }
    lists = (reference.business_units, reference.functions, reference.legal_entities, reference.forums)
    return named | {field: tuple((n, n) for n in sorted(names)) for field, names in zip(REFERENCES, lists, strict=True)}


def samples(table: Table, header: str) -> tuple[str, ...]:
    """The first different values of a column."""
    position = table.position(header) if header else None
    if position is None:
        return ()
    values = (row.cells[position].strip() for row in table.rows[:200] if position < len(row.cells))
    return tuple(dict.fromkeys(value[:SAMPLE_LENGTH] for value in values if value))[:SAMPLES]
