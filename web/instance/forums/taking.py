"""What the pages of forums share: what the reader sees, a meeting in hand, the reader's right to manage its forum."""

from uuid import UUID

from flask import abort, url_for
from flask_babel import gettext as _

from domain.forums import may_manage
from tenants.instance.queries.forums import ForumSheet, get_forum
from tenants.instance.queries.meetings import MeetingSheet, get_meeting
from tenants.instance.queries.sight import Sight, sight_of
from web.formats import moment
from web.hands import hand

Crumbs = list[tuple[str, str | None]]


def sight() -> Sight:
    """The measures and orders whose requests the reader sees."""
    return sight_of(hand().actor)


def take_forum(forum: UUID) -> ForumSheet:
    """A forum that the reader sees; others are not there."""
    here = hand()
    return get_forum(here.work, sight(), here.actor, forum)


def take_meeting(meeting: UUID) -> MeetingSheet:
    """A meeting of a forum that the reader sees; others are not there."""
    here = hand()
    return get_meeting(here.work, sight(), here.actor, meeting)


def managed(sheet: ForumSheet | MeetingSheet) -> None:
    """A form that only the chair and the programme office have is not there for others."""
    if not may_manage(sheet.forum, hand().actor):
        abort(404)


def crumbs(*more: tuple[str, str | None]) -> Crumbs:
    here = hand()
    client = here.instance.name if here.instance else ""
    return [(client, url_for("instance.overview.index")), (_("Forums"), url_for("instance.forums.index")), *more]


def meeting_crumbs(sheet: MeetingSheet, *more: tuple[str, str | None]) -> Crumbs:
    """Down to the meeting; its own name is a link where something comes below it."""
    forum = (sheet.forum.name, url_for("instance.forums.show", forum=sheet.forum.id))
    own = url_for("instance.forums.meeting", meeting=sheet.meeting.id) if more else None
    return crumbs(forum, (moment(sheet.meeting.when.starts_at), own), *more)
