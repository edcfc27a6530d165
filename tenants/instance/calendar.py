"""A meeting as a calendar entry (RFC 5545): one entry whatever changes, its sequence rising, until it is called off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vText
from icalendar.enums import STATUS

from domain.forums import Meeting, MeetingState

PRODUCT = "-//Mandate//Decision forums//EN"
CONTENT_TYPE = "text/calendar"


class Method(StrEnum):
    """What a calendar does with it: invite, keep for oneself, or strike out."""

    REQUEST = "REQUEST"
    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, kw_only=True)
class Invited:
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be written about a meeting. `url` is its page; `agenda` are titles, in order."""

    meeting: Meeting
    title: str
    url: str
    organizer: Invited
    agenda: Sequence[str] = ()


def invitation(entry: Entry, people: Sequence[Invited], sender: str, at: datetime) -> bytes:
    """The attachment of a letter: an invitation, or for a meeting that was called off its cancellation."""
    is_off = entry.meeting.state is MeetingState.CALLED_OFF
    event = _event(entry, at)
    event["organizer"].params["SENT-BY"] = vText(f"mailto:{sender}")
    for person in people:
        attendee = _address(person)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["RSVP"] = vText("FALSE")
        event.add("attendee", attendee)
    return _written(event, Method.CANCEL if is_off else Method.REQUEST)


def download(entry: Entry, at: datetime) -> bytes:
    """The same entry to take along; a published one names nobody who is invited."""
    is_off = entry.meeting.state is MeetingState.CALLED_OFF
    return _written(_event(entry, at), Method.CANCEL if is_off else Method.PUBLISH)


def method_of(meeting: Meeting) -> Method:
    return Method.CANCEL if meeting.state is MeetingState.CALLED_OFF else Method.REQUEST


def _event(entry: Entry, at: datetime) -> Event:
    meeting, when = entry.meeting, entry.meeting.when
    starts = when.starts_at.astimezone(UTC)
    event = Event.new(
        uid=f"{meeting.id}@mandate",
        summary=entry.title,
        start=starts,
        end=starts + timedelta(minutes=when.minutes_long),
        stamp=at.astimezone(UTC),
        sequence=meeting.sequence,
        location=when.place or None,
        url=entry.url,
        description="\n".join([*entry.agenda, entry.url]),
        status=STATUS.CANCELLED if meeting.state is MeetingState.CALLED_OFF else STATUS.CONFIRMED,
    )
    event.add("organizer", _address(entry.organizer))
    return event


def _address(person: Invited) -> vCalAddress:
    return vCalAddress.new(person.email, cn=" ".join(person.name.split()))


def _written(event: Event, method: Method) -> bytes:
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", str(method))):
        calendar.add(name, value)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
