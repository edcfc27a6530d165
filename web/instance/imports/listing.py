"""Where importing starts: a file, the empty file with the expected columns, earlier imports, saved mappings."""

from uuid import UUID, uuid4

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import ImportKind
from tenants.instance.actions.imports import discard_import, forget_mapping, keep_upload
from tenants.instance.queries.import_reference import get_reference
from tenants.instance.queries.imports import get_left_out_file, list_imports, list_mappings
from tenants.instance.spreadsheets.template import import_template
from web.access import requires
from web.hands import hand
from web.instance.imports import bp
from web.instance.imports.reading import LIMITS, download, open_upload, read_file, scope
from web.posted import posted_id
from web.responses import see
from web.shell import tell


@bp.get("")
@requires(Capability.IMPORT)
def index() -> str:
    return _page({}, uuid4())


@bp.post("")
@requires(Capability.IMPORT)
def upload() -> tuple[str, int] | Response:
    """Read the file and keep its table; nothing is kept of a file that is refused."""
    here = hand()
    name, table = read_file(request)
    if isinstance(table, str):
        return _page({"file": table}, posted_id("key")), 422
    kept = keep_upload(here.work, posted_id("key"), name, table, here.actor)
    return see(url_for(".columns", upload=kept))


@bp.get("/template.xlsx")
@requires(Capability.IMPORT)
def template() -> Response:
    """The empty file with the expected columns, its lists filled with what the instance knows."""
    here = hand()
    note = (
        _("One row is one measure. Portfolio, program, project, measure package and title are needed in every row."),
        _("Write people as Name <name@company.com>. New names at the four levels become new parts of the hierarchy."),
        _("Amounts are sizes in %(currency)s.", currency=get_reference(here.work, scope()).currency),
    )
    name = f"measures-{here.instance.slug if here.instance else ''}.xlsx"
    return download(import_template(get_reference(here.work, scope()), note), name)


@bp.get("/<uuid:upload>/left-out.xlsx")
@requires(Capability.IMPORT)
def left_out(upload: UUID) -> Response:
    """The rows that somebody chose to leave out, with their reasons, as they were kept."""
    found = get_left_out_file(hand().work, scope(), upload)
    return download(found.content, found.filename)


@bp.post("/<uuid:upload>/discard")
@requires(Capability.IMPORT)
def discard(upload: UUID) -> Response:
    """Throw away an upload that is not in."""
    line = open_upload(upload).line
    discard_import(hand().work, upload)
    tell("ok", _("%(file)s was thrown away", file=line.filename), _("Nothing of it had been imported."))
    return see(url_for(".index"))


@bp.post("/mappings/<uuid:saved>/remove")
@requires(Capability.IMPORT)
def forget(saved: UUID) -> Response:
    """Remove a saved mapping."""
    forget_mapping(hand().work, saved, ImportKind.MEASURES)
    tell("ok", _("The mapping was removed"))
    return see(url_for(".index"))


def _page(errors: dict[str, str], key: UUID) -> str:
    here = hand()
    return render_template(
        "web/instance/imports/index.html",
        imports=list_imports(here.work, scope()),
        mappings=list_mappings(here.work),
        errors=errors,
        form_key=str(key),
        limits=LIMITS,
        now=here.work.now(),
        imports_orders=here.reader.has_orders and here.actor.can_anywhere(Capability.IMPORT_ORDERS),
    )
