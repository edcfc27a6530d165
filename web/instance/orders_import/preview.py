"""The preview: bad rows named, the differences from the orders here; afterwards, what came in."""

from decimal import Decimal
from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import Severity
from domain.imports.order_fields import AMOUNTS, MOMENTS, OrderField
from tenants.bell import queue_state
from tenants.instance.queries.imports import CHECKING, COMMITTED, MAPPING, WAITING, ImportLine, get_import, get_upload
from tenants.instance.queries.settings import unit_names
from tenants.progress import hear_progress
from web.access import requires
from web.hands import hand
from web.instance.imports.reading import download
from web.instance.imports.rows import NAMED_ROWS, Look, fields_of, head_of, list_rows, page_links, rows_of
from web.instance.orders_import import bp
from web.instance.orders_import.differences import differences_of
from web.instance.orders_import.looking import OrdersLooked, look, rows_file
from web.instance.orders_import.reading import LIMITS, open_upload, reach
from web.responses import see

F = OrderField
_LOOK = Look(
    shown=(F.NUMBER, F.PLACED_AT, F.STATUS, F.VALUE, F.FREIGHT, F.PROMISED_ON, F.DISPATCHED, F.DELIVERED),
    figures=(*AMOUNTS, *MOMENTS, F.PROMISED_ON, F.ITEMS, F.SCORE),
    days=(*MOMENTS, F.PROMISED_ON),
)
UNDER_WAY = (CHECKING, WAITING)


@bp.get("/<uuid:upload>")
@requires(Capability.IMPORT_ORDERS)
def show(upload: UUID) -> str | Response:
    """Where the import stands: on to the columns, the preview, under way, or in. Htmx asks while it is under way."""
    line = get_import(hand().work, reach(), upload)
    if request.headers.get("HX-Request") and line.state not in UNDER_WAY:
        return Response(headers={"HX-Refresh": "true"})
    if line.state in (*UNDER_WAY, COMMITTED):
        return _under_way(line)
    if line.state == MAPPING:
        return see(url_for(".columns", upload=upload))
    looked = look(get_upload(hand().work, reach(), upload))
    if looked is None:
        return render_template("web/instance/orders_import/again.html", line=line, now=hand().work.now())
    return preview_page(looked, {}) if isinstance(looked, OrdersLooked) else see(url_for(".columns", upload=upload))


@bp.get("/<uuid:upload>/rows-to-correct.xlsx")
@requires(Capability.IMPORT_ORDERS)
def to_correct(upload: UUID) -> Response:
    """The rows to correct with the reason beside each, to be corrected and brought back."""
    found = open_upload(upload)
    looked = look(found)
    if not isinstance(looked, OrdersLooked):
        return see(url_for(".show", upload=upload))
    name = f"{found.line.filename.rpartition('.')[0]} rows to correct.xlsx"
    return download(rows_file(looked, looked.wrong), name)


def preview_page(looked: OrdersLooked, errors: dict[str, str]) -> str:
    """The page, at the part of the rows that the address asks for."""
    found = looked.checked
    counts = found.counts(found.orders)
    listed = list_rows(looked, counts)
    fields = fields_of(looked, listed.table, _LOOK)
    line = looked.upload.line
    return render_template(
        "web/instance/orders_import/preview.html",
        looked=looked,
        line=line,
        counts=counts,
        cells_to_correct=sum(p.severity is Severity.CORRECT for row in found.problems.values() for p in row),
        listed=listed,
        page_links=page_links(line.id, listed),
        fields=[head_of(looked.mapping, field, _LOOK) for field in fields],
        rows=rows_of(looked, listed.table, fields, _LOOK),
        differences=differences_of(found, request.args.get("differences", 1, type=int), unit_names(hand().work)),
        named=looked.standing[:NAMED_ROWS],
        errors=errors,
        limits=LIMITS,
        now=hand().work.now(),
    )


def _under_way(line: ImportLine) -> str:
    here = hand()
    is_part = line.state in UNDER_WAY and bool(request.headers.get("HX-Request"))
    made = line.summary or {}
    return render_template(
        "web/instance/orders_import/_under_way.html" if is_part else "web/instance/orders_import/in.html",
        line=line,
        done=hear_progress(here.settings.redis_url, line.id) if line.state == WAITING else None,
        sums={name: Decimal(made[name]) for name in ("value", "freight") if name in made},
        queue_answers=line.state == COMMITTED or queue_state(here.settings.redis_url).up,
        now=here.work.now(),
    )
