"""What an import form sends: the file read into a table, the mapping, the numbers of rows; and problems in words."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from uuid import UUID

from flask import Request, abort, current_app, send_file
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from domain.access import Capability, Scope
from domain.imports import (
    ColumnMapping,
    Field,
    MappingUnreadable,
    MappingUnusable,
    RowProblem,
    Table,
    from_json,
)
from domain.imports.kinds import AnyField
from domain.refusals import Refusal
from tenants.instance.queries.imports import COMMITTED, WAITING, Upload, get_upload
from tenants.instance.spreadsheets import Limits, read_table
from web.hands import hand
from web.refusals import words_of

LIMITS = Limits(rows=5_000)
PROBLEMS = "web/components/import_problems.html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def scope() -> Scope:
    """Where the importer may create."""
    return hand().actor.scope_for(Capability.IMPORT)


def open_upload(upload: UUID) -> Upload:
    """An upload that may still change; one that is in, or on its way in, is not there any more: 404."""
    found = get_upload(hand().work, scope(), upload)
    if found.line.state in (WAITING, COMMITTED):
        abort(404)
    return found


def read_file(request: Request, limits: Limits = LIMITS) -> tuple[str, Table | str]:
    """The name of the file that was sent, and its table or why there is none."""
    sent = request.files.get("file")
    name = (sent.filename or "").replace("\\", "/").rpartition("/")[2] if sent else ""
    if sent is None or not name:
        return "", _("Choose a file.")
    outcome = read_table(sent.read(limits.file_bytes + 1), name, limits)
    return name, words_of(outcome) if isinstance(outcome, Refusal) else outcome


def read_mapping(form: MultiDict[str, str]) -> ColumnMapping | MappingUnreadable:
    """The mapping as the form says it."""
    return from_json(
        {
            "columns": {str(field): form.get(f"column.{field}", "") for field in Field},
            "constants": {str(field): form.get(f"constant.{field}", "") for field in Field},
            "required": form.getlist("required"),
            "decimal_mark": form.get("decimal_mark", "."),
            "date_order": form.get("date_order", "iso"),
            "multiplier": form.get("multiplier", "1"),
        }
    )


def mapping_errors(fault: MappingUnusable, fields: Iterable[AnyField] = Field) -> Mapping[str, str]:
    """By form field, in the order of the form."""
    absent = dict(fault.absent)
    errors = {}
    for field in fields:
        if field in fault.twice:
            errors[f"column.{field}"] = _("A column or a fixed value, not both.")
        elif field in absent:
            errors[f"column.{field}"] = _("The file has no column “%(name)s”.", name=absent[field])
        elif field in fault.unfilled:
            errors[f"column.{field}"] = _("Choose the column, or write a fixed value.")
    return errors


def numbers(text: str) -> frozenset[int]:
    """Row numbers as a hidden field carries them: "3,17,41"."""
    return frozenset(int(part) for part in text.split(",") if part.isascii() and part.isdigit() and len(part) < 9)


def chosen_rows(form: MultiDict[str, str], wrong: Iterable[int], left_out: frozenset[int]) -> frozenset[int]:
    """Which rows to correct are left out now: those ticked on the page that was shown, all of them, or none."""
    match form.get("act"):
        case "all":
            return frozenset(wrong)
        case "none":
            return frozenset()
        case _:
            ticked = frozenset(form.getlist("out", type=int))
            return (left_out - numbers(form.get("shown", ""))) | (ticked & frozenset(wrong))


def download(content: bytes, name: str) -> Response:
    """A workbook to be kept."""
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def problem_words(problem: RowProblem) -> str:
    """A problem as the page and the file of rows to correct say it."""
    return _plain(getattr(_words(), problem.reason.kind)(problem))


def field_label(field: str) -> str:
    return _plain(_words().field(str(field)))


def _words():  # type: ignore[no-untyped-def]
    return current_app.jinja_env.get_template(PROBLEMS).module


def _plain(markup) -> str:  # type: ignore[no-untyped-def]
    return " ".join(str(markup.unescape()).split())
