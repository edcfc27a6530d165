"""One meeting: its agenda with the sealed figures in view, what was decided, what is to be done, the minutes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.forums import MeetingState, may_manage
from tenants.instance.calendar import CONTENT_TYPE, Entry, Invited, download
from tenants.instance.queries.delegations import delegations_to
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.meetings import MeetingSheet, get_address
from tenants.instance.queries.settings import list_active_names
from web.access import requires
from web.conditions import condition_form
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.reading import AskedView, ItemView, Reader, actions_of, items_of
from web.instance.forums.taking import meeting_crumbs, take_meeting

C = Capability


@bp.get("/meetings/<uuid:meeting>")
@requires(C.VIEW_FORUMS, or_named=True)
def meeting(meeting: UUID) -> str:
    return page(take_meeting(meeting))


@bp.get("/meetings/<uuid:meeting>/minutes")
@requires(C.VIEW_FORUMS, or_named=True)
def minutes(meeting: UUID) -> str:
    """The same as a sheet to print: who was there, what was said and decided, what is to be done."""
    sheet, reader = take_meeting(meeting), _reader()
    return render_template(
        "web/instance/forums/minutes.html",
        crumbs=meeting_crumbs(sheet, (_("Minutes"), None)),
        present=[reader.name(person) for person in sheet.meeting.present],
        absent=[reader.name(person) for person in sheet.forum.members if person not in sheet.meeting.present],
        **_common(sheet, reader),
    )


@bp.get("/meetings/<uuid:meeting>/meeting.ics")
@requires(C.VIEW_FORUMS, or_named=True)
def calendar(meeting: UUID) -> Response:
    """The meeting to take along into a calendar."""
    here, sheet, reader = hand(), take_meeting(meeting), _reader()
    name, email = get_address(here.work, sheet.forum.chair or sheet.called_by)
    entry = Entry(
        meeting=sheet.meeting,
        title=f"{sheet.forum.name}, {reader.governance.name}",
        url=here.settings.public_url + url_for(".meeting", meeting=meeting),
        organizer=Invited(name=name, email=email),
        agenda=[item.title for item in items_of(sheet, reader)],
    )
    body = download(entry, here.work.now())
    return send_file(BytesIO(body), CONTENT_TYPE, as_attachment=True, download_name="meeting.ics")


def page(sheet: MeetingSheet, errors: Mapping[str, str] | None = None, at: str = "") -> str:
    """The meeting with what was typed into the form `at` ("actions", "minutes", a request) and what is wrong there."""
    here, reader = hand(), _reader()
    common = _common(sheet, reader)
    typed = defaultdict(str, request.form.items() if at else ())
    deciding = _deciding(common["items"], at)
    people = list_active_names(here.work)
    return render_template(
        "web/instance/forums/meeting.html",
        crumbs=meeting_crumbs(sheet),
        people=people,
        members=[(str(person), reader.name(person)) for person in sheet.forum.members],
        may_manage=may_manage(sheet.forum, here.actor) and sheet.meeting.state is MeetingState.PLANNED,
        may_follow=may_manage(sheet.forum, here.actor) and sheet.meeting.state is not MeetingState.CALLED_OFF,
        has_begun=not sheet.meeting.begins_after(here.work.now().date()),
        errors=dict(errors or {}),
        at=at,
        typed=typed,
        ticked=request.form.getlist("present") if at else [],
        deciding=deciding.request.id if deciding else None,
        conditions=condition_form(deciding.request, typed, lambda: _ids(people)) if deciding else None,
        new_id=here.work.new_id,
        email=here.person.email,
        **common,
    )


def _deciding(items: Sequence[ItemView], at: str) -> AskedView | None:
    """The one item whose decision can be recorded on this page: the one asked for, else the first that waits."""
    wanted = at or request.args.get("decide", "")
    able = [item.asked for item in items if item.asked and item.asked.may_record]
    return next((view for view in able if str(view.request.id) == wanted), able[0] if able else None)


def _ids(people: Iterable[tuple[str, str]]) -> tuple[tuple[UUID, str], ...]:
    return tuple((UUID(person), name) for person, name in people)


def _common(sheet: MeetingSheet, reader: Reader) -> dict[str, Any]:
    items: list[ItemView] = items_of(sheet, reader)
    return {
        "sheet": sheet,
        "met": sheet.meeting,
        "items": items,
        "actions": actions_of(sheet.actions, {sheet.forum.id: sheet.forum}),
        "chair": reader.name(sheet.forum.chair) if sheet.forum.chair else "",
        "present_names": reader.listed(sheet.meeting.present),
        "now": hand().work.now(),
    }


def _reader() -> Reader:
    here = hand()
    return Reader(
        names=get_names(here.work),
        governance=get_governance(here.work),
        delegations=delegations_to(here.work, here.person.id),
    )
