"""What is to be done after meetings: agreed on the meeting's page, finished wherever it is listed."""

from datetime import date
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.forums import DueBeforeMeeting
from domain.ids import PersonId
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from tenants.instance.actions.following import agree_action, finish_action
from tenants.instance.queries.settings import list_active_names
from web.access import requires
from web.formats import day
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.showing import page
from web.instance.forums.taking import take_meeting
from web.posted import posted_id
from web.refusals import words_of
from web.responses import local, see
from web.shell import tell

Answer = Response | tuple[str, int]


@bp.post("/meetings/<uuid:meeting>/actions")
@requires(Capability.VIEW_FORUMS, or_named=True)
def agree(meeting: UUID) -> Answer:
    """An action with owner and due date; its id comes with the form."""
    here, sheet = hand(), take_meeting(meeting)
    people = dict(list_active_names(here.work))
    title, owner, due = (request.form.get(name, "").strip() for name in ("title", "owner", "due"))
    identity, on = posted_id(), _day(due)
    errors = {
        "title": "" if title else _("Say what is to be done."),
        "owner": "" if owner in people else _("Choose who does it."),
        "due": "" if on else _("Enter a date."),
    }
    if any(errors.values()):
        return page(sheet, {name: words for name, words in errors.items() if words}, "actions"), 422
    assert on is not None
    about = next((each for each in sheet.asked if str(each) == request.form.get("request", "")), None)
    outcome = agree_action(here.work, meeting, identity, title, PersonId(UUID(owner)), on, here.actor, about)
    if isinstance(outcome, Refusal):
        field = {DueBeforeMeeting: "due", FieldMissing: "title", FieldTooLong: "title"}.get(type(outcome), "")
        return page(sheet, {field: words_of(outcome)}, "actions"), 422
    tell("ok", _("The action is noted"), f"{people[owner]}, {day(outcome.action.due)}")
    return see(url_for(".meeting", meeting=meeting, _anchor="actions"))


@bp.post("/actions/<uuid:action>/completion")
@requires(Capability.VIEW_FORUMS, or_named=True)
def finish(action: UUID) -> Response:
    """It is done; back to where the reader said so."""
    here = hand()
    outcome = finish_action(here.work, action, request.form.get("note", "").strip(), here.actor)
    if isinstance(outcome, Refusal):
        tell("bad", _("Not done"), words_of(outcome))
    else:
        tell("ok", _("Done: %(what)s", what=outcome.title))
    return see(local(request.form.get("next", ""), url_for(".index")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
