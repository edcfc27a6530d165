"""Call a meeting, move it, call it off. Days and times are entered in UTC, as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.forums import ForumWithoutMembers, MeetingInPast, MeetingLengthImpossible, When
from domain.refusals import FieldTooLong, Refusal, Stale
from tenants.instance.actions import meetings as acts
from tenants.instance.queries.forums import ForumSheet
from tenants.instance.queries.meetings import MeetingSheet
from web.access import requires
from web.conflicts import OPENED, kept_theirs, opened_values
from web.formats import moment
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.conflicts import compared
from web.instance.forums.showing import page
from web.instance.forums.taking import crumbs, managed, meeting_crumbs, take_forum, take_meeting
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
Answer = Response | tuple[str, int]
FIELDS = ("day", "time", "minutes_long", "place")
AT = {MeetingInPast: "day", MeetingLengthImpossible: "minutes_long", FieldTooLong: "place", ForumWithoutMembers: ""}
USUAL_TIME, USUAL_LENGTH, AHEAD = "09:00", "60", timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the form says; `when` is None while it cannot be read."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    when: When | None


@bp.get("/<uuid:forum>/meetings/new")
@requires(C.MANAGE_FORUMS, or_named=True)
def new_meeting(forum: UUID) -> str:
    sheet = take_forum(forum)
    managed(sheet)
    coming = (hand().work.now() + AHEAD).date().isoformat()
    typed = {"day": coming, "time": USUAL_TIME, "minutes_long": USUAL_LENGTH, "place": ""}
    return _form(sheet, typed, {}, hand().work.new_id())


@bp.post("/<uuid:forum>/meetings/<uuid:meeting>")
@requires(C.MANAGE_FORUMS, or_named=True)
def call(forum: UUID, meeting: UUID) -> Answer:
    """Call it; its id comes with the form: sent twice, there is one."""
    here, sheet, wish = hand(), take_forum(forum), read_wish()
    if wish.when is None:
        return _form(sheet, wish.typed, wish.errors, meeting), 422
    outcome = acts.call_meeting(here.work, meeting, forum, wish.when, here.actor)
    if isinstance(outcome, Refusal):
        return _form(sheet, wish.typed, {AT.get(type(outcome), ""): words_of(outcome)}, meeting), 422
    tell("ok", _("The meeting is called"), _("Every member gets an invitation with a calendar entry."))
    return see(url_for(".meeting", meeting=meeting))


@bp.get("/meetings/<uuid:meeting>/edit")
@requires(C.MANAGE_FORUMS, or_named=True)
def edit_meeting(meeting: UUID) -> str:
    sheet = take_meeting(meeting)
    managed(sheet)
    return _edit(sheet, typed_of(sheet.meeting.when), {}, sheet.version, typed_of(sheet.meeting.when))


@bp.post("/meetings/<uuid:meeting>")
@requires(C.MANAGE_FORUMS, or_named=True)
def move(meeting: UUID) -> Answer:
    """Another time, length or place."""
    here, sheet = hand(), take_meeting(meeting)
    theirs = typed_of(sheet.meeting.when)
    wish = read_wish({name: theirs[name] for name in kept_theirs(request.form) if name in theirs})
    opened = theirs | opened_values(request.form)
    version = seen()
    if wish.when is None:
        return _edit(sheet, wish.typed, wish.errors, version, opened), 422
    outcome = acts.move_meeting(here.work, meeting, wish.when, here.actor, version)
    if isinstance(outcome, Stale):
        return _conflict(take_meeting(meeting), opened, wish.typed), 409
    if isinstance(outcome, Refusal):
        return _edit(sheet, wish.typed, {AT.get(type(outcome), ""): words_of(outcome)}, version, opened), 422
    tell("ok", _("The meeting is on %(when)s now", when=moment(outcome.after.starts_at)), _("Every member is told."))
    return see(url_for(".meeting", meeting=meeting))


@bp.post("/meetings/<uuid:meeting>/cancellation")
@requires(C.MANAGE_FORUMS, or_named=True)
def call_off(meeting: UUID) -> Answer:
    here, sheet = hand(), take_meeting(meeting)
    outcome = acts.call_off(here.work, meeting, request.form.get("reason", "").strip(), here.actor)
    if isinstance(outcome, Refusal):
        return page(sheet, {"": words_of(outcome)}, "cancellation"), 422
    tell("ok", _("The meeting is called off"), _("Every member is told; what was on its agenda goes on waiting."))
    return see(url_for(".show", forum=sheet.forum.id))


def read_wish(instead: Mapping[str, str] | None = None) -> Wish:
    """Day, time, length and place as typed; `instead` holds what the reader chose to keep of somebody else's."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS} | dict(instead or {})
    on, at = _parsed(date.fromisoformat, typed["day"]), _parsed(time.fromisoformat, typed["time"])
    minutes = int(typed["minutes_long"]) if typed["minutes_long"].isdecimal() and len(typed["minutes_long"]) < 6 else 0
    wrong = {
        "day": "" if on else _("Enter a date."),
        "time": "" if at and at.tzinfo is None else _("Enter a time, for example 09:30."),
        "minutes_long": "" if minutes else _("Enter how many minutes it takes."),
    }
    errors = {name: words for name, words in wrong.items() if words}
    if errors or not isinstance(on, date) or not isinstance(at, time):
        return Wish(typed=typed, errors=errors, when=None)
    starts = datetime.combine(on, at.replace(second=0, microsecond=0), UTC)
    return Wish(typed=typed, errors={}, when=When(starts_at=starts, minutes_long=minutes, place=typed["place"]))


def typed_of(when: When) -> dict[str, str]:
    starts = when.starts_at.astimezone(UTC)
    return {
        "day": starts.date().isoformat(),
        "time": f"{starts:%H:%M}",
        "minutes_long": str(when.minutes_long),
        "place": when.place,
    }


def _parsed(parse, text: str):  # type: ignore[no-untyped-def]
    try:
        return parse(text)
    except ValueError:
        return None


def _form(sheet: ForumSheet, typed: Mapping[str, str], errors: Mapping[str, str], identity: UUID) -> str:
    forum = (sheet.forum.name, url_for(".show", forum=sheet.forum.id))
    return render_template(
        "web/instance/forums/call.html",
        title=_("Call a meeting"),
        crumbs=crumbs(forum, (_("Call a meeting"), None)),
        action=url_for(".call", forum=sheet.forum.id, meeting=identity),
        back=url_for(".show", forum=sheet.forum.id),
        act=_("Call the meeting"),
        note=_("Every member gets an invitation; %(n)s waiting decisions fill the agenda.", n=len(sheet.waiting)),
        typed=typed,
        errors=errors,
        hidden_fields={},
    )


def _edit(
    sheet: MeetingSheet, typed: Mapping[str, str], errors: Mapping[str, str], version: int, opened: Mapping[str, str]
) -> str:
    return render_template(
        "web/instance/forums/call.html",
        title=_("Move the meeting"),
        crumbs=meeting_crumbs(sheet, (_("Move"), None)),
        action=url_for(".move", meeting=sheet.meeting.id),
        back=url_for(".meeting", meeting=sheet.meeting.id),
        act=_("Move the meeting"),
        note=_("Every member gets the invitation anew."),
        typed=typed,
        errors=errors,
        hidden_fields={"version": version} | {OPENED + name: value for name, value in opened.items()},
    )


def _conflict(sheet: MeetingSheet, opened: Mapping[str, str], mine: Mapping[str, str]) -> str:
    labels = {"day": _("Day"), "time": _("Time"), "minutes_long": _("Minutes"), "place": _("Place")}
    return compared(
        sheet, opened, typed_of(sheet.meeting.when), mine, labels, url_for(".move", meeting=sheet.meeting.id)
    )
