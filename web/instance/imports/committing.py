"""Steps out of the preview: bring the corrected file back, leave rows out, and take all the others in, or none."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.imports import MappingUnusable, NewPerson, plan_import
from domain.refusals import Refusal
from tenants.instance.actions.import_commit import ask_commit, commit_import
from tenants.instance.actions.import_people import Newcomer
from tenants.instance.actions.imports import choose_rows, correct
from tenants.instance.queries.imports import COMMITTED, WAITING, get_upload
from tenants.newcomers import enrol
from web.access import requires
from web.hands import hand
from web.instance.imports import bp
from web.instance.imports.looking import Looked, check_now, look, rows_file
from web.instance.imports.preview import preview_page
from web.instance.imports.reading import chosen_rows, numbers, open_upload, read_file, scope
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

AT_ONCE = 200  # rows: so many are in within a second; more are a worker's, with progress


@bp.post("/<uuid:upload>/corrections")
@requires(Capability.IMPORT)
def bring_back(upload: UUID) -> tuple[str, int] | Response:
    """The corrected file: its rows take the place of what they were."""
    here, found = hand(), open_upload(upload)
    _name, table = read_file(request)
    if isinstance(table, str):
        return _again(upload, {"file": table})
    outcome = correct(here.work, upload, table, seen())
    if isinstance(outcome, Refusal):
        return _again(upload, {"file": words_of(outcome)})
    tell("ok", _("The corrected rows are in their places"), _("%(file)s was checked again.", file=found.line.filename))
    return see(url_for(".show", upload=upload))


@bp.post("/<uuid:upload>/left-out")
@requires(Capability.IMPORT)
def leave_out(upload: UUID) -> tuple[str, int] | Response:
    """Keep which rows to correct are left out: those ticked on this page, all of them, or none."""
    looked = look(open_upload(upload))
    if not isinstance(looked, Looked):
        return see(url_for(".columns", upload=upload))
    chosen = chosen_rows(request.form, looked.wrong, looked.left_out)
    outcome = choose_rows(hand().work, upload, chosen, seen())
    if isinstance(outcome, Refusal):
        return _again(upload, {"": words_of(outcome)}, 409)
    return see(url_for(".show", upload=upload))


@bp.post("/<uuid:upload>/commit")
@requires(Capability.IMPORT)
def commit(upload: UUID) -> tuple[str, int] | Response:
    """Take in all rows but those left out. A second click finds it done, or under way."""
    here = hand()
    found = get_upload(here.work, scope(), upload)
    if found.line.state in (WAITING, COMMITTED):
        return see(url_for(".show", upload=upload))
    preview = check_now(found)
    if isinstance(preview, MappingUnusable):
        return see(url_for(".columns", upload=upload))
    chosen = numbers(request.form.get("left_out", ""))
    plan = plan_import(preview, chosen)
    if isinstance(plan, Refusal):
        return _again(upload, {"": words_of(plan)})
    file = rows_file(preview, sorted(chosen), found.line.filename) if chosen else None
    outcome = ask_commit(here.work, upload, plan, file, here.actor, seen())
    if outcome is None and len(plan.measures) <= AT_ONCE:
        outcome = _at_once(upload)
    if isinstance(outcome, Refusal):
        return _again(upload, {"": words_of(outcome)}, 409)
    return see(url_for(".show", upload=upload))


def _at_once(upload: UUID) -> Refusal | None:
    """The same that the job in the outbox does, now; the job then finds it done."""
    here = hand()

    def enrolled(people: Sequence[NewPerson]) -> Mapping[str, Newcomer]:
        assert here.instance is not None
        return enrol(here.platform, here.instance, people)

    outcome = commit_import(here.work, upload, here.actor, enrolled)
    return outcome if isinstance(outcome, Refusal) else None


def _again(upload: UUID, errors: dict[str, str], status: int = 422) -> tuple[str, int] | Response:
    looked = look(open_upload(upload))
    if not isinstance(looked, Looked):
        return see(url_for(".columns", upload=upload))
    return preview_page(looked, errors), status
