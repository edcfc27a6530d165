"""Letters about meetings of a forum: the invitation with its calendar entry, what changed, that it is called off."""

from datetime import UTC, timedelta
from email.utils import getaddresses
from uuid import UUID

from sqlalchemy import select, true

from domain.forums import Forum, Meeting, MeetingState
from tenants.database import Work
from tenants.instance.calendar import Entry, Invited, invitation, method_of
from tenants.instance.models.meetings import MeetingRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.forums import load_forum
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.meetings import asked_on, load_meeting
from tenants.instance.queries.notices import what_words
from workers.letters import CalendarFile, send_with_entry
from workers.task import Task


def announce_meeting(task: Task, meeting_id: str, sequence: str) -> None:
    """Write to every member. Nobody hears of an invitation that a newer one, or the meeting, has overtaken."""
    work = task.instance
    row = work.get(MeetingRow, UUID(meeting_id))
    if str(row.sequence) != sequence or row.state == MeetingState.HELD:
        return
    meeting, forum = load_meeting(work, row), load_forum(work, row.forum_id)
    people = _people(work, forum)
    entry = _entry(task, meeting, forum, work.get(MemberRow, forum.chair or row.created_by))
    [(_name, sender)] = getaddresses([task.settings.mail_from])
    method = method_of(meeting)
    file = CalendarFile(
        content=invitation(entry, people, sender, task.platform.now()), method=str(method), file_name="meeting.ics"
    )
    for person in people:
        send_with_entry(task, "meeting", person.name, person.email, file, **_variables(work, entry, forum))


def _people(work: Work, forum: Forum) -> list[Invited]:
    rows = work.session.scalars(select(MemberRow).where(MemberRow.id.in_(forum.members)).order_by(MemberRow.email))
    return [Invited(name=row.name, email=row.email) for row in rows]


def _entry(task: Task, meeting: Meeting, forum: Forum, organizer: MemberRow) -> Entry:
    work = task.instance
    return Entry(
        meeting=meeting,
        title=f"{forum.name}, {get_governance(work).name}",
        url=f"{task.settings.public_url}/clients/{work.instance.slug}/forums/meetings/{meeting.id}",
        organizer=Invited(name=organizer.name, email=organizer.email),
        agenda=_titles(work, meeting),
    )


def _titles(work: Work, meeting: Meeting) -> list[str]:
    asked = asked_on(work, meeting, true(), true())
    template, titles = get_governance(work).template, []
    for item in meeting.agenda:
        line = asked.get(item.request) if item.request else None
        if line is None:
            titles.append(item.title)
            continue
        target = int(line.request.target) if line.request.target else None
        titles.append(f"{what_words(template, line.request.kind, target)}: {line.request.code} {line.title}")
    return titles


def _variables(work: Work, entry: Entry, forum: Forum) -> dict[str, object]:
    when = entry.meeting.when
    starts = when.starts_at.astimezone(UTC)
    return {
        "instance": get_governance(work).name,
        "forum": forum.name,
        "starts": starts,
        "ends": starts + timedelta(minutes=when.minutes_long),
        "place": when.place,
        "agenda": entry.agenda,
        "is_off": entry.meeting.state is MeetingState.CALLED_OFF,
        "is_changed": entry.meeting.sequence > 0,
        "link": entry.url,
    }
