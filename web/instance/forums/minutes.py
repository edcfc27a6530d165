"""The minutes of a meeting: kept as a draft while it goes on, final when it was held."""

from collections.abc import Mapping
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.forums import CountedAsPresent, Minutes, NobodyPresent, NotMembers
from domain.refusals import FieldTooLong, Refusal, Stale
from tenants.instance.actions import meetings as acts
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.meetings import MeetingSheet
from web.access import requires
from web.conflicts import kept_theirs, opened_values
from web.formats import DASH
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.conflicts import compared
from web.instance.forums.showing import page
from web.instance.forums.taking import take_meeting
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
Answer = Response | tuple[str, int]
NOTE = "note."
AT = {NobodyPresent: "present", NotMembers: "present", CountedAsPresent: "present", FieldTooLong: "minutes"}


@bp.post("/meetings/<uuid:meeting>/minutes")
@requires(C.MANAGE_FORUMS, or_named=True)
def keep(meeting: UUID) -> Answer:
    """Save a draft, or with `final` close the meeting."""
    here, sheet = hand(), take_meeting(meeting)
    theirs = typed_of(sheet)
    mine = _typed(sheet) | {name: theirs[name] for name in kept_theirs(request.form) if name in theirs}
    minutes = _minutes(sheet, mine)
    version = seen()
    act = acts.hold_meeting if "final" in request.form else acts.keep_minutes
    outcome = act(here.work, meeting, minutes, here.actor, version)
    if isinstance(outcome, Stale):
        return _conflict(take_meeting(meeting), theirs | opened_values(request.form), mine), 409
    if isinstance(outcome, Refusal):
        return page(sheet, {AT.get(type(outcome), ""): words_of(outcome)}, "minutes"), 422
    tell(
        "ok",
        _("The meeting was held; its minutes are final") if "final" in request.form else _("The minutes are saved"),
    )
    return see(url_for(".meeting", meeting=meeting, _anchor="minutes"))


def typed_of(sheet: MeetingSheet) -> dict[str, str]:
    """The minutes as the form carries them: the text, a note for each item; those present as ids in order."""
    notes = {f"{NOTE}{item.id}": item.note for item in sheet.meeting.agenda}
    present = [person for person in sheet.forum.members if person in sheet.meeting.present]
    return {"minutes": sheet.meeting.minutes, "present": " ".join(map(str, present))} | notes


def _typed(sheet: MeetingSheet) -> dict[str, str]:
    names = [name for name in typed_of(sheet) if name != "present"]
    texts = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}
    ticked = " ".join(request.form.getlist("present")).split()
    return texts | {"present": " ".join(str(each) for each in sheet.forum.members if str(each) in ticked)}


def _minutes(sheet: MeetingSheet, typed: Mapping[str, str]) -> Minutes:
    present = tuple(person for person in sheet.forum.members if str(person) in typed["present"].split())
    notes = {item.id: typed[f"{NOTE}{item.id}"] for item in sheet.meeting.agenda}
    return Minutes(present=present, words=typed["minutes"], notes=notes)


def _conflict(sheet: MeetingSheet, opened: Mapping[str, str], mine: Mapping[str, str]) -> str:
    labels = {"minutes": _("Minutes"), "present": _("Present")}
    for number, item in enumerate(sheet.meeting.agenda, start=1):
        labels[f"{NOTE}{item.id}"] = _("Note on item %(n)s", n=number)
    names = {str(person): name for person, name in get_names(hand().work).items()}

    def show(name: str, text: str) -> str:
        return ", ".join(names.get(each, DASH) for each in text.split()) if name == "present" else text or DASH

    return compared(sheet, opened, typed_of(sheet), mine, labels, url_for(".keep", meeting=sheet.meeting.id), show)
