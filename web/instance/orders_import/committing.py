"""Steps out of the preview: the corrected file brought back, rows left out, all the others taken in, or none."""

from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.refusals import Refusal
from tenants.instance.actions.imports import choose_rows, correct
from tenants.instance.actions.order_import import ask_orders_commit, commit_orders
from tenants.instance.actions.order_looking import ask_check
from tenants.instance.queries.imports import CHECKING, COMMITTED, WAITING, get_upload
from web.access import requires
from web.hands import hand
from web.instance.imports.reading import chosen_rows, read_file
from web.instance.orders_import import bp
from web.instance.orders_import.looking import OrdersLooked, look, rows_file
from web.instance.orders_import.preview import preview_page
from web.instance.orders_import.reading import AT_ONCE, LIMITS, open_upload, reach
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell


@bp.post("/<uuid:upload>/corrections")
@requires(Capability.IMPORT_ORDERS)
def bring_back(upload: UUID) -> tuple[str, int] | Response:
    """The corrected file: its rows take the place of what they were."""
    here, found = hand(), open_upload(upload)
    _name, table = read_file(request, LIMITS)
    if isinstance(table, str):
        return _again(upload, {"file": table})
    outcome = correct(here.work, upload, table, seen())
    if isinstance(outcome, Refusal):
        return _again(upload, {"file": words_of(outcome)})
    if max(found.line.rows, len(table.rows)) > AT_ONCE:
        ask_check(here.work, upload, here.actor, seen() + 1)
    tell("ok", _("The corrected rows are in their places"), _("%(file)s was checked again.", file=found.line.filename))
    return see(url_for(".show", upload=upload))


@bp.post("/<uuid:upload>/looks")
@requires(Capability.IMPORT_ORDERS)
def look_again(upload: UUID) -> Response:
    """Have a worker look at the rows as the orders here are now."""
    open_upload(upload)
    ask_check(hand().work, upload, hand().actor, seen())
    return see(url_for(".show", upload=upload))


@bp.post("/<uuid:upload>/left-out")
@requires(Capability.IMPORT_ORDERS)
def leave_out(upload: UUID) -> tuple[str, int] | Response:
    """Keep which rows to correct are left out: those ticked on this page, all of them, or none."""
    looked = look(open_upload(upload))
    if not isinstance(looked, OrdersLooked):
        return see(url_for(".show", upload=upload))
    chosen = chosen_rows(request.form, looked.wrong, looked.left_out)
    outcome = choose_rows(hand().work, upload, chosen, seen())
    if isinstance(outcome, Refusal):
        return _again(upload, {"": words_of(outcome)}, 409)
    return see(url_for(".show", upload=upload))


@bp.post("/<uuid:upload>/commit")
@requires(Capability.IMPORT_ORDERS)
def commit(upload: UUID) -> tuple[str, int] | Response:
    """Take in all rows but those left out. A second click finds it done, or under way."""
    here = hand()
    found = get_upload(here.work, reach(), upload)
    if found.line.state in (CHECKING, WAITING, COMMITTED):
        return see(url_for(".show", upload=upload))
    looked = look(found)
    if not isinstance(looked, OrdersLooked):
        return see(url_for(".show", upload=upload))
    file = rows_file(looked, sorted(looked.left_out)) if looked.left_out else None
    outcome = ask_orders_commit(here.work, upload, looked.checked, file, here.actor, seen())
    if outcome is None and found.line.rows <= AT_ONCE:
        done = commit_orders(here.work, upload, here.actor)  # the job in the outbox then finds it done
        outcome = done if isinstance(done, Refusal) else None
    if isinstance(outcome, Refusal):
        return _again(upload, {"": words_of(outcome)}, 409)
    return see(url_for(".show", upload=upload))


def _again(upload: UUID, errors: dict[str, str], status: int = 422) -> tuple[str, int] | Response:
    looked = look(open_upload(upload))
    if not isinstance(looked, OrdersLooked):
        return see(url_for(".show", upload=upload))
    return preview_page(looked, errors), status
