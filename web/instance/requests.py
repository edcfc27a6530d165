"""One request: what is decided on as it was sealed, what everybody said, and the reader's own decision."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.ending import RequestWithdrawn
from domain.approvals.looking import PageOutdated, StepPassed
from domain.approvals.request import Choice, Vote
from domain.approvals.voting import CommentNeeded, SealBroken, StepUpNeeded, Voted
from domain.ids import PersonId, RequestId
from tenants.instance.actions.requests import vote as cast
from tenants.instance.actions.requests import withdraw as take_back
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.inbox import Wanted, list_inbox
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.requests import RequestSheet
from tenants.instance.queries.sight import sight_of
from web.access import requires
from web.asked import read_asked
from web.conditions import read_conditions
from web.hands import hand
from web.identity.confirming import confirm
from web.instance.waiting.listing import page_of
from web.presenting import title_of
from web.refusals import words_of
from web.request_view import context_of, read_seen, take_sheet, voted_words
from web.responses import see
from web.shell import tell
from web.waits import item_of

C = Capability
bp = Blueprint("requests", __name__, url_prefix="/requests")
COMMENT_LIMIT = 2_000
QUEUE = 5  # lines of the reader's queue beside a request; the rest is behind “All”
OUTDATED = (SealBroken, PageOutdated, StepPassed)


@bp.get("/<uuid:request_id>")
@requires(C.VIEW_OVERVIEW, or_named=True)
def show(request_id: UUID) -> str:
    return _page(request_id, {}, {})


@bp.post("/<uuid:request_id>/votes")
@requires(C.VIEW_OVERVIEW, or_named=True)
def vote(request_id: UUID) -> tuple[str, int] | Response:
    """From the request's own page, or from the inbox: then the address says where one comes back to."""
    here, sheet, form = hand(), take_sheet(request_id), request.form
    comment = form.get("comment", "").strip()
    choice = next((each for each in Choice if each == form.get("choice", "")), None)
    if choice is None:
        return _again(request_id, {"choice": _("Choose what you decide.")})
    if len(comment) > COMMENT_LIMIT:
        return _again(request_id, {"comment": _("There is room for %(limit)s characters.", limit=COMMENT_LIMIT)})
    if "password" in form and (fault := confirm(form["password"])):
        return _again(request_id, {"password": fault.words}, fault.status)
    conditions, wrong = read_conditions(form, here.work.new_id)
    if wrong:
        return _again(request_id, wrong)
    given = Vote(choice=choice, comment=comment, conditions=conditions, seen=read_seen(form))
    outcome = cast(here.work, RequestId(request_id), given, here.actor, _behalf(form.get("on_behalf_of", "")))
    if not isinstance(outcome, Voted):
        field = {CommentNeeded: "comment", StepUpNeeded: "password"}.get(type(outcome), "")
        return _again(request_id, {field: words_of(outcome)}, 409 if isinstance(outcome, OUTDATED) else 422)
    _tell(outcome, sheet)
    return see(read_asked(request.args).back)


@bp.post("/<uuid:request_id>/withdrawal")
@requires(C.VIEW_OVERVIEW, or_named=True)
def withdraw(request_id: UUID) -> tuple[str, int] | Response:
    here = hand()
    take_sheet(request_id)
    comment = request.form.get("comment", "").strip()[:COMMENT_LIMIT]
    outcome = take_back(here.work, RequestId(request_id), comment, here.actor)
    if not isinstance(outcome, RequestWithdrawn):
        return _page(request_id, {"": words_of(outcome)}, {}), 422
    tell("ok", _("The request is withdrawn"), _("You may ask anew."))
    return see(url_for(".show", request_id=request_id))


def _behalf(text: str) -> PersonId | None:
    """Whom the reader decides for; somebody who is not there is nobody's giver, and the vote is refused."""
    try:
        return PersonId(UUID(text)) if text else None
    except ValueError:
        abort(422)


def _again(request_id: UUID, errors: Mapping[str, str], status: int = 422) -> tuple[str, int]:
    """The same page with what is wrong and what was typed: the inbox where the form was in it."""
    asked = read_asked(request.args)
    if asked.opened == request_id:
        return page_of(asked, errors, request.form), status
    return _page(request_id, errors, request.form), status


def _page(request_id: UUID, errors: Mapping[str, str], kept: Mapping[str, str]) -> str:
    here, sheet = hand(), take_sheet(request_id)
    governance, names = get_governance(here.work), get_names(here.work)
    queue = list_inbox(here.work, sight_of(here.actor), here.actor.led, Wanted()).lines[:QUEUE]
    today = here.work.now().date()
    return render_template(
        "web/instance/requests/show.html",
        queue=[item_of(line, governance, names, today, here.person.id) for line in queue],
        back={},
        **context_of(sheet, governance, names, errors, kept),
    )


def _tell(voted: Voted, sheet: RequestSheet) -> None:
    what, follows = voted_words(voted)
    title = title_of(sheet.request.kind, sheet.request.target, get_governance(hand().work).template)
    tell("ok", f"{what}: {title}, {sheet.code}", follows)
