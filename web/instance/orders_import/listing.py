"""Where importing orders starts: a file, the empty file with the expected columns, earlier imports, saved mappings."""

from uuid import UUID, uuid4

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import ImportKind
from domain.imports.presets import PRESETS
from tenants.instance.actions.imports import discard_import, forget_mapping, keep_upload
from tenants.instance.queries.imports import get_left_out_file, list_imports, list_mappings
from tenants.instance.queries.order_intake import get_order_reference
from tenants.instance.spreadsheets.order_template import order_template
from web.access import requires
from web.hands import hand
from web.instance.imports.reading import download, read_file
from web.instance.orders.taking import places
from web.instance.orders_import import bp
from web.instance.orders_import.reading import LIMITS, open_upload, reach
from web.posted import posted_id
from web.responses import see
from web.shell import tell


@bp.get("")
@requires(Capability.IMPORT_ORDERS)
def index() -> str:
    return _page({}, uuid4())


@bp.post("")
@requires(Capability.IMPORT_ORDERS)
def upload() -> tuple[str, int] | Response:
    """Read the file and keep its table; nothing is kept of a file that is refused."""
    here = hand()
    name, table = read_file(request, LIMITS)
    if isinstance(table, str):
        return _page({"file": table}, posted_id("key")), 422
    kept = keep_upload(here.work, posted_id("key"), name, table, here.actor, ImportKind.ORDERS)
    return see(url_for(".columns", upload=kept, preset=request.form.get("preset") or None))


@bp.get("/template.xlsx")
@requires(Capability.IMPORT_ORDERS)
def template() -> Response:
    """The empty file with the expected columns, its lists filled with what the instance knows."""
    here = hand()
    reference = get_order_reference(here.work, here.actor)
    note = (
        _("One row is one order. Order number, placed at and value are needed in every row."),
        _("An order that is here already is brought up to date: same number, same channel."),
        _("Amounts are in %(currency)s; moments like 2026-04-03 14:30.", currency=reference.currency),
    )
    name = f"orders-{here.instance.slug if here.instance else ''}.xlsx"
    return download(order_template(reference, note), name)


@bp.get("/<uuid:upload>/left-out.xlsx")
@requires(Capability.IMPORT_ORDERS)
def left_out(upload: UUID) -> Response:
    """The rows that somebody chose to leave out, with their reasons, as they were kept."""
    found = get_left_out_file(hand().work, reach(), upload)
    return download(found.content, found.filename)


@bp.post("/<uuid:upload>/discard")
@requires(Capability.IMPORT_ORDERS)
def discard(upload: UUID) -> Response:
    """Throw away an upload that is not in."""
    line = open_upload(upload).line
    discard_import(hand().work, upload)
    tell("ok", _("%(file)s was thrown away", file=line.filename), _("Nothing of it had been imported."))
    return see(url_for(".index"))


@bp.post("/mappings/<uuid:saved>/remove")
@requires(Capability.IMPORT_ORDERS)
def forget(saved: UUID) -> Response:
    """Remove a saved mapping."""
    forget_mapping(hand().work, saved, ImportKind.ORDERS)
    tell("ok", _("The mapping was removed"))
    return see(url_for(".index"))


def _page(errors: dict[str, str], key: UUID) -> str:
    here = hand()
    return render_template(
        "web/instance/orders_import/index.html",
        places=places(),
        imports=list_imports(here.work, reach()),
        mappings=list_mappings(here.work, ImportKind.ORDERS),
        presets=[(each.key, each.label) for each in PRESETS],
        preset=request.form.get("preset", ""),
        currency=get_order_reference(here.work, here.actor).currency,
        errors=errors,
        form_key=str(key),
        limits=LIMITS,
        now=here.work.now(),
    )
