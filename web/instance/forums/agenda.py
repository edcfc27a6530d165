"""The agenda: filled with what waits, items added, put in order, taken off. Each act leads back to it."""

from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.forums import AgendaChanged
from domain.refusals import Refusal
from tenants.instance.actions import agendas as acts
from web.access import requires
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.showing import page
from web.instance.forums.taking import take_meeting
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
Answer = Response | tuple[str, int]


@bp.post("/meetings/<uuid:meeting>/agenda")
@requires(C.MANAGE_FORUMS, or_named=True)
def fill(meeting: UUID) -> Answer:
    """Add what waits for the forum by now."""
    here = hand()
    take_meeting(meeting)
    return _answer(meeting, acts.fill_agenda(here.work, meeting, here.actor), _("What waits is on the agenda"))


@bp.post("/meetings/<uuid:meeting>/items")
@requires(C.MANAGE_FORUMS, or_named=True)
def add_item(meeting: UUID) -> Answer:
    here, sheet = hand(), take_meeting(meeting)
    item, title = posted_id(), request.form.get("title", "").strip()
    outcome = acts.add_item(here.work, meeting, item, title, here.actor)
    if isinstance(outcome, Refusal):
        return page(sheet, {"title": words_of(outcome)}, "items"), 422
    return _answer(meeting, outcome, _("The item is on the agenda"))


@bp.post("/meetings/<uuid:meeting>/items/<uuid:item>/position")
@requires(C.MANAGE_FORUMS, or_named=True)
def place_item(meeting: UUID, item: UUID) -> Answer:
    """Put an item before or after others: `position` is its number, counted from 1."""
    here = hand()
    take_meeting(meeting)
    position = max(request.form.get("position", 1, type=int), 1) - 1
    return _answer(meeting, acts.place_item(here.work, meeting, item, position, here.actor), "")


@bp.post("/meetings/<uuid:meeting>/items/<uuid:item>/removal")
@requires(C.MANAGE_FORUMS, or_named=True)
def remove_item(meeting: UUID, item: UUID) -> Answer:
    here = hand()
    take_meeting(meeting)
    outcome = acts.remove_item(here.work, meeting, item, here.actor)
    return _answer(meeting, outcome, _("The item is off the agenda"))


def _answer(meeting: UUID, outcome: AgendaChanged | Refusal, done: str) -> Answer:
    if isinstance(outcome, Refusal):
        return page(take_meeting(meeting), {"": words_of(outcome)}, "agenda"), 422
    if done:
        tell("ok", done)
    return see(url_for(".meeting", meeting=meeting, _anchor="agenda"))
