"""Files that prove something, of a measure or an order: what a form brought, kept with the row that names it, sent."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TypeVar

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.evidence import FileFacts, file_key
from domain.ids import EvidenceId
from domain.refusals import Refusal
from tenants.files import FileGone, files_of
from tenants.instance.queries.evidence import StoredFile
from tenants.instance.uploads import keep, look_at
from web.hands import hand

Added = TypeVar("Added")


def uploaded() -> FileFacts | Refusal | None:
    """What the form brought; None without a file."""
    sent = request.files.get("file")
    return look_at(sent.filename, sent.stream) if sent and sent.filename else None


def keep_with(evidence: EvidenceId, file: FileFacts | None, attach: Callable[[], Added | Refusal]) -> Added | Refusal:
    """The file first, then the row that names it; a refused one is taken out again."""
    if file is None:
        return attach()
    here = hand()
    store = files_of(here.settings)
    keep(here.work, store, evidence, file, request.files["file"].stream)
    outcome = attach()
    if isinstance(outcome, Refusal):
        store.delete(here.work.instance.schema, file_key(evidence, file.sha256))
    return outcome


def sent_file(found: StoredFile) -> Response:
    """Always to be saved, never to be shown: nothing in it runs in our pages."""
    here = hand()
    opened = ExitStack()
    try:
        chunks = opened.enter_context(files_of(here.settings).open(here.work.instance.schema, found.key))
    except FileGone:
        abort(404)
    answer = Response(chunks, mimetype=found.content_type)
    answer.call_on_close(opened.close)
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    answer.headers["Content-Length"] = str(found.size)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def said_at_once(form: Mapping[str, str], errors: Mapping[str, str]) -> Mapping[str, str]:
    """Without link, file and note the link is not wrong: any of the three is missing."""
    if "url" in errors and not form.get("url") and not form.get("note"):
        return {"url": _("Give a link or a file, or write a note.")}
    return errors
