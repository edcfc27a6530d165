"""409: somebody changed a meeting after the page was opened; both versions, and what to keep of each."""

from collections.abc import Callable, Mapping

from flask import render_template, url_for
from flask_babel import gettext as _

from tenants.instance.queries.meetings import MeetingSheet
from web.conflicts import differences, kept_pairs, merged
from web.formats import DASH
from web.instance.forums.taking import meeting_crumbs


def compared(
    sheet: MeetingSheet,
    opened: Mapping[str, str],
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    labels: Mapping[str, str],
    action: str,
    show: Callable[[str, str], str] = lambda _name, text: text or DASH,
) -> str:
    """The conflict page. All values as the form carries them."""
    return render_template(
        "web/instance/forums/conflict.html",
        crumbs=meeting_crumbs(sheet, (_("Two versions"), None)),
        rows=differences(labels, opened, theirs, mine, labels.__getitem__, show),
        kept=kept_pairs(merged(opened, theirs, mine), theirs),
        version=sheet.version,
        action=action,
        drop_href=url_for("instance.forums.meeting", meeting=sheet.meeting.id),
    )
