"""The preview: every row good, to look at or to correct, and what comes in with the file; afterwards, what came in."""

from decimal import Decimal
from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import (
    Field,
    MappingUnusable,
    RowProblem,
    RowState,
    Severity,
)
from domain.imports.fields import AMOUNTS, DATES
from tenants.bell import queue_state
from tenants.instance.queries.imports import (
    COMMITTED,
    MAPPING,
    WAITING,
    ImportLine,
    get_import,
    get_upload,
)
from web.access import requires
from web.hands import hand
from web.instance.imports import bp
from web.instance.imports.looking import Looked, check_now, look, rows_file
from web.instance.imports.reading import LIMITS, download, open_upload, problem_words, scope
from web.instance.imports.rows import NAMED_ROWS, Look, fields_of, head_of, list_rows, page_links, rows_of
from web.responses import see

F = Field
_LOOK = Look(
    shown=(F.PROGRAM, F.PROJECT, F.TITLE, F.OWNER, F.CONTROLLER, F.START, F.END, F.PLAN_TOTAL, F.FORECAST_TOTAL),
    figures=(*AMOUNTS, *DATES),
    days=DATES,
)


@bp.get("/<uuid:upload>")
@requires(Capability.IMPORT)
def show(upload: UUID) -> str | Response:
    """Where the import stands: on to the columns, the preview, under way, or in. Htmx asks while it is under way."""
    line = get_import(hand().work, scope(), upload)
    if request.headers.get("HX-Request") and line.state != WAITING:
        return Response(headers={"HX-Refresh": "true"})
    if line.state in (WAITING, COMMITTED):
        return _under_way(line)
    if line.state == MAPPING:
        return see(url_for(".columns", upload=upload))
    looked = look(get_upload(hand().work, scope(), upload))
    return preview_page(looked, {}) if isinstance(looked, Looked) else see(url_for(".columns", upload=upload))


@bp.get("/<uuid:upload>/rows-to-correct.xlsx")
@requires(Capability.IMPORT)
def to_correct(upload: UUID) -> Response:
    """The rows to correct with the reason beside each, to be corrected and brought back."""
    found = open_upload(upload)
    preview = check_now(found)
    if isinstance(preview, MappingUnusable):
        return see(url_for(".columns", upload=upload))
    wrong = [row.row.number for row in preview.rows_in(RowState.CORRECT)]
    content = rows_file(preview, wrong, found.line.filename)
    name = f"{found.line.filename.rpartition('.')[0]} rows to correct.xlsx"
    return download(content, name)


def preview_page(looked: Looked, errors: dict[str, str]) -> str:
    """The page, at the part of the rows that the address asks for."""
    found, line = looked.checked, looked.upload.line
    counts = found.counts(line.rows)
    listed = list_rows(looked, counts)
    fields = fields_of(looked, listed.table, _LOOK)
    return render_template(
        "web/instance/imports/preview.html",
        looked=looked,
        line=line,
        counts=counts,
        cells_to_correct=sum(p.severity is Severity.CORRECT for row in found.problems.values() for p in row),
        listed=listed,
        page_links=page_links(line.id, listed),
        fields=[head_of(looked.mapping, field, _LOOK) for field in fields],
        rows=rows_of(looked, listed.table, fields, _LOOK),
        notes=[(problem_words(_noted(note.reason)), note.rows) for note in found.notes],
        named=looked.standing[:NAMED_ROWS],
        errors=errors,
        limits=LIMITS,
        now=hand().work.now(),
    )


def _noted(reason: object) -> RowProblem:
    return RowProblem(row=0, column="", field=None, value="", reason=reason, severity=Severity.LOOK)  # type: ignore[arg-type]


def _under_way(line: ImportLine) -> str:
    here = hand()
    is_part = line.state == WAITING and bool(request.headers.get("HX-Request"))
    return render_template(
        "web/instance/imports/_under_way.html" if is_part else "web/instance/imports/in.html",
        line=line,
        sums=_sums_of(line),
        currency=line.summary.get("currency", "") if line.summary else "",
        queue_answers=line.state != WAITING or queue_state(here.settings.redis_url).up,
        now=here.work.now(),
    )


def _sums_of(line: ImportLine) -> list[dict[str, object]]:
    """The sums of a committed import, amounts as amounts again."""
    kept = (line.summary or {}).get("sums", ())
    return [each | {"plan": Decimal(each["plan"]), "forecast": Decimal(each["forecast"])} for each in kept]
