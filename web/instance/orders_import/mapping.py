"""What the columns and the words of the file mean, and what follows from them; kept under a name for the next file."""

from collections.abc import Mapping
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import ColumnMapping, ImportKind, MappingUnreadable, MappingUnusable, Table
from domain.imports.order_fields import HAPPENINGS, HOW_MUCH, PROMISED, WHAT, OrderField
from domain.imports.order_guess import fitting, guess_orders, status_words, with_words
from domain.imports.order_rows import OrderReference
from domain.imports.presets import PRESETS
from domain.imports.reference import folded
from domain.refusals import Stale
from tenants.instance.actions.imports import map_columns
from tenants.instance.actions.order_looking import ask_check
from tenants.instance.queries.imports import CHECKING, COMMITTED, WAITING, Upload, get_upload, list_mappings
from tenants.instance.queries.order_intake import get_order_reference
from web.access import requires
from web.hands import hand
from web.instance.imports.mapping import file_columns, line_of, saved_mapping
from web.instance.imports.reading import mapping_errors
from web.instance.orders_import import bp
from web.instance.orders_import.reading import AT_ONCE, ZONES, open_upload, reach, read_mapping, standings
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell


@bp.get("/<uuid:upload>/columns")
@requires(Capability.IMPORT_ORDERS)
def columns(upload: UUID) -> str | Response:
    """The mapping as it stands, as a preset or a saved one says (?preset=, ?saved=), or as guessed."""
    found = get_upload(hand().work, reach(), upload)
    if found.line.state in (CHECKING, WAITING, COMMITTED):
        return see(url_for(".show", upload=upload))
    mapping, absent = _starting(found)
    return _page(found, mapping, {}, absent)


@bp.post("/<uuid:upload>/columns")
@requires(Capability.IMPORT_ORDERS)
def map_them(upload: UUID) -> tuple[str, int] | Response:
    """Keep the mapping and go on to the preview; a long file is looked at by a worker."""
    here, found = hand(), open_upload(upload)
    mapping = read_mapping(request.form)
    if isinstance(mapping, MappingUnreadable):
        return _page(found, _guessed(found), {"": words_of(mapping)}), 422
    mapping = with_words(mapping, found.table)
    outcome = map_columns(here.work, upload, mapping, here.actor, seen(), request.form.get("save_as", ""))
    if isinstance(outcome, MappingUnusable):
        return _page(found, mapping, mapping_errors(outcome, OrderField)), 422
    if isinstance(outcome, Stale):
        return _page(found, mapping, {"": words_of(outcome)}), 409
    if found.line.rows > AT_ONCE:
        ask_check(here.work, upload, here.actor, seen() + 1)
    if request.form.get("save_as", "").strip():
        tell("ok", _("The mapping is kept as “%(name)s”", name=request.form["save_as"].strip()))
    return see(url_for(".show", upload=upload))


def _starting(found: Upload) -> tuple[ColumnMapping, tuple[str, ...]]:
    """The mapping to begin with, and the columns of a saved one that this file does not have."""
    saved = saved_mapping(found.table, ImportKind.ORDERS)
    if saved is None:
        chosen = request.args.get("preset", "")
        return _guessed(found) if chosen or found.mapping is None else found.mapping, ()
    mapping, absent = saved
    return with_words(mapping, found.table), absent


def _guessed(found: Upload) -> ColumnMapping:
    here = hand()
    preset = next((each for each in PRESETS if each.key == request.args.get("preset", "")), None)
    channels = get_order_reference(here.work, here.actor).rules.channel_codes
    return guess_orders(found.table, channels, preset)


def _page(found: Upload, mapping: ColumnMapping, errors: Mapping[str, str], absent: tuple[str, ...] = ()) -> str:
    here = hand()
    reference = get_order_reference(here.work, here.actor)
    table = found.table
    fits = fitting(table.headers)
    return render_template(
        "web/instance/orders_import/columns.html",
        upload=found.line,
        table=table,
        mapping=mapping,
        groups=_groups(table, mapping, reference),
        headers=tuple(header for header in table.headers if header),
        file_columns=file_columns(table, mapping),
        words=[(word, mapping.orders.words.get(folded(word), "")) for word in status_words(table, mapping)],
        standings=standings(),
        zones=[(zone, zone) for zone in dict.fromkeys((*ZONES, mapping.orders.zone))],
        presets=[(each.key, each.label) for each in PRESETS],
        preset=request.args.get("preset", "") or (fits.key if fits else ""),
        saved=[(each.id, each.name) for each in list_mappings(here.work, ImportKind.ORDERS) if each.mapping],
        chosen=request.args.get("saved", ""),
        absent=absent,
        errors=errors,
        save_as=request.form.get("save_as", ""),
        currency=reference.currency,
    )


def _groups(table: Table, mapping: ColumnMapping, reference: OrderReference) -> list[tuple[str, list[object]]]:
    """Headings with their fields."""
    groups = (
        (_("Which order"), WHAT),
        (_("How much"), HOW_MUCH),
        (_("What was promised, and how it went"), PROMISED),
        (_("What happened, and when"), (*HAPPENINGS, OrderField.CANCELLED_AT)),
    )
    choices = {
        OrderField.CHANNEL: tuple((each.code, each.label) for each in reference.rules.channels),
        OrderField.BUSINESS_UNIT: tuple((name, name) for name in reference.offered_units),
        OrderField.CURRENCY: ((reference.currency, reference.currency),),
    }
    return [
        (words, [line_of(field, table, mapping, choices.get(field, ())) for field in fields])
        for words, fields in groups
    ]
