"""Invitations to meetings as they arrive: the calendar entry, whom it names, and that nothing overtaken is sent."""

from email.message import EmailMessage

from icalendar import Calendar

from domain.ids import PersonId
from domain.refusals import Refusal
from tenants.instance.actions import meetings
from tenants.instance.models.people import MemberRow
from tests.sitting import called
from tests.workers.live import Live
from tests.workers.mailbox import Mailbox, run


def test_members_are_invited_with_a_calendar_entry_and_told_when_it_is_called_off(live: Live, mail: Mailbox) -> None:
    team, meeting = live.team, called(live.team)
    assert run(live, "announce_meeting", meeting_id=str(meeting), sequence="0").failure == ""
    assert mail.recipients == sorted([address(live, team.chair), address(live, team.second)])
    first = entry(mail.letters[0])
    assert (first["method"], first.events[0]["sequence"], len(first.events[0]["attendee"])) == ("REQUEST", 0, 2)
    assert f"/forums/meetings/{meeting}" in mail.letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert not isinstance(meetings.call_off(live.work, meeting, "", team.actor(team.chair)), Refusal)
    assert run(live, "announce_meeting", meeting_id=str(meeting), sequence="0").failure == ""
    assert len(mail.letters) == 2  # overtaken: nobody is invited to what is off
    assert run(live, "announce_meeting", meeting_id=str(meeting), sequence="1").failure == ""
    [letter] = [each for each in mail.letters if each["Subject"].startswith("Called off: ")][:1]
    last = entry(letter)
    assert (last["method"], last.events[0]["sequence"], last.events[0]["status"]) == ("CANCEL", 1, "CANCELLED")
    assert last.events[0]["uid"] == first.events[0]["uid"]


def address(live: Live, person: PersonId) -> str:
    return live.work.get(MemberRow, person).email


def entry(letter: EmailMessage) -> Calendar:
    """The calendar entry of a letter; mail programs read the method from the content type."""
    [part] = [each for each in letter.walk() if each.get_content_type() == "text/calendar"]
    found = Calendar.from_ical(part.get_content())
    assert part["Content-Type"].params["method"] == found["method"]
    assert all(len(line) <= 75 for line in part.get_payload(decode=True).split(b"\r\n"))  # type: ignore[union-attr]
    return found
